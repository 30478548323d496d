"""Writes of the school calendar."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import CalendarDay, School
from learners.signals import calendar_changed
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

LONGEST_SPAN = 120  # days of one entry: a summer


@transaction.atomic
def set_days(actor: Actor, *, first: date, last: date, kind: str, title: str = "", school: School | None = None) -> int:
    """Say what the days from first to last are, in place of what was said before. Returns how many days.

    Figures that follow the calendar are worked out anew. Raises Invalid for a span that runs backwards or is too long.
    """
    problems = _problems(first, last, kind, title)
    if problems:
        raise Invalid(problems)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    CalendarDay.objects.filter(school=school, day__range=(first, last)).delete()
    CalendarDay.objects.bulk_create(
        [CalendarDay(school=school, day=day, kind=kind, title=title.strip()) for day in days]
    )
    _follow(actor, "calendar.set", school, first, last)
    return len(days)


@transaction.atomic
def clear_days(actor: Actor, *, first: date, last: date, school: School | None = None) -> int:
    """Take entries back: the days are as any other again. Returns how many."""
    count, _by_model = CalendarDay.objects.filter(school=school, day__range=(first, last)).delete()
    _follow(actor, "calendar.cleared", school, first, last)
    return int(count)


def _follow(actor: Actor, action: str, school: School | None, first: date, last: date) -> None:
    record_audit(actor, action, target=school, detail={"first": first.isoformat(), "last": last.isoformat()})
    calendar_changed.send(sender=None, school_id=school.pk if school else None)


def _problems(first: date, last: date, kind: str, title: str) -> list[dict[str, str]]:
    found = []
    if last < first:
        text = _("The last day %(last)s is before the first %(first)s. Enter a last day on or after the first")
        found.append(("last", text % {"first": first.isoformat(), "last": last.isoformat()}))
    elif (last - first).days >= LONGEST_SPAN:
        text = _("These are %(n)d days. Enter at most %(most)d days at a time")
        found.append(("last", text % {"n": (last - first).days + 1, "most": LONGEST_SPAN}))
    if kind not in CalendarDay.Kind.values:
        found.append(("kind", _("Choose what kind of day it is from the list")))
    if len(title) > 100:
        found.append(("title", _("The name has %(n)d characters. Shorten it to 100") % {"n": len(title)}))
    return [problem(field, message) for field, message in found]
