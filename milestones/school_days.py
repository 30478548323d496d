"""Figures on the school's calendar: holidays do not count, half days count half.

The calendar is applied when a figure is rolled up, not when it is entered: a snow day that is declared afterwards takes
its marks out of every rate, and taking it back brings them in again. The ledger is not touched.
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from competencies.models import Indicator
from learners.models import CalendarDay, Learner
from milestones.columns import Evidence, Ints
from milestones.day import DAY_ZERO, to_moment
from tenancy.context import current_tenant_id
from tenancy.models import Tenant
from tenancy.selectors import zone

QUARTER_HOUR = 900_000_000  # microseconds: offsets of time zones change at such moments only
NO_SCHOOL = -1
HALF = 0.5
KINDS = {CalendarDay.Kind.HOLIDAY.value: 0.0, CalendarDay.Kind.HALF.value: HALF, CalendarDay.Kind.SCHOOL.value: 1.0}
Floats = npt.NDArray[np.float64]


def shares_of_day(evidence: Evidence, learner: Ints, competency: Ints) -> Floats:
    """How much of a school day each row stands for: 0 on a holiday, 0.5 on a half day, else 1. float64[n].

    learner, competency: whose row it is and what it measures. Figures that do not follow the calendar count in full.
    At most four queries; none is read where no figure follows it.
    """
    share = np.ones(len(evidence))
    following = list(
        Indicator.objects.filter(competency_id__in=np.unique(competency).tolist(), follows_calendar=True).values_list(
            "competency_id", flat=True
        )
    )
    at = np.flatnonzero(np.isin(competency, following))
    known = _calendar() if len(at) else {}
    if not known:
        return share
    day = _local_days(evidence.occurred_at[at])
    school = _schools(learner[at])
    keys, place = np.unique(np.stack([school, day], axis=1), axis=0, return_inverse=True)
    shares = [known.get((s, d), known.get((NO_SCHOOL, d), 1.0)) for s, d in keys.tolist()]
    share[at] = np.array(shares)[place.reshape(-1)]
    return share


def _calendar() -> dict[tuple[int, int], float]:
    """{(school or none, days since 2000): share}. A school's own entry is looked for before the tenant's."""
    rows = CalendarDay.objects.values_list("school_id", "day", "kind")
    return {(school or NO_SCHOOL, (day - DAY_ZERO).days): KINDS[kind] for school, day, kind in rows}


def _local_days(moment: Ints) -> Ints:
    """Microseconds since 1970 → the tenant's date in days since 2000. Each quarter of an hour is looked up once."""
    place = zone(Tenant.objects.get(pk=current_tenant_id()).time_zone)
    quarters, at = np.unique(moment // QUARTER_HOUR, return_inverse=True)
    days = [(to_moment(one * QUARTER_HOUR).astimezone(place).date() - DAY_ZERO).days for one in quarters.tolist()]
    return np.array(days, np.int64)[at.reshape(-1)]


def _schools(learner: Ints) -> Ints:
    """Where each learner is at home; -1 = nowhere."""
    keys, at = np.unique(learner, return_inverse=True)
    homes = dict(Learner.objects.filter(id__in=keys.tolist()).values_list("id", "home_school_id"))
    return np.array([homes.get(key) or NO_SCHOOL for key in keys.tolist()], np.int64)[at.reshape(-1)]


def school_days(first: date, last: date, school_id: int | None) -> list[date]:
    """Days from first to last, weekends left out, on which there is school, whole or half. One query."""
    rows = CalendarDay.objects.filter(day__range=(first, last)).values_list("school_id", "day", "kind")
    known = {(school, day): kind for school, day, kind in rows}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if _is_school(known.get((school_id, day), known.get((None, day))), day)]


def learners_at_school(day: date) -> Q:
    """Condition for learners: whether there is school on this day where they are at home. One query."""
    known = dict(CalendarDay.objects.filter(day=day).values_list("school_id", "kind"))
    usual = _is_school(known.pop(None, None), day)
    others = [school for school, kind in known.items() if _is_school(kind, day) != usual]
    if not usual:
        return Q(home_school_id__in=others)
    return Q(home_school_id=None) | ~Q(home_school_id__in=others)


def _is_school(kind: str | None, day: date) -> bool:
    if kind is not None:
        return kind != CalendarDay.Kind.HOLIDAY
    return day.weekday() < 5
