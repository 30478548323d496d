"""Evidence as columns: what the roll-up reads for one learner and for ten million rows alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .arrays import Codes, Floats, Ints, is_constant, take
from .errors import EvidenceErrors, Problem
from .kinds import NO_CODE, NODATE, Kind, State
from .rows import read_rows

MAX_POINTS = 1e9
MIN_POSSIBLE = 1e-4
INT, FLOAT, CODE = np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.int8)
COLUMNS: dict[str, tuple[np.dtype[np.generic], float | int]] = {
    "weight": (FLOAT, 1.0),
    "occurred_at": (INT, NODATE),
    "recorded_at": (INT, NODATE),
    "due_at": (INT, NODATE),
    "task": (INT, NO_CODE),
    "kind": (CODE, int(Kind.FORMATIVE)),
    "attempt": (INT, NO_CODE),
    "form": (INT, NO_CODE),
    "pass_mark": (FLOAT, float("nan")),
    "state": (CODE, int(State.COUNTED)),
}


@dataclass(frozen=True, eq=False, init=False)
class EvidenceTable:
    """n rows of evidence, all columns one-dimensional and of length n.

    group: int64, the (learner, competency) a row belongs to. id: int64, unique; by default the row's number.
    score, possible: float64 points; score NaN = null, possible > 0. weight: float64 > 0. occurred_at, recorded_at,
    due_at: int64 microseconds since 1970-01-01T00:00Z (datetime64[us] is taken too), NODATE = undated.
    task, attempt, form: int64 codes >= 0, NO_CODE = not given. Rows of one task with the same attempt are one piece
    of evidence; where attempt is not given, rows of one task with the same occurred_at are. A row without a task
    stands for itself. kind, state: int8 codes of Kind and State. pass_mark: float64 in (0, 1], NaN = none.
    names: {"task": (...), "form": (...), "attempt": (...)}, what codes stand for in explanations; optional.

    Columns left out are filled in at no cost in memory. Raises EvidenceErrors for a value out of range, TypeError
    for an array that does not fit its column's type.
    """

    group: Ints
    id: Ints
    score: Floats
    possible: Floats
    weight: Floats
    occurred_at: Ints
    recorded_at: Ints
    due_at: Ints
    task: Ints
    kind: Codes
    attempt: Ints
    form: Ints
    pass_mark: Floats
    state: Codes
    names: Mapping[str, Sequence[object]]

    def __init__(
        self, *, group: npt.ArrayLike, score: npt.ArrayLike, possible: npt.ArrayLike,
        id: npt.ArrayLike | None = None,
        names: Mapping[str, Sequence[object]] | None = None, **columns: npt.ArrayLike | None,
    ) -> None:  # fmt: skip
        unknown = sorted(set(columns) - set(COLUMNS))
        if unknown:
            raise TypeError(f"unknown columns: {', '.join(unknown)}. Use only: {', '.join(COLUMNS)}")
        rows = len(np.atleast_1d(np.asarray(group)))
        values: dict[str, object] = {
            "group": _column("group", group, INT, rows),
            "id": np.arange(rows, dtype=np.int64) if id is None else _column("id", id, INT, rows),
            "score": _column("score", score, FLOAT, rows),
            "possible": _column("possible", possible, FLOAT, rows),
            "names": dict(names or {}),
        }
        for name, (dtype, default) in COLUMNS.items():
            given = columns.get(name)
            filled = np.broadcast_to(np.array(default, dtype), (rows,))
            values[name] = filled if given is None else _column(name, given, dtype, rows)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        problems = _problems(self)
        if problems:
            raise EvidenceErrors(problems)

    def __len__(self) -> int:
        return len(self.group)

    @classmethod
    def from_rows(cls, rows: Sequence[object], *, group: int = 0) -> "EvidenceTable":
        """A table from mappings or dataclasses, for a few rows of one learner. Keys: see `rows.ROW_KEYS`.

        Times are ISO 8601 with an offset, or aware datetimes. A row may carry its own `group`, else it belongs to
        `group`. Raises EvidenceErrors naming `evidence[3].possible` and the way to put it right.
        """
        columns, names = read_rows(rows, group)
        given = {name: value for name, value in columns.items() if name in COLUMNS}
        return cls(group=columns["group"], score=columns["score"], possible=columns["possible"], id=columns["id"],
                   names=names, **given)  # fmt: skip

    def rows(self, index: Ints, group: Ints | None = None) -> "EvidenceTable":
        """The rows at `index`, in that order, if wanted under other groups. Not checked again."""
        chosen = object.__new__(EvidenceTable)
        for field in fields(self):
            value = getattr(self, field.name)
            object.__setattr__(chosen, field.name, value if field.name == "names" else take(value, index))
        if group is not None:
            object.__setattr__(chosen, "group", group)
        return chosen


def _column(name: str, value: npt.ArrayLike, dtype: np.dtype[np.generic], rows: int) -> npt.NDArray[np.generic]:
    array = np.asarray(value)
    if array.dtype.kind == "M":
        array = array.astype("datetime64[us]").astype(np.int64)
    if array.shape != (rows,):
        raise TypeError(f"{name} had the shape {array.shape}. Use one dimension of {rows} rows, as group has")
    if rows == 0:
        return np.empty(0, dtype)
    if array.dtype == dtype:
        return array
    if not np.can_cast(array.dtype, dtype, "same_kind") or array.dtype.kind == "b":
        raise TypeError(f"{name} held {array.dtype}. Use {dtype}")
    if dtype == CODE and (array.min() < 0 or array.max() > len(Kind)):
        raise EvidenceErrors([(name, f"{name} held codes from {array.min()} to {array.max()}. Use the enum's codes")])
    return array.astype(dtype)


def _problems(table: EvidenceTable) -> list[Problem]:
    """One problem per column whose values are out of range, with the first row that is. Constant columns are fine."""
    limits: list[tuple[str, float, float, str]] = [
        ("score", -MAX_POINTS, MAX_POINTS, f"Use a number from -{MAX_POINTS:.0f} to {MAX_POINTS:.0f}, or null"),
        ("possible", MIN_POSSIBLE, MAX_POINTS, f"Use a number above 0, from {MIN_POSSIBLE} to {MAX_POINTS:.0f}"),
        ("weight", 1e-6, 1e6, "Use a number above 0, from 0.000001 to 1000000"),
        ("pass_mark", 1e-4, 1.0, "Use a number above 0 and at most 1, or leave it out if the task has none"),
        ("kind", 0, len(Kind) - 1, "Use a code of Kind"),
        ("state", 0, len(State) - 1, "Use a code of State"),
    ]
    problems: list[Problem] = []
    for name, low, high, fix in limits:
        column = getattr(table, name)
        if not len(column) or (is_constant(column) and name in COLUMNS):
            continue
        if bool(column.min() >= low) and bool(column.max() <= high):
            continue
        is_wrong = ~((column >= low) & (column <= high))
        if name in ("score", "pass_mark"):
            is_wrong &= ~np.isnan(column)
        if is_wrong.any():
            row = int(np.argmax(is_wrong))
            problems.append((f"{name}[{row}]", f"{name} was {column[row]}. {fix}"))
    return problems
