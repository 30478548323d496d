"""Columns on their way into PostgreSQL: array parameters for a few rows, a binary COPY for many.

Either way a statement finds them as `{source}` under the alias `u`; all columns are bigint or float8, without NULL.
"""

import struct
from collections.abc import Mapping
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


def write(sql: str, name: str, columns: Mapping[str, Column], **values: Any) -> int:
    """Run a statement over these rows for the open tenant; the number of rows it touched.

    name: of the temporary table, should one be needed. It lives until the end of the transaction.
    """
    few = len(next(iter(columns.values()))) <= FEW
    with connection.cursor() as cursor:
        given = {"tenant": current_tenant_id(), **values}
        if few:
            source = _parameters(columns)
            given |= {key: column.tolist() for key, column in columns.items()}
        else:
            source = f"{name} AS u"
            _stage(cursor, name, columns)
        cursor.execute(sql.replace("{source}", source), given)
        return int(cursor.rowcount)


def _parameters(columns: Mapping[str, Column]) -> str:
    arrays = ", ".join(f"%({key})s::{_type(column)}[]" for key, column in columns.items())
    return f"unnest({arrays}) AS u ({', '.join(columns)})"


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
