"""Evidence from a CSV file: what comes in, and that it comes in once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from assessments.models import StaleMark
from integrations import evidence_csv
from integrations.evidence_csv import import_evidence
from integrations.models import ImportReport
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.integrations.evidence_builders import figures, refused, row, send, stored, write

BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def test_every_column(home: World, tmp_path: Path) -> None:
    cells = {
        "method": "conference", "form": "written", "title": "Quiz, one", "weight": "2.5", "state": "counted",
        "comment": 'Said "why"\nand how', "due_at": "2026-09-15", "source_id": "a-1",
    }  # fmt: skip
    assert figures(send(home, write(tmp_path, [row(home, **cells)]), source="lms")) == (1, 0, 0)
    (found,) = stored(home)
    pair = found.learner_competency
    assert (pair.learner, pair.competency) == (home.learner, home.competencies[0])
    assert (found.score, found.possible, found.weight) == (Decimal(3), Decimal(4), Decimal("2.5"))
    assert (found.kind, found.task, found.method, found.form) == ("formative", "quiz-1", "conference", "written")
    assert (found.title, found.comment, found.state) == ("Quiz, one", 'Said "why"\nand how', "counted")
    assert (found.source, found.source_id) == ("lms", "a-1")
    assert found.occurred_at == datetime(2026, 9, 14, 7, 30, tzinfo=UTC)
    assert found.due_at == datetime(2026, 9, 15, 12, tzinfo=BERLIN)


def test_people_and_competencies_by_any_of_their_identifiers(home: World, tmp_path: Path) -> None:
    rows = [
        row(home, learner=str(home.learner.public_id)),
        row(home, learner=str(home.learner.public_id).upper(), task="2"),
        row(home, competency=home.competencies[0].identifier.upper(), task="3"),
    ]
    assert figures(send(home, write(tmp_path, rows))) == (3, 0, 0)
    assert {one.learner_competency.learner for one in stored(home)} == {home.learner}


def test_the_same_file_twice(home: World, tmp_path: Path) -> None:
    """Without source_id, too: and equal rows within a file are several pieces, not one."""
    rows = [row(home), row(home), row(home, task="2"), row(home, task="3", source_id="mine")]
    path = write(tmp_path, rows)
    assert figures(send(home, path)) == (4, 0, 0)
    before = [one.pk for one in stored(home)]
    assert figures(send(home, path)) == (0, 4, 0)
    assert [one.pk for one in stored(home)] == before
    assert figures(send(home, path, source="other")) == (4, 0, 0)


def test_another_spelling_is_the_same_row(home: World, tmp_path: Path) -> None:
    send(home, write(tmp_path, [row(home, score="3.50")]))
    again = row(home, score="3.5", weight="1", occurred_at="2026-09-14T07:30:00Z", learner=str(home.learner.public_id))
    assert figures(send(home, write(tmp_path, [{**again, "comment": ""}], encoding="utf-8-sig"))) == (0, 1, 0)


def test_more_decimals_than_are_kept_are_still_the_same_row(home: World, tmp_path: Path) -> None:
    path = write(tmp_path, [row(home, score="2.66666", possible="3.9995", source_id="thirds")])
    assert figures(send(home, path)) == (1, 0, 0)
    assert (stored(home)[0].score, stored(home)[0].possible) == (Decimal("2.667"), Decimal("4.000"))
    assert figures(send(home, path)) == (0, 1, 0)


def test_work_not_judged_needs_no_score(home: World, tmp_path: Path) -> None:
    assert figures(send(home, write(tmp_path, [row(home, score="", state="not_judged")]))) == (1, 0, 0)
    assert stored(home)[0].score is None


def test_a_plain_date_is_noon_at_the_school(home: World, tmp_path: Path) -> None:
    send(home, write(tmp_path, [row(home, occurred_at="2026-03-29")]))
    assert stored(home)[0].occurred_at == datetime(2026, 3, 29, 12, tzinfo=BERLIN)


def test_a_plain_date_of_today_is_taken_in_the_morning_and_is_the_same_later(
    home: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = datetime.now(BERLIN).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1)
    path = write(tmp_path, [row(home, occurred_at=morning.date().isoformat())])
    monkeypatch.setattr("integrations.evidence_csv.timezone.now", lambda: morning)
    assert figures(send(home, path)) == (1, 0, 0)
    assert stored(home)[0].occurred_at == morning.replace(hour=0)
    monkeypatch.setattr("integrations.evidence_csv.timezone.now", lambda: morning + timedelta(hours=20))
    assert figures(send(home, path)) == (0, 1, 0)
    assert len(stored(home)) == 1


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_byte_order_mark_line_ends_and_header_case(home: World, tmp_path: Path, ending: str) -> None:
    names, values = ",".join(row(home)).replace("learner", "Learner "), ",".join(row(home).values())
    path = tmp_path / "e.csv"
    path.write_bytes(f"\ufeff{names},{ending}{values},{ending}{ending}".encode())
    assert figures(send(home, path)) == (1, 0, 0)


def test_chunks_are_one_transaction(home: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_csv, "CHUNK", 3)
    seen: list[tuple[int, int]] = []
    path = write(tmp_path, [row(home, task=f"t{n % 2}") for n in range(8)])
    report = send(home, path, progress=lambda so_far: seen.append((so_far.rows, so_far.created)))
    assert (figures(report), seen) == ((8, 0, 0), [(3, 3), (6, 6), (8, 8)])
    assert figures(send(home, path)) == (0, 8, 0)
    with path.open("ab") as file:
        file.write(b'"never closed')
    refused(home, path, source="second")


def test_a_few_levels_are_worked_out_at_once(home: World, tmp_path: Path) -> None:
    with tenant_context(home.tenant.pk):
        StaleMark.objects.all().delete()
        people = [home.learner, home.classmate, home.stranger_learner]
        rows = [
            row(home, learner=str(one.public_id), competency=str(two.public_id))
            for one in people for two in home.competencies
        ]  # fmt: skip
        import_evidence(write(tmp_path, rows))
        assert StaleMark.objects.count() == 0


def command(capsys: Any, *arguments: object) -> tuple[int, str, str]:
    try:
        call_command("import_evidence", *map(str, arguments))
        code = 0
    except SystemExit as left:
        code = int(str(left.code))
    out, err = capsys.readouterr()
    return code, out, err


def test_command(home: World, tmp_path: Path, capsys: Any) -> None:
    path = write(tmp_path, [row(home), row(home, kind="x")])
    code, out, err = command(capsys, path, "--tenant", "lakeview", "--json", "--source", "lms", "--dry-run")
    answer = json.loads(out)
    assert (code, answer["kind"], answer["accepted"], answer["dry_run"]) == (0, "evidence", True, True)
    assert answer["counts"] == {"evidence": {"created": 1, "unchanged": 0, "rejected": 1}}
    assert (answer["problems"][0]["row"], answer["problems"][0]["field"]) == (3, "kind")
    assert (err.strip(), len(stored(home))) == ("2 rows read: 1 recorded, 0 unchanged, 1 left out", 0)
    code, out, _ = command(capsys, path, "--tenant", "lakeview")
    assert (code, "evidence: 1 created, 1 rejected" in out, len(stored(home))) == (0, True, 1)
    code, out, _ = command(capsys, write(tmp_path, [row(home, kind="x")]), "--tenant", "lakeview")
    assert (code, "Refused. Nothing was written." in out) == (1, True)
    with tenant_context(home.tenant.pk):
        kept = ImportReport.objects.filter(kind="evidence").order_by("id")
        assert list(kept.values_list("is_accepted", "is_dry_run")) == [(True, True), (True, False), (False, False)]
