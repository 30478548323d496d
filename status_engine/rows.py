"""A few rows of evidence as they come from a form or the API, checked field by field and turned into columns."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from .checks import as_number, listed, quote
from .errors import EvidenceErrors, Problem
from .kinds import KIND_NAMES, NO_CODE, NODATE, STATE_NAMES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_ID = 2**63 - 1000
"""Some room is left above: working out what would change a level adds a few rows with ids of their own."""
MAX_POINTS = 1e9

Columns = dict[str, list[float] | list[int]]
Names = dict[str, tuple[object, ...]]
Value = TypeVar("Value")


class Wrong(Exception):
    """A value that cannot be read. The message says what to use instead."""


def microseconds(value: object) -> int:
    """Microseconds since the epoch of ISO 8601 text with an offset or an aware datetime; None is NODATE."""
    fix = f"Use ISO 8601 with an offset, such as 2026-03-02T09:30:00+00:00, in the years {FIRST_YEAR} to {LAST_YEAR}"
    if value is None:
        return NODATE
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise Wrong(fix) from None
    if not isinstance(moment, datetime) or moment.utcoffset() is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Wrong(fix)
    return (moment - EPOCH) // MICROSECOND


def iso(moment: int) -> str | None:
    """ISO 8601 in UTC with microseconds; NODATE is None."""
    return None if moment == NODATE else (EPOCH + moment * MICROSECOND).isoformat(timespec="microseconds")


def _number(low: float, high: float, fix: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        number = float("nan") if value is None else as_number(value)
        if number is None or not (value is None or low <= number <= high):
            raise Wrong(fix)
        return number

    return read


def _name(names: tuple[str, ...]) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, str) or value not in names:
            raise Wrong(f"Use one of: {listed(names)}")
        return names.index(value)

    return read


def _id(value: object) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if number is None or not 0 <= number <= MAX_ID:
        raise Wrong("Use a whole number, 0 or above")
    return number


def _key(value: object) -> object:
    """Text or a whole number that names a task, form or attempt. Blank text is a mistake, not a name."""
    is_text = isinstance(value, str) and bool(value.strip())
    is_whole = not isinstance(value, bool) and isinstance(value, int)
    if not is_text and not is_whole:
        raise Wrong("Use text or a whole number, or leave it out")
    return value


SCORE = _number(-MAX_POINTS, MAX_POINTS, f"Use a number from -{MAX_POINTS:.0f} to {MAX_POINTS:.0f}, or null")
POSSIBLE = _number(1e-4, MAX_POINTS, "Use a number above 0")
WEIGHT = _number(1e-6, 1e6, "Use a number above 0, at most 1000000")
PASS_MARK = _number(1e-4, 1.0, "Use a number above 0 and at most 1, or leave it out if the task has no pass mark")

READERS: dict[str, tuple[Callable[[object], float], float]] = {
    "score": (SCORE, float("nan")),
    "possible": (POSSIBLE, float("nan")),
    "weight": (WEIGHT, 1.0),
    "occurred_at": (microseconds, NODATE),
    "recorded_at": (microseconds, NODATE),
    "due_at": (microseconds, NODATE),
    "kind": (_name(KIND_NAMES), 0),
    "pass_mark": (PASS_MARK, float("nan")),
    "state": (_name(STATE_NAMES), 0),
}
CODED = ("task", "form", "attempt")
ROW_KEYS: tuple[str, ...] = (*READERS, *CODED, "id", "group")


def read_rows(rows: Sequence[object], group: int) -> tuple[Columns, Names]:
    """(columns for EvidenceTable, the names behind the codes of task, form and attempt).

    rows: mappings or dataclass instances with keys of ROW_KEYS; None counts as not given. `score` and `possible` must
    be there, `possible` only where there is a score. Rows without an id are numbered on from the largest id given,
    or from 0. Raises EvidenceErrors with every problem of every row.
    """
    problems: list[Problem] = []
    columns: dict[str, list[float]] = {name: [] for name in READERS}
    codes: dict[str, list[int]] = {name: [] for name in CODED}
    seen: dict[str, dict[object, int]] = {name: {} for name in CODED}
    ids: list[int | None] = []
    groups: list[int] = []
    for number, sent in enumerate(rows):
        place = f"evidence[{number}]"
        row = Row(_values(sent, place, problems), place, problems)
        for name, (read, default) in READERS.items():
            columns[name].append(default if (value := row.read(read, name)) is None else value)
        for name in CODED:
            key = row.read(_key, name)
            codes[name].append(NO_CODE if key is None else seen[name].setdefault(key, len(seen[name])))
        ids.append(row.read(_id, "id"))
        groups.append(group if (own := row.read(_id, "group")) is None else own)
    numbered = _number_rows(ids, problems)
    if problems:
        raise EvidenceErrors(problems)
    filled: Columns = {"group": groups, "id": numbered, **codes, **columns}
    filled["possible"] = [1.0 if math.isnan(possible) else possible for possible in columns["possible"]]
    return filled, {name: tuple(seen[name]) for name in CODED}


def _values(row: object, place: str, problems: list[Problem]) -> Mapping[str, object]:
    """The row's values by key, unknown keys and missing ones reported."""
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        row = {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
    if not isinstance(row, Mapping):
        problems.append((place, f"the row was {quote(row)}. Use an object with the keys: {listed(ROW_KEYS)}"))
        return {"score": None, "possible": 1.0}
    problems += [(f"{place}.{key}", f"{quote(key)} is not a key of evidence. Use only: {listed(ROW_KEYS)}")
                 for key in row if key not in ROW_KEYS]  # fmt: skip
    if "score" not in row:
        problems.append((f"{place}.score", "score is missing. Give a number, or null for work without one"))
    elif row["score"] is not None and row.get("possible") is None:
        problems.append((f"{place}.possible", "possible is missing. Give the points possible, a number above 0"))
    return row


@dataclass(frozen=True)
class Row:
    """One row's values by key and the place its problems are reported under."""

    values: Mapping[str, object]
    place: str
    problems: list[Problem]

    def read(self, reader: Callable[[object], Value], name: str) -> Value | None:
        """The value of a key; None where it is not given or wrong, and then the problem is added."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return reader(value)
        except Wrong as wrong:
            self.problems.append((f"{self.place}.{name}", f"{name} was {quote(value)}. {wrong}"))
            return None


def _number_rows(ids: Sequence[int | None], problems: list[Problem]) -> list[int]:
    first: dict[int, int] = {}
    following = max((given for given in ids if given is not None), default=-1) + 1
    numbered: list[int] = []
    for number, given in enumerate(ids):
        if given is not None and first.setdefault(given, number) != number:
            wrong = f"id was {given}, which evidence[{first[given]}] has. Use each id once"
            problems.append((f"evidence[{number}].id", wrong))
        numbered.append(following if given is None else given)
        following += given is None
    return numbered
