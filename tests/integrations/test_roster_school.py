"""What a whole school becomes (OR-8), and that the same bundle again changes nothing (OR-9)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from integrations.oneroster.importer import import_bundle
from learners.models import Course, Enrolment, Learner, School, SchoolPost, Section, SectionStaff, SectionTerm, Term
from tenancy.context import tenant_context
from tenancy.models import Affiliation, AuditEntry, Member, RoleGrant, Tenant, User
from tests.integrations.oneroster_builders import DATA, as_1_1, write_zip
from tests.integrations.roster_builders import (
    compared_again,
    enrolled,
    folder,
    learner,
    links,
    member,
    posts_of,
    put,
    role,
    roles_of,
    school,
    snapshot,
    staff_of,
)

SCHOOL = DATA / "v1p1-school"
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="periwinkle", name="Periwinkle", time_zone="America/Los_Angeles")


def test_the_generated_school(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        report = import_bundle(SCHOOL)
        assert report.version == "1.1"
        figures = {kind: counts["created"] for kind, counts in report.counts.items() if counts["created"]}
        assert figures == {
            "schools": 1, "terms": 2, "courses": 42, "sections": 42, "section_terms": 42, "members": 79,
            "learners": 72, "role_grants": 79, "school_posts": 7, "enrolments": 504, "section_staff": 42,
        }  # fmt: skip
        assert (Learner.objects.count(), Member.objects.count(), School.objects.count()) == (72, 79, 1)
        assert (Enrolment.objects.count(), SectionStaff.objects.filter(role="TCH", is_primary=True).count()) == (
            504,
            42,
        )
        assert RoleGrant.objects.filter(role="TCH").count() == 6
        assert SchoolPost.objects.filter(role="SCH").count() == 1
        assert not Learner.objects.filter(home_school=None).exists()
        assert not Learner.objects.filter(member=None).exists()
        assert SectionTerm.objects.count() == 42


def test_the_generated_school_twice(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(tenant.pk):
        first = import_bundle(SCHOOL)
        before = snapshot(tenant)
        quick = import_bundle(SCHOOL)
        slow = compared_again(tenant, SCHOOL, monkeypatch)
    assert snapshot(tenant) == before
    for again in (quick, slow):
        assert again.is_unchanged
        assert list(again.counts) == list(first.counts)
        assert again.problems == first.problems
        assert all(again.counts[kind]["unchanged"] == first.counts[kind]["created"] for kind in first.counts)
        assert again.counts["demographics"] == {"skipped": 72}


def test_the_same_rows_in_a_zip_are_the_same_bundle(tenant: Tenant, tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "b.zip", {file.name: file.read_bytes() for file in SCHOOL.iterdir()})
    with tenant_context(tenant.pk):
        import_bundle(SCHOOL)
        assert import_bundle(packed).is_unchanged
        assert AuditEntry.objects.filter(action="roster.imported").count() == 1


def test_the_short_cut_is_not_taken_when_somebody_changed_the_roster(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        import_bundle(SCHOOL)
        Learner.objects.filter(identifier="910000000").update(grade="12")
        report = import_bundle(SCHOOL)
        assert (report.counts["learners"]["updated"], report.counts["learners"]["unchanged"]) == (1, 71)
        assert Learner.objects.get(identifier="910000000").grade == "KG"


def test_two_tenants_with_the_same_identifiers(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="other", name="Other")
    for one in (tenant, other):
        with tenant_context(one.pk):
            assert import_bundle(SCHOOL).counts["learners"]["created"] == 72
    before = snapshot(tenant)
    with tenant_context(other.pk):
        Learner.objects.update(grade="12")
        assert import_bundle(SCHOOL).counts["learners"]["updated"] == 72
    assert snapshot(tenant) == before


def test_every_value_of_a_small_school(tenant: Tenant, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    with tenant_context(tenant.pk):
        north = School.objects.get(sourced_id="s1")
        assert (north.name, north.kind, north.identifier, north.is_active) == ("North School", "school", "17", True)
        assert north.parent == School.objects.get(sourced_id="d", kind="district", parent=None)
        autumn = Term.objects.get(sourced_id="autumn")
        assert (autumn.title, autumn.kind, autumn.school_year) == ("Autumn", "term", "2027")
        assert (autumn.starts_on, autumn.ends_on) == (date(2026, 8, 15), date(2027, 6, 10))
        assert autumn.parent == Term.objects.get(sourced_id="year")
        maths = Course.objects.get(sourced_id="maths")
        assert (maths.title, maths.grades, maths.school) == ("Mathematics", "06,07", north)
        second = Section.objects.get(sourced_id="c2")
        assert (second.title, second.kind, second.location) == ("Class c2", "scheduled", "Room 4")
        assert (second.grades, second.subjects, second.course, second.school) == (
            "06,07",
            "Algebra,Geometry",
            maths,
            north,
        )
        assert list(SectionTerm.objects.filter(section=second).values_list("term__sourced_id", flat=True)) == ["autumn"]
        first = learner("l0")
        assert (first.given_name, first.family_name, first.folded_name) == ("L0", "Silva", "silva l0")
        assert (first.grade, first.identifier, first.home_school) == ("06", "no-l0", north)
        assert first.member == member("l0")
        assert enrolled("c1") == {"l0", "l1", "l2", "l3", "l4"}
        assert staff_of("c1") == {"teacher": ("TCH", True, None), "aide": ("AST", False, None)}
        assert member("teacher").email == "teacher@north.example"
        assert posts_of("teacher") == {("s1", "TCH"): None}
        assert (roles_of("head"), posts_of("head")) == ({"SCH": (None, None)}, {("s1", "SCH"): None})
        assert links() == {("parent", "l0"): "verified"}


def test_a_1_1_bundle_becomes_the_same_school(tenant: Tenant, tmp_path: Path) -> None:
    files = as_1_1(school())
    for row in files["users"]:
        row["orgSourcedIds"] = "s1,s2" if row["sourcedId"] == "teacher" else "s1"
        row["role"] = {"teacher": "teacher", "aide": "aide", "head": "administrator"}.get(row["sourcedId"], row["role"])
    put(tenant, tmp_path, files, version="1.1")
    with tenant_context(tenant.pk):
        assert (roles_of("head"), posts_of("head")) == ({"SCH": (None, None)}, {("s1", "SCH"): None})
        assert roles_of("aide") == {"AST": (None, None)}
        assert posts_of("teacher") == {("s1", "TCH"): None, ("s2", "TCH"): None}
        assert links() == {("parent", "l0"): "verified"}
        assert learner("l0").home_school == School.objects.get(sourced_id="s1")
        assert Learner.objects.count() == 10


def test_no_account_is_made_or_linked(tenant: Tenant, tmp_path: Path) -> None:
    account = User.objects.create_user("teacher@north.example", "correct horse battery staple")
    put(tenant, tmp_path, school())
    assert (list(User.objects.all()), Affiliation.objects.count()) == ([account], 0)
    with tenant_context(tenant.pk):
        assert not Member.objects.exclude(user=None).exists()


def test_terms_of_a_class_follow_the_file(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    put(tenant, tmp_path, files)
    with tenant_context(tenant.pk):
        days = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30), "school_year": "2027"}
        mine = Term.objects.create(title="By hand", kind="term", **days)
        SectionTerm.objects.create(section=Section.objects.get(sourced_id="c1"), term=mine)
    files["classes"][0]["termSourcedIds"] = "year"
    report = put(tenant, tmp_path, files)
    assert report.counts["section_terms"] == {"created": 1, "updated": 0, "unchanged": 1, "deactivated": 1}
    with tenant_context(tenant.pk):
        rows = SectionTerm.objects.filter(section__sourced_id="c1")
        assert set(rows.values_list("term__title", flat=True)) == {"Year", "By hand"}


def test_a_value_without_room_names_its_row(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["users"][3]["givenName"] = "x" * 151
    files["classes"][1]["location"] = "y" * 256
    files["roles"].append(role("l0", "counselor"))
    with tenant_context(tenant.pk), pytest.raises(Exception, match="Shorten") as caught:
        import_bundle(folder(tmp_path, files))
    problems = caught.value.report.problems  # type: ignore[attr-defined]
    places = [(one.file, one.row, one.field, one.code) for one in problems if one.severity == "error"]
    assert places == [("classes.csv", 3, "location", "too_long"), ("users.csv", 5, "givenName", "too_long")]
    assert not any("xxx" in one.message for one in problems)


def test_demographics_are_checked_and_not_stored(tenant: Tenant, tmp_path: Path) -> None:
    report = put(tenant, tmp_path, {**school(), "demographics": [{"sourcedId": "l0", "birthDate": "2015-03-04"}]})
    assert report.counts["demographics"] == {"skipped": 1}
    assert [one.file for one in report.problems if one.code == "not_stored"] == ["demographics.csv"]
    assert "2015" not in repr(snapshot(tenant))
