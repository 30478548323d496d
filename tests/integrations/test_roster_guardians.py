"""Guardian links from agentSourcedIds (OR-8)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from learners.models import GuardianLink
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tests.integrations.roster_builders import (
    learner,
    links,
    live,
    member,
    put,
    role,
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


def test_guardians_in_either_direction(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"] += [user("aunt"), user("neighbour")]
    files["roles"].append(role("aunt", "relative"))
    files["users"][1]["agentSourcedIds"] = "aunt,parent"  # the learner names the guardians
    files["users"][2]["agentSourcedIds"] = "neighbour,teacher,l3"  # none of them a guardian
    report = put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        assert links() == {
            ("parent", "l0"): "verified",
            ("aunt", "l1"): "verified",
            ("parent", "l1"): "verified",
        }
        found = GuardianLink.objects.get(member__sourced_id="aunt")
        assert (found.relationship, found.from_roster) == ("relative", True)
    (problem,) = [one for one in report.problems if one.code == "agent_without_role"]
    assert (problem.row, problem.message[:26]) == (4, "3 rows, the first row 4: N")


def test_a_link_named_from_both_sides_is_one(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"][0]["agentSourcedIds"] = "parent"
    assert put(tenant, tmp_path, files).counts["guardian_links"]["created"] == 1


def test_links_end_and_come_back_with_full_files_only(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school(), today=TODAY)
    bare = school()
    bare["users"][-1]["agentSourcedIds"] = ""
    put(tenant, tmp_path, {"users": live(bare["users"][-1])}, "delta", today=TODAY)
    with tenant_context(tenant.pk):
        assert links() == {("parent", "l0"): "verified"}
    put(tenant, tmp_path, bare, today=TODAY)
    with tenant_context(tenant.pk):
        assert GuardianLink.objects.get().ends_on == TODAY
        assert links() == {("parent", "l0"): "ended"}
    put(tenant, tmp_path, school(), today=TODAY)
    with tenant_context(tenant.pk):
        assert (links(), GuardianLink.objects.get().ends_on) == ({("parent", "l0"): "verified"}, None)


def test_links_made_by_hand_and_restricted_ones_are_not_touched(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        GuardianLink.objects.update(status="restricted")
        GuardianLink.objects.create(member=member("teacher"), learner=learner("l4"), status="verified")
        GuardianLink.objects.create(member=member("parent"), learner=learner("l5"), status="ended")
    files = school()
    files["users"][-1]["agentSourcedIds"] = "l0,l5"
    before = snapshot(tenant)["learners.GuardianLink"]
    put(tenant, tmp_path, files)
    files["users"][-1]["agentSourcedIds"] = ""
    put(tenant, tmp_path, files)
    assert snapshot(tenant)["learners.GuardianLink"] == before


def test_a_guardian_without_the_role_loses_the_link(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    put(tenant, tmp_path, without(school(), "roles", "parent-parent-s1"))
    with tenant_context(tenant.pk):
        assert links() == {("parent", "l0"): "ended"}
