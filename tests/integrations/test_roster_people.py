"""Learner records, names, and who may sign in (OR-8)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from learners.models import Learner
from learners.rolls import folded
from tenancy.context import tenant_context
from tenancy.models import Member, Tenant, User
from tenancy.selectors import actor_for_user
from tests.integrations.oneroster_builders import as_1_1
from tests.integrations.roster_builders import (
    learner,
    live,
    member,
    put,
    role,
    roles_of,
    school,
    seat,
    staff_of,
)

TODAY = date(2026, 11, 21)
YESTERDAY = date(2026, 11, 20)
OPEN = (None, None)
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="people", name="People")


def test_a_learner_from_a_roles_delta_alone(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    put(tenant, tmp_path, {"roles": live(role("aide", "student", "s2"))}, "delta")
    with tenant_context(tenant.pk):
        made = learner("aide")
        assert (made.given_name, made.folded_name, made.member) == ("Aide", "silva aide", member("aide"))
        assert made.home_school is not None
        assert made.home_school.sourced_id == "s2"


def test_a_seat_as_student_makes_a_learner(tenant: Tenant, tmp_path: Path) -> None:
    """A teacher in a course for teachers: a learner record, no portal of a learner."""
    files = school()
    files["enrollments"].append(seat("c2", "teacher"))
    put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        assert learner("teacher").member == member("teacher")
        assert roles_of("teacher") == {"TCH": OPEN}
        assert staff_of("c1")["teacher"] == ("TCH", True, None)


def test_who_is_not_enabled_cannot_sign_in(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    account = User.objects.create_user("teacher@north.example", "correct horse battery staple")
    with tenant_context(tenant.pk):
        Member.objects.filter(sourced_id="teacher").update(user=account)
        actor = actor_for_user(tenant, account)
        assert actor is not None
        assert actor.roles == {"TCH"}
    files = school()
    files["users"][10]["enabledUser"] = "false"
    report = put(tenant, tmp_path, files)
    assert report.counts["members"]["updated"] == 1
    with tenant_context(tenant.pk):
        assert actor_for_user(tenant, account) is None
        assert member("teacher").user == account
        assert roles_of("teacher") == {"TCH": OPEN}
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        assert actor_for_user(tenant, account) is not None


def test_a_learner_record_linked_by_hand_keeps_its_member(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        mine = Member.objects.create(given_name="Account")
        Learner.objects.create(given_name="L0", folded_name="l0", sourced_id="l0", member=mine)
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        assert learner("l0").member == mine
    assert put(tenant, tmp_path, school()).is_unchanged


def test_two_learner_records_never_share_a_member(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        mine = Member.objects.create(given_name="L0", sourced_id="l0")
        Learner.objects.create(given_name="By hand", folded_name="hand", member=mine)
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        assert learner("l0").member is None


def test_what_1_2_said_is_kept_by_a_1_1_bundle(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"][0] |= {"preferredGivenName": "Lou", "pronouns": "they/them", "primaryOrgSourcedId": "s2"}
    put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        first = learner("l0")
        assert first.home_school is not None
        assert (first.preferred_name, first.pronouns, first.home_school.sourced_id) == ("Lou", "they/them", "s2")
    old = as_1_1(school())
    for row in old["users"]:
        row["orgSourcedIds"] = "s1"
    put(tenant, tmp_path, {"users": live(old["users"][0])}, "delta", version="1.1")
    with tenant_context(tenant.pk):
        assert (learner("l0").preferred_name, learner("l0").pronouns) == ("Lou", "they/them")
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        assert (learner("l0").preferred_name, learner("l0").pronouns) == ("", "")


@pytest.mark.parametrize(
    ("given", "family", "wanted"),
    [
        ("Zoë", "Ångström", "angstrom zoe"),
        ("Łukasz", "Şahin", "sahin łukasz"),
        ("İpek", "O'Neil-Núñez", "o'neil-nunez ipek"),
        ("민준", "김", "김 민준"),
        ("Ana", "", "ana"),
    ],
)
def test_folded_names(given: str, family: str, wanted: str) -> None:
    assert folded(given, family) == wanted


def test_the_longest_names_fit() -> None:
    assert len(folded("ﷺ" * 150, "각" * 150)) <= 320
