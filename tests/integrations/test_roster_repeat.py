"""Any bundle, once imported, changes nothing the second time; and what it says does not depend on what was before."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.oneroster.report import RosterRejected
from learners.models import Enrolment, GuardianLink, SectionStaff
from tenancy.context import tenant_context
from tenancy.models import RoleGrant, Tenant
from tests.integrations.oneroster_builders import LIVE
from tests.integrations.roster_builders import Rows, compared_again, folder, role, school, seat, section, snapshot, user

ROLES = ("student", "teacher", "aide", "parent", "relative", "principal", "districtAdministrator", "counselor")
SEATS = ("student", "student", "teacher", "proctor")
TODAY = date(2026, 11, 21)
pytestmark = pytest.mark.django_db


def any_school(chance: random.Random) -> Rows:
    """A consistent bulk roster of a few people who change roles, seats, numbers and relatives from one to the next."""
    files = school()
    people = chance.sample([f"p{n}" for n in range(12)], chance.randint(4, 12))
    sections = chance.sample(["c1", "c2", "c3", "c4"], chance.randint(1, 4))
    files["classes"] = [
        section(one, termSourcedIds=chance.choice(["autumn", "year", "autumn,year"])) for one in sections
    ]
    files["users"] = [
        user(one, enabledUser=chance.choice(["true", "true", "false"]), grades=chance.choice(["06", "07"]),
             agentSourcedIds=",".join(chance.sample(people, chance.randint(0, 2))))
        for one in people
    ]  # fmt: skip
    files["roles"] = [
        role(chance.choice(people), chance.choice(ROLES), chance.choice(["s1", "s2", "d"]), sourcedId=f"r{n}",
             endDate=chance.choice(["", "2026-11-01", "2027-06-30"]), roleType=chance.choice(["primary", "secondary"]))
        for n in range(chance.randint(0, 25))
    ]  # fmt: skip
    numbers = chance.sample(range(60), 40)
    files["enrollments"] = [
        seat(chance.choice(sections), chance.choice(people), chance.choice(SEATS),
             sourcedId=f"e{numbers[n]}", endDate=chance.choice(["", "", "2026-10-01", "2027-06-30"]))
        for n in range(chance.randint(0, 40))
    ]  # fmt: skip
    return files


def running(tenant: Tenant) -> dict[str, Any]:
    """What holds today, in identifiers of the roster."""
    with tenant_context(tenant.pk):
        seats = Enrolment.objects.filter(is_withdrawn=False).exclude(ends_on__lt=TODAY)
        staff = SectionStaff.objects.exclude(ends_on__lt=TODAY)
        grants = RoleGrant.objects.exclude(ends_on__lt=TODAY)
        links = GuardianLink.objects.filter(status="verified")
        return {
            "seats": set(seats.values_list("sourced_id", "section__sourced_id", "learner__sourced_id", "ends_on")),
            "staff": set(
                staff.values_list("sourced_id", "section__sourced_id", "member__sourced_id", "role", "ends_on")
            ),
            "grants": set(grants.values_list("member__sourced_id", "role", "ends_on")),
            "links": set(links.values_list("member__sourced_id", "learner__sourced_id", "relationship")),
        }


@pytest.mark.parametrize("seed", range(8))
def test_bundles_in_a_row(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    tenant: Tenant = Tenant.objects.create(slug="walk", name="Walk")
    options: dict[str, Any] = {"max_delete_percent": 100, "today": TODAY}
    for step in range(4):
        path = folder(tmp_path, any_school(chance))
        compared_again(tenant, path, monkeypatch, **options)
        before = snapshot(tenant)
        later = {**options, "today": TODAY + timedelta(days=step)}
        again = compared_again(tenant, path, monkeypatch, **later)
        assert again.is_unchanged
        assert snapshot(tenant) == before
        fresh: Tenant = Tenant.objects.create(slug=f"fresh-{step}", name="Fresh")
        compared_again(fresh, path, monkeypatch, **options)
        assert running(tenant) == running(fresh)


@pytest.mark.parametrize("seed", range(8))
def test_deltas_in_a_row(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    tenant: Tenant = Tenant.objects.create(slug="walk", name="Walk")
    options: dict[str, Any] = {"max_delete_percent": 100, "today": TODAY}
    compared_again(tenant, folder(tmp_path, {**school(), **any_school(random.Random(99))}), monkeypatch, **options)
    for _ in range(4):
        files = any_school(chance)
        for name in ("users", "roles", "enrollments"):
            files[name] = [{**row, "status": chance.choice(["active"] * 3 + ["tobedeleted"])} for row in files[name]]
        files = {name: [{**LIVE, **row} for row in rows] for name, rows in files.items()}
        if chance.random() < 0.5:
            del files[chance.choice(["roles", "enrollments", "orgs", "courses"])]
        path = folder(tmp_path, files, "delta")
        try:
            compared_again(tenant, path, monkeypatch, **options)
        except RosterRejected as rejected:
            errors = {problem.code for problem in rejected.report.problems if problem.severity == "error"}
            assert errors == {"unknown_reference"}
            continue
        before = snapshot(tenant)
        assert compared_again(tenant, path, monkeypatch, **options).is_unchanged
        assert snapshot(tenant) == before
