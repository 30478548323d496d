"""The standing cast, built once for each worker and put back for every test: rows as JSON, in the test's transaction.

Building it through the services costs as much as most tests do. What is put back is what was built: the same rows with
the same keys; keys made later come from sequences, which never go back.
"""

from __future__ import annotations

import pickle
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection

from tenancy.base import TenantModel
from tenancy.context import tenant_context
from tests.builders import Cast, build_cast

SAVE = 'SELECT json_agg(t)::text FROM "{0}" t'
RESTORE = 'INSERT INTO "{0}" SELECT * FROM json_populate_recordset(NULL::"{0}", %s::json)'
GLOBAL = ("tenancy_tenant", "tenancy_user", "tenancy_affiliation")
_saved: dict[tuple[str, str], Saved] = {}


@dataclass(frozen=True)
class Saved:
    """The objects, and the rows of each table: (tenant or None, table, rows as JSON)."""

    cast: bytes
    rows: tuple[tuple[int | None, str, str], ...]


def standing_cast() -> Cast:
    """In the caller's transaction. Built anew when a day has begun, in UTC or where the cast lives."""
    now = datetime.now(UTC)
    key = (now.date().isoformat(), now.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat())
    if key not in _saved:
        cast = build_cast()
        _saved[key] = Saved(pickle.dumps(cast), tuple(_rows(cast)))
        return cast
    saved = _saved[key]
    for tenant, some in groupby(saved.rows, key=lambda row: row[0]):
        _restore(tenant, list(some))
    found: Cast = pickle.loads(saved.cast)  # noqa: S301 - our own bytes of a moment ago
    return found


def _rows(cast: Cast) -> list[tuple[int | None, str, str]]:
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    found: list[tuple[int | None, str, str]] = [(None, table, _save(table)) for table in GLOBAL]
    for world in (cast.home, cast.away):
        with tenant_context(world.tenant.pk):
            found += [(world.tenant.pk, table, _save(table)) for table in tables]
    return [row for row in found if row[2]]


def _save(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(SAVE.format(table))
        row: Any = cursor.fetchone()
    return row[0] or ""


def _restore(tenant: int | None, some: list[tuple[int | None, str, str]]) -> None:
    """All tables of a tenant in one statement: a trip to the server for each would take most of the time."""
    with tenant_context(tenant) if tenant is not None else nullcontext(), connection.cursor() as cursor:
        cursor.execute(";".join(RESTORE.format(table) for _, table, _ in some), [rows for _, _, rows in some])
