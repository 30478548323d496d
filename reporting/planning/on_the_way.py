"""On which pace a learner is, in kind words, and the steps of a long-term goal with the learner's level on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from milestones.assigned import due_dates, works_towards
from milestones.models import Milestone, MilestoneStatus, MilestoneStep
from milestones.pacing import AHEAD, DONE, LATER, ON_PACE, pace_of, usual_times
from reporting.learner_page import LearnerMilestone
from tenancy.actor import Actor
from tenancy.models import Tenant
from tenancy.selectors import zone

PACES: dict[str, Promise] = {
    DONE: _("reached"), AHEAD: _("ahead of plan"), ON_PACE: _("on pace"), LATER: _("a little later than planned"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GoalStep:
    """A step towards a goal. `level`: None where the reader may not see one yet."""

    public_id: UUID
    code: str
    title: str
    level: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class LongGoal:
    """A long-term goal of a learner with its steps in their order."""

    public_id: UUID
    title: str
    due_on: date | None
    steps: tuple[GoalStep, ...]


def pace_words(page: LearnerMilestone, tenant: Tenant, today: date) -> Promise | str:
    """The pace of the page's learner; nothing without a target date. One query."""
    if page.due_on is None:
        return ""
    since = None if page.since is None else page.since.astimezone(zone(tenant.time_zone)).date()
    usual = usual_times([page.milestone_pk])[page.milestone_pk]
    return PACES.get(pace_of(page.level, since, page.due_on, usual, today), "")


def steps_of(page: LearnerMilestone, today: date) -> list[GoalStep]:
    """The steps of the page's milestone with the learner's levels, for staff. Three queries, one without steps."""
    rows = [row.step for row in _steps(Q(goal_id=page.milestone_pk), page.learner_pk)]
    if not rows:
        return []
    keys = [one.pk for one in rows]
    levels = dict(
        MilestoneStatus.objects.filter(learner_id=page.learner_pk, milestone_id__in=keys).values_list(
            "milestone_id", "level"
        )
    )
    due = due_dates([page.learner_pk], keys, today)
    return [
        GoalStep(one.public_id, one.code, one.title, levels.get(one.pk, 0), due.get((page.learner_pk, one.pk)))
        for one in rows
    ]


def long_goals(actor: Actor, learner: Learner, released: Mapping[UUID, int]) -> list[LongGoal]:
    """The learner's long-term goals, for the learner: levels as they were released. Two queries."""
    work = works_towards([learner.pk], actor.today)
    due = {key: one.due_on for (_learner, key), one in work.items()}
    is_theirs = Q(goal_id__in=list(due), goal__horizon=Milestone.Horizon.LONG, goal__is_active=True)
    return [
        LongGoal(
            goal.public_id, goal.title, due[goal.pk],
            tuple(
                GoalStep(one.public_id, one.code, one.title, released.get(one.public_id), due.get(one.pk))
                for one in (row.step for row in rows)
            ),
        )
        for goal, rows in groupby(_steps(is_theirs, learner.pk), key=lambda row: row.goal)
    ]  # fmt: skip


def _steps(wanted: Q, learner_id: int) -> list[MilestoneStep]:
    """Steps in use, in order; never somebody else's personal milestone. One query."""
    theirs = Q(step__learner=None) | Q(step__learner_id=learner_id)
    rows = MilestoneStep.objects.filter(wanted, theirs, step__is_active=True).select_related("goal", "step")
    return list(rows.order_by("goal_id", "position", "id"))
