"""Setting back what an import did, column by column, unless somebody changed it since.

Nothing is deleted that others may point to: what the import made is put out of use, as if it had left the roster. A
value that is not any more what the import left is somebody's own, and stays; it is told by name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from integrations.oneroster.bulk import fetch, run
from integrations.oneroster.repeat import TABLES
from learners.signals import places_changed
from milestones.marks import mark_moved, mark_of_term
from tenancy.actor import Actor

MOST_TOLD = 200
# How a row that the import made is put out of use.
OUT = {
    "tenancy_member": "is_enabled = false",
    "tenancy_rolegrant": "ends_on = %(yesterday)s",
    "learners_school": "is_active = false",
    "learners_term": "is_active = false",
    "learners_course": "is_active = false",
    "learners_section": "is_active = false",
    "learners_learner": "is_active = false",
    "learners_schoolpost": "ends_on = %(yesterday)s",
    "learners_guardianlink": "status = 'ended', ends_on = %(today)s",
    "learners_enrolment": "is_withdrawn = true, ends_on = %(today)s, sourced_id = NULL",
    "learners_sectionstaff": "ends_on = %(yesterday)s, sourced_id = NULL",
    "learners_demographics": "sex = '', ethnicity = '', language = '', support_plan = NULL, free_meals = NULL",
}
# Whom a row is about.
_PERSON = "(SELECT trim(p.given_name || ' ' || p.family_name) FROM {0} p WHERE p.tenant_id = %(tenant)s AND p.id = {1})"
_MEMBER = _PERSON.format("tenancy_member", "t.member_id")
_LEARNER = _PERSON.format("learners_learner", "t.learner_id")
NAMES = {
    "tenancy_member": "trim(t.given_name || ' ' || t.family_name)",
    "tenancy_rolegrant": _MEMBER,
    "learners_school": "t.name",
    "learners_term": "t.title",
    "learners_course": "t.title",
    "learners_section": "t.title",
    "learners_learner": "trim(t.given_name || ' ' || t.family_name)",
    "learners_schoolpost": _MEMBER,
    "learners_guardianlink": _LEARNER,
    "learners_enrolment": _LEARNER,
    "learners_sectionstaff": _MEMBER,
    "learners_demographics": _LEARNER,
}
# What is set back of each row: the columns that are still as the import left them.
FIND = """
CREATE TEMP TABLE undo_{table} ON COMMIT DROP AS
SELECT t.id, c.before IS NULL AS is_new, {name} AS name,
  CASE WHEN c.before IS NULL THEN to_jsonb(t) = c.after ELSE NOT EXISTS (
    SELECT 1 FROM jsonb_object_keys(c.before) k WHERE to_jsonb(t) -> k IS DISTINCT FROM c.after -> k) END AS is_whole,
  (SELECT jsonb_object_agg(k, c.before -> k) FROM jsonb_object_keys(c.before) k
    WHERE c.before IS NOT NULL AND to_jsonb(t) -> k IS NOT DISTINCT FROM c.after -> k) AS back
FROM integrations_rosterchange c JOIN {table} t ON t.tenant_id = %(tenant)s AND t.id = c.row_id
WHERE c.tenant_id = %(tenant)s AND c.roster_import_id = %(one)s AND c.kind = %(table)s AND c.after IS NOT NULL
"""
PUT_OUT = """
UPDATE {table} t SET {out} FROM undo_{table} u
WHERE t.tenant_id = %(tenant)s AND t.id = u.id AND u.is_new AND u.is_whole
"""
# An identifier stands once: all that move are taken away before they are given back.
FREE = """
UPDATE {table} t SET sourced_id = NULL FROM undo_{table} u
WHERE t.tenant_id = %(tenant)s AND t.id = u.id AND u.back ? 'sourced_id'
"""
COLUMNS = """
SELECT DISTINCT k FROM undo_{table} u CROSS JOIN jsonb_object_keys(u.back) k WHERE u.back IS NOT NULL ORDER BY k
"""
SET_BACK = """
UPDATE {table} t SET {sets} FROM undo_{table} u
WHERE t.tenant_id = %(tenant)s AND t.id = u.id AND NOT u.is_new AND u.back IS NOT NULL
"""
DROP_TERMS = """
DELETE FROM learners_sectionterm t USING integrations_rosterchange c
WHERE t.tenant_id = %(tenant)s AND c.tenant_id = %(tenant)s AND c.roster_import_id = %(one)s
  AND c.kind = 'learners_sectionterm' AND c.row_id = t.id AND c.before IS NULL
"""
GIVE_TERMS = """
INSERT INTO learners_sectionterm (tenant_id, section_id, term_id)
SELECT %(tenant)s, (c.before ->> 'section_id')::bigint, (c.before ->> 'term_id')::bigint
FROM integrations_rosterchange c
WHERE c.tenant_id = %(tenant)s AND c.roster_import_id = %(one)s
  AND c.kind = 'learners_sectionterm' AND c.after IS NULL
ON CONFLICT (tenant_id, section_id, term_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """counts: {table: rows set back or put out of use}; kept: what somebody changed since, [{name, what}]."""

    counts: dict[str, int]
    kept: list[dict[str, str]]


def undo(import_id: int, actor: Actor, values: dict[str, Any]) -> Undone:
    """Set back what this import changed; within the caller's transaction. `values`: today and yesterday."""
    counts: Counter[str] = Counter()
    kept: list[dict[str, str]] = []
    for table in TABLES:
        if table in OUT:
            done, told = _undo_table(table, import_id, values)
            counts[table] += done
            kept += told
    counts["learners_sectionterm"] = run(DROP_TERMS, one=import_id) + run(GIVE_TERMS, one=import_id)
    if counts["learners_learner"]:
        mark_moved()
    if counts["learners_term"]:
        mark_of_term()
    places_changed.send(sender=Undone, school_ids=None)
    return Undone({table: number for table, number in counts.items() if number}, kept[:MOST_TOLD])


def _undo_table(table: str, import_id: int, values: dict[str, Any]) -> tuple[int, list[dict[str, str]]]:
    run(f"DROP TABLE IF EXISTS undo_{table}")
    run(FIND.format(table=table, name=NAMES[table]), one=import_id, table=table)
    done = run(PUT_OUT.format(table=table, out=OUT[table]), **values)
    columns = [str(name) for (name,) in fetch(COLUMNS.format(table=table))]
    if "sourced_id" in columns:
        run(FREE.format(table=table))
    if columns:
        record = "jsonb_populate_record(t, u.back)"
        sets = ", ".join(f'"{name}" = ({record})."{name}"' for name in columns)
        done += run(SET_BACK.format(table=table, sets=sets))
    rows = fetch(f"SELECT DISTINCT name FROM undo_{table} WHERE NOT is_whole ORDER BY 1")  # noqa: S608 - constants
    return done, [{"name": name or "", "what": table} for (name,) in rows]
