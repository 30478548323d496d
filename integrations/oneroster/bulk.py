"""How the import reaches PostgreSQL: COPY into temporary staging tables, then one statement per table and outcome.

`COPY` straight into a table under row-level security is refused by PostgreSQL. Nothing here loops over rows in Python,
so memory does not grow with the bundle. SQL is put together from constants of this package only; values are parameters.
Every statement names the tenant itself: row-level security is the net, not the rope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tenancy.context import current_tenant_id

# An assignment ends at local midnight, so one that ends now has ended the day before (permissions.md, rule 6).
RUNNING = "({0}.ends_on IS NULL OR {0}.ends_on >= %(today)s)"
# Whoever stands here is left as they are when the file says nothing of them (see `spared`).
NOT_SPARED = "NOT EXISTS (SELECT 1 FROM roster_spared z WHERE z.sid = {0})"


@dataclass(frozen=True, slots=True)
class Staging:
    """A temporary table. `columns`: name → type. `filled`: those that COPY brings; the rest are worked out in SQL."""

    name: str
    columns: Mapping[str, str]
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sourced:
    """A table whose rows are found again by their sourcedId, and the staging table they come from.

    `values`: column → expression over the staging row `s` and `joins`. `flag`: the column that a deactivation clears.
    """

    table: str
    staging: str
    values: Mapping[str, str]
    flag: str = "is_active"
    joins: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the rows of one type."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deactivated: int = 0


def stage(staging: Staging, rows: Iterable[tuple[Any, ...]] | None = None) -> int:
    """Make the table, or empty it, and copy `rows` into it; how many there were."""
    columns = ", ".join(f"{name} {kind}" for name, kind in staging.columns.items())
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {staging.name} ({columns}) ON COMMIT DROP")
        cursor.execute(f"TRUNCATE {staging.name}")
        if rows is not None:
            with cursor.copy(f"COPY {staging.name} ({', '.join(staging.filled)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            cursor.execute(f"ANALYZE {staging.name}")
    return count


@contextmanager
def whole_sets() -> Iterator[None]:
    """Plans for whole tables. The tables just filled have no statistics, and only their owner could gather them; the
    planner would take them for empty and go through them once for every row. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield  # after an error the caller's savepoint takes the setting back
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def refresh_statistics(*tables: str) -> None:
    """Tell the planner how big new tables are: whoever points to them has every key checked by a query of its own.

    Where rows of an open or undone transaction are all that a table has, autovacuum notes it down as empty. The planner
    then takes all indexes for equally good, and one that knows of the tenant only makes each check go through all of
    the tenant's rows (0.7 ms a row at 3,000 learners). Only we see our rows, so only we can count them. The role may do
    so (`tenancy.operations.Analysed`); a table that another import holds is passed over: that import counts it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")


def run(sql: str, **values: Any) -> int:
    """Execute one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **values})
        return int(cursor.rowcount)


def fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **values})
        return list(cursor.fetchall())


def number(sql: str, **values: Any) -> int:
    """The one number of one query."""
    return int(fetch(sql, **values)[0][0])


def write_sourced(target: Sourced, *, is_bulk: bool) -> Written:
    """Create, update and deactivate so that the table says what the staged rows say.

    New rows go in first and are then updated like the others: a parent may stand after its child in the file.
    """
    table, staging = target.table, target.staging
    columns = ", ".join(target.values)
    expressions = ", ".join(target.values.values())
    old = ", ".join(f"t.{column}" for column in target.values)
    run(
        f"UPDATE {staging} s SET is_new = NOT EXISTS (SELECT 1 FROM {table} t "  # noqa: S608 - constants
        "WHERE t.tenant_id = %(tenant)s AND t.sourced_id = s.sid) WHERE NOT s.gone"
    )
    created = run(
        f"INSERT INTO {table} (tenant_id, public_id, sourced_id, {columns}) "  # noqa: S608
        f"SELECT %(tenant)s, s.public_id, s.sid, {expressions} FROM {staging} s {target.joins} "
        "WHERE s.is_new ORDER BY s.sid",
        **target.params,
    )
    updated = number(
        f"WITH changed AS (UPDATE {table} t SET ({columns}) = ROW({expressions}) "  # noqa: S608
        f"FROM {staging} s {target.joins} WHERE t.tenant_id = %(tenant)s AND t.sourced_id = s.sid AND NOT s.gone "
        f"AND ROW({old}) IS DISTINCT FROM ROW({expressions}) RETURNING s.is_new) "
        "SELECT count(*) FROM changed WHERE NOT is_new",
        **target.params,
    )
    live = number(f"SELECT count(*) FROM {staging} WHERE NOT gone")  # noqa: S608
    return Written(created, updated, live - created - updated, _deactivate(target, is_bulk))


def _deactivate(target: Sourced, is_bulk: bool) -> int:
    """Rows that came from the roster and are not in it any more, or are said to go. Never those made by hand."""
    condition = f"EXISTS (SELECT 1 FROM {target.staging} s WHERE s.sid = t.sourced_id AND s.gone)"  # noqa: S608
    if is_bulk:
        condition = (
            f"NOT EXISTS (SELECT 1 FROM {target.staging} s WHERE s.sid = t.sourced_id AND NOT s.gone) "  # noqa: S608
            f"AND {NOT_SPARED.format('t.sourced_id')}"
        )
    return run(
        f"UPDATE {target.table} t SET {target.flag} = false "  # noqa: S608
        f"WHERE t.tenant_id = %(tenant)s AND t.sourced_id IS NOT NULL AND t.{target.flag} AND {condition}"
    )
