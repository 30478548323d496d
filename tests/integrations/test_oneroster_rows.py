"""OR-1, OR-8: lines that are no CSV, passwords, roles, dates, grades."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import KnownIds, check_path
from integrations.oneroster.records import RoleRow, UserRow
from tests.integrations.oneroster_builders import (
    BULK,
    as_1_1,
    brief,
    bundle_files,
    changed,
    check,
    csv_bytes,
    write_folder,
)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"o3,,,Org,school,\r\n", "wrong_width"),
        (b"o3,,,Org,school,,,extra\r\n", "wrong_width"),
        (b"o3,,,Or\xffg,school,,\r\n", "bad_character"),
        (b"o3,,,Or\x00g,school,,\r\n", "bad_character"),
        (b'o3,,,"Org"x,school,,\r\n', "bad_csv"),
        (b'o3,,,"Org,school,,\r\n', "bad_csv"),
        (b"o3,,," + b"x" * 200_000 + b",school,,\r\n", "bad_csv"),
        (b"o3,,," + b"x" * 2_000_000 + b",school,,\r\n", "bad_csv"),
        (b'o3,,,"\r\n' + b'","\r\n' * 5_000, "bad_csv"),
    ],
)
def test_a_row_that_is_no_csv(tmp_path: Path, line: bytes, code: str) -> None:
    report = check(tmp_path, BULK, orgs=csv_bytes("orgs", BULK["orgs"]) + line)
    assert [(row, found) for _, row, _, found in brief(report.errors) if found == code] == [(4, code)]
    assert "Row 4" in next(problem.message for problem in report.errors if problem.code == code)


def test_empty_values_after_the_last_column_are_tolerated(tmp_path: Path) -> None:
    assert (
        check(tmp_path, BULK, orgs=csv_bytes("orgs", BULK["orgs"]) + b"o3,,,Org,school,,,,\r\n,,,,,,\r\n").problems
        == ()
    )


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    data = csv_bytes("orgs", BULK["orgs"]) + b'\r\no3,,,"Or\r\ng",school,,\r\no4,,,Org,x,,\r\n'
    assert brief(check(tmp_path, BULK, orgs=data).errors) == [("orgs.csv", 6, "type", "unknown_value")]


def test_a_header_without_rows_is_an_empty_file(tmp_path: Path) -> None:
    report = check(tmp_path, {"orgs": []})
    assert report.problems == ()
    assert report.files["orgs"].rows == 0


def test_passwords_are_dropped_with_one_warning(tmp_path: Path) -> None:
    files = changed("users", password="hunter2")
    files["users"][1]["password"] = "hunter3"
    bundle, report = check_path(write_folder(tmp_path / "a", bundle_files(files)))
    assert bundle is not None
    assert brief(report.problems) == [("users.csv", 2, "password", "password_dropped")]
    assert "hunter" not in repr(report) + repr(list(rows(bundle, UserRow)))


def test_dates_in_the_wrong_order_are_a_warning(tmp_path: Path) -> None:
    report = check(tmp_path, changed("enrollments", beginDate="2026-09-02", endDate="2026-09-01"))
    assert report.is_accepted
    assert brief(report.problems) == [("enrollments.csv", 2, "endDate", "reversed_dates")]


def test_every_role_of_a_1_1_user_with_several_orgs(tmp_path: Path) -> None:
    files = as_1_1(changed("users", orgSourcedIds="school,district", role="student"))
    bundle, report = check_path(write_folder(tmp_path / "a", bundle_files(files, version="1.1")))
    assert bundle is not None
    assert report.is_accepted
    found = [(one.user_sourced_id, one.org_sourced_id, one.role_type) for one in rows(bundle, RoleRow)]
    assert found == [
        ("learner", "school", "primary"),
        ("learner", "district", "secondary"),
        ("parent", "school", "primary"),
    ]


@pytest.mark.parametrize(
    ("grade", "remedy"),
    [("7th", "Use 7, or"), ("grade-7", "Use one of K, 6, 7, or"), ("99", "Use one of K, 6, 7, or")],
)
def test_a_grade_not_on_the_tenants_list(tmp_path: Path, grade: str, remedy: str) -> None:
    report = check(tmp_path, changed("users", grades=grade), known=KnownIds(grades=("K", "6", "7")))
    assert brief(report.errors) == [("users.csv", 2, "grades", "unknown_grade")]
    assert report.errors[0].message.startswith(f'Row 2: grade "{grade}" is not in your list of grades. {remedy}')


@pytest.mark.parametrize("grade", ["7", "07", "k", "6,7", ""])
def test_a_grade_on_the_list(tmp_path: Path, grade: str) -> None:
    assert check(tmp_path, changed("users", grades=grade), known=KnownIds(grades=("K", "6", "7"))).is_accepted


def test_without_a_list_any_grade_is_taken(tmp_path: Path) -> None:
    assert check(tmp_path, changed("users", grades="7th")).is_accepted
