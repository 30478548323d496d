"""OR-6: what bulk and delta files may say about status and time."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import KnownIds, check_path
from integrations.oneroster.records import EnrollmentRow
from tests.integrations.oneroster_builders import (
    BULK,
    LIVE,
    TIME,
    as_1_1,
    brief,
    bundle_files,
    changed,
    check,
    delta,
    write_folder,
)


@pytest.mark.parametrize("missing", ["status", "dateLastModified"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_delta_rows_need_status_and_time(tmp_path: Path, missing: str, version: str) -> None:
    files = delta(as_1_1(BULK) if version == "1.1" else BULK)
    files["users"][0][missing] = ""
    report = check(tmp_path, files, "delta", version)
    assert brief(report.errors) == [("users.csv", 2, missing, "missing_lifecycle")]


def test_in_1_1_bulk_rows_may_have_both_with_one_warning_per_file(tmp_path: Path) -> None:
    report = check(tmp_path, delta(as_1_1(BULK)), "bulk", "1.1")
    assert report.is_accepted
    assert [problem.code for problem in report.warnings] == ["lifecycle_in_bulk"] * len(report.files)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("filled", [{"status": "active"}, {"dateLastModified": TIME}])
def test_one_of_the_two_in_a_bulk_file_is_a_warning(tmp_path: Path, version: str, filled: dict[str, str]) -> None:
    files = changed("users", **filled)
    report = check(tmp_path, as_1_1(files) if version == "1.1" else files, "bulk", version)
    assert report.is_accepted
    assert brief(report.problems) == [("users.csv", 2, "status", "lifecycle_in_bulk")]


def test_in_1_2_a_bulk_row_that_looks_like_a_delta_row_is_refused(tmp_path: Path) -> None:
    report = check(tmp_path, changed("users", **LIVE))
    assert brief(report.errors) == [("users.csv", 2, "status", "lifecycle_in_bulk")]
    assert "or mark the file delta" in report.errors[0].message


@pytest.mark.parametrize("text", ["tobedeleted", "toBeDeleted"])
def test_tobedeleted_is_honoured_in_bulk(tmp_path: Path, text: str) -> None:
    bundle, report = check_path(
        write_folder(tmp_path / "a", bundle_files(changed("enrollments", 0, status=text))), KnownIds()
    )
    assert bundle is not None
    assert report.is_accepted
    assert [row.is_deleted for row in rows(bundle, EnrollmentRow)] == [True]


def test_a_row_to_delete_needs_only_its_identifier(tmp_path: Path) -> None:
    gone = {"users": [LIVE | {"sourcedId": "old", "status": "tobedeleted", "enabledUser": "?", "agentSourcedIds": "x"}]}
    report = check(tmp_path, gone, "delta")
    assert report.problems == ()
    nameless = {"users": [LIVE | {"status": "tobedeleted"}]}
    assert brief(check(tmp_path / "b", nameless, "delta").errors) == [("users.csv", 2, "sourcedId", "empty_value")]


def test_files_may_have_different_modes(tmp_path: Path) -> None:
    files = bundle_files(BULK | delta({"users": BULK["users"]}))
    files["manifest.csv"] = files["manifest.csv"].replace(b"file.users,bulk", b"file.users,delta")
    assert check_path(write_folder(tmp_path / "a", files))[1].problems == ()
