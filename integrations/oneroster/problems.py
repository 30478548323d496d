"""What is wrong with a bundle, said without a single personal value (interop.md §1: reports of imports)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

Severity = Literal["error", "warning"]

MAX_ERRORS_PER_FILE = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or tolerance. `file` is like `users.csv` ("" for the bundle), `row` counts from 1 with the header
    as row 1, as a spreadsheet does; None when no row is meant. `field` is a column or manifest property, or ""."""

    severity: Severity
    file: str
    row: int | None
    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, object]:
        """The shape stored in an import report: {severity, file, row, field, code, message}."""
        return asdict(self)


class BundleRejected(Exception):
    """The bundle could not be opened at all, or not safely. `problems` says why; nothing was read."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


def refuse(code: str, message: str, *, file: str = "", field: str = "") -> BundleRejected:
    """The exception for a bundle refused as a whole, to be raised by the caller."""
    return BundleRejected([Problem("error", file, None, field, code, message)])


class Sink(Protocol):
    """Takes what is found while reading a file."""

    def error(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Something that refuses the bundle."""

    def tolerate(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Something understood all the same. Called for every row, reported once."""


class Silence:
    """A sink for the second reading of rows that a report has already covered."""

    def error(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Nothing: already reported."""

    def tolerate(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Nothing: already reported."""


class Passing:
    """A sink that says nothing about rows that are passed over."""

    def __init__(self, inner: Sink, skipped: frozenset[int]) -> None:
        self._inner, self._skipped = inner, skipped

    def error(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        if row not in self._skipped:
            self._inner.error(file, row, field, code, message)

    def tolerate(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        if row not in self._skipped:
            self._inner.tolerate(file, row, field, code, message)


class Findings:
    """Collects problems: every error up to a ceiling per file, and one warning per (file, field, code)."""

    def __init__(self) -> None:
        self._errors: list[Problem] = []
        self._errors_of: dict[str, int] = {}
        self._tolerated: dict[tuple[str, str, str], tuple[Problem, int]] = {}

    def error(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Record an error. Message without the row number: it is put in front here."""
        count = self._errors_of[file] = self._errors_of.get(file, 0) + 1
        if count <= MAX_ERRORS_PER_FILE:
            self._errors.append(Problem("error", file, row, field, code, _with_row(row, message)))

    def tolerate(self, file: str, row: int | None, field: str, code: str, message: str) -> None:
        """Record a tolerance; later rows with the same one are only counted."""
        first, count = self._tolerated.get((file, field, code), (None, 0))
        problem = first or Problem("warning", file, row, field, code, message)
        self._tolerated[file, field, code] = (problem, count + 1)

    def problems(self) -> tuple[Problem, ...]:
        """Errors in the order found, then warnings."""
        unlisted = (
            Problem("error", file, None, "", "more_errors", f"{count - MAX_ERRORS_PER_FILE} more errors in this file "
                    "are not listed. Repair those above and import again")
            for file, count in self._errors_of.items() if count > MAX_ERRORS_PER_FILE
        )  # fmt: skip
        warnings = (_counted(problem, count) for problem, count in self._tolerated.values())
        return (*self._errors, *unlisted, *warnings)


def _with_row(row: int | None, message: str) -> str:
    return message if row is None else f"Row {row}: {message}"


def _counted(problem: Problem, count: int) -> Problem:
    if problem.row is None:
        return problem
    is_header = problem.row == 1
    where = f"Row {problem.row}" if count == 1 or is_header else f"{count} rows, the first row {problem.row}"
    return Problem(
        problem.severity, problem.file, problem.row, problem.field, problem.code, f"{where}: {problem.message}"
    )
