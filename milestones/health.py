"""Milestones that tell little: too easy, too hard, the same for everybody, never assessed; each with a proposal.

| finding | when | proposal |
|---|---|---|
| too easy | 95 % or more of the learners with a level are at Meets or above | raise the bar |
| too hard | under 20 % are at Meets or above, and the time for it is over | split, or lower |
| tells nobody apart | 90 % or more of at least 20 learners are at one level below Meets | a new form, or split |
| never assessed | the class began over 30 days ago, work should have begun, nobody has a level | plan evidence |

The time is over when the target date is, or when the first learner began longer ago than learners usually need: the
cohort's own medians (MilestonePace, at least 28 days), else 60 days. Work should have begun when no more than that time
is left until the target date. A class began with its first enrolment; where those have no date, with its term, else
with the term of the school. Of fewer than 10 learners nothing is said but that they are few.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum

from learners.models import Enrolment, SectionTerm
from learners.reach import running
from milestones.day import term_start
from milestones.models import Milestone, MilestonePace, MilestoneStatus, SectionMilestone
from status_engine import Level

TOO_EASY, TOO_HARD, TELLS_NOBODY_APART, NEVER_ASSESSED = "easy", "hard", "same", "never"
FEW, HEALTHY = "few", ""
FEWEST, FEWEST_APART = 10, 20
EASY, HARD, SAME = 0.95, 0.20, 0.90
LONG_ENOUGH, PLANNED, SHORTEST = timedelta(days=60), timedelta(days=30), timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Times:
    """Of one milestone: its target date, the first level, since when its classes run, how long it usually takes."""

    due_on: date | None
    first_on: date | None
    begun_on: date | None
    usual: timedelta | None

    def is_over(self, today: date) -> bool:
        if self.due_on is not None and self.due_on < today:
            return True
        enough = LONG_ENOUGH if self.usual is None else max(self.usual, SHORTEST)
        return self.first_on is not None and today - self.first_on > enough

    def should_have_begun(self, today: date) -> bool:
        if self.begun_on is None or today - self.begun_on <= PLANNED:
            return False
        enough = LONG_ENOUGH if self.usual is None else max(self.usual, SHORTEST)
        return self.due_on is None or self.due_on - today <= enough


@dataclass(frozen=True, slots=True)
class Health:
    """Figures of one milestone over the classes that work towards it, and what they say.

    learners: enrolled in these classes; counts: of them per level 0 … 4; share: at Meets or above among those with a
    level, in percent, None where nobody has one; usual_days: None where too few stays are known.
    """

    milestone_id: int
    learners: int
    counts: tuple[int, ...]
    finding: str
    due_on: date | None
    first_on: date | None
    usual_days: int | None = None

    @property
    def assessed(self) -> int:
        return sum(self.counts[1:])

    @property
    def at_goal(self) -> int:
        return self.counts[Level.MEETS] + self.counts[Level.MASTERY]

    @property
    def share(self) -> int | None:
        return round(100 * self.at_goal / self.assessed) if self.assessed else None


def health_of(milestone_ids: Collection[int], section_ids: Collection[int], today: date) -> dict[int, Health]:
    """{milestone: its health} over some classes. Seven queries, whatever their number."""
    plans = SectionMilestone.objects.filter(milestone_id__in=milestone_ids, section_id__in=section_ids)
    planned: dict[int, dict[int, date | None]] = {}
    for key, section, due in plans.values_list("milestone_id", "section_id", "due_on"):
        planned.setdefault(key, {})[section] = due
    learners = _learners(milestone_ids, section_ids, today)
    counts, first = _counts(milestone_ids, section_ids, today)
    begun, usual = _begun(section_ids, today), _usual(milestone_ids)
    found = {}
    for key, here in planned.items():
        levels = counts.get(key, {})
        whole = max(learners.get(key, 0), sum(levels.values()))
        spread = (whole - sum(levels.values()), *(levels.get(level, 0) for level in range(1, 5)))
        times = Times(_earliest(here.values()), first.get(key), _earliest(map(begun.get, here)), usual.get(key))
        days = None if times.usual is None else times.usual.days
        finding = _finding(spread, times, today)
        found[key] = Health(key, whole, spread, finding, times.due_on, times.first_on, days)
    return found


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _finding(spread: tuple[int, ...], times: Times, today: date) -> str:
    assessed, whole = sum(spread[1:]), sum(spread)
    at_goal = spread[Level.MEETS] + spread[Level.MASTERY]
    if whole < FEWEST:
        return FEW
    if not assessed:
        return NEVER_ASSESSED if times.should_have_begun(today) else HEALTHY
    if assessed < FEWEST:
        return FEW
    if at_goal / assessed >= EASY:
        return TOO_EASY
    if at_goal / assessed < HARD and times.is_over(today):
        return TOO_HARD
    below = max(spread[Level.BEGINNING], spread[Level.DEVELOPING])
    return TELLS_NOBODY_APART if assessed >= FEWEST_APART and below / assessed >= SAME else HEALTHY


def _enrolled(section_ids: Collection[int], today: date) -> Q:
    """Condition for enrolments of today in these classes."""
    return running(today) & Q(section_id__in=section_ids, is_withdrawn=False)


def _learners(milestone_ids: Collection[int], section_ids: Collection[int], today: date) -> dict[int, int]:
    rows = Enrolment.objects.filter(
        _enrolled(section_ids, today), section__section_milestones__milestone_id__in=milestone_ids
    )
    by_milestone = rows.values_list("section__section_milestones__milestone_id")
    return dict(by_milestone.annotate(n=Count("learner_id", distinct=True)))


def _counts(
    milestone_ids: Collection[int], section_ids: Collection[int], today: date
) -> tuple[dict[int, dict[int, int]], dict[int, date]]:
    """({milestone: {level: learners}}, {milestone: the day of the first level}) among the learners of the classes."""
    here = Enrolment.objects.filter(_enrolled(section_ids, today)).values("learner_id")
    rows = MilestoneStatus.objects.filter(milestone_id__in=milestone_ids, learner_id__in=here, level__gt=0)
    counts: dict[int, dict[int, int]] = {}
    first: dict[int, date] = {}
    for key, level, n, since in rows.values_list("milestone_id", "level").annotate(Count("id"), Min("since")):
        counts.setdefault(key, {})[level] = n
        first[key] = min(first.get(key, since.date()), since.date())
    return counts, first


def _begun(section_ids: Collection[int], today: date) -> dict[int, date | None]:
    """{class: the day it began}: its first enrolment that says so, else its term, else the school's. Three queries."""
    enrolled = Enrolment.objects.filter(section_id__in=section_ids, begins_on__isnull=False)
    first = dict(enrolled.values_list("section_id").annotate(Min("begins_on")))
    terms = SectionTerm.objects.filter(section_id__in=section_ids, term__starts_on__lte=today)
    of_term = dict(terms.values_list("section_id").annotate(Min("term__starts_on")))
    of_all = term_start(today)
    return {key: first.get(key) or of_term.get(key) or of_all for key in section_ids}


def _usual(milestone_ids: Collection[int]) -> dict[int, timedelta]:
    """{milestone: how long its learners usually are on the way}, where enough have been in both levels. One query."""
    rows = MilestonePace.objects.filter(milestone_id__in=milestone_ids, level__in=(Level.BEGINNING, Level.DEVELOPING))
    found = rows.values_list("milestone_id").annotate(n=Count("id"), days=Sum("median_days"))
    return {key: timedelta(days=float(days)) for key, n, days in found if n == 2}


def milestones_of(section_ids: Collection[int]) -> list[Milestone]:
    """What these classes work towards, each once, in the order of the curriculum."""
    rows = Milestone.objects.filter(section_milestones__section_id__in=section_ids, is_active=True).distinct()
    return list(rows.order_by("heading", "code", "id"))
