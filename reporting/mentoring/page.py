"""What a mentor sees: released levels and shared goals of the learners they follow, and nothing else of them.

The same selectors as a family's pages; the matrix leaves out what is for the family alone (decision 0022).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from learners.models import Learner, MentorLink
from learners.reach import running
from milestones.models import GoalNote
from reporting.family.page import DIRECTORY, LATELY
from reporting.family.subjects import Shared, Subject, shared_of, subjects_by_learner, working_on
from reporting.family.timeline import Event, steps_of
from reporting.learning.page import notes_of
from reporting.planning.own_goals import OwnGoal, own_goals_of
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

MOST_REACHED, MOST_LATELY = 3, 12


@dataclass(frozen=True, slots=True)
class Mentee:
    """One learner. reached: the newest at the goal; now: what is worked on."""

    learner: Learner
    kind: str
    until: date
    subjects: tuple[Subject, ...]
    reached: tuple[Shared, ...]
    now: tuple[Shared, ...]
    goals: tuple[OwnGoal, ...]
    total: int
    at_goal: int
    newest: datetime | None

    @property
    def name(self) -> str:
        return self.learner.preferred_name or self.learner.given_name


@dataclass(frozen=True, slots=True)
class MenteePage:
    mentee: Mentee
    lately: Sequence[Event]
    notes: Mapping[UUID, Sequence[GoalNote]]


def mentees_of(actor: Actor) -> tuple[Mentee, ...]:
    """By name; a fixed number of queries."""
    return _mentees(actor, _links(actor))


def mentee_page(actor: Actor, learner_id: UUID) -> MenteePage:
    """Raises NotFound for anybody whom the actor does not follow today."""
    links = [link for link in _links(actor) if link.learner.public_id == learner_id]
    if not links:
        raise NotFound
    key, since = links[0].learner_id, timezone.now() - LATELY
    steps = steps_of(actor, [key], since).get(key, [])
    return MenteePage(_mentees(actor, links)[0], steps[:MOST_LATELY], notes_of(actor, key))


def _links(actor: Actor) -> list[MentorLink]:
    rows = MentorLink.objects.visible_to(actor).filter(running(actor.today))
    seen = Learner.objects.visible_to(actor, *DIRECTORY)
    rows = rows.filter(learner__in=seen).select_related("learner__home_school")
    return list(rows.order_by("learner__folded_name", "learner_id"))


def _mentees(actor: Actor, links: Sequence[MentorLink]) -> tuple[Mentee, ...]:
    keys = [link.learner_id for link in links]
    found = shared_of(actor, keys)
    shared = {key: found.get(key, []) for key in keys}
    subjects, goals = subjects_by_learner(shared, actor.today), own_goals_of(actor, keys, is_staff=False)
    return tuple(_mentee(link, shared[link.learner_id], subjects[link.learner_id], goals) for link in links)


def _mentee(link: MentorLink, shared: list[Shared], subjects: tuple[Subject, ...], goals: list[OwnGoal]) -> Mentee:
    reached = [one for one in shared if one.level >= Level.MEETS]
    newest_first = sorted(reached, key=lambda one: one.released_at, reverse=True)
    return Mentee(
        learner=link.learner, kind=link.get_kind_display(), until=link.ends_on, subjects=subjects,
        reached=tuple(newest_first[:MOST_REACHED]), now=tuple(working_on(shared)), total=len(shared),
        goals=tuple(one for one in goals if one.learner_id == link.learner.public_id), at_goal=len(reached),
        newest=max((one.released_at for one in shared), default=None),
    )  # fmt: skip
