"""Families and learners: what was released, of nobody else, in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.services import record_evidence
from learners.models import GuardianLink, Learner
from milestones.models import Milestone, Release
from milestones.services import release_levels
from tenancy.context import tenant_context
from tests.builders import World, piece
from tests.reporting.conftest import As, text_of


def child_page(learner: Learner) -> str:
    return f"/family/{learner.public_id}/"


def release(world: World, learner: Learner, milestone: Milestone, level: int, **values: object) -> None:
    with tenant_context(world.tenant.pk):
        Release.objects.create(learner=learner, milestone=milestone, level=level, **values)


@pytest.mark.parametrize("role", ["GRD", "LRN"])
def test_a_level_shows_only_after_its_release(home: World, signed_in: As, role: str) -> None:
    address = child_page(home.learner) if role == "GRD" else "/me/"
    client = signed_in(role)
    with tenant_context(home.tenant.pk):
        for competency in home.competencies[1:3]:
            record_evidence(home.system, piece=piece(home, home.learner, competency, 2))
    before = text_of(client.get(address))
    assert "LKV Ratios" not in before
    assert "LKV Fractions Meets" in before
    with tenant_context(home.tenant.pk):
        release_levels(home.system, section=home.section)
    after = text_of(client.get(address))
    assert "LKV Ratios Developing" in after


@pytest.mark.parametrize("role", ["GRD", "LRN"])
def test_a_withdrawn_release_is_gone(home: World, signed_in: As, role: str) -> None:
    release(home, home.learner, home.milestone, 3, is_withdrawn=True, released_at=timezone.now())
    words = text_of(signed_in(role).get(child_page(home.learner) if role == "GRD" else "/me/"))
    assert "LKV Fractions" not in words
    assert "not shared levels yet" in words


def test_no_other_child_on_any_page(home: World, signed_in: As) -> None:
    for role, address in (("GRD", "/family/"), ("GRD", child_page(home.learner)), ("LRN", "/me/")):
        response = signed_in(role).get(address, follow=True)
        words = text_of(response)
        assert "Ana" in words
        assert "Ben" not in words
        assert "Cleo" not in words
        assert str(home.classmate.public_id) not in response.content.decode()


def test_other_children_hidden_absent_and_nonsense_answer_alike(home: World, signed_in: As) -> None:
    client = signed_in("GRD")
    pages = [
        client.get(address)
        for address in (child_page(home.classmate), "/family/00000000-0000-7000-8000-000000000000/", "/family/x/")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({text_of(page) for page in pages}) == 1


@pytest.mark.parametrize("status", ["pending", "revoked", "ended"])
def test_a_link_that_is_not_verified_shows_nothing(home: World, signed_in: As, status: str) -> None:
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.update(status=status)
    client = signed_in("GRD")
    assert client.get(child_page(home.learner)).status_code == 404
    assert "No child is linked to this account" in text_of(client.get("/family/"))


def test_one_child_goes_straight_there_several_are_listed(home: World, signed_in: As) -> None:
    client = signed_in("GRD")
    assert client.get("/family/").headers["Location"] == child_page(home.learner)
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.create(member=home.members["GRD"], learner=home.classmate, status="verified")
    words = text_of(client.get("/family/"))
    assert "Ana LKV" in words
    assert "Ben LKV" in words
    both = client.get(child_page(home.classmate)).content.decode()
    assert child_page(home.learner) in both


def test_words_of_the_family_page(home: World, signed_in: As) -> None:
    release(home, home.learner, home.other_milestone, 2, released_at=timezone.now() - timedelta(hours=1))
    words = text_of(signed_in("GRD").get(child_page(home.learner)))
    assert "How Ana is doing" in words
    assert "1 of 2 milestones is at the goal." in words
    assert "Does part of it alone. Growing, and not yet steady. A normal part of learning, not a failing mark." in words
    assert "What the five levels mean" in words
    for never in ("failing behind", "gifted", "standard", "intervention", "average", "rank", "%"):
        assert never not in words


def test_words_of_the_learner_page(home: World, signed_in: As) -> None:
    words = text_of(signed_in("LRN").get("/me/"))
    assert "Ana LKV, this is your learning" in words
    assert "You are at the goal in 1 of 1 milestone" in words
    release(home, home.learner, home.other_milestone, 1, released_at=timezone.now())
    assert "Ana LKV, here is what to do next" in text_of(signed_in("LRN").get("/me/"))


@pytest.mark.parametrize("role", ["GRD", "LRN"])
def test_pages_are_read_only(home: World, signed_in: As, role: str) -> None:
    client = signed_in(role)
    for address in ("/family/", child_page(home.learner), "/me/"):
        assert client.post(address).status_code in {404, 405}, address
        assert client.put(address).status_code in {404, 405}, address


def test_learner_does_not_see_staff_pages_nor_the_reverse(home: World, signed_in: As) -> None:
    for role, address in (
        ("LRN", "/family/"),
        ("GRD", "/me/"),
        ("TCH", "/me/"),
        ("LRN", "/classes/"),
        ("GRD", "/reports/"),
    ):
        assert signed_in(role).get(address).status_code == 404, (role, address)
