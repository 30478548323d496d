"""The 1.2 conformance bundles and the generated 1.1 school (issue 2, "Real input")."""

from __future__ import annotations

import json

import pytest

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import check_path
from integrations.oneroster.reader import ROW_CLASSES
from integrations.oneroster.records import EnrollmentRow, RoleRow, UserProfileRow, UserRow
from integrations.oneroster.records_gradebook import ScoreScaleRow
from integrations.oneroster.schema import Mode
from tests.integrations.oneroster_builders import DATA, brief

ZIPS = DATA / "v1p2-conformance"
VALID = sorted(path.name for path in ZIPS.glob("valid-*.zip"))
INVALID = sorted(path.name for path in ZIPS.glob("invalid-*.zip"))

# What each refused bundle has wrong with it: errors that must be among those reported.
WANTED = {
    "invalid-diagnosticSafety.zip": [
        ("users.csv", 3, "sourcedId", "duplicate_id"),
        ("demographics.csv", 2, "sourcedId", "unknown_reference"),
        ("lineItemLearningObjectiveIds.csv", 2, "learningObjectiveId", "invalid_objective"),
        ("userResources.csv", 2, "userSourcedId", "unknown_reference"),
    ],
    "invalid-duplicateSourcedId.zip": [("users.csv", 3, "sourcedId", "duplicate_id")],
    "invalid-fieldFailure.zip": [
        ("academicSessions.csv", 2, "schoolYear", "invalid_year"),
        ("courses.csv", 2, "orgSourcedId", "invalid_id"),
        ("users.csv", 2, "enabledUser", "invalid_boolean"),
        ("scoreScales.csv", 2, "scoreScaleValue", "invalid_scale"),
        ("categories.csv", 2, "title", "empty_value"),
        ("categories.csv", 2, "weight", "invalid_integer"),
        ("lineItems.csv", 2, "assignDate", "invalid_date"),
        ("lineItems.csv", 2, "resultValueMin", "invalid_number"),
        ("results.csv", 2, "scoreStatus", "unknown_value"),
        ("results.csv", 2, "inProgress", "invalid_boolean"),
    ],
    "invalid-forbiddenBulkLifecycle.zip": [("users.csv", 2, "status", "lifecycle_in_bulk")],
    "invalid-invalidDeltaLifecycle.zip": [("users.csv", 2, "dateLastModified", "invalid_date_time")],
    "invalid-missingDeltaLifecycle.zip": [
        ("users.csv", 2, "status", "missing_lifecycle"),
        ("users.csv", 2, "dateLastModified", "missing_lifecycle"),
    ],
    "invalid-missingTargetFile.zip": [("lineItems.csv", 2, "classSourcedId", "unknown_reference")],
    "invalid-missingTargetRecord.zip": [("lineItems.csv", 2, "categorySourcedId", "unknown_reference")],
    "invalid-schemaFailure.zip": [
        ("users.csv", 1, "status", "column_order"),
        ("classes.csv", 1, "metadata", "column_order"),
        ("resources.csv", 1, "", "unknown_column"),
    ],
    "invalid-semanticFailure.zip": [
        ("scoreScales.csv", 2, "scoreScaleValue", "invalid_scale"),
        ("lineItems.csv", 2, "resultValueMin", "reversed_range"),
        ("lineItemLearningObjectiveIds.csv", 2, "learningObjectiveId", "invalid_objective"),
    ],
}


def test_all_bundles_are_here() -> None:
    assert len(VALID) == 9
    assert set(INVALID) == set(WANTED)
    assert len(INVALID) == 10


@pytest.mark.parametrize("name", VALID)
def test_valid_bundles_are_accepted_without_anything_but_metadata_to_say(name: str) -> None:
    bundle, report = check_path(ZIPS / name)
    assert bundle is not None
    assert report.errors == ()
    assert [problem.code for problem in report.warnings] == (
        ["metadata_columns"] if name == "valid-metadata.zip" else []
    )
    mode = Mode.DELTA if "delta" in name else Mode.BULK
    assert {summary.mode for summary in report.files.values()} == {mode}
    for table, summary in report.files.items():
        assert len(list(rows(bundle, ROW_CLASSES[table]))) == summary.rows > 0


@pytest.mark.parametrize("name", INVALID)
def test_invalid_bundles_are_refused_with_row_level_reasons(name: str) -> None:
    report = check_path(ZIPS / name)[1]
    assert not report.is_accepted
    found = brief(report.errors)
    assert [one for one in WANTED[name] if one not in found] == []
    assert all(row is not None for _, row, _, _ in found)


def test_single_faults_give_single_errors() -> None:
    for name in ("invalid-forbiddenBulkLifecycle.zip", "invalid-invalidDeltaLifecycle.zip"):
        assert brief(check_path(ZIPS / name)[1].errors) == WANTED[name]


def test_no_personal_value_is_repeated() -> None:
    """The fixture plants `safety-…` where names, identifiers, comments and passwords stand."""
    report = check_path(ZIPS / "invalid-diagnosticSafety.zip")[1]
    assert "safety" not in json.dumps([problem.as_dict() for problem in report.problems]).lower()
    assert "password_dropped" in {problem.code for problem in report.warnings}


def test_passwords_are_gone_from_the_rows() -> None:
    bundle, _ = check_path(ZIPS / "invalid-diagnosticSafety.zip")
    assert bundle is not None
    assert "safety-password" not in repr([*rows(bundle, UserProfileRow), *rows(bundle, UserRow)])


def test_values_of_a_full_bundle() -> None:
    bundle, _ = check_path(ZIPS / "valid-metadata.zip")
    assert bundle is not None
    agent, user = rows(bundle, UserRow)
    assert (agent.row, user.agent_sourced_ids, user.enabled_user) == (2, ("user-agent",), True)
    assert user.metadata == {"zeta": "z-user", "alpha": "a-user"}
    (scale,) = rows(bundle, ScoreScaleRow)
    assert scale.score_scale_value == (("A", "94"), ("B", "84"))


def test_the_generated_school_is_accepted() -> None:
    bundle, report = check_path(DATA / "v1p1-school")
    assert bundle is not None
    assert report.errors == ()
    assert (report.version, bundle.source_code) == ("1.1", "merge-oneroster-gen")
    assert {name: summary.rows for name, summary in report.files.items()} == {
        "orgs": 1,
        "academicSessions": 2,
        "courses": 42,
        "classes": 42,
        "users": 79,
        "enrollments": 546,
        "demographics": 72,
    }


def test_the_generated_school_has_one_warning_per_file_for_its_lifecycle_columns() -> None:
    report = check_path(DATA / "v1p1-school")[1]
    warned = [problem.file for problem in report.warnings if problem.code == "lifecycle_in_bulk"]
    assert sorted(warned) == sorted(f"{name}.csv" for name in report.files)
    assert {problem.code for problem in report.warnings} == {"lifecycle_in_bulk", "school_year_range", "extra_files"}


def test_the_generated_school_yields_roles_from_its_users() -> None:
    bundle, _ = check_path(DATA / "v1p1-school")
    assert bundle is not None
    roles = list(rows(bundle, RoleRow))
    assert bundle.mode("roles") is Mode.BULK
    assert {role: sum(one.role == role for one in roles) for role in ("student", "teacher", "administrator")} == {
        "student": 72,
        "teacher": 6,
        "administrator": 1,
    }
    assert {one.role_type for one in roles} == {"primary"}
    assert len({one.sourced_id for one in roles}) == 79
    assert sum(one.primary is True for one in rows(bundle, EnrollmentRow)) > 0
