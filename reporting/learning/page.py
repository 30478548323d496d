"""A learner's milestones and goals, as they were released to them. A fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from learners.models import Learner
from milestones.assigned import works_towards
from milestones.models import GOAL_NOTE, GoalNote, Milestone
from reporting.planning.own_goals import OwnGoal, own_goals
from reporting.planning.rights import own_record
from reporting.portal import ReleasedLevel, released_levels
from status_engine import Level
from tenancy.actor import Actor

DIRECTORY = ("Learner directory fields", "read")


@dataclass(frozen=True, slots=True)
class MyMilestones:
    """can: at the goal or beyond; on_the_way: begun; later: what comes, with no level shared yet."""

    can: tuple[ReleasedLevel, ...]
    on_the_way: tuple[ReleasedLevel, ...]
    later: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class MyGoal:
    """A goal with its own steps and notes, newest note first."""

    goal: OwnGoal
    steps: tuple[GoalNote, ...]
    notes: tuple[GoalNote, ...]

    @property
    def done(self) -> int:
        return sum(one.done_at is not None for one in self.steps)


def my_milestones(actor: Actor) -> MyMilestones:
    """Four or five queries."""
    learner = own_record(actor, DIRECTORY)
    levels = released_levels(actor, learner)
    known = {one.milestone_id for one in levels if one.level}
    keys = {milestone for _, milestone in works_towards([learner.pk], actor.today)}
    rows = Milestone.objects.visible_to(actor).filter(id__in=keys, is_active=True).exclude(public_id__in=known)
    return MyMilestones(
        can=tuple(one for one in levels if one.level >= Level.MEETS),
        on_the_way=tuple(sorted((one for one in levels if 0 < one.level < Level.MEETS), key=lambda one: -one.level)),
        later=tuple(rows.order_by("heading", "code", "title", "id").values_list("public_id", "title")),
    )


def my_goals(actor: Actor, learner: Learner) -> list[MyGoal]:
    """Seven queries."""
    notes = notes_of(actor, learner.pk)
    found = []
    for goal in own_goals(actor, learner.pk, is_staff=False):
        own = notes.get(goal.public_id, ())
        steps = tuple(one for one in reversed(own) if one.kind == GoalNote.Kind.STEP)
        found.append(MyGoal(goal, steps, tuple(one for one in own if one.kind != GoalNote.Kind.STEP)))
    return found


def notes_of(actor: Actor, learner_id: int) -> dict[UUID, Sequence[GoalNote]]:
    """{goal: notes that the actor may read, newest first}. One query."""
    rows = GoalNote.objects.visible_to(actor, GOAL_NOTE, "read").filter(learner_id=learner_id, removed_at=None)
    found: dict[UUID, list[GoalNote]] = {}
    for row in rows.select_related("milestone").order_by("-written_at", "-id")[:400]:
        found.setdefault(row.milestone.public_id, []).append(row)
    return {key: tuple(some) for key, some in found.items()}
