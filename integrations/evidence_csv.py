"""Evidence from a CSV file into the ledger of the open tenant: one transaction, in chunks, in bounded memory.

The file as a whole is refused when it cannot be understood; a single row that is wrong is listed and left out. A row
that was sent before changes nothing. Rows without a `source_id` get one derived from their content, so that sending the
same file twice does nothing either; equal rows within a file are told apart by counting them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from assessments.pieces import Piece, RowResult
from assessments.resolve import keys_of
from assessments.services import record_many
from integrations.evidence_cells import COLUMNS, REQUIRED, Cells, midnight, read_cells
from integrations.oneroster.lines import BadCsv, fault_in_text, records
from integrations.oneroster.problems import Problem
from learners.models import Learner
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.errors import DomainError
from tenancy.models import Tenant
from tenancy.selectors import local_today, zone

CHUNK = 5_000
MAX_ROWS = 1_000_000
MAX_PROBLEMS = 5_000
LONGEST_SOURCE = 60

Progress = Callable[["EvidenceReport"], None]


@dataclass(slots=True)
class EvidenceReport:
    """`problems` lists the first MAX_PROBLEMS faults; the figures count all rows."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The shape stored in an import report."""
        return {"evidence": {"created": self.created, "unchanged": self.unchanged, "rejected": self.rejected}}


class EvidenceRejected(DomainError):
    """The file cannot be read as evidence, or not one row of it can be recorded. Nothing was written."""

    code = "evidence_rejected"
    status = 422

    def __init__(self, report: EvidenceReport) -> None:
        self.report = report
        message = report.problems[0].message if report.problems else "The file holds no evidence."
        super().__init__(message, problems=[problem.as_dict() for problem in report.problems])


@transaction.atomic
def import_evidence(path: Path, *, source: str = "csv", progress: Progress | None = None) -> EvidenceReport:
    """Record the rows of the file; `progress` is called after each chunk.

    Columns: `learner` (public id or sourcedId), `competency` (public id or CASE identifier), `score` (may be empty with
    a state that is not counted), `possible`, `occurred_at`, `task`, `kind`; and the optional ones of `evidence_cells`.
    Raises EvidenceRejected, with nothing written.
    """
    if not source.strip() or len(source) > LONGEST_SOURCE or not source.isprintable():
        message = f"Name the source in 1 to {LONGEST_SOURCE} characters"
        raise EvidenceRejected(EvidenceReport(problems=[_problem(path, None, "source", "invalid_source", message)]))
    work = _Import(path, source.strip())
    rows = work.rows()
    while chunk := list(islice(rows, CHUNK)):
        work.record(chunk)
        if progress is not None:
            progress(work.report)
    report = work.report
    if not report.rows:
        raise work.refused(None, "", "no_rows", "The file has no rows. Add at least one under the header")
    if report.rejected == report.rows:
        raise EvidenceRejected(report)
    return report


class _Import:
    def __init__(self, path: Path, source: str) -> None:
        tenant = Tenant.objects.get(pk=current_tenant_id())
        self.report = EvidenceReport()
        self._path, self._source, self._now = path, source, timezone.now()
        self._zone: ZoneInfo = zone(tenant.time_zone)
        self._actor = Actor(tenant_id=tenant.pk, today=local_today(tenant, self._now), label="evidence import")
        self._seen: Counter[bytes] = Counter()  # content → how often, for rows without source_id

    def rows(self) -> Iterator[Cells]:
        """The rows as they stream in. Raises EvidenceRejected where the file stops making sense."""
        try:
            with self._path.open("rb") as stream:
                lines = records(stream)
                header = self._header(next(lines, (1, []))[1])
                for row, cells in lines:
                    if self.report.rows >= MAX_ROWS:
                        message = f"The file has more than {MAX_ROWS} rows. Split it"
                        raise self.refused(row, "", "too_many_rows", message)
                    self.report.rows += 1
                    yield self._cells(row, header, cells)
        except BadCsv as error:
            message = f"{error.wrong}. Repair this row and those after it"
            raise self.refused(error.row, "", "bad_csv", message) from error
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}. Check the path"
            raise self.refused(None, "", "unreadable", message) from error

    def refused(self, row: int | None, name: str, code: str, message: str) -> EvidenceRejected:
        """What to raise when the whole file is refused: only this problem counts, nothing was written."""
        return EvidenceRejected(EvidenceReport(problems=[_problem(self._path, row, name, code, message)]))

    def _header(self, cells: list[str]) -> list[str]:
        names = [cell.strip().casefold() for cell in cells]
        while names and not names[-1]:
            names.pop()
        problems = [
            (name, "missing_column", f"The column {name} is missing. Add it; needed are {', '.join(REQUIRED)}")
            for name in REQUIRED
            if name not in names
        ]
        for place, name in enumerate(names, 1):
            shown = f'"{name}"' if name.isprintable() and 0 < len(name) <= 40 else f"number {place}"
            if name not in COLUMNS:
                message = f"The column {shown} is unknown. Remove it, or use one of {', '.join(COLUMNS)}"
                problems.append((name if shown.startswith('"') else "", "unknown_column", message))
            elif names.index(name) < place - 1:
                problems.append((name, "repeated_column", f"The column {shown} is there twice. Keep one"))
        if problems:
            raise EvidenceRejected(EvidenceReport(problems=[_problem(self._path, 1, *one) for one in problems]))
        return names

    def _cells(self, row: int, header: list[str], cells: list[str]) -> Cells:
        if len(cells) < len(header) or any(cells[len(header) :]):
            message = f"There are {len(cells)} values for {len(header)} columns. Check quotes and commas"
            return Cells(row, dict.fromkeys(REQUIRED, ""), faults=[("", "wrong_width", message)])
        texts = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        for name, text in texts.items():
            if (not text.isascii() or "\x00" in text) and (fault := fault_in_text(text)):
                raise self.refused(row, name, "bad_character", f"{name} {fault}")
        return read_cells(row, texts, self._zone, self._now)

    def record(self, chunk: list[Cells]) -> None:
        """Record one chunk; two queries for the references, and what the ledger needs."""
        learners, competencies = keys_of(
            {cells.texts["learner"] for cells in chunk} - {""},
            {cells.texts["competency"] for cells in chunk} - {""},
            Learner.objects.all(),
        )
        by_row = {cells.row: cells for cells in chunk}
        pieces = []
        for cells in chunk:
            learner, competency = learners.get(cells.texts["learner"]), competencies.get(cells.texts["competency"])
            named = {name for name in ("learner", "competency") if cells.texts[name]} - {one[0] for one in cells.faults}
            if learner is None and "learner" in named:
                message = "learner is not known here. Use the public id or the sourcedId of the roster"
                cells.faults.append(("learner", "unknown_learner", message))
            if competency is None and "competency" in named:
                message = "competency is not known here. Use the public id, or a CASE identifier that one framework has"
                cells.faults.append(("competency", "unknown_competency", message))
            if cells.faults or learner is None or competency is None or cells.occurred_at is None:
                self._reject(cells.row, cells.faults)
            else:
                pieces.append(self._piece(cells, learner, competency))
        for result in self._recorded(pieces, by_row):
            if result.outcome == "rejected":
                self._reject(result.n, [(p.field, p.code, p.message) for p in result.problems])
            elif result.outcome == "created":
                self.report.created += 1
            else:
                self.report.unchanged += 1

    def _recorded(self, pieces: list[Piece], by_row: dict[int, Cells]) -> list[RowResult]:
        """A day that was today when it first came in was taken at its midnight; later its noon is not a new content."""
        results = record_many(self._actor, pieces=pieces)
        doubtful = {result.n for result in results if result.problems and result.problems[0].code == "conflict"}
        days = {n: day for n in doubtful if (day := by_row[n].day) is not None}
        if not days:
            return results
        again = [replace(p, occurred_at=midnight(days[p.n], self._zone)) for p in pieces if p.n in days]
        second = {result.n: result for result in record_many(self._actor, pieces=again)}
        return [second[r.n] if r.n in second and second[r.n].outcome == "unchanged" else r for r in results]

    def _piece(self, cells: Cells, learner_id: int, competency_id: int) -> Piece:
        texts = cells.texts
        words = {
            name: texts.get(name, "") for name in ("kind", "task", "method", "form", "title", "comment", "attempt")
        }
        return Piece(
            learner_id=learner_id,
            competency_id=competency_id,
            possible=cells.possible,
            occurred_at=cells.occurred_at or self._now,
            source=self._source,
            source_id=texts.get("source_id") or self._derived_id(cells, learner_id, competency_id),
            score=cells.score,
            weight=cells.weight,
            state=texts.get("state") or "counted",
            due_at=cells.due_at,
            pass_mark=cells.pass_mark,
            hints=cells.hints,
            minutes=cells.minutes,
            n=cells.row,
            **words,
        )

    def _derived_id(self, cells: Cells, learner_id: int, competency_id: int) -> str:
        digest = sha256(cells.content(learner_id, competency_id).encode()).digest()[:16]
        self._seen[digest] += 1
        return f"row-{digest.hex()}-{self._seen[digest]}"

    def _reject(self, row: int, faults: list[tuple[str, str, str]]) -> None:
        self.report.rejected += 1
        room = MAX_PROBLEMS - len(self.report.problems)
        self.report.problems += [_problem(self._path, row, *fault) for fault in faults[: max(0, room)]]


def _problem(path: Path, row: int | None, name: str, code: str, message: str) -> Problem:
    return Problem("error", path.name, row, name, code, message if row is None else f"Row {row}: {message}")
