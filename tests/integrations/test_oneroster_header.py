"""OR-3: which headers are strict, tolerated, refused."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import check_path
from integrations.oneroster.problems import Problem
from integrations.oneroster.reader import ROW_CLASSES
from integrations.oneroster.records import OrgRow
from integrations.oneroster.schema import Kind
from integrations.oneroster.tables import TABLES
from integrations.oneroster.values import empty_value
from tests.integrations.oneroster_builders import BULK, brief, bundle_files, write_folder

ORGS = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"]


def orgs_with(tmp_path: Path, header: str, row: str, name: str = "orgs", mode: str = "bulk") -> tuple[Problem, ...]:
    data = f"{header}\r\n{row}\r\n".encode()
    files = bundle_files({name: []}, mode) | {f"{name}.csv": data}
    return check_path(write_folder(tmp_path / "a", files))[1].problems


def found(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems]


def test_a_strict_header_says_nothing(tmp_path: Path) -> None:
    assert orgs_with(tmp_path, ",".join(ORGS), "o,,,Org,school,,") == ()


@pytest.mark.parametrize(
    ("header", "row", "warning"),
    [
        (
            "SourcedID,status,dateLastModified,name,type,identifier,parentSourcedId",
            "o,,,O,school,,",
            ("sourcedId", "header_case"),
        ),
        (",".join(ORGS).replace("date", "data"), "o,,,O,school,,", ("dateLastModified", "header_alias")),
        (",".join(ORGS) + ",,", "o,,,O,school,,,,", ("", "empty_columns")),
        (",".join(ORGS) + ",,", "o,,,O,school,,", ("", "empty_columns")),
        (",".join(ORGS) + ",metadata.x", "o,,,O,school,,,1", ("metadata", "metadata_columns")),
        (",".join(ORGS) + ",Metadata.x", "o,,,O,school,,,1", ("metadata", "metadata_columns")),
        (",".join(ORGS[:-1]), "o,,,O,school,", ("parentSourcedId", "optional_column")),
        (" sourcedId ,status,dateLastModified,name,type,identifier,parentSourcedId", "o,,,O,school,,", None),
    ],
)
def test_tolerated_headers(tmp_path: Path, header: str, row: str, warning: tuple[str, str] | None) -> None:
    problems = orgs_with(tmp_path, header, row)
    assert {problem.severity for problem in problems} <= {"warning"}
    assert found(problems) == ([warning] if warning else [])


def test_other_known_aliases(tmp_path: Path) -> None:
    classes = ",".join(column.name for column in TABLES["1.2"]["classes"].columns)
    problems = orgs_with(tmp_path / "1", classes.replace("termSourcedIds", "termSourcedId"), "", "classes")
    assert found(problems) == [("termSourcedIds", "header_alias")]
    people = ",".join(column.name for column in TABLES["1.2"]["demographics"].columns)
    problems = orgs_with(tmp_path / "2", people.replace("stateOf", "stateof"), "", "demographics")
    assert found(problems) == [("stateOfBirthAbbreviation", "header_case")]


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (",".join(ORGS[:3] + ORGS[4:]), ("name", "missing_column")),
        (",".join([ORGS[1], ORGS[0], *ORGS[2:]]), ("status", "column_order")),
        (",".join([*ORGS[:1], "metadata.x", *ORGS[1:]]), ("metadata", "column_order")),
        (",".join([*ORGS, "localCode"]), ("", "unknown_column")),
        (",".join([*ORGS, "metadata."]), ("", "invalid_metadata")),
        (",".join([*ORGS, "metadata.a b"]), ("", "invalid_metadata")),
        (",".join([*ORGS, "metadata.x", "metadata.x"]), ("metadata.x", "repeated_column")),
        (",".join([*ORGS, "name"]), ("name", "repeated_column")),
        ("o1,,,Org,school,,", ("", "missing_header")),
        ("", ("", "missing_header")),
        (",,,,,,", ("", "missing_header")),
        (",".join([*ORGS[:3], "", *ORGS[3:]]), ("", "unknown_column")),
    ],
)
def test_refused_headers(tmp_path: Path, header: str, error: tuple[str, str]) -> None:
    problems = orgs_with(tmp_path, header, "")
    assert error in found(tuple(problem for problem in problems if problem.severity == "error"))


def test_a_file_without_header_does_not_give_away_its_first_row(tmp_path: Path) -> None:
    problems = orgs_with(tmp_path, "u1,,,Ana,Silva,ana@school.example", "")
    assert not any("Ana" in problem.message or "Silva" in problem.message for problem in problems)


def test_delta_files_need_the_lifecycle_columns(tmp_path: Path) -> None:
    problems = orgs_with(tmp_path, "sourcedId,name,type,identifier,parentSourcedId", "o,O,school,,", mode="delta")
    assert found(problems)[:2] == [("status", "missing_column"), ("dateLastModified", "missing_column")]
    problems = orgs_with(tmp_path / "b", "sourcedId,name,type,identifier,parentSourcedId", "o,O,school,,")
    assert found(problems) == [("status", "optional_column"), ("dateLastModified", "optional_column")]


def test_metadata_is_kept_and_empty_metadata_is_not(tmp_path: Path) -> None:
    data = (",".join(ORGS) + ",metadata.a,metadata.b\r\no,,,O,school,,,1,\r\n").encode()
    bundle, _ = check_path(write_folder(tmp_path / "a", bundle_files({"orgs": []}) | {"orgs.csv": data}))
    assert bundle is not None
    assert [row.metadata for row in rows(bundle, OrgRow)] == [{"a": "1"}]


def test_a_refused_header_does_not_make_every_reference_an_error(tmp_path: Path) -> None:
    files = bundle_files(BULK)
    files["users.csv"] = files["users.csv"].replace(b"sourcedId,status", b"status,sourcedId", 1)
    report = check_path(write_folder(tmp_path / "a", files))[1]
    assert brief(report.errors) == [("users.csv", 1, "status", "column_order")]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_tables_and_row_classes_agree(version: str) -> None:
    for name, table in TABLES[version].items():
        row_class = ROW_CLASSES[name]
        known = {field.name: str(field.type) for field in fields(row_class)}
        for column in table.columns:
            assert column.target in {"", *TABLES[version]}, column
            if column.kind is Kind.PASSWORD:
                assert column.name not in known
                continue
            kind = known[column.attribute]
            assert ("None" in kind) == (empty_value(column) is None), (name, column.name, kind)
            assert kind.startswith("tuple") == (empty_value(column) == ())
            assert kind.startswith("str") == (empty_value(column) == "")


def test_no_row_class_has_a_password() -> None:
    assert not any("password" in field.name for row_class in ROW_CLASSES.values() for field in fields(row_class))


def test_what_may_be_quoted() -> None:
    quoted = {
        column.name
        for tables in TABLES.values()
        for table in tables.values()
        for column in table.columns
        if column.is_echoed
    }
    never = {
        "sourcedId",
        "givenName",
        "email",
        "birthDate",
        "sex",
        "asian",
        "score",
        "comment",
        "password",
        "identifier",
    }
    assert not never & quoted
    assert {"role", "status", "type", "enabledUser", "startDate", "schoolYear", "grades"} <= quoted
