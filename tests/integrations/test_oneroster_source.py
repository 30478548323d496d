"""OR-1: ZIP or folder, and nothing that leads out of it or costs more than it says."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from integrations.oneroster.bundle import read_bundle
from integrations.oneroster.check import check_bundle, check_path
from integrations.oneroster.problems import BundleRejected
from integrations.oneroster.source import Limits
from tests.integrations.oneroster_builders import BULK, brief, bundle_files, write_folder, write_zip

FILES = bundle_files(BULK)


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(BundleRejected) as rejected:
        read_bundle(path, limits or Limits())
    (problem,) = rejected.value.problems
    assert problem.severity == "error"
    return problem.code


def accepted(path: Path) -> bool:
    report = check_path(path)[1]
    assert report.problems == ()
    return report.is_accepted


def test_zip_and_folder(tmp_path: Path) -> None:
    assert accepted(write_zip(tmp_path / "a.zip", FILES))
    assert accepted(write_folder(tmp_path / "a", FILES))


def test_one_wrapping_folder(tmp_path: Path) -> None:
    wrapped = {f"export 2026/{name}": data for name, data in FILES.items()}
    assert accepted(write_zip(tmp_path / "a.zip", wrapped))
    assert accepted(write_folder(tmp_path / "a", wrapped))
    with_entry = {"export 2026/": b""} | wrapped
    assert accepted(write_zip(tmp_path / "b.zip", with_entry))


def test_two_wrapping_folders_are_one_too_many(tmp_path: Path) -> None:
    assert (
        refused(write_zip(tmp_path / "a.zip", {f"a/b/{name}": data for name, data in FILES.items()}))
        == "missing_manifest"
    )


def test_what_a_mac_adds_is_ignored(tmp_path: Path) -> None:
    junk = {"__MACOSX/export/._users.csv": b"x", "export/.DS_Store": b"x"}
    assert accepted(write_zip(tmp_path / "a.zip", {f"export/{name}": data for name, data in FILES.items()} | junk))


def test_other_files_are_a_warning(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES | {"notes.txt": b"x", "more/users.csv": b"x"})
    report = check_path(path)[1]
    assert brief(report.problems) == [("", None, "", "extra_files")]
    assert report.problems[0].message.startswith("2 files")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.rstrip(b"\r\n"),
        lambda data: data.replace(b"\r\n", b"\r\n\r\n"),
        lambda data: b"\r\n".join(
            b",".join(b'"' + cell + b'"' for cell in line.split(b",")) for line in data.split(b"\r\n")
        ),
    ],
    ids=["bom", "lf", "no final newline", "blank lines", "quoted"],
)
def test_ways_to_write_the_same_csv(tmp_path: Path, change: object) -> None:
    assert callable(change)
    assert accepted(write_folder(tmp_path / "a", {name: change(data) for name, data in FILES.items()}))


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "/users.csv", "a/../../users.csv", "C:/users.csv", "..\\users.csv", "a\\users.csv", "c:users.csv"],
)
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    assert refused(write_zip(tmp_path / "a.zip", FILES | {name: b"x"})) == "unsafe_path"


def test_a_symbolic_link_in_a_zip(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("users.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(tmp_path / "a.zip") == "unsafe_path"


def test_a_symbolic_link_in_a_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", FILES)
    (folder / "results.csv").symlink_to("/etc/passwd")
    assert refused(folder) == "unsafe_path"


def test_a_wrapping_folder_may_not_be_a_link(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", FILES)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "inner").symlink_to(tmp_path / "real")
    assert refused(tmp_path / "a") == "unsafe_path"


def test_a_pipe_in_a_folder_is_not_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", FILES)
    os.mkfifo(folder / "results.csv")
    assert accepted(folder)


def test_an_encrypted_entry(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        data[place + offset] |= 1
    path.write_bytes(data)
    assert refused(path) == "encrypted"


def test_other_compressions(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.csv", FILES["manifest.csv"])
    assert refused(tmp_path / "a.zip") == "compression"


def test_the_same_name_twice(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", b"x")
    assert refused(path) == "repeated_file"


def test_a_bomb_by_declared_size(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES | {"results.csv": b"\0" * 3_000_000})
    assert refused(path, Limits(max_total_bytes=2_000_000)) == "too_big"
    assert refused(path, Limits(ratio_from=1_000_000, max_ratio=100)) == "zip_bomb"


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """The real size is met while reading, whatever the directory of the ZIP says."""
    path = write_zip(tmp_path / "a.zip", FILES | {"users.csv": FILES["users.csv"] + b"\r\n" * 2_000_000})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("users.csv")
    honest = struct.pack("<L", info.file_size)
    assert data.count(honest) == 2
    path.write_bytes(data.replace(honest, struct.pack("<L", len(FILES["users.csv"]))))
    report = check_path(path)[1]
    assert ("users.csv", None, "", "unreadable_file") in brief(report.errors)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", FILES)
    bundle = read_bundle(folder)
    with (folder / "users.csv").open("ab") as file:
        file.write(b"\r\n" * 100_000)
    assert ("users.csv", None, "", "unreadable_file") in brief(check_bundle(bundle).errors)


def test_a_damaged_entry(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("users.csv").header_offset
    data = bytearray(path.read_bytes())
    data[start + 60 : start + 70] = b"\xff" * 10
    path.write_bytes(data)
    assert ("users.csv", None, "", "unreadable_file") in brief(check_path(path)[1].errors)


def test_sizes_and_counts_have_limits(tmp_path: Path) -> None:
    path, folder = write_zip(tmp_path / "a.zip", FILES), write_folder(tmp_path / "a", FILES)
    assert refused(path, Limits(max_archive_bytes=100)) == "too_big"
    assert refused(path, Limits(max_entries=3)) == "too_many_files"
    assert refused(folder, Limits(max_entries=3)) == "too_many_files"
    assert refused(folder, Limits(max_total_bytes=100)) == "too_big"
    report = check_path(path, limits=Limits(max_rows=1))[1]
    assert {(problem.file, problem.code) for problem in report.errors} >= {("users.csv", "unreadable_file")}


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + b"\0" * 10, b"users", b"PK\x03\x04" + b"x" * 100])
def test_what_is_not_a_zip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert refused(tmp_path / "a.zip") == "not_a_zip"


def test_an_empty_zip_or_folder_has_no_manifest(tmp_path: Path) -> None:
    assert refused(write_zip(tmp_path / "a.zip", {})) == "missing_manifest"
    assert refused(write_folder(tmp_path / "a", {})) == "missing_manifest"


@pytest.mark.parametrize("path", ["/nowhere/at/all.zip", "a\x00b"])
def test_what_is_not_there(path: str) -> None:
    assert refused(Path(path)) == "unreadable"


def test_a_zip_inside_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("manifest.csv", FILES["manifest.csv"])
    assert refused(write_zip(tmp_path / "a.zip", {"inner.zip": inner.getvalue()})) == "missing_manifest"


def test_a_rejected_bundle_gives_a_report(tmp_path: Path) -> None:
    bundle, report = check_path(write_zip(tmp_path / "a.zip", {}))
    assert bundle is None
    assert (report.is_accepted, report.version, dict(report.files)) == (False, "", {})
    assert brief(report.errors) == [("manifest.csv", None, "", "missing_manifest")]
