"""Bulk writes into the ledger: COPY into a staging table, then one statement per table. The app's only raw SQL.

`COPY` straight into a table under row-level security is refused by PostgreSQL, hence the staging table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from django.db import connection

from assessments.pieces import Piece
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.ids import uuid7

STAGING = """
CREATE TEMP TABLE IF NOT EXISTS evidence_staging (
  n integer, public_id uuid, learner_id bigint, competency_id bigint, kind text, task text, possible numeric,
  occurred_at timestamptz, source text, source_id text, score numeric, weight numeric, method text, title text,
  form text, state text, due_at timestamptz, comment text, attempt text, pass_mark numeric,
  hints smallint, minutes smallint
) ON COMMIT DROP
"""
COPY = """
COPY evidence_staging (learner_id, competency_id, kind, task, possible, occurred_at, source, source_id, score, weight,
  method, title, form, state, due_at, comment, attempt, pass_mark, hints, minutes, n, public_id) FROM STDIN
"""
# Ascending order in every statement: two imports at once wait for each other instead of dead-locking.
KEYS = """
INSERT INTO assessments_learnercompetency (tenant_id, learner_id, competency_id)
SELECT %(tenant)s, learner_id, competency_id FROM evidence_staging GROUP BY 1, 2, 3 ORDER BY 2, 3
ON CONFLICT (tenant_id, learner_id, competency_id) DO NOTHING
"""
APPEND = """
INSERT INTO assessments_evidence (tenant_id, public_id, learner_competency_id, entry, kind, method, task, title, form,
  score, possible, weight, state, occurred_at, due_at, recorded_at, comment, attempt, pass_mark, hints, minutes,
  source, source_id, recorded_by_id, token_id)
SELECT %(tenant)s, s.public_id, k.id, 'recorded', s.kind, s.method, s.task, s.title, s.form, s.score, s.possible,
  s.weight, s.state, s.occurred_at, s.due_at, clock_timestamp(), s.comment, s.attempt,
  s.pass_mark, s.hints, s.minutes, s.source, s.source_id, %(member)s, %(token)s
FROM evidence_staging s JOIN assessments_learnercompetency k
  ON k.tenant_id = %(tenant)s AND k.learner_id = s.learner_id AND k.competency_id = s.competency_id
ORDER BY k.id, s.n
ON CONFLICT (tenant_id, source, source_id) DO NOTHING
"""
# What became of each staged row: its own public id (created), or that of the row sent before and whether it is equal.
OUTCOMES = """
SELECT s.n, e.public_id, e.public_id = s.public_id AS created, e.learner_competency_id,
  (k.learner_id, k.competency_id, e.kind, e.task, e.possible, e.score, e.weight, e.method, e.title, e.form, e.state,
   e.occurred_at, e.comment, e.attempt, e.pass_mark, e.hints, e.minutes) IS NOT DISTINCT FROM
  (s.learner_id, s.competency_id, s.kind, s.task, s.possible, s.score, s.weight, s.method, s.title, s.form, s.state,
   s.occurred_at, s.comment, s.attempt, s.pass_mark, s.hints, s.minutes) AS equal
FROM evidence_staging s
JOIN assessments_evidence e ON e.tenant_id = %(tenant)s AND e.source = s.source AND e.source_id = s.source_id
JOIN assessments_learnercompetency k ON k.tenant_id = %(tenant)s AND k.id = e.learner_competency_id
ORDER BY s.n
"""
MARK = """
INSERT INTO assessments_stalemark (tenant_id, learner_competency_id, marked_at, cause, attempts, last_error)
SELECT %(tenant)s, id, clock_timestamp(), %(cause)s, 0, '' FROM unnest(%(ids)s::bigint[]) AS id ORDER BY id
ON CONFLICT (tenant_id, learner_competency_id) DO UPDATE
  SET marked_at = excluded.marked_at, cause = excluded.cause, attempts = 0, leased_until = NULL, parked_at = NULL
"""


# The fields of a piece in the order of COPY; `dataclasses.astuple` copies deeply and cost 40 % of an import.
values_of = attrgetter(*(field.name for field in fields(Piece)))


@dataclass(frozen=True, slots=True)
class Appended:
    """`equal` is False where the same identifier came before with other content."""

    n: int
    public_id: str
    created: bool
    learner_competency_id: int
    equal: bool


def append(actor: Actor, pieces: Sequence[Piece]) -> list[Appended]:
    """Write checked pieces; rows whose (source, source_id) is there already are left alone.

    `pieces` must not repeat a (source, source_id). Runs in the caller's transaction. Five statements, whatever the
    number of pieces.
    """
    values = {"tenant": current_tenant_id(), "member": actor.member_id, "token": actor.token_id}
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        cursor.execute("TRUNCATE evidence_staging")
        with cursor.copy(COPY) as copy:
            for piece in pieces:
                copy.write_row((*values_of(piece), uuid7()))
        cursor.execute(KEYS, values)
        cursor.execute(APPEND, values)
        cursor.execute(OUTCOMES, values)
        return [Appended(n, str(pid), created, key, equal) for n, pid, created, key, equal in cursor.fetchall()]


def mark_stale(learner_competency_ids: Sequence[int], cause: str) -> None:
    """Leave work for the worker, in the transaction of its cause."""
    values: dict[str, Any] = {"tenant": current_tenant_id(), "ids": list(learner_competency_ids), "cause": cause}
    with connection.cursor() as cursor:
        cursor.execute(MARK, values)
