"""OR-2: the manifest decides version and modes; what it says and what is there must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.oneroster.check import check_path
from integrations.oneroster.schema import Mode
from tests.integrations.oneroster_builders import (
    BULK,
    as_1_1,
    brief,
    bundle_files,
    check,
    csv_bytes,
    manifest_bytes,
    write_folder,
)

MODES = dict.fromkeys(BULK, "bulk")


def with_manifest(tmp_path: Path, manifest: bytes) -> list[tuple[str, int | None, str, str]]:
    report = check_path(write_folder(tmp_path / "a", bundle_files(BULK) | {"manifest.csv": manifest}))[1]
    return brief(report.problems)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_version_is_the_manifests(tmp_path: Path, version: str) -> None:
    report = check(tmp_path, as_1_1(BULK) if version == "1.1" else BULK, version=version)
    assert (report.version, report.problems) == (version, ())


def test_a_1_2_file_under_a_1_1_manifest_is_refused(tmp_path: Path) -> None:
    files = bundle_files(as_1_1(BULK), version="1.1") | {"users.csv": csv_bytes("users", BULK["users"])}
    errors = brief(check_path(write_folder(tmp_path / "a", files))[1].errors)
    assert ("users.csv", 1, "orgSourcedIds", "missing_column") in errors


@pytest.mark.parametrize("version", ["1.2.1", "v1.2"])
def test_longer_names_of_a_version(tmp_path: Path, version: str) -> None:
    assert with_manifest(tmp_path, manifest_bytes(MODES).replace(b"version,1.2", f"version,{version}".encode())) == []


@pytest.mark.parametrize("version", ["1.0", "2.0", "", "1.3", "1.2; DROP"])
def test_an_unknown_version_is_refused(tmp_path: Path, version: str) -> None:
    manifest = manifest_bytes(MODES).replace(b"version,1.2", f"version,{version}".encode())
    assert with_manifest(tmp_path, manifest) == [("manifest.csv", None, "oneroster.version", "unknown_version")]


@pytest.mark.parametrize(
    "manifest", [b"", b"a,b\r\n", b"sourcedId,status", b"\xff\xfe\x00", b'propertyName,value\n"x', b"\x00"]
)
def test_a_manifest_that_is_none(tmp_path: Path, manifest: bytes) -> None:
    (problem,) = with_manifest(tmp_path, manifest)
    assert problem[0] == "manifest.csv"
    assert problem[3] in {"bad_manifest", "unknown_version"}


def test_a_file_marked_but_missing(tmp_path: Path) -> None:
    expected = [("results.csv", None, "file.results", "missing_file")]
    assert with_manifest(tmp_path, manifest_bytes(MODES | {"results": "delta"})) == expected


def test_a_file_present_but_absent(tmp_path: Path) -> None:
    expected = [("roles.csv", None, "file.roles", "unannounced_file")]
    assert with_manifest(tmp_path, manifest_bytes(MODES | {"roles": "absent"})) == expected


def test_a_file_present_that_the_manifest_does_not_name(tmp_path: Path) -> None:
    manifest = manifest_bytes(MODES).replace(b"file.roles,bulk\r\n", b"")
    assert with_manifest(tmp_path, manifest) == [("roles.csv", None, "file.roles", "unannounced_file")]


def test_files_an_old_manifest_does_not_name_count_as_absent(tmp_path: Path) -> None:
    lines = manifest_bytes(MODES).split(b"\r\n")
    assert with_manifest(tmp_path, b"\r\n".join(line for line in lines if not line.endswith(b"absent"))) == []


@pytest.mark.parametrize("mode", ["full", "", "partial"])
def test_an_unknown_mode_is_named(tmp_path: Path, mode: str) -> None:
    found = with_manifest(tmp_path, manifest_bytes(MODES | {"roles": mode}))
    assert ("manifest.csv", 10, "file.roles", "unknown_mode") in found


def test_a_mode_in_another_case_is_understood(tmp_path: Path) -> None:
    found = with_manifest(tmp_path, manifest_bytes(MODES | {"roles": "Bulk"}))
    assert found == [("manifest.csv", 10, "file.roles", "enum_case")]


def test_unknown_properties(tmp_path: Path) -> None:
    extra = manifest_bytes(MODES, **{"file.flags": "bulk", "file.links": "absent", "vendor.note": "x"})
    assert [(field, code) for _, _, field, code in with_manifest(tmp_path, extra)] == [("file.flags", "unknown_file")]


def test_a_property_given_twice(tmp_path: Path) -> None:
    assert with_manifest(tmp_path, manifest_bytes(MODES) + b"file.users,bulk\r\n") == []
    found = with_manifest(tmp_path, manifest_bytes(MODES) + b"file.users,delta\r\n")
    assert [(field, code) for _, _, field, code in found] == [("file.users", "repeated_property")]


def test_another_manifest_version_is_a_warning(tmp_path: Path) -> None:
    found = with_manifest(tmp_path, manifest_bytes(MODES).replace(b"manifest.version,1.0", b"manifest.version,1.1"))
    assert [code for *_, code in found] == ["manifest_version"]


def test_source_system_and_modes(tmp_path: Path) -> None:
    manifest = manifest_bytes(MODES | {"users": "delta"}, **{"source.systemName": "SIS", "source.systemCode": "s1"})
    bundle, _ = check_path(write_folder(tmp_path / "a", bundle_files(BULK) | {"manifest.csv": manifest}))
    assert bundle is not None
    assert (bundle.source_name, bundle.source_code) == ("SIS", "s1")
    assert (bundle.mode("users"), bundle.mode("orgs"), bundle.mode("results")) == (Mode.DELTA, Mode.BULK, Mode.ABSENT)


def test_file_names_in_another_case(tmp_path: Path) -> None:
    files = bundle_files(BULK)
    files["Users.CSV"] = files.pop("users.csv")
    files["MANIFEST.csv"] = files.pop("manifest.csv")
    report = check_path(write_folder(tmp_path / "a", files))[1]
    assert brief(report.problems) == [("users.csv", None, "", "file_case")]


def test_two_files_that_differ_in_case(tmp_path: Path) -> None:
    files = bundle_files(BULK)
    report = check_path(write_folder(tmp_path / "a", files | {"Users.csv": files["users.csv"]}))[1]
    assert ("users.csv", None, "", "repeated_file") in brief(report.errors)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    files = bundle_files(BULK)
    del files["manifest.csv"]
    report = check_path(write_folder(tmp_path / "a", files))[1]
    assert brief(report.errors) == [("manifest.csv", None, "", "missing_manifest")]
