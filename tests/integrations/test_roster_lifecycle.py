"""Bulk files are the full truth; nothing is ever deleted (OR-6)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assessments.models import Evidence
from assessments.services import record_evidence
from learners.models import Course, Enrolment, Learner, School, Section, SectionStaff, Term
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tests.builders import Cast, piece
from tests.integrations.roster_builders import (
    changes,
    enrolled,
    learner,
    links,
    member,
    put,
    roles_of,
    school,
    seat,
    section,
    snapshot,
    staff_of,
    without,
)

TODAY = date(2026, 11, 21)
YESTERDAY = date(2026, 11, 20)
ALL: dict[str, Any] = {"max_delete_percent": 100, "today": TODAY}
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    """A tenant that has the small school."""
    made: Tenant = Tenant.objects.create(slug="lifecycle", name="Lifecycle")
    put(made, tmp_path, school(), today=TODAY)
    return made


def test_absent_enrolments_end_today(tenant: Tenant, tmp_path: Path) -> None:
    report = put(tenant, tmp_path, without(school(), "enrollments", "c1-l0", "c1-teacher"), **ALL)
    assert changes(report) == {"enrolments": {"deactivated": 1}, "section_staff": {"deactivated": 1}}
    with tenant_context(tenant.pk):
        row = Enrolment.objects.get(sourced_id="c1-l0")
        assert (row.ends_on, row.is_withdrawn) == (TODAY, True)
        assert enrolled("c1") == {"l1", "l2", "l3", "l4"}
        assert staff_of("c1")["teacher"] == ("TCH", True, YESTERDAY)  # rights end at once
        assert learner("l0").is_active


def test_absent_users_are_deactivated(tenant: Tenant, tmp_path: Path) -> None:
    files = without(without(school(), "users", "l0", "teacher"), "enrollments", "c1-l0", "c1-teacher")
    files = without(files, "roles", "l0-student-s1", "teacher-teacher-s1")
    report = put(tenant, tmp_path, files, **ALL)
    assert changes(report) == {
        "members": {"deactivated": 2},
        "learners": {"deactivated": 1},
        "role_grants": {"deactivated": 2},
        "school_posts": {"deactivated": 1},
        "guardian_links": {"deactivated": 1},
        "enrolments": {"deactivated": 1},
        "section_staff": {"deactivated": 1},
    }
    with tenant_context(tenant.pk):
        assert (member("l0").is_enabled, learner("l0").is_active, member("teacher").is_enabled) == (False, False, False)
        assert roles_of("teacher") == {"TCH": (None, YESTERDAY)}
        assert links() == {("parent", "l0"): "ended"}
        assert Learner.objects.count() == 10


def test_absent_places_are_deactivated(tenant: Tenant, tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "orgs": [row for row in school()["orgs"] if row["sourcedId"] != "s2"],
        "academicSessions": [school()["academicSessions"][1]],
        "classes": [section("c1", termSourcedIds="year")],
        "courses": [{"sourcedId": "art", "title": "Art", "orgSourcedId": "s1"}],
    }
    report = put(tenant, tmp_path, files, **ALL)
    assert changes(report) == {
        "schools": {"deactivated": 1},
        "terms": {"deactivated": 1},
        "courses": {"created": 1, "deactivated": 1},
        "sections": {"deactivated": 1},
        "section_terms": {"created": 1, "deactivated": 1},
    }
    with tenant_context(tenant.pk):
        for model, sid in ((School, "s2"), (Term, "autumn"), (Course, "maths"), (Section, "c2")):
            assert not model.objects.get(sourced_id=sid).is_active
        assert enrolled("c2") == {"l5", "l6", "l7", "l8", "l9"}


def test_who_comes_back_is_active_again(tenant: Tenant, tmp_path: Path) -> None:
    before = snapshot(tenant)
    files = without(without(school(), "users", "l0", "parent"), "enrollments", "c1-l0", "c1-teacher")
    files = without(without(files, "roles", "l0-student-s1", "parent-parent-s1"), "classes", "c2")
    files = without(files, "enrollments", *(f"c2-l{n}" for n in range(10)))
    assert not put(tenant, tmp_path, files, **ALL).is_unchanged
    report = put(tenant, tmp_path, school(), **ALL)
    assert changes(report)["learners"] == {"updated": 1}
    assert snapshot(tenant) == before


def test_a_tobedeleted_row_in_a_bulk_file_is_honoured(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["enrollments"][0] = {"sourcedId": "c1-l0", "status": "tobedeleted"}
    files["users"][1] = {"sourcedId": "l1", "status": "tobedeleted"}
    files = without(without(files, "roles", "l1-student-s1"), "enrollments", "c1-l1")
    put(tenant, tmp_path, files, **ALL)
    with tenant_context(tenant.pk):
        assert enrolled("c1") == {"l2", "l3", "l4"}
        assert not learner("l1").is_active


def test_evidence_stays(tmp_path: Path, cast: Cast) -> None:
    home = cast.home
    put(home.tenant, tmp_path, school(), max_delete_percent=100)
    with tenant_context(home.tenant.pk):
        given = piece(home, learner("l0"), home.competencies[0], 3)
        record_evidence(Actor(tenant_id=home.tenant.pk, today=TODAY), piece=given)
    put(home.tenant, tmp_path, without(school(), "users", "l0"), **ALL)
    with tenant_context(home.tenant.pk):
        assert not learner("l0").is_active
        assert Evidence.objects.filter(learner_competency__learner__sourced_id="l0").count() == 1


def test_rows_made_by_hand_stay(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        north = School.objects.get(sourced_id="s1")
        hand_section = Section.objects.create(title="Chess", school=north)
        guest = Member.objects.create(given_name="Guest")
        RoleGrant.objects.create(member=guest, role="TCH")
        child = Learner.objects.create(given_name="By", family_name="Hand", folded_name="hand by")
        Enrolment.objects.create(learner=child, section=hand_section)
        Enrolment.objects.create(learner=learner("l1"), section=hand_section)
        SectionStaff.objects.create(member=guest, section=Section.objects.get(sourced_id="c1"))
    before = snapshot(tenant)
    assert put(tenant, tmp_path, school(), **ALL).is_unchanged
    assert snapshot(tenant) == before


def test_an_enrolment_made_by_hand_is_taken_over_when_the_roster_names_it(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        place = Section.objects.get(sourced_id="c1")
        mine = Enrolment.objects.create(learner=learner("l9"), section=place)
    files = school()
    files["enrollments"].append(seat("c1", "l9"))
    assert changes(put(tenant, tmp_path, files, **ALL)) == {"enrolments": {"updated": 1}}
    with tenant_context(tenant.pk):
        assert Enrolment.objects.get(pk=mine.pk).sourced_id == "c1-l9"


def test_an_enrolment_that_was_over_keeps_its_end(tenant: Tenant, tmp_path: Path) -> None:
    with tenant_context(tenant.pk):
        Enrolment.objects.filter(sourced_id="c1-l0").update(ends_on=date(2026, 6, 1))
    put(tenant, tmp_path, without(school(), "enrollments", "c1-l0"), **ALL)
    with tenant_context(tenant.pk):
        row = Enrolment.objects.get(sourced_id="c1-l0")
        assert (row.ends_on, row.is_withdrawn) == (date(2026, 6, 1), False)
