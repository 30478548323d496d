"""As of when a page or an answer is wanted: `as_of` is a day of the tenant or a moment with its offset.

A day means its end; today means now. `known=1` on pages and `by=recorded` in the API ask what was known then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.past import BY, OCCURRED, RECORDED, Moment
from tenancy.errors import Invalid, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

EARLIEST = 1990


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the query string, for the form and for links; both empty for now."""

    text: str = ""
    is_known: bool = False

    @property
    def query(self) -> str:
        """`&as_of=2026-10-03&known=1`, or nothing."""
        values = {"as_of": self.text} | ({"known": "1"} if self.is_known else {})
        return f"&{urlencode(values)}" if self.text else ""


def read_page_moment(values: Mapping[str, str], tenant: Tenant) -> tuple[Moment | None, Asked]:
    """From the query string of a page. Raises Invalid naming the value and the fix."""
    known = values.get("known", "")
    if known not in {"", "0", "1"}:
        raise Invalid([_wrong("known", known, _("Use 1, or leave it out"))])
    text = values.get("as_of", "").strip()
    moment = read_moment(text, tenant, RECORDED if known == "1" else OCCURRED)
    return moment, Asked(text, known == "1") if moment else Asked()


def read_api_moment(values: Mapping[str, str], tenant: Tenant) -> Moment | None:
    """From the parameters `as_of` and `by` of the API. Raises Invalid naming the value and the fix."""
    by = values.get("by", OCCURRED)
    if by not in BY:
        raise Invalid([_wrong("by", by, _("Use occurred or recorded"))])
    if "by" in values and not values.get("as_of"):
        raise Invalid([_wrong("by", by, _("Say as_of as well, like as_of=2026-10-03"))])
    return read_moment(values.get("as_of", "").strip(), tenant, by)


def read_moment(text: str, tenant: Tenant, by: str, now: datetime | None = None) -> Moment | None:
    """None for an empty text and, where work of any day counts, for today."""
    if not text:
        return None
    now, here = now or timezone.now(), zone(tenant.time_zone)
    day_end = _day_end(text, tenant)
    at = day_end or _moment(text)
    if at is None:
        fix = _("Use a day like 2026-10-03, or a moment with its offset like 2026-10-03T16:00:00+02:00")
        raise Invalid([_wrong("as_of", text, fix)])
    day, today = at.astimezone(here).date(), now.astimezone(here).date()
    if day > today or (day_end is None and at > now):
        fix = _("Use today or an earlier day, like %(day)s") % {"day": (today - timedelta(days=1)).isoformat()}
        raise Invalid([_wrong("as_of", text, fix)])
    if day.year < EARLIEST:
        raise Invalid([_wrong("as_of", text, _("Use a day from %(year)d on") % {"year": EARLIEST})])
    return Moment(min(at, now), day, by, tenant.time_zone)


def _day_end(text: str, tenant: Tenant) -> datetime | None:
    """The last microsecond of a date in the tenant's time zone."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    if day is None or day in {date.max, date.min}:
        return None
    return datetime.combine(day + timedelta(days=1), time(), zone(tenant.time_zone)) - timedelta(microseconds=1)


def _moment(text: str) -> datetime | None:
    """A moment with an offset. A plus that came as a blank, as an unescaped address sends it, is a plus."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None and EARLIEST < moment.year < date.max.year else None


def _wrong(field: str, value: str, fix: str) -> dict[str, str]:
    text = _('%(field)s was "%(value)s". %(fix)s') % {"field": field, "value": value[:40], "fix": fix}
    return problem(field, text)
