"""The pages of a family about one child. A fixed number of queries each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from learners.models import Learner
from milestones.models import NARRATIVE, Narrative
from reporting.family.home_words import HomeText
from reporting.family.subjects import Shared, Subject, shared_with, subjects_of, working_on
from reporting.family.timeline import Event, timeline_of
from reporting.planning.own_goals import OwnGoal, own_goals
from reporting.portal import Child, GoalChange, Help, Words, child_of, goal_changes, shared_plans, teachers_words
from reporting.recognition.page import Recognition, recognition_of
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

LATELY = timedelta(days=14)
MOST_NARRATIVES = 2
DIRECTORY = ("Learner directory fields", "read")


@dataclass(frozen=True, slots=True)
class Kin:
    """The child that a page is about, and all children of the family."""

    learner: Learner
    child: Child
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """`asks`: {milestone: the question to ask about it}; `lately`: the last two weeks; `help`: not told under `now`."""

    kin: Kin
    monday: date
    seen: Recognition
    reached: tuple[Shared, ...]
    subjects: tuple[Subject, ...]
    now: tuple[Shared, ...]
    help: tuple[Help, ...]
    total: int
    at_goal: int
    newest: datetime | None
    narratives: tuple[Narrative, ...]
    words: tuple[Words, ...]
    changed: tuple[GoalChange, ...]
    lately: tuple[Event, ...]
    has_older: bool
    goals: Sequence[OwnGoal]
    asks: Mapping[str, HomeText]


def kin_of(actor: Actor, learner_id: UUID) -> Kin:
    """One query. Raises NotFound for anybody else's child."""
    rows = Learner.objects.visible_to(actor, *DIRECTORY).filter(is_active=True).select_related("home_school")
    found = list(rows.order_by("folded_name", "id"))
    learner = next((one for one in found if one.public_id == learner_id), None)
    if learner is None:
        raise NotFound
    return Kin(learner, child_of(learner), tuple(child_of(one) for one in found))


def week_of(actor: Actor, learner_id: UUID) -> Week:
    """What `/family/<child>/` shows."""
    kin = kin_of(actor, learner_id)
    learner = kin.learner
    shared = shared_with(actor, learner)
    at_goal = [one for one in shared if one.level >= Level.MEETS]
    events = timeline_of(actor, learner)
    since, now = timezone.now() - LATELY, working_on(shared)
    lately = [one for one in events if one.at >= since][:8]
    return Week(
        kin=kin, monday=actor.today - timedelta(days=actor.today.weekday()),
        seen=recognition_of(actor, learner_id), reached=tuple(sorted(at_goal, key=_newest_first)[:3]),
        subjects=subjects_of(learner, shared, actor.today), now=tuple(now), total=len(shared),
        at_goal=len(at_goal), newest=max((one.released_at for one in shared), default=None),
        narratives=tuple(narratives_for(actor, learner)[:MOST_NARRATIVES]), words=teachers_words(actor, learner),
        changed=goal_changes(learner), lately=tuple(lately), has_older=len(events) > len(lately),
        goals=own_goals(actor, learner.pk, is_staff=False),
        help=shared_plans(actor, learner, [one.pk for one in now]),
        asks={one.official: one.words for one in shared if one.words.ask},
    )  # fmt: skip


def milestones_for(actor: Actor, learner_id: UUID) -> tuple[Kin, tuple[Subject, ...]]:
    """Everything that was shared, by subject. Seven queries."""
    kin = kin_of(actor, learner_id)
    return kin, subjects_of(kin.learner, shared_with(actor, kin.learner), actor.today)


def narratives_for(actor: Actor, learner: Learner) -> list[Narrative]:
    """Released words, corrected ones in place of the old. One query."""
    rows = Narrative.objects.visible_to(actor, NARRATIVE, "read").filter(learner=learner, released_at__isnull=False)
    return list(rows.select_related("term").order_by("-released_at", "-id")[:60])


def _newest_first(one: Shared) -> float:
    return -one.released_at.timestamp()
