"""Milestones that tell little: too easy, too hard, the same for everybody, never assessed; each with a proposal.

| finding | when | proposal |
|---|---|---|
| too easy | 95 % or more of the learners with a level are at Meets or above | raise the bar |
| too hard | under 20 % are at Meets or above, the target is over or the first began 60 days ago | split, or lower |
| tells nobody apart | 90 % or more of at least 20 learners are at one level below Meets | a new form, or split |
| never assessed | planned for more than 30 days, and nobody has a level | plan evidence |

Of fewer than 10 learners nothing is said but that they are few.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q

from learners.models import Enrolment
from learners.reach import running
from milestones.models import Milestone, MilestoneStatus, SectionMilestone
from status_engine import Level

TOO_EASY, TOO_HARD, TELLS_NOBODY_APART, NEVER_ASSESSED = "easy", "hard", "same", "never"
FEW, HEALTHY = "few", ""
FEWEST, FEWEST_APART = 10, 20
EASY, HARD, SAME = 0.95, 0.20, 0.90
LONG_ENOUGH, PLANNED = timedelta(days=60), timedelta(days=30)


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
    """{milestone: its health} over some classes. Four queries, whatever their number."""
    plans = SectionMilestone.objects.filter(milestone_id__in=milestone_ids, section_id__in=section_ids)
    planned = dict(plans.values_list("milestone_id").annotate(Min("due_on")))
    learners = _learners(milestone_ids, section_ids, today)
    counts, first = _counts(milestone_ids, section_ids, today)
    begun = _begun(section_ids)
    found = {}
    for key, due in planned.items():
        levels = counts.get(key, {})
        whole = max(learners.get(key, 0), sum(levels.values()))
        spread = (whole - sum(levels.values()), *(levels.get(level, 0) for level in range(1, 5)))
        started = first.get(key)
        found[key] = Health(key, whole, spread, _finding(spread, due, started, begun, today), due, started)
    return found


def _finding(spread: tuple[int, ...], due: date | None, first: date | None, begun: date | None, today: date) -> str:
    assessed, whole = sum(spread[1:]), sum(spread)
    at_goal = spread[Level.MEETS] + spread[Level.MASTERY]
    if whole < FEWEST:
        return FEW
    if not assessed:
        return NEVER_ASSESSED if begun is not None and today - begun > PLANNED else HEALTHY
    if assessed < FEWEST:
        return FEW
    if at_goal / assessed >= EASY:
        return TOO_EASY
    is_time_over = (due is not None and due < today) or (first is not None and today - first > LONG_ENOUGH)
    if at_goal / assessed < HARD and is_time_over:
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


def _begun(section_ids: Collection[int]) -> date | None:
    """When work in these classes began: the first enrolment, as far as it is known."""
    found: date | None = Enrolment.objects.filter(section_id__in=section_ids).aggregate(day=Min("begins_on"))["day"]
    return found


def milestones_of(section_ids: Collection[int]) -> list[Milestone]:
    """What these classes work towards, each once, in the order of the curriculum."""
    rows = Milestone.objects.filter(section_milestones__section_id__in=section_ids, is_active=True).distinct()
    return list(rows.order_by("heading", "code", "id"))
