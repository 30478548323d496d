"""A personal milestone is one learner's: on every path to a level, and in every list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.services import record_evidence, record_many, withdraw_evidence
from milestones.history import levels_as_of
from milestones.models import Criterion, Milestone, MilestoneStatus
from milestones.past import BY
from milestones.plans import Asked, create_milestone
from milestones.verify import verify_tenant
from milestones.whole import recompute_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, piece
from tests.reporting.conftest import milestone_page


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def personal(home: World) -> Milestone:
    with tenant_context(home.tenant.pk):
        return create_milestone(
            home.system, title="Ana reads music", criteria=[Asked(home.competencies[0])], learner=home.learner,
            proposal="confirmed",
        )  # fmt: skip


def owners(world: World, personal: Milestone) -> set[int]:
    with tenant_context(world.tenant.pk):
        return set(MilestoneStatus.objects.filter(milestone=personal).values_list("learner_id", flat=True))


def test_it_is_rolled_up_for_its_learner_only(home: World, personal: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        for learner in (home.learner, home.classmate):  # one by one: the short way
            record_evidence(home.system, piece=piece(home, learner, home.competencies[0], 3))
        both = [piece(home, one, home.competencies[0], 4, n=n) for n, one in enumerate((home.learner, home.classmate))]
        record_many(home.system, pieces=both)
        gone = record_evidence(home.system, piece=piece(home, home.classmate, home.competencies[0], 1))
        withdraw_evidence(home.system, evidence=gone, reason="a mistake")
    assert owners(home, personal) == {home.learner.pk}
    assert verify_tenant(home.tenant.pk).differing == 0
    recompute_tenant(home.tenant.pk, "recompute")
    assert owners(home, personal) == {home.learner.pk}


def test_another_ones_level_is_a_difference(home: World, personal: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        MilestoneStatus.objects.create(learner=home.classmate, milestone=personal, level=3, since=timezone.now())
    assert verify_tenant(home.tenant.pk).differing > 0


def test_nobody_else_finds_it(home: World, personal: Milestone, client: Client) -> None:
    tch = Client()
    tch.force_login(home.users["TCH"])
    assert tch.get(milestone_page(home, home.learner, personal)).status_code == 200
    assert tch.get(milestone_page(home, home.classmate, personal)).status_code == 404
    headers = {"Authorization": f"Bearer {home.token}"}
    listed = client.get("/api/v1/milestones/", headers=headers).json()["results"]
    assert str(personal.public_id) not in {row["id"] for row in listed}, "the token has no right to goals"
    assert client.get(f"/api/v1/milestones/{personal.public_id}/", headers=headers).status_code == 404
    address = f"/api/v1/statuses/{home.learner.public_id}/{personal.public_id}/explanation/"
    assert client.get(address, headers=headers).status_code == 404


def test_one_that_waits_for_an_answer_has_no_level(home: World) -> None:
    with tenant_context(home.tenant.pk):
        proposed: Any = Milestone.objects.create(
            title="Ana swims", learner=home.learner, proposal="proposed", is_active=False
        )
        Criterion.objects.create(milestone=proposed, competency=home.competencies[0], points=Decimal(1))
        record_evidence(home.system, piece=piece(home, home.learner, home.competencies[0], 3))
    assert owners(home, proposed) == set()


def test_nor_is_it_anybody_elses_as_of_a_moment(home: World, personal: Milestone) -> None:
    """The past is worked out anew from the ledger, where the classmate has the same evidence."""
    with tenant_context(home.tenant.pk):
        learners = [home.learner, home.classmate]
        for learner in learners:
            record_evidence(home.system, piece=piece(home, learner, home.competencies[0], 3))
        for by in BY:
            wanted = [personal.pk, home.milestone.pk]
            found = levels_as_of([one.pk for one in learners], wanted, timezone.now(), by)
            assert {learner for learner, milestone in found if milestone == personal.pk} == {home.learner.pk}
            assert (home.classmate.pk, home.milestone.pk) in found


def test_a_list_of_levels_leaves_it_out(home: World, personal: Milestone, client: Client) -> None:
    """What a client without the right to goals reads of levels leaves the personal ones out."""
    headers = {"Authorization": f"Bearer {home.token}"}
    with tenant_context(home.tenant.pk):
        record_evidence(home.system, piece=piece(home, home.learner, home.competencies[0], 3))
    assert owners(home, personal) == {home.learner.pk}
    listed = client.get("/api/v1/statuses/?limit=200", headers=headers).json()["results"]
    assert str(home.milestone.public_id) in {row["milestone"] for row in listed}
    assert str(personal.public_id) not in {row["milestone"] for row in listed}
