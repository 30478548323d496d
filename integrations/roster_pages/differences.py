"""What an import made of the roster: every row that is new, other or gone, found by comparing before and after.

No rule of the import is repeated here. The tables are copied before it writes and compared with what they are then, so
the preview cannot say anything else than what saving does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from integrations.models import RosterImportRow
from integrations.oneroster.bulk import fetch, run
from integrations.oneroster.repeat import TABLES
from learners.demographics import NOTHING

AT_ONCE = 5_000
COPY = """
CREATE TEMP TABLE before_{table} ON COMMIT DROP AS
SELECT t.id, to_jsonb(t) AS image FROM {table} t WHERE t.tenant_id = %(tenant)s
"""
_OTHER = "(SELECT jsonb_object_agg(k.key, k.value) FROM jsonb_each({0}) k WHERE k.value IS DISTINCT FROM {1} -> k.key)"
_BOTH = """
FROM before_{table} b
FULL JOIN (SELECT x.id, to_jsonb(x) AS image FROM {table} x WHERE x.tenant_id = %(tenant)s) t ON t.id = b.id
WHERE b.image IS DISTINCT FROM t.image
"""
# id; before and after: only what differs, all of a row that is new or gone.
COMPARE = f"""
SELECT coalesce(b.id, t.id) AS id,
  CASE WHEN t.id IS NULL THEN b.image WHEN b.id IS NOT NULL THEN {_OTHER.format("b.image", "t.image")} END AS before,
  CASE WHEN b.id IS NULL THEN t.image WHEN t.id IS NOT NULL THEN {_OTHER.format("t.image", "b.image")} END AS after
{_BOTH}
"""
# The same for the eye: a row that is new or gone is not sent twice, and of each only what the preview names.
LOOK = f"""
SELECT coalesce(b.id, t.id), b.id IS NULL, t.id IS NULL,
  CASE WHEN b.id IS NOT NULL AND t.id IS NOT NULL THEN {_OTHER.format("b.image", "t.image")} END,
  CASE WHEN b.id IS NOT NULL AND t.id IS NOT NULL THEN {_OTHER.format("t.image", "b.image")} END,
  (SELECT jsonb_object_agg(k, coalesce(t.image, b.image) -> k) FROM unnest(%(columns)s::text[]) k)
{_BOTH}
"""  # noqa: S608 - constants
LOOKED_AT = {
    "tenancy_member": ("given_name", "family_name", "email", "is_enabled"),
    "tenancy_rolegrant": ("member_id", "role", "ends_on"),
    "learners_learner": ("preferred_name", "pronouns", "identifier", "grade", "home_school_id", "is_active"),
    "learners_schoolpost": ("member_id",),
    "learners_guardianlink": ("member_id", "learner_id", "status"),
    "learners_enrolment": ("learner_id", "section_id", "is_withdrawn"),
    "learners_sectionstaff": ("member_id", "section_id", "ends_on"),
    "learners_demographics": ("learner_id", *NOTHING),
}
KEEP = """
INSERT INTO integrations_rosterchange (tenant_id, roster_import_id, kind, row_id, before, after)
SELECT %(tenant)s, %(one)s, %(table)s, d.id, d.before, d.after FROM ({compare}) d ORDER BY d.id
"""
PUT = """
INSERT INTO integrations_rosterimportrow (tenant_id, roster_import_id, position, what, detail)
SELECT %(tenant)s, %(one)s, %(begin)s + x.position - 1, x.what, x.detail::jsonb
FROM unnest(%(whats)s::text[], %(details)s::text[]) WITH ORDINALITY AS x (what, detail, position)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row. `before` is None for a new one, `after` for one that is gone; `image` is what is looked at of it."""

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
    """{table: what differs since `copy_tables`} for the tables that people are told of. One query a table."""
    return {
        table: [_read(*row) for row in fetch(LOOK.format(table=table), columns=list(columns))]
        for table, columns in LOOKED_AT.items()
    }


def _read(key: int, is_new: bool, is_gone: bool, *images: str | None) -> Difference:
    """Django leaves jsonb as text where it is not a field's."""
    before, after, image = (json.loads(text) if text else {} for text in images)
    if is_new or is_gone:
        return Difference(key, None if is_new else image, None if is_gone else image, image)
    return Difference(key, before, after, image)


def keep_changes(import_id: int) -> int:
    """Write down what differs, to undo it. Returns how many rows."""
    return sum(run(KEEP.format(compare=COMPARE.format(table=table)), one=import_id, table=table) for table in TABLES)


def put_rows(import_id: int, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """The people of the preview, instead of those of an earlier one. A statement for some thousands."""
    RosterImportRow.objects.filter(roster_import_id=import_id).delete()
    coming = ((what, json.dumps(detail)) for what, detail in rows)
    for begin in count(0, AT_ONCE):
        some = list(islice(coming, AT_ONCE))
        if not some:
            return
        whats, details = (list(column) for column in zip(*some, strict=True))
        run(PUT, one=import_id, whats=whats, details=details, begin=begin)
