"""Families and learners see levels as they were released, never as they are now."""

from __future__ import annotations

import pytest

from assessments.services import record_evidence
from learners.models import Learner
from milestones.models import MilestoneStatus, Release
from milestones.services import release_levels
from reporting.levels import WORDS
from reporting.portal import portrait
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.selectors import actor_for_user
from tests.builders import World, piece
from tests.permissions.places import Places

ROLES = ("GRD", "LRN")


def actor(world: World, role: str) -> Actor:
    found = actor_for_user(world.tenant, world.users[role])
    assert found is not None
    return found


def shown_levels(places: Places, role: str) -> dict[str, int]:
    """{title: level} on the portrait page of Ana."""
    with tenant_context(places.home.tenant.pk):
        page = portrait(actor(places.home, role), places.home.learner.public_id)
    return {level.title: level.level for subject in page.subjects for level in subject.levels}


def page_of(places: Places, role: str) -> bytes:
    address = "/me/" if role == "LRN" else f"/family/{places.home.learner.public_id}/"
    response = places.clients[role].get(address)
    assert response.status_code == 200
    return response.content


def lower_the_level(places: Places) -> int:
    """Three bad pieces after the release; the level that staff see now."""
    world = places.home
    with tenant_context(world.tenant.pk):
        for _ in range(3):
            record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], 1))
        return int(MilestoneStatus.objects.get(learner=world.learner, milestone=world.milestone).level)


@pytest.mark.parametrize("role", ROLES)
def test_level_stays_as_released(places: Places, role: str) -> None:
    before = shown_levels(places, role)
    content = page_of(places, role)
    assert before["LKV Fractions"] == 3
    assert lower_the_level(places) < 3
    assert shown_levels(places, role) == before
    assert page_of(places, role).count(str(WORDS[3].name).encode()) == content.count(str(WORDS[3].name).encode())
    with tenant_context(places.home.tenant.pk):
        release_levels(places.home.system, section=places.home.section)
    assert shown_levels(places, role)["LKV Fractions"] < 3


@pytest.mark.parametrize("role", ROLES)
def test_what_was_never_released_is_not_shown(places: Places, role: str) -> None:
    world = places.home
    with tenant_context(world.tenant.pk):
        for _ in range(3):
            for competency in world.competencies[1:3]:
                record_evidence(world.system, piece=piece(world, world.learner, competency, 4))
        assert MilestoneStatus.objects.get(learner=world.learner, milestone=world.other_milestone).level >= 3
    assert "LKV Ratios" not in shown_levels(places, role)
    assert b"LKV Ratios" not in page_of(places, role)


@pytest.mark.parametrize("role", ROLES)
def test_withdrawn_release_is_not_shown(places: Places, role: str) -> None:
    world = places.home
    with tenant_context(world.tenant.pk):
        Release.objects.create(learner=world.learner, milestone=world.milestone, level=3, is_withdrawn=True)
    assert "LKV Fractions" not in shown_levels(places, role)
    assert b"LKV Fractions" not in page_of(places, role)
    with tenant_context(world.tenant.pk):
        Release.objects.create(learner=world.learner, milestone=world.milestone, level=2)
    assert shown_levels(places, role)["LKV Fractions"] == 2


@pytest.mark.parametrize("role", ROLES)
def test_staff_words_are_not_shown(places: Places, role: str) -> None:
    """No comment, no score, no name of a piece of evidence, no classmate."""
    world = places.home
    with tenant_context(world.tenant.pk):
        comment = {"comment": "between us", "title": "LKV Secret quiz"}
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], 1, **comment))
        release_levels(world.system, section=world.section)
    content = page_of(places, role)
    for text in (b"between us", b"LKV Secret quiz", b"Ben LKV", str(world.classmate.public_id).encode()):
        assert text not in content


def test_releases_of_others_stay_with_them(places: Places) -> None:
    with tenant_context(places.home.tenant.pk):
        for role in ROLES:
            released = Release.objects.visible_to(actor(places.home, role), "Current level")
            assert set(released.values_list("learner_id", flat=True)) == {places.home.learner.pk}
            assert set(Learner.objects.visible_to(actor(places.home, role))) == {places.home.learner}
