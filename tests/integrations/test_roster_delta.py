"""Deltas touch what they list (OR-6); a place is known by who and where, not by its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from learners.models import Enrolment, School
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tests.integrations.roster_builders import (
    changes,
    compared_again,
    enrolled,
    folder,
    gone,
    learner,
    links,
    live,
    member,
    put,
    roles_of,
    school,
    seat,
    section,
    user,
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


def test_a_delta_touches_only_what_it_lists(tenant: Tenant, tmp_path: Path) -> None:
    files = {
        "users": live(user("l0", grades="07"), user("new")),
        "enrollments": [*live(seat("c2", "new")), *gone("c1-l1")],
    }
    report = put(tenant, tmp_path, files, "delta", today=TODAY)
    assert changes(report) == {
        "members": {"created": 1},
        "learners": {"created": 1, "updated": 1},
        "enrolments": {"created": 1, "deactivated": 1},
    }
    with tenant_context(tenant.pk):
        assert learner("l0").grade == "07"
        assert learner("l0").home_school == School.objects.get(sourced_id="s1")  # the users file does not say
        assert enrolled("c1") == {"l0", "l2", "l3", "l4"}
        assert learner("l1").is_active
        assert roles_of("l0") == {"LRN": (None, None)}
        assert links() == {("parent", "l0"): "verified"}


def test_tobedeleted_in_a_delta(tenant: Tenant, tmp_path: Path) -> None:
    files = {"users": gone("l0", "nobody"), "classes": gone("c2"), "orgs": gone("s2")}
    report = put(tenant, tmp_path, files, "delta", today=TODAY)
    assert changes(report) == {
        "schools": {"deactivated": 1},
        "sections": {"deactivated": 1},
        "members": {"deactivated": 1},
        "learners": {"deactivated": 1},
        "guardian_links": {"deactivated": 1},
    }
    with tenant_context(tenant.pk):
        assert (learner("l0").is_active, member("l0").is_enabled) == (False, False)
    back = put(tenant, tmp_path, {"users": live(user("l0", grades="06", identifier="no-l0"))}, "delta", today=TODAY)
    assert changes(back) == {"members": {"updated": 1}, "learners": {"updated": 1}}


def test_a_reference_to_a_row_that_the_bundle_deletes(tenant: Tenant, tmp_path: Path) -> None:
    """Known before: the row is there, only inactive. Never known: there is nothing to point to."""
    known = {"orgs": gone("s2"), "classes": live(section("c3", schoolSourcedId="s2"))}
    assert changes(put(tenant, tmp_path, known, "delta"))["sections"] == {"created": 1}
    unknown = {"orgs": gone("s9"), "classes": live(section("c4", schoolSourcedId="s9"))}
    with pytest.raises(Exception, match="Row 2: schoolSourcedId points to a row that this bundle deletes"):
        put(tenant, tmp_path, unknown, "delta")


def test_new_numbers_for_old_enrolments_end_nothing(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    for n, row in enumerate(files["enrollments"]):
        row["sourcedId"] = f"new-{n}"
    report = put(tenant, tmp_path, files, today=TODAY)
    assert changes(report) == {"enrolments": {"updated": 10}, "section_staff": {"updated": 2}}


def test_numbers_that_change_hands(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = school()
    rows = files["enrollments"]
    rows[0]["sourcedId"], rows[1]["sourcedId"] = rows[1]["sourcedId"], rows[0]["sourcedId"]
    assert changes(put(tenant, tmp_path, files, today=TODAY)) == {"enrolments": {"updated": 2}}
    rows[2]["classSourcedId"] = "c2"  # the same number, another class: the old place ends
    path = folder(tmp_path, files)
    report = compared_again(tenant, path, monkeypatch, today=TODAY)
    assert changes(report) == {"enrolments": {"created": 1, "deactivated": 1}}
    with tenant_context(tenant.pk):
        assert enrolled("c1") == {"l0", "l1", "l3", "l4"}
        assert "l2" in enrolled("c2")
    assert compared_again(tenant, path, monkeypatch, today=date(2027, 1, 1)).is_unchanged


def test_several_rows_for_one_place(tenant: Tenant, tmp_path: Path) -> None:
    files = school()
    files["enrollments"].append(seat("c1", "l0", sourcedId="again", beginDate="2026-10-01", endDate="2026-10-31"))
    assert put(tenant, tmp_path, files, **ALL).is_unchanged  # the one without an end stands
    files["enrollments"][0]["endDate"] = "2026-09-30"
    put(tenant, tmp_path, files, **ALL)
    with tenant_context(tenant.pk):
        row = Enrolment.objects.get(learner__sourced_id="l0")
        assert (row.sourced_id, row.begins_on, row.ends_on) == ("again", date(2026, 10, 1), date(2026, 10, 31))
