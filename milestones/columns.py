"""The ledger and the statuses as NumPy columns, read through PostgreSQL's binary COPY.

A row of fixed-width values without NULLs is as long as every other row, so the answer of a COPY *is* a structured
array: a million rows take no Python step each. NULL is written as a value that cannot occur: NaN, -1, -infinity.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from io import BytesIO
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from django.db import connection

from status_engine import NO_CODE, NODATE, EvidenceTable, Kind, State
from tenancy.context import current_tenant_id

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

HEADER, TRAILER = 19, 2  # bytes before the first row and after the last (PostgreSQL manual, COPY, binary format)
MICROSECONDS_TO_2000 = 946_684_800_000_000
INFINITELY_OLD = np.iinfo(np.int64).min
STATE_FACTOR = 16  # one number carries kind + 16 x state


class Moment(str):
    """A point in time: binary COPY gives its microseconds as they are, JSON has to be asked for them."""

    __slots__ = ()


def as_json(fields_of: Sequence[str]) -> str:
    """The same columns as parts of a JSON array. NaN and minus infinity, which JSON does not know, become null."""
    return ", ".join(_json_part(one) for one in fields_of)


def _json_part(one: str) -> str:
    if isinstance(one, Moment):
        return f"(extract(epoch FROM nullif({one}, '-infinity')) * 1000000)::bigint"
    return f"nullif({one}, 'NaN')" if "'NaN'" in one else one


KIND = " ".join(f"WHEN '{kind.name.lower()}' THEN {int(kind)}" for kind in Kind)
STATE = " ".join(f"WHEN '{state.name.lower()}' THEN {int(state) * STATE_FACTOR}" for state in State)
# Task and form travel as a hash: what counts is only whether two are the same.
HASH = "CASE WHEN e.{0} = '' THEN -1 ELSE hashtextextended(e.{0}, 0) & 9223372036854775807 END"
CODE = f"""(CASE e.kind {KIND} END + CASE WHEN e.entry = 'withdrawn' THEN {int(State.WITHDRAWN) * STATE_FACTOR}
   WHEN e.hints > 0 AND e.state = 'counted' THEN {int(State.WITH_HINTS) * STATE_FACTOR}
   ELSE CASE e.state {STATE} END END)::bigint"""
# How each column leaves the database; a moment is a number of microseconds, whichever way it travels.
EVIDENCE_FIELDS = (
    "e.learner_competency_id", "e.id", "coalesce(e.score::float8, 'NaN')", "e.possible::float8", "e.weight::float8",
    Moment("e.occurred_at"), Moment("e.recorded_at"), Moment("coalesce(e.due_at, '-infinity')"), HASH.format("task"),
    HASH.format("form"), HASH.format("attempt"), "coalesce(e.pass_mark::float8, 'NaN')", CODE,
    "coalesce(e.supersedes_id, 0)",
)  # fmt: skip
STATUS_FIELDS = (
    "s.learner_competency_id", "s.learner_id", "s.competency_id", "s.level::bigint", "s.computed_level::bigint",
    "coalesce(s.set_level, -1)::bigint", "coalesce(s.set_until - date '2000-01-01', 2147483647)::bigint",
    "coalesce(s.value::float8, 'NaN')", "s.pieces::bigint", "s.flags::bigint", "s.policy_version_id", "s.watermark",
    "('x' || lpad(s.digest, 16, '0'))::bit(64)::bigint", "coalesce(s.judged_on - date '2000-01-01', -1)::bigint",
    Moment("s.since"),
)  # fmt: skip
EVIDENCE = f"""
COPY (SELECT {", ".join(EVIDENCE_FIELDS)} FROM assessments_evidence e WHERE e.tenant_id = %(tenant)s AND {{where}}
ORDER BY e.learner_competency_id, e.occurred_at, e.id) TO STDOUT (FORMAT BINARY)
"""  # noqa: S608 - codes of the engine and names of columns only
OF_PAIRS = EVIDENCE.format(where="e.learner_competency_id = ANY(%(ids)s::bigint[])")
OF_RANGE = EVIDENCE.format(where="e.learner_competency_id BETWEEN %(low)s AND %(high)s")
STATUSES = f"""
COPY (SELECT {", ".join(STATUS_FIELDS)} FROM milestones_competencystatus s WHERE s.tenant_id = %(tenant)s AND {{where}}
ORDER BY s.learner_competency_id) TO STDOUT (FORMAT BINARY)
"""  # noqa: S608
STATUSES_OF_PAIRS = STATUSES.format(where="learner_competency_id = ANY(%(ids)s::bigint[])")
STATUSES_OF_RANGE = STATUSES.format(where="learner_competency_id BETWEEN %(low)s AND %(high)s")
STATUSES_OF_LEARNERS = STATUSES.format(
    where="learner_id = ANY(%(learners)s::bigint[]) AND competency_id = ANY(%(competencies)s::bigint[])"
)


@dataclass(frozen=True, eq=False)
class Columns:
    """n rows; every field is a column of length n."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[float | None]]) -> Self:
        """Columns from rows in the order of the fields, as `as_json` gives them."""
        table = list(zip(*rows, strict=True)) or [()] * len(fields(cls))
        return cls(
            **{one.name: _column(column, one.type is Floats) for one, column in zip(fields(cls), table, strict=True)}
        )

    def rows(self, chosen: Bools | Ints) -> Self:
        """The rows where a mask holds, or at these places."""
        return replace(self, **{one.name: getattr(self, one.name)[chosen] for one in fields(self)})


@dataclass(frozen=True, eq=False)
class Evidence(Columns):
    """Ledger rows by pair and time of observation. Times: microseconds since 1970, NODATE = none.

    supersedes: the row that this one stands in for, 0 = none; code: kind + 16 x state of the engine's codes.
    """

    pair: Ints
    id: Ints
    score: Floats
    possible: Floats
    weight: Floats
    occurred_at: Ints
    recorded_at: Ints
    due_at: Ints
    task: Ints
    form: Ints
    attempt: Ints
    pass_mark: Floats
    code: Ints
    supersedes: Ints

    def standing(self) -> "Evidence":
        """Without the rows that a later one stands in for. Both are always in the same group."""
        gone = self.supersedes[self.supersedes > 0]
        return self.rows(~np.isin(self.id, gone)) if gone.size else self

    def table(self) -> EvidenceTable:
        """The engine's columns; the group is the pair."""
        return EvidenceTable(
            group=self.pair, id=self.id, score=self.score, possible=self.possible, weight=self.weight,
            occurred_at=self.occurred_at, recorded_at=self.recorded_at, due_at=self.due_at, task=self.task,
            kind=(self.code % STATE_FACTOR).astype(np.int8), form=self.form,
            attempt=None if (self.attempt == NO_CODE).all() else self.attempt,
            pass_mark=None if np.isnan(self.pass_mark).all() else self.pass_mark,
            state=(self.code // STATE_FACTOR).astype(np.int8),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Statuses(Columns):
    """Stored statuses, by pair. set_level: -1 = none; set_until and judged_on: days since 2000-01-01, judged_on -1 =
    the rule does not look at the calendar; value: NaN = none; since: microseconds since 1970."""

    pair: Ints
    learner: Ints
    competency: Ints
    level: Ints
    computed: Ints
    set_level: Ints
    set_until: Ints
    value: Floats
    pieces: Ints
    flags: Ints
    version: Ints
    watermark: Ints
    digest: Ints
    judged_on: Ints
    since: Ints


def read_evidence(pair_ids: Sequence[int] | Ints) -> Evidence:
    """Every ledger row of some pairs, superseded ones too. One statement."""
    return _evidence(fetch(OF_PAIRS, _row(Evidence), ids=_listed(pair_ids)))


def read_evidence_between(low: int, high: int) -> Evidence:
    """Every ledger row of the pairs with keys from low to high: one walk along the index. One statement."""
    return _evidence(fetch(OF_RANGE, _row(Evidence), low=low, high=high))


def read_statuses(pair_ids: Sequence[int] | Ints) -> Statuses:
    return _statuses(fetch(STATUSES_OF_PAIRS, _row(Statuses), ids=_listed(pair_ids)))


def read_statuses_between(low: int, high: int) -> Statuses:
    return _statuses(fetch(STATUSES_OF_RANGE, _row(Statuses), low=low, high=high))


@dataclass(frozen=True, eq=False)
class Crossing:
    """Learners × competencies as one number each. Both ascending, each key once."""

    learners: Ints
    competencies: Ints

    def code(self, learner: Ints, competency: Ints) -> Ints:
        """int64[n]: the number of each pair; every key must be one of the crossing's."""
        place = np.searchsorted(self.learners, learner)
        return place * len(self.competencies) + np.searchsorted(self.competencies, competency)

    def statuses(self) -> Statuses:
        """The stored statuses of the crossing. One statement."""
        values = {"learners": self.learners.tolist(), "competencies": self.competencies.tolist()}
        return _statuses(fetch(STATUSES_OF_LEARNERS, _row(Statuses), **values))


def fetch(sql: str, row: np.dtype[np.void], **values: Any) -> npt.NDArray[np.void]:
    """The rows of a binary COPY of the open tenant. Raises ValueError where a row is not as wide as `row` says."""
    with connection.cursor() as cursor:
        # COPY takes no parameters: psycopg writes them into the statement, quoted.
        operations: Any = connection.ops
        statement = operations.compose_sql(sql, {"tenant": current_tenant_id(), **values})
        received = BytesIO()  # a list of the blocks would keep each of them alive: three times the time
        with index_order(cursor, sql), cursor.copy(statement) as copy:
            for block in copy:
                received.write(block)
    data = received.getbuffer()
    size = len(data) - HEADER - TRAILER
    if size % row.itemsize:
        raise ValueError(f"COPY gave {size} bytes, which are not rows of {row.itemsize}: a NULL or another type")
    return np.frombuffer(data, row, count=size // row.itemsize, offset=HEADER)


@contextmanager
def index_order(cursor: Any, sql: str) -> Iterator[None]:
    """Have evidence read along the index that has it in order.

    Of a tenant that was loaded a moment ago the planner expects one row: any index on the tenant seems as good, and
    each read of a few pairs walks through everything there is. A plan that sorts is one of those.
    """
    if "FROM assessments_evidence" not in sql:
        yield
        return
    cursor.execute("SET LOCAL enable_sort = off")
    yield
    cursor.execute("SET LOCAL enable_sort = on")


def row_of(columns: Sequence[tuple[str, str]]) -> np.dtype[np.void]:
    """The bytes of one row: the number of fields, then each with its length before it. Types: i8, f8."""
    parts: list[tuple[str, str]] = [("_count", ">i2")]
    for name, kind in columns:
        parts += [(f"_{name}", ">i4"), (name, f">{kind}")]
    return np.dtype(parts)


def native(raw: npt.NDArray[np.void], name: str) -> npt.NDArray[Any]:
    """A column in the processor's own byte order."""
    column = raw[name]
    return column.astype(column.dtype.newbyteorder("="))


def _column(values: Sequence[float | None], is_float: bool) -> npt.NDArray[Any]:
    if is_float:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array([NODATE if value is None else value for value in values], np.int64)


def _row(of: type[Columns]) -> np.dtype[np.void]:
    return row_of([(one.name, "f8" if one.type is Floats else "i8") for one in fields(of)])


def _evidence(raw: npt.NDArray[np.void]) -> Evidence:
    columns = {one.name: native(raw, one.name) for one in fields(Evidence)}
    for name in ("occurred_at", "recorded_at", "due_at"):
        columns[name] = _since_1970(columns[name])
    return Evidence(**columns)


def _statuses(raw: npt.NDArray[np.void]) -> Statuses:
    columns = {one.name: native(raw, one.name) for one in fields(Statuses)}
    columns["since"] = _since_1970(columns["since"])
    return Statuses(**columns)


def _since_1970(moment: Ints) -> Ints:
    return np.where(moment == INFINITELY_OLD, NODATE, moment + MICROSECONDS_TO_2000)


def _listed(ids: Sequence[int] | Ints) -> list[int]:
    return ids.tolist() if isinstance(ids, np.ndarray) else list(ids)
