"""Everything that is wrong with a bundle, before anything is written (interop.md OR-2 … OR-6)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from integrations.oneroster.bundle import DEFAULT_LIMITS, Bundle, read_bundle
from integrations.oneroster.grades import check_grades
from integrations.oneroster.lines import BadCsv
from integrations.oneroster.problems import BundleRejected, Findings, Passing, Problem, Silence, Sink
from integrations.oneroster.reader import read_rows
from integrations.oneroster.records import OrgRow, Row, SessionRow
from integrations.oneroster.rules import check_lifecycle, check_parents, check_row
from integrations.oneroster.schema import Column, Mode, Table
from integrations.oneroster.source import Limits, UnreadableFile


@dataclass(frozen=True, slots=True)
class KnownIds:
    """What the tenant has already. `ids`: for each file name ("users", "orgs", …) something that answers `in` for a
    sourcedId. `grades`: the tenant's list of grades, empty when it has none to check against."""

    ids: Mapping[str, Container[str]] = field(default_factory=dict)
    grades: tuple[str, ...] = ()

    def has(self, name: str, sourced_id: str) -> bool:
        """Whether the tenant has this record."""
        return sourced_id in self.ids.get(name, ())


NOTHING_KNOWN = KnownIds()


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One file as read: its mode and how many rows it has."""

    mode: Mode
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of a check. `version` is "" when the bundle could not be opened."""

    version: str
    files: Mapping[str, FileSummary]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def is_accepted(self) -> bool:
        """Whether the bundle may be written: it has no error."""
        return not self.errors


def check_path(
    path: Path | str, known: KnownIds = NOTHING_KNOWN, limits: Limits = DEFAULT_LIMITS
) -> tuple[Bundle | None, Report]:
    """Open and check in one call; a bundle that cannot be opened gives (None, report). Raises nothing."""
    try:
        bundle = read_bundle(path, limits)
    except BundleRejected as rejected:
        return None, Report("", {}, rejected.problems)
    return bundle, check_bundle(bundle, known)


def check_bundle(bundle: Bundle, known: KnownIds = NOTHING_KNOWN) -> Report:
    """Read every row twice, first for the sourcedIds, then for everything else, and say all that is wrong.

    Memory: one set of sourcedIds per file and the problems, never the rows. Raises nothing.
    """
    check = _Check(bundle, known)
    files = check.run()
    return Report(bundle.version, files, (*bundle.problems, *check.findings.problems()))


class _Check:
    def __init__(self, bundle: Bundle, known: KnownIds) -> None:
        self.findings = Findings()
        self._bundle = bundle
        self._known = known
        self._first_row: dict[str, dict[str, int]] = {}  # file → sourcedId → row that has it first
        self._unread: set[str] = set()  # files that could not be read: a reference to them cannot be judged

    def run(self) -> dict[str, FileSummary]:
        tables = self._bundle.tables()
        counts = {table.name: self._collect(table) for table in tables}
        for table in tables:
            self._check_table(table)
        return {name: FileSummary(self._bundle.modes[name], count) for name, count in counts.items()}

    def _collect(self, table: Table) -> int:
        ids = self._first_row[table.name] = {}
        count = 0
        findings = _Watched(Silence())
        with self._reading(table, findings):
            for row in self._rows(table, findings):
                count += 1
                ids.setdefault(row.sourced_id, row.row)
                if count > self._bundle.limits.max_rows:
                    raise UnreadableFile("it has too many rows")
        if findings.has_lost_rows:
            self._unread.add(table.name)
        return count

    @contextmanager
    def _reading(self, table: Table, sink: Sink) -> Iterator[None]:
        """Turn what stops a file from being read to its end into an error of that file."""
        try:
            yield
        except BadCsv as error:
            sink.error(table.file, error.row, "", "bad_csv", f"{error.wrong}. Repair this row and those after it")
        except UnreadableFile as error:
            sink.error(table.file, None, "", "unreadable_file", f"{table.file} cannot be read: {error}. Make it again")

    def _rows(self, table: Table, sink: Sink) -> Iterator[Row]:
        with self._bundle.source.open(self._bundle.entries[table.name]) as stream:
            skipped = self._bundle.skipped.get(table.name, frozenset())
            rows = read_rows(table, self._bundle.modes[table.name], stream, Passing(sink, skipped) if skipped else sink)
            yield from self._bundle.kept(table.name, rows)

    def _check_table(self, table: Table) -> None:
        pointers = [column for column in table.columns if column.target]
        first_row = self._first_row[table.name]
        parents: dict[str, tuple[str, int]] = {}
        limit = self._bundle.limits.max_rows
        with self._reading(table, self.findings):
            for count, row in enumerate(self._rows(table, self.findings), start=1):
                if count > limit:
                    raise UnreadableFile("it has too many rows")
                if row.sourced_id and first_row.get(row.sourced_id) != row.row:
                    message = f"sourcedId is already used in row {first_row.get(row.sourced_id)}. Give each row its own"
                    self.findings.error(table.file, row.row, "sourcedId", "duplicate_id", message)
                check_lifecycle(self._bundle.version, self._bundle.modes[table.name], table.file, row, self.findings)
                if row.is_deleted:
                    continue
                for column in pointers:
                    self._check_pointer(table, row, column)
                check_row(table.file, row, self.findings)
                check_grades(table.file, row, self._known.grades, self.findings)
                if isinstance(row, (OrgRow, SessionRow)) and row.parent_sourced_id:
                    parents[row.sourced_id] = (row.parent_sourced_id, row.row)
        check_parents(table.file, parents, self.findings)

    def _check_pointer(self, table: Table, row: Row, column: Column) -> None:
        if column.target in self._unread:
            return
        value: object = getattr(row, column.attribute)
        targets = value if isinstance(value, tuple) else (value,) if value else ()
        in_bundle = self._first_row.get(column.target, {})
        for target in targets:
            if target not in in_bundle and not self._known.has(column.target, target):
                message = (
                    f"{column.name} points to a row that is neither in {column.target}.csv nor known here. "
                    f"Add that row, or correct {column.name}"
                )
                self.findings.error(table.file, row.row, column.name, "unknown_reference", message)


class _Watched:
    """A silent sink that remembers whether rows were lost: a bad header, broken CSV, a row of the wrong width."""

    def __init__(self, inner: Sink) -> None:
        self._inner = inner
        self.has_lost_rows = False

    def error(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Only structural errors name no field, or stand in the header row."""
        self.has_lost_rows = self.has_lost_rows or not field or row == 1
        self._inner.error(file, row, field, code, message)

    def tolerate(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Nothing is lost by a tolerance."""
        self._inner.tolerate(file, row, field, code, message)
