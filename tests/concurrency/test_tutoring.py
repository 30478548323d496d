"""Teachers who pair learners at the same moment: one pair of a learner, and no third one of a tutor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone

from interventions.models import PeerPair
from interventions.peers import propose_pair
from learners.models import Learner
from milestones.models import MilestoneStatus
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tests.builders import Cast, World, add_learner, add_member
from tests.concurrency.together import at_once


def with_account(world: World, name: str, level: int = 0) -> Learner:
    learner = add_learner(world, name, world.section, member=add_member(world, "LRN", name.upper()))
    if level:
        MilestoneStatus.objects.create(
            learner=learner, milestone=world.other_milestone, level=level, since=timezone.now()
        )
    return learner


def asking(world: World, tutor: Learner, learner: Learner) -> Callable[[], int]:
    teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)

    def work() -> int:
        with tenant_context(world.tenant.pk):
            pair = propose_pair(teacher, learner=learner, milestone=world.other_milestone, tutor_id=tutor.public_id)
            return int(pair.pk)

    return work


def test_one_learner_asked_by_two_teachers_has_one_pair(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        tutors = [with_account(world, name, 4) for name in ("Uma", "Vic")]
    answers = at_once([asking(world, tutor, world.learner) for tutor in tutors])
    [refused] = [answer for answer in answers if isinstance(answer, Exception)]
    assert isinstance(refused, Conflict)
    assert refused.message.startswith("Ana has been asked about a pair for this milestone already.")


def test_the_limit_of_a_tutor_holds(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        tutor = with_account(world, "Uma", 4)
        learners = [with_account(world, name) for name in ("Pia", "Quin", "Rolf", "Sam")]
    answers = at_once([asking(world, tutor, one) for one in learners])
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "int", "int"]
    with tenant_context(world.tenant.pk):
        assert PeerPair.objects.filter(tutor=tutor, state="asked").count() == 2
