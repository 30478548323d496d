"""Evidence rows that are left out, and files that are refused as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integrations import evidence_csv
from tests.builders import Cast, World
from tests.integrations.evidence_builders import faults, figures, refused, row, send, stored, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def test_wrong_rows_are_listed_and_left_out(home: World, tmp_path: Path) -> None:
    stranger = "HRB-Ana"  # of the other tenant
    rows = [
        row(home, source_id="good"),
        row(home, learner="nobody"),
        row(home, learner=stranger),
        row(home, learner=""),
        row(home, competency="nothing"),
        row(home, score="3,5"),
        row(home, score="-1"),
        row(home, score=""),
        row(home, possible="0"),
        row(home, possible=""),
        row(home, weight="heavy"),
        row(home, kind="exam"),
        row(home, state="unknown"),
        row(home, task=""),
        row(home, occurred_at="14.09.2026"),
        row(home, occurred_at="2026-09-14T09:30:00"),
        row(home, occurred_at="2026-13-01"),
        row(home, occurred_at=""),
        row(home, occurred_at="2999-01-01"),
        row(home, task="x" * 101),
        row(home, title="bad\x07bell"),
        row(home, learner="z" * 256),
        row(home, score="NaN"),
        row(home, score="1e3"),
        row(home, source_id="good", score="2"),
        row(home, due_at="soon"),
        row(home, occurred_at="0001-01-01"),
        row(home, occurred_at="9999-12-31T23:59:59-05:00"),
    ]
    report = send(home, write(tmp_path, rows))
    assert figures(report) == (1, 0, 27)
    assert sorted(faults(report), key=lambda one: (one[0] or 0, one[1])) == [
        (3, "learner", "unknown_learner"),
        (4, "learner", "unknown_learner"),
        (5, "learner", "empty_value"),
        (6, "competency", "unknown_competency"),
        (7, "score", "invalid_number"),
        (8, "score", "out_of_range"),
        (9, "score", "missing_score"),
        (10, "possible", "out_of_range"),
        (11, "possible", "empty_value"),
        (12, "weight", "invalid_number"),
        (13, "kind", "unknown_kind"),
        (14, "state", "unknown_state"),
        (15, "task", "missing_task"),
        (16, "occurred_at", "invalid_date"),
        (17, "occurred_at", "missing_offset"),
        (18, "occurred_at", "invalid_date"),
        (19, "occurred_at", "empty_value"),
        (20, "occurred_at", "in_the_future"),
        (21, "task", "too_long"),
        (22, "title", "bad_character"),
        (23, "learner", "too_long"),
        (24, "score", "invalid_number"),
        (25, "score", "invalid_number"),
        (26, "source_id", "conflict"),
        (27, "due_at", "invalid_date"),
        (28, "occurred_at", "invalid_date"),
        (29, "occurred_at", "invalid_date"),
    ]
    messages = {problem.row: problem.message for problem in report.problems}
    assert messages[7] == 'Row 7: score "3,5" is not a number. Write it like 3.5'
    assert messages[17].endswith("has no offset. Write it like 2026-11-19T09:30+01:00, or only the date")
    assert len(stored(home)) == 1


def test_all_faults_of_a_row_are_named(home: World, tmp_path: Path) -> None:
    bad = row(home, learner="nobody", competency="nothing", score="x", possible="y", occurred_at="z")
    report = send(home, write(tmp_path, [row(home), bad]))
    assert {(name, code) for _, name, code in faults(report)} == {
        ("score", "invalid_number"), ("possible", "invalid_number"), ("occurred_at", "invalid_date"),
        ("learner", "unknown_learner"), ("competency", "unknown_competency"),
    }  # fmt: skip
    assert report.rejected == 1


def test_a_row_of_the_wrong_width_is_left_out(home: World, tmp_path: Path) -> None:
    path = write(tmp_path, [row(home), row(home, task="2")])
    with path.open("a", encoding="utf-8") as file:
        file.write("LKV-Ana,3\n")
        file.write(",".join([*row(home, task="3").values(), "more"]) + "\n")
    report = send(home, path)
    assert (figures(report), faults(report)) == ((2, 0, 2), [(4, "", "wrong_width"), (5, "", "wrong_width")])


def test_columns_that_are_missing_unknown_or_repeated(home: World, tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("learner,competency,score,possible,occurred_at,task,task,colour\n" + "x," * 8 + "\n", "utf-8")
    report = refused(home, path)
    assert faults(report) == [
        (1, "kind", "missing_column"), (1, "task", "repeated_column"), (1, "colour", "unknown_column"),
    ]  # fmt: skip
    assert report.problems[2].message.startswith('Row 1: The column "colour" is unknown. Remove it, or use one of')


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", (1, "learner", "missing_column")),
        (b"GOOD\n\x00,b,1,4,2026-09-01,t,formative\n", (3, "learner", "bad_character")),
        (b"GOOD\nAn\xe9,b,1,4,2026-09-01,t,formative\n", (3, "learner", "bad_character")),
        (b'GOOD\n"open,b,1,4,2026-09-01,t,formative\n', (3, "", "bad_csv")),
        (b"GOOD\n" + b"x" * 200_000 + b",b,1,4,2026-09-01,t,formative\n", (3, "", "bad_csv")),
        (b"\xff\xfel\x00e\x00", (1, "learner", "missing_column")),
    ],
    ids=["empty", "nul", "latin-1", "open-quote", "long-cell", "utf-16"],
)
def test_files_that_cannot_be_read(home: World, tmp_path: Path, content: bytes, fault: tuple[Any, ...]) -> None:
    good = f"{','.join(row(home))}\n{','.join(row(home).values())}".encode()
    path = tmp_path / "e.csv"
    path.write_bytes(content.replace(b"GOOD", good))
    report = refused(home, path)
    assert faults(report)[0] == fault
    assert figures(report) == (0, 0, 0)


def test_a_file_without_one_good_row_is_refused(home: World, tmp_path: Path) -> None:
    assert faults(refused(home, write(tmp_path, [row(home, kind="x")]))) == [(2, "kind", "unknown_kind")]
    (tmp_path / "e.csv").write_text(",".join(row(home)) + "\n", encoding="utf-8")
    assert faults(refused(home, tmp_path / "e.csv")) == [(None, "", "no_rows")]
    assert faults(refused(home, tmp_path)) == [(None, "", "unreadable")]


@pytest.mark.parametrize("source", ["", "  ", "x" * 61, "a\nb"])
def test_a_source_without_a_name(home: World, tmp_path: Path, source: str) -> None:
    assert faults(refused(home, write(tmp_path, [row(home)]), source=source)) == [(None, "source", "invalid_source")]


def test_too_many_rows(home: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_csv, "MAX_ROWS", 2)
    assert faults(refused(home, write(tmp_path, [row(home)] * 3))) == [(4, "", "too_many_rows")]
