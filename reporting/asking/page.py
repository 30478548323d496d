"""A milestone as its learner sees it, with what they asked and were answered; and what a teacher answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from interventions.asking import ANSWER, READ
from interventions.models import LearnerRequest, ResourceUse
from learners.models import Learner
from milestones.assigned import works_towards
from milestones.models import Milestone, MilestoneStatus, Release
from reporting.learning.steps import Steps, steps_of
from reporting.library.giving_page import given_to
from reporting.planning.rights import own_record
from reporting.reach import published_milestone, visible_learner
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.selectors import member_names

LEVEL = ("Current level", "read")
DIRECTORY = ("Learner directory fields", "read")
ANSWERED_FOR = timedelta(days=21)  # how long an answer stays on /me/; on the page of the milestone it stays
Kind = LearnerRequest.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    request_id: UUID
    milestone_id: UUID
    title: str
    kind: str
    text: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None


@dataclass(frozen=True, slots=True)
class MyMilestone:
    """level: as it was released; None while nothing is. open_kinds: what was asked and waits."""

    milestone: Milestone
    level: int | None
    released_at: datetime | None
    asked: tuple[Asked, ...]
    given: tuple[ResourceUse, ...]
    can_ask: bool
    steps: Steps

    @property
    def can_ask_help(self) -> bool:
        return self.can_ask and not any(one.is_open and one.kind == Kind.HELP for one in self.asked)

    @property
    def can_ask_look(self) -> bool:
        is_open = any(one.is_open and one.kind == Kind.SECOND_LOOK for one in self.asked)
        return self.can_ask and self.level is not None and not is_open


@dataclass(frozen=True, slots=True)
class AnswerPage:
    learner: Learner
    milestone: Milestone
    level: int
    asked: tuple[Asked, ...]


def my_milestone(actor: Actor, milestone_id: UUID) -> MyMilestone:
    """One that the learner works towards or was shown a level of. Raises NotFound for any other."""
    learner = own_record(actor, DIRECTORY)
    milestone = published_milestone(actor, milestone_id, learner)
    release = Release.objects.visible_to(actor, *LEVEL).filter(learner=learner, milestone=milestone).first()
    works = bool(works_towards([learner.pk], actor.today, [milestone.pk]))
    if release is None and not works:
        raise NotFound
    rows = LearnerRequest.objects.visible_to(actor, *READ).filter(learner=learner, milestone=milestone)
    return MyMilestone(
        milestone=milestone,
        level=release.level if release else None,
        released_at=release.released_at if release else None,
        asked=tuple(_asked(rows.filter(taken_back_at=None))),
        given=tuple(given_to(actor, learner.pk, [milestone.pk])),
        can_ask=works,
        steps=steps_of(release.explanation if release else None),
    )


def asked_lately(actor: Actor, learner_id: int) -> list[Asked]:
    """For /me/: what waits, and what was answered in the last three weeks. Two queries."""
    rows = LearnerRequest.objects.visible_to(actor, *READ).filter(learner_id=learner_id, taken_back_at=None)
    lately = Q(answered_at=None) | Q(answered_at__gte=timezone.now() - ANSWERED_FOR)
    return _asked(rows.filter(lately))


def my_asking(actor: Actor) -> list[tuple[str, list[tuple[UUID, str]]]]:
    """(heading, milestones) that the learner works towards, whether a level was released or not. Three queries."""
    learner = own_record(actor, DIRECTORY)
    keys = {milestone for _, milestone in works_towards([learner.pk], actor.today)}
    rows = Milestone.objects.visible_to(actor).filter(id__in=keys).order_by("heading", "code", "title", "id")
    found = rows.values_list("heading", "public_id", "title")
    return [(key, [row[1:] for row in some]) for key, some in groupby(found, key=lambda row: row[0])]


def answer_page(actor: Actor, learner_id: UUID, milestone_id: UUID) -> AnswerPage:
    """Raises NotFound."""
    learner = visible_learner(actor, learner_id, *ANSWER)
    milestone = published_milestone(actor, milestone_id, learner)
    rows = LearnerRequest.objects.visible_to(actor, *ANSWER).filter(learner=learner, milestone=milestone)
    status = MilestoneStatus.objects.filter(learner=learner, milestone=milestone).first()
    return AnswerPage(learner, milestone, status.level if status else 0, tuple(_asked(rows.filter(taken_back_at=None))))


def asked_of(actor: Actor, learner_id: int, milestone_id: int) -> list[Asked]:
    """What waits for an answer, for the staff's page of the milestone. Two queries."""
    rows = LearnerRequest.objects.visible_to(actor, *READ).filter(learner_id=learner_id, milestone_id=milestone_id)
    return _asked(rows.filter(taken_back_at=None, answered_at=None))


def _asked(rows: Any) -> list[Asked]:
    found = list(rows.select_related("milestone").order_by("-asked_at", "-id")[:20])
    names = member_names({one.answered_by_id for one in found})
    return [
        Asked(
            request_id=one.public_id, milestone_id=one.milestone.public_id, title=one.milestone.title, kind=one.kind,
            text=one.text, at=one.asked_at, answer=one.answer, answered_by=names.get(one.answered_by_id, ""),
            answered_at=one.answered_at,
        )
        for one in found
    ]  # fmt: skip
