"""The nine valid conformance bundles are written, the ten invalid ones leave no trace (issue 2, "Real input")."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integrations.oneroster.bundle import read_bundle, rows
from integrations.oneroster.importer import import_bundle
from integrations.oneroster.records import ClassRow, CourseRow, EnrollmentRow, OrgRow, Row, UserRow
from learners.models import Course, Enrolment, School, Section, SectionStaff
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Member, Tenant
from tests.integrations.oneroster_builders import DATA, bundle_files, manifest_bytes, write_folder
from tests.integrations.roster_builders import compared_again, put, refusal, school, snapshot

ZIPS = DATA / "v1p2-conformance"
VALID = sorted(path.name for path in ZIPS.glob("valid-*.zip"))
INVALID = sorted(path.name for path in ZIPS.glob("invalid-*.zip"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="conformance", name="Conformance")


@pytest.mark.parametrize("name", VALID)
def test_valid_bundles_are_written(name: str, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ZIPS / name
    with tenant_context(tenant.pk):
        report = import_bundle(path, max_delete_percent=100)
        assert not [problem for problem in report.problems if problem.severity == "error"]
        bundle = read_bundle(path)

        pairs: list[tuple[Any, type[Row]]] = [
            (School, OrgRow), (Course, CourseRow), (Section, ClassRow), (Member, UserRow),
        ]  # fmt: skip
        for model, row_class in pairs:
            kept = {row.sourced_id for row in rows(bundle, row_class) if not row.is_deleted}
            assert set(model.objects.values_list("sourced_id", flat=True)) == kept
        seats = sum(not row.is_deleted for row in rows(bundle, EnrollmentRow))
        assert Enrolment.objects.count() + SectionStaff.objects.count() == seats
    before = snapshot(tenant)
    assert compared_again(tenant, path, monkeypatch).is_unchanged
    assert snapshot(tenant) == before


@pytest.mark.parametrize("name", INVALID)
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "filled"])
def test_invalid_bundles_leave_no_trace(name: str, is_empty: bool, tenant: Tenant, tmp_path: Path) -> None:
    if not is_empty:
        put(tenant, tmp_path, school())
    report = refusal(tenant, ZIPS / name, max_delete_percent=100)
    assert any(problem.severity == "error" for problem in report.problems)
    assert report.counts == {}
    with tenant_context(tenant.pk):
        assert AuditEntry.objects.count() == (0 if is_empty else 1)


def test_a_gradebook_delta_may_point_to_what_was_sent_before(tenant: Tenant, tmp_path: Path) -> None:
    """Line items are not stored, so what an earlier bundle sent cannot be looked up: no reason to refuse a roster."""
    put(tenant, tmp_path, school())
    result = {
        "sourcedId": "r1", "status": "active", "dateLastModified": "2026-09-01T00:00:00.000Z",
        "lineItemSourcedId": "sent-last-week", "studentSourcedId": "l0", "scoreStatus": "fully graded",
        "score": "3", "scoreDate": "2026-09-01",
    }  # fmt: skip
    assert put(tenant, tmp_path, {"results": [result]}, mode="delta").counts == {"results": {"skipped": 1}}
    files = bundle_files({"results": [result], "lineItems": []})
    files["manifest.csv"] = manifest_bytes({"results": "delta", "lineItems": "bulk"})
    path = write_folder(tmp_path / "mixed", files)
    errors = [one.field for one in refusal(tenant, path).problems if one.severity == "error"]
    assert errors == ["lineItemSourcedId"]  # the file is here in full, and the line item is not in it
    unknown = {**result, "studentSourcedId": "nobody"}
    with pytest.raises(Exception, match="studentSourcedId"):
        put(tenant, tmp_path, {"results": [unknown]}, mode="delta")


def test_something_that_is_no_bundle_is_refused(tenant: Tenant, tmp_path: Path) -> None:
    (tmp_path / "roster.zip").write_bytes(b"PK\x03\x04 not really")
    assert [problem.code for problem in refusal(tenant, tmp_path / "roster.zip").problems] == ["not_a_zip"]
    assert [problem.code for problem in refusal(tenant, tmp_path / "nowhere").problems] == ["unreadable"]
