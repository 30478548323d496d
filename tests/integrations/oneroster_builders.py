"""Small OneRoster bundles for tests. `BULK` is a school that has one of everything a roster needs."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from integrations.oneroster.check import NOTHING_KNOWN, KnownIds, Report, check_path
from integrations.oneroster.problems import Problem
from integrations.oneroster.tables import TABLES

DATA = Path(__file__).parent.parent / "data" / "oneroster"
TIME = "2026-09-01T00:00:00.000Z"

LIVE = {"status": "active", "dateLastModified": TIME}

BULK: dict[str, list[dict[str, str]]] = {
    "orgs": [
        {"sourcedId": "district", "name": "District", "type": "district"},
        {"sourcedId": "school", "name": "School", "type": "school", "parentSourcedId": "district"},
    ],
    "academicSessions": [
        {
            "sourcedId": "year",
            "title": "Year",
            "type": "schoolYear",
            "startDate": "2026-08-15",
            "endDate": "2027-06-10",
            "schoolYear": "2027",
        }
    ],
    "courses": [{"sourcedId": "course", "title": "Mathematics", "orgSourcedId": "school"}],
    "classes": [
        {
            "sourcedId": "class",
            "title": "Mathematics 6",
            "courseSourcedId": "course",
            "classType": "scheduled",
            "schoolSourcedId": "school",
            "termSourcedIds": "year",
        }
    ],
    "users": [
        {"sourcedId": "learner", "enabledUser": "true", "username": "l", "givenName": "Ana", "familyName": "Silva"},
        {
            "sourcedId": "parent",
            "enabledUser": "true",
            "username": "p",
            "givenName": "Rui",
            "familyName": "Silva",
            "agentSourcedIds": "learner",
        },
    ],
    "roles": [
        {
            "sourcedId": "role",
            "userSourcedId": "learner",
            "roleType": "primary",
            "role": "student",
            "orgSourcedId": "school",
        }
    ],
    "enrollments": [
        {
            "sourcedId": "enrollment",
            "classSourcedId": "class",
            "schoolSourcedId": "school",
            "userSourcedId": "learner",
            "role": "student",
        }
    ],
}


def changed(name: str, index: int = 0, /, **cells: str) -> dict[str, list[dict[str, str]]]:
    """`BULK` with some cells of one row changed; a new file or row is made when there is none."""
    files = {key: [dict(row) for row in rows] for key, rows in BULK.items()}
    rows = files.setdefault(name, [])
    while len(rows) <= index:
        rows.append({})
    rows[index].update(cells)
    return files


def delta(files: Mapping[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The same rows as active rows of delta files."""
    return {name: [LIVE | row for row in rows] for name, rows in files.items()}


def as_1_1(files: Mapping[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The same school for 1.1: no roles, but org and role in users."""
    old = {name: [dict(row) for row in rows] for name, rows in files.items() if name != "roles"}
    for row in old["users"]:
        role = "parent" if row["sourcedId"] == "parent" else "student"
        row.setdefault("orgSourcedIds", "school")
        row.setdefault("role", role)
    return old


def csv_bytes(name: str, rows: list[dict[str, str]], version: str = "1.2") -> bytes:
    table = TABLES[version][name]
    text = io.StringIO()
    metadata = sorted({key for row in rows for key in row if key.startswith("metadata.")})
    writer = csv.DictWriter(text, [*(column.name for column in table.columns), *metadata], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def manifest_bytes(modes: Mapping[str, str], version: str = "1.2", **properties: str) -> bytes:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{modes.get(name, 'absent')}" for name in TABLES[version]]
    lines += [f"{name},{value}" for name, value in properties.items()]
    return ("\r\n".join(lines) + "\r\n").encode()


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def bundle_files(
    rows: Mapping[str, list[dict[str, str]]], mode: str = "bulk", version: str = "1.2", **raw: bytes
) -> dict[str, bytes]:
    """File name → bytes; `raw` replaces or adds whole files, by the name before `.csv`."""
    files = {f"{name}.csv": csv_bytes(name, list(content), version) for name, content in rows.items()}
    files["manifest.csv"] = manifest_bytes(dict.fromkeys([*rows, *raw], mode), version)
    return files | {f"{name}.csv": data for name, data in raw.items()}


def check(
    tmp_path: Path,
    rows: Mapping[str, list[dict[str, str]]],
    mode: str = "bulk",
    version: str = "1.2",
    known: KnownIds = NOTHING_KNOWN,
    **raw: bytes,
) -> Report:
    folder = write_folder(tmp_path / "bundle", bundle_files(rows, mode, version, **raw))
    return check_path(folder, known)[1]


def brief(problems: tuple[Problem, ...]) -> list[tuple[str, int | None, str, str]]:
    return [(problem.file, problem.row, problem.field, problem.code) for problem in problems]
