"""The day on which a level is worked out: for rules that look at the calendar, and for overrides with a last day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from learners.models import Term
from tenancy.context import current_tenant_id
from tenancy.models import Tenant
from tenancy.selectors import local_today, zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_ZERO = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the tenant. begins_at, term_start: microseconds since 1970; term_start None = no term has begun yet.

    A rule counts days back from the beginning of the day, so that an answer is the same all day long.
    """

    on: date
    begins_at: int
    term_start: int | None

    @property
    def number(self) -> int:
        """Days since 2000-01-01, as the status columns count them."""
        return (self.on - DAY_ZERO).days


def the_day(on: date | None = None, time_zone: str = "") -> Day:
    """Today in the tenant's time zone, or another date there. Two queries; one where date and zone are known."""
    if on is None or not time_zone:
        tenant = Tenant.objects.get(pk=current_tenant_id())
        on, time_zone = on or local_today(tenant), tenant.time_zone
    start = term_start(on)
    return Day(on, _midnight(time_zone, on), None if start is None else _midnight(time_zone, start))


def day_of_number(number: int) -> date:
    return DAY_ZERO + timedelta(days=number)


def to_microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def term_start(on: date) -> date | None:
    """The start of the running term; between terms, of the last one. School years and short grading periods are no
    terms unless there is nothing else. One query."""
    begun = list(Term.objects.filter(is_active=True, starts_on__lte=on).values_list("kind", "starts_on", "ends_on"))
    terms = [row for row in begun if row[0] in {"term", "semester"}] or begun
    running = [row for row in terms if row[2] >= on] or terms
    return max((row[1] for row in running), default=None)


def _midnight(time_zone: str, on: date) -> int:
    return to_microseconds(datetime(on.year, on.month, on.day, tzinfo=zone(time_zone)))
