"""Rights begin and end with enrolments, assignments and links, at the next request."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from learners.models import Enrolment, GuardianLink, Learner, MentorLink, SchoolPost, Section, SectionStaff
from tenancy.access import can
from tenancy.context import tenant_context
from tenancy.models import RoleGrant, Tenant
from tenancy.selectors import actor_for_user, local_today
from tests.builders import World
from tests.permissions.places import Places

Change = Callable[[World, date], Any]
DAY = timedelta(days=1)


def seen(places: Places, role: str, address: str) -> bool:
    status = places.clients[role].get(address).status_code
    assert status in {200, 404}, (address, status)
    return status == 200


def learner_address(places: Places) -> str:
    return f"/learners/{places.ids['learner']['own']}/"


def grid_address(places: Places) -> str:
    return f"/classes/{places.ids['section']['own']}/grid/"


def child_address(places: Places) -> str:
    return f"/family/{places.ids['learner']['own']}/"


def rows(model: Any, world: World) -> Any:
    """The one row through which the reach runs."""
    where: dict[Any, dict[str, Any]] = {
        Enrolment: {"learner": world.learner},
        SectionStaff: {"section": world.section},
        GuardianLink: {"learner": world.learner},
        SchoolPost: {"member": world.members["SCH"]},
        RoleGrant: {"member": world.members["TCH"]},
        Section: {"pk": world.section.pk},
    }
    return model.objects.filter(**where[model])


# what is changed, on which model → whether the teacher still sees Ana, the grid of the section
TEACHER: tuple[tuple[Any, Callable[[date], dict[str, Any]], bool, bool], ...] = (
    (Enrolment, lambda today: {"is_withdrawn": True}, False, True),
    (Enrolment, lambda today: {"ends_on": today - DAY}, False, True),
    (Enrolment, lambda today: {"ends_on": today}, True, True),
    (Enrolment, lambda today: {"begins_on": today + DAY}, False, True),
    (Enrolment, lambda today: {"begins_on": today}, True, True),
    (SectionStaff, lambda today: {"ends_on": today - DAY}, False, False),
    (SectionStaff, lambda today: {"ends_on": today}, True, True),
    (SectionStaff, lambda today: {"begins_on": today + DAY}, False, False),
    (Section, lambda today: {"is_active": False}, False, False),
    (RoleGrant, lambda today: {"ends_on": today - DAY}, False, False),
    (RoleGrant, lambda today: {"begins_on": today + DAY}, False, False),
    (RoleGrant, lambda today: {"role": "AST"}, False, False),
)


@pytest.mark.parametrize(("model", "values", "sees_learner", "sees_grid"), TEACHER)
def test_teacher(
    places: Places, model: Any, values: Callable[[date], dict[str, Any]], sees_learner: bool, sees_grid: bool
) -> None:
    world = places.home
    assert seen(places, "TCH", learner_address(places))
    with tenant_context(world.tenant.pk):
        assert rows(model, world).update(**values(local_today(world.tenant))) == 1
    assert seen(places, "TCH", learner_address(places)) == sees_learner
    assert seen(places, "TCH", grid_address(places)) == sees_grid
    if sees_grid:
        assert (b"Ana LKV" in places.clients["TCH"].get(grid_address(places)).content) == sees_learner


GUARDIAN: tuple[tuple[Callable[[date], dict[str, Any]], bool], ...] = (
    (lambda today: {"status": "unverified"}, False),
    (lambda today: {"status": "restricted"}, False),
    (lambda today: {"status": "ended"}, False),
    (lambda today: {"ends_on": today - DAY}, False),
    (lambda today: {"ends_on": today}, True),
)


@pytest.mark.parametrize(("values", "sees"), GUARDIAN)
def test_guardian(places: Places, values: Callable[[date], dict[str, Any]], sees: bool) -> None:
    world = places.home
    assert seen(places, "GRD", child_address(places))
    with tenant_context(world.tenant.pk):
        assert rows(GuardianLink, world).update(**values(local_today(world.tenant))) == 1
    assert seen(places, "GRD", child_address(places)) == sees
    response = places.clients["GRD"].get("/family/", follow=True)
    assert (b"Ana" in response.content) == sees


MENTOR: tuple[tuple[Any, Callable[[date], dict[str, Any]], bool], ...] = (
    (MentorLink, lambda today: {"ends_on": today - DAY}, False),
    (MentorLink, lambda today: {"ends_on": today}, True),
    (MentorLink, lambda today: {"begins_on": today + DAY}, False),
    (RoleGrant, lambda today: {"ends_on": today - DAY}, False),
    (Learner, lambda today: {"is_active": False}, False),
)


@pytest.mark.parametrize(("model", "values", "sees"), MENTOR)
def test_mentor(places: Places, model: Any, values: Callable[[date], dict[str, Any]], sees: bool) -> None:
    world = places.home
    address = f"/mentor/{places.ids['learner']['own']}/"
    where = {"role": "MEN"} if model is RoleGrant else {"pk": world.learner.pk} if model is Learner else {}
    with tenant_context(world.tenant.pk):
        assert model.objects.filter(**where).update(**values(local_today(world.tenant))) == 1
    assert seen(places, "MEN", address) == sees


def test_guardian_of_another_child_does_not_see_this_one(places: Places) -> None:
    with tenant_context(places.home.tenant.pk):
        link = rows(GuardianLink, places.home).get()
        link.learner = places.home.classmate
        link.save()
    assert not seen(places, "GRD", child_address(places))
    assert seen(places, "GRD", f"/family/{places.ids['learner']['same_section']}/")


def test_guardians_do_not_see_each_other(places: Places) -> None:
    """Rule 14: a link says nothing about other links to the same child."""
    world = places.home
    with tenant_context(world.tenant.pk):
        GuardianLink.objects.create(member=world.members["DST"], learner=world.learner, status="restricted")
        content = places.clients["GRD"].get(child_address(places)).content
    assert b"DST Person" not in content


ADMINISTRATOR: tuple[tuple[Callable[[date], dict[str, Any]], bool], ...] = (
    (lambda today: {"ends_on": today - DAY}, False),
    (lambda today: {"begins_on": today + DAY}, False),
    (lambda today: {"role": "TCH"}, False),
    (lambda today: {"ends_on": today}, True),
)


@pytest.mark.parametrize(("values", "sees"), ADMINISTRATOR)
def test_school_administrator(places: Places, values: Callable[[date], dict[str, Any]], sees: bool) -> None:
    world = places.home
    with tenant_context(world.tenant.pk):
        assert rows(SchoolPost, world).update(**values(local_today(world.tenant))) == 1
    assert seen(places, "SCH", learner_address(places)) == sees
    assert seen(places, "SCH", grid_address(places)) == sees


@pytest.mark.parametrize(("days", "sees"), [(0, True), (-1, True), (-364, True), (-366, False)])
def test_school_keeps_a_learner_for_a_year(places: Places, days: int, sees: bool) -> None:
    """Condition SCH: an enrolment that is active or ended in the current year. The teacher loses it the same day."""
    world = places.home
    with tenant_context(world.tenant.pk):
        ended = local_today(world.tenant) + timedelta(days=days)
        Enrolment.objects.filter(learner=world.learner).update(ends_on=ended)
        Learner.objects.filter(pk=world.learner.pk).update(home_school=None)
    assert seen(places, "SCH", learner_address(places)) == sees
    assert seen(places, "TCH", learner_address(places)) == (days == 0)


def test_midnight_is_that_of_the_tenant() -> None:
    """AUZ-9: an assignment ends at local midnight."""
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert local_today(Tenant(time_zone="UTC"), late) == date(2026, 3, 1)
    assert local_today(Tenant(time_zone="Europe/Berlin"), late) == date(2026, 3, 2)
    assert local_today(Tenant(time_zone="America/Los_Angeles"), late) == date(2026, 3, 1)
    assert local_today(Tenant(time_zone="Pacific/Kiritimati"), late) == date(2026, 3, 2)


def test_revoked_and_expired_tokens(places: Places) -> None:
    """The next request with them is refused, with the same answer as an unknown token."""
    world = places.home
    client = Client()

    def answer(token: str) -> tuple[int, bytes]:
        response = client.get("/api/v1/learners/", headers={"Authorization": f"Bearer {token}"})
        return response.status_code, response.content

    assert answer(world.token)[0] == 200
    unknown = answer(places.cast.away.token[:-9] + "0" + places.cast.away.token[-8:])
    with tenant_context(world.tenant.pk):
        world.client.is_revoked = True
        world.client.save()
    assert answer(world.token) == unknown
    with tenant_context(world.tenant.pk):
        world.client.is_revoked = False
        world.client.expires_at = world.client.created_at - DAY
        world.client.save()
    assert answer(world.token) == unknown
    assert unknown[0] == 401


def test_token_of_one_tenant_named_as_another(places: Places) -> None:
    """The prefix of a token chooses where it is looked up; a changed prefix finds nothing there."""
    home, away = places.home, places.cast.away
    secret = home.token.split("_")[2][:43]
    body = f"wm_{away.tenant.pk}_{secret}"
    forged = f"{body}{zlib.crc32(body.encode()):08x}"
    response = Client().get("/api/v1/learners/", headers={"Authorization": f"Bearer {forged}"})
    assert response.status_code == 401
    assert b"HRB" not in response.content


def test_roles_add_up_the_wider_right_counts(places: Places) -> None:
    """A teacher who is also a district administrator sees the whole district, in lists and one by one."""
    with tenant_context(places.home.tenant.pk):
        actor = actor_for_user(places.home.tenant, places.home.users["TCH"])
        assert actor is not None
        both = replace(actor, roles=frozenset({"TCH", "DST"}))
        stranger = places.home.stranger_learner
        assert not Learner.objects.visible_to(actor).filter(pk=stranger.pk).exists()
        assert Learner.objects.visible_to(both).filter(pk=stranger.pk).exists()
        assert can(both, "Learner directory fields", "read", stranger)
