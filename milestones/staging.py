"""Columns on their way into PostgreSQL: array parameters for a few rows, a binary COPY for many.

Either way a statement finds them as `{source}` under the alias `u`; all columns are bigint or float8, without NULL.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from milestones.columns import row_of
from tenancy.context import current_tenant_id

Column = npt.NDArray[np.int64] | npt.NDArray[np.float64]
FEW = 200
SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
END = struct.pack(">h", -1)
MOMENT = "(timestamptz 'epoch' + u.{0} * interval '1 microsecond')"


@dataclass(frozen=True, slots=True)
class Write:
    """A statement over rows. name: of the temporary table, should one be needed; it ends with the transaction."""

    sql: str
    name: str
    columns: Mapping[str, Column]
    values: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def run(*writes: Write) -> None:
    """Run statements for the open tenant; all of them as one where each has a few rows.

    Parts of one statement do not see what the others write: give together only what does not build on each other.
    """
    some = [one for one in writes if len(one)]
    if all(len(one) <= FEW for one in some):
        _run_together(some)
    else:
        for one in some:
            _run_alone(one)


def _run_together(writes: Sequence[Write]) -> None:
    if not writes:
        return
    given: dict[str, Any] = {"tenant": current_tenant_id()}
    parts = []
    for number, one in enumerate(writes):
        names = {key: f"{key}_{number}" for key in one.columns}
        given |= dict(one.values) | {names[key]: column.tolist() for key, column in one.columns.items()}
        arrays = ", ".join(f"%({names[key]})s::{_type(column)}[]" for key, column in one.columns.items())
        parts.append(one.sql.replace("{source}", f"unnest({arrays}) AS u ({', '.join(one.columns)})"))
    *first, last = parts
    ahead = ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(first))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {ahead} {last}" if first else last, given)


def _run_alone(one: Write) -> None:
    with connection.cursor() as cursor:
        _stage(cursor, one.name, one.columns)
        cursor.execute(one.sql.replace("{source}", f"{one.name} AS u"), {"tenant": current_tenant_id(), **one.values})


def _stage(cursor: Any, name: str, columns: Mapping[str, Column]) -> None:
    fields = ", ".join(f"{key} {_type(column)}" for key, column in columns.items())
    cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({fields}) ON COMMIT DROP")
    cursor.execute(f"TRUNCATE {name}")
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(SIGNATURE)
        copy.write(_rows(columns).tobytes())
        copy.write(END)


def _rows(columns: Mapping[str, Column]) -> npt.NDArray[np.void]:
    rows = np.zeros(
        len(next(iter(columns.values()))),
        row_of([(key, "f8" if column.dtype == np.float64 else "i8") for key, column in columns.items()]),
    )
    rows["_count"] = len(columns)
    for key, column in columns.items():
        rows[f"_{key}"], rows[key] = 8, column
    return rows


def _type(column: Column) -> str:
    return "float8" if column.dtype == np.float64 else "bigint"
