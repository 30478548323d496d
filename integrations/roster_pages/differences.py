"""What an import made of the roster: every row that is new, other or gone, found by comparing before and after.

No rule of the import is repeated here. The tables are copied before it writes and compared with what they are then, so
the preview cannot say anything else than what saving does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrations.models import RosterImportRow
from integrations.oneroster.bulk import fetch, run
from integrations.oneroster.repeat import TABLES

COPY = """
CREATE TEMP TABLE before_{table} ON COMMIT DROP AS
SELECT t.id, to_jsonb(t) AS image FROM {table} t WHERE t.tenant_id = %(tenant)s
"""
_OTHER = "(SELECT jsonb_object_agg(k.key, k.value) FROM jsonb_each({0}) k WHERE k.value IS DISTINCT FROM {1} -> k.key)"
# id; before and after: only what differs, all of a row that is new or gone; image: the whole row.
COMPARE = f"""
SELECT coalesce(b.id, t.id) AS id,
  CASE WHEN t.id IS NULL THEN b.image WHEN b.id IS NOT NULL THEN {_OTHER.format("b.image", "t.image")} END AS before,
  CASE WHEN b.id IS NULL THEN t.image WHEN t.id IS NOT NULL THEN {_OTHER.format("t.image", "b.image")} END AS after,
  coalesce(t.image, b.image) AS image
FROM before_{{table}} b
FULL JOIN (SELECT x.id, to_jsonb(x) AS image FROM {{table}} x WHERE x.tenant_id = %(tenant)s) t ON t.id = b.id
WHERE b.image IS DISTINCT FROM t.image
"""  # noqa: S608 - constants
KEEP = """
INSERT INTO integrations_rosterchange (tenant_id, roster_import_id, kind, row_id, before, after)
SELECT %(tenant)s, %(one)s, %(table)s, d.id, d.before, d.after FROM ({compare}) d ORDER BY d.id
"""
PUT = """
INSERT INTO integrations_rosterimportrow (tenant_id, roster_import_id, position, what, detail)
SELECT %(tenant)s, %(one)s, x.position - 1, x.what, x.detail::jsonb
FROM unnest(%(whats)s::text[], %(details)s::text[]) WITH ORDINALITY AS x (what, detail, position)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row. `before` is None for a new one, `after` for one that is gone; `image` is all of it."""

    id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    image: dict[str, Any]


def copy_tables() -> None:
    """Remember the open tenant's roster until the end of the transaction."""
    for table in TABLES:
        run(f"DROP TABLE IF EXISTS before_{table}")
        run(COPY.format(table=table))


def differences() -> dict[str, list[Difference]]:
    """{table: what differs since `copy_tables`}. One query a table."""
    return {table: [_read(*row) for row in fetch(COMPARE.format(table=table))] for table in TABLES}


def _read(key: int, *images: str | None) -> Difference:
    """Django leaves jsonb as text where it is not a field's."""
    before, after, image = (json.loads(text) if text else None for text in images)
    return Difference(key, before, after, image or {})


def keep_changes(import_id: int) -> int:
    """Write down what differs, to undo it. Returns how many rows."""
    return sum(run(KEEP.format(compare=COMPARE.format(table=table)), one=import_id, table=table) for table in TABLES)


def put_rows(import_id: int, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """The people of the preview, instead of those of an earlier one. Two statements."""
    RosterImportRow.objects.filter(roster_import_id=import_id).delete()
    whats, details = [], []
    for what, detail in rows:
        whats.append(what)
        details.append(json.dumps(detail))
    run(PUT, one=import_id, whats=whats, details=details)
