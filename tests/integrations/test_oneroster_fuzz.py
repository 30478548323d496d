"""Whatever comes in, the answer is a report or the declared rejection, and it can be stored."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.oneroster.bundle import rows
from integrations.oneroster.check import check_path
from integrations.oneroster.reader import ROW_CLASSES
from tests.integrations.oneroster_builders import BULK, bundle_files, write_folder, write_zip

FILES = bundle_files(BULK)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survives(path: Path) -> None:
    bundle, report = check_path(path)
    assert bundle is not None or report.errors
    json.dumps([problem.as_dict() for problem in report.problems]).encode()
    for problem in report.problems:
        problem.message.encode()
        assert "\x00" not in problem.message
    if bundle is not None and report.is_accepted:
        for table in bundle.tables():
            assert len(list(rows(bundle, ROW_CLASSES[table.name]))) == report.files[table.name].rows


def with_file(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        survives(write_folder(Path(folder), FILES | {name: data}))


@SETTINGS
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300))
def test_any_bytes_as_any_file(name: str, data: bytes) -> None:
    with_file(name, data)


@SETTINGS
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=100))
def test_any_bytes_after_the_header(name: str, data: bytes) -> None:
    with_file(name, FILES[name].split(b"\r\n")[0] + b"\r\n" + data)


@SETTINGS
@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 600),
    st.sampled_from([b"", b",", b'"', b"\n", b"\x00", b"\xff", b"x"]),
)
def test_any_byte_changed(name: str, place: int, new: bytes) -> None:
    data = FILES[name]
    with_file(name, data[:place] + new + data[place + 1 :])


CELL = st.sampled_from(
    ["", "true", "x", "2026-01-01", "learner", "school", "tobedeleted", "ext:a", " ", "1", "\x85", "é"]
)


@SETTINGS
@given(st.sampled_from(sorted(BULK)), st.lists(st.lists(CELL | st.text(max_size=5), max_size=24), max_size=4))
def test_any_cells(name: str, lines: list[list[str]]) -> None:
    text = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    with_file(f"{name}.csv", FILES[f"{name}.csv"] + text.encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=4))
def test_any_bytes_of_a_zip_changed(place: int, new: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip(Path(folder) / "a.zip", FILES)
        data = path.read_bytes()
        place %= len(data)
        path.write_bytes(data[:place] + new + data[place + len(new) :])
        survives(path)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_as_a_zip(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(b"PK\x03\x04" + data)
        survives(path)
        path.write_bytes(data)
        survives(path)
