"""Roles and posts in schools (OR-8)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from learners.models import Learner, SchoolPost
from tenancy.context import tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tests.integrations.oneroster_builders import as_1_1
from tests.integrations.roster_builders import (
    gone,
    links,
    live,
    member,
    posts_of,
    put,
    role,
    roles_of,
    school,
    snapshot,
    user,
    without,
)

TODAY = date(2026, 11, 21)
YESTERDAY = date(2026, 11, 20)
OPEN = (None, None)
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="people", name="People")


@pytest.mark.parametrize(
    ("name", "org", "code", "has_post"),
    [
        ("student", "s1", "LRN", False),
        ("teacher", "s1", "TCH", True),
        ("teacher", "d", "TCH", False),
        ("aide", "s1", "AST", True),
        ("parent", "s1", "GRD", False),
        ("guardian", "s1", "GRD", False),
        ("relative", "s1", "GRD", False),
        ("principal", "s1", "SCH", True),
        ("siteAdministrator", "s2", "SCH", True),
        ("siteAdministrator", "d", "DST", False),
        ("districtAdministrator", "d", "DST", False),
        ("districtAdministrator", "s1", "DST", False),
        ("systemAdministrator", "d", "DST", False),
    ],
)
def test_each_role(tenant: Tenant, tmp_path: Path, name: str, org: str, code: str, has_post: bool) -> None:
    files = school()
    files["users"].append(user("who"))
    files["roles"].append(role("who", name, org, beginDate="2026-08-01", endDate="2027-07-31"))
    put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        assert roles_of("who") == {code: (date(2026, 8, 1), date(2027, 7, 31))}
        assert posts_of("who") == ({(org, code): date(2027, 7, 31)} if has_post else {})
        assert Learner.objects.filter(sourced_id="who").exists() == (code == "LRN")


@pytest.mark.parametrize("kind", ["district", "local", "state", "national", "department", "school"])
def test_an_administrator_is_of_the_district_only_where_the_org_is_one(
    tenant: Tenant, tmp_path: Path, kind: str
) -> None:
    files = as_1_1(school())
    for row in files["users"]:
        row["orgSourcedIds"] = "s1"
    files["orgs"].append({"sourcedId": "o", "name": "Office", "type": kind})
    files["users"].append(user("boss", role="administrator", orgSourcedIds="o"))
    put(tenant, tmp_path, files, version="1.1")
    with tenant_context(tenant.pk):
        assert set(roles_of("boss")) == {"SCH" if kind in {"school", "department"} else "DST"}


def test_roles_that_give_no_access_are_counted(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"] += [user("counselor"), user("proctor")]
    files["roles"] += [role("counselor", "counselor"), role("proctor", "proctor"), role("aide", "ext:nurse")]
    report = put(tenant, tmp_path, files)
    assert report.counts["role_grants"]["skipped"] == 3
    assert [one.message for one in report.problems if one.code == "role_without_access"] == [
        "3 rows, the first row 16: This role gives no access here. It was left out"
    ]
    with tenant_context(tenant.pk):
        assert (roles_of("counselor"), member("counselor").is_enabled) == ({}, True)


def test_a_user_with_several_roles_has_them_all(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"][1]["agentSourcedIds"] = "teacher"
    files["roles"] += [
        role("teacher", "parent"),
        role("teacher", "teacher", "s2", roleType="secondary"),
        role("teacher", "principal", "s2", roleType="secondary", endDate="2027-01-31"),
    ]
    put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        assert roles_of("teacher") == {"TCH": OPEN, "GRD": OPEN, "SCH": (None, date(2027, 1, 31))}
        assert posts_of("teacher") == {("s1", "TCH"): None, ("s2", "TCH"): None, ("s2", "SCH"): date(2027, 1, 31)}
        assert links() == {("parent", "l0"): "verified", ("teacher", "l1"): "verified"}


def test_a_full_roles_file_ends_what_it_leaves_out(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["roles"].append(role("teacher", "principal", "s2"))
    put(tenant, tmp_path, files, today=TODAY)
    report = put(tenant, tmp_path, school(), today=TODAY)
    assert (report.counts["role_grants"]["deactivated"], report.counts["school_posts"]["deactivated"]) == (1, 1)
    with tenant_context(tenant.pk):
        assert roles_of("teacher") == {"TCH": OPEN, "SCH": (None, YESTERDAY)}
        assert posts_of("teacher") == {("s1", "TCH"): None, ("s2", "SCH"): YESTERDAY}
    put(tenant, tmp_path, files, today=TODAY)
    with tenant_context(tenant.pk):
        assert roles_of("teacher") == {"TCH": OPEN, "SCH": OPEN}


def test_the_dates_of_a_grant_in_a_full_file_are_those_of_the_file(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school(), today=TODAY)
    moved = without(school(), "roles", "teacher-teacher-s1")
    moved["roles"].append(role("teacher", "teacher", "s2", beginDate="2026-11-01", endDate="2027-01-31"))
    put(tenant, tmp_path, moved, today=TODAY)
    with tenant_context(tenant.pk):
        assert posts_of("teacher") == {("s1", "TCH"): YESTERDAY, ("s2", "TCH"): date(2027, 1, 31)}
        assert roles_of("teacher") == {"TCH": (date(2026, 11, 1), date(2027, 1, 31))}


def test_a_delta_removes_no_role_that_it_does_not_name(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["roles"] += [role("teacher", "teacher", "s2"), role("teacher", "parent"), role("aide", "aide", "s2")]
    put(tenant, tmp_path, files, today=TODAY)
    before = snapshot(tenant)
    assert put(tenant, tmp_path, {"roles": live(role("teacher", "teacher"))}, "delta", today=TODAY).is_unchanged
    assert put(tenant, tmp_path, {"users": live(files["users"][10])}, "delta", today=TODAY).is_unchanged
    assert snapshot(tenant) == before
    ended = {"roles": [{**role("teacher", "teacher"), **gone("teacher-teacher-s1")[0]}]}
    put(tenant, tmp_path, ended, "delta", today=TODAY)
    with tenant_context(tenant.pk):
        assert posts_of("teacher") == {("s1", "TCH"): YESTERDAY, ("s2", "TCH"): None}
        assert roles_of("teacher") == {"TCH": OPEN, "GRD": OPEN}  # still at the other school
    put(tenant, tmp_path, {"roles": [{**role("teacher", "teacher", "s2"), **gone("x")[0]}]}, "delta", today=TODAY)
    put(tenant, tmp_path, {"roles": [{**role("teacher", "parent"), **gone("y")[0]}]}, "delta", today=TODAY)
    with tenant_context(tenant.pk):
        assert roles_of("teacher") == {"TCH": (None, YESTERDAY), "GRD": (None, YESTERDAY)}
        assert posts_of("aide") == {("s1", "AST"): None, ("s2", "AST"): None}


def test_a_deleted_role_that_does_not_say_whose_is_left_out(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    report = put(tenant, tmp_path, {"roles": gone("teacher-teacher-s1")}, "delta")
    assert report.counts["role_grants"]["skipped"] == 1
    assert [one.code for one in report.problems] == ["unknown_role"]


def test_grants_made_by_hand_for_others_stay(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        guest = Member.objects.create(given_name="Guest")
        RoleGrant.objects.create(member=guest, role="DST")
        SchoolPost.objects.create(member=guest, school=SchoolPost.objects.all()[0].school, role="SCH")
    before = snapshot(tenant)
    assert put(tenant, tmp_path, school()).is_unchanged
    assert snapshot(tenant) == before
