"""Set-based reads and writes of statuses: arrays in, arrays out, a fixed number of statements. The app's only raw SQL.

Locks are FOR NO KEY UPDATE (a plain FOR UPDATE would dead-lock with the key-share locks that new evidence takes) and
always in ascending key order. Whoever holds the lock reads the ledger *after* taking it, so the last writer has seen
everything that came before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tenancy.context import current_tenant_id

LOCK = """
SELECT id, learner_id, competency_id FROM assessments_learnercompetency
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
MICROSECONDS = "(extract(epoch FROM {0}) * 1000000)::bigint"
# Superseded rows are taken out by `evidence_rows`: what supersedes a row is in the same group, and an anti-join here
# becomes quadratic whenever the planner's statistics are older than a bulk load.
EVIDENCE = f"""
SELECT e.learner_competency_id, e.id, e.score::float8, e.possible::float8, e.weight::float8,
  {MICROSECONDS.format("e.occurred_at")}, {MICROSECONDS.format("e.recorded_at")}, {MICROSECONDS.format("e.due_at")},
  e.task, e.kind, e.form, CASE WHEN e.entry = 'withdrawn' THEN 'withdrawn' ELSE e.state END, e.supersedes_id
FROM assessments_evidence e
WHERE e.tenant_id = %(tenant)s AND e.learner_competency_id = ANY(%(ids)s)
ORDER BY e.learner_competency_id, e.occurred_at, e.recorded_at, e.id
"""  # noqa: S608 - no value is ever formatted into it
CURRENT = """
SELECT learner_competency_id, level, policy_version_id FROM milestones_competencystatus
WHERE tenant_id = %(tenant)s AND learner_competency_id = ANY(%(ids)s)
"""
WRITE = """
INSERT INTO milestones_competencystatus AS t (tenant_id, learner_competency_id, learner_id, competency_id, level,
  computed_level, value, pieces, flags, policy_version_id, watermark, digest, since, computed_at)
SELECT %(tenant)s, u.k, u.l, u.c, u.level, u.level, u.value, u.pieces, u.flags, u.version, u.watermark, u.digest, u.since,
  clock_timestamp()
FROM unnest(%(k)s::bigint[], %(l)s::bigint[], %(c)s::bigint[], %(level)s::int[], %(value)s::numeric[],
  %(pieces)s::int[], %(flags)s::int[],
  %(version)s::bigint[], %(watermark)s::bigint[], %(digest)s::text[],
  %(since)s::timestamptz[])
  AS u (k, l, c, level, value, pieces, flags, version, watermark, digest, since)
ON CONFLICT (tenant_id, learner_competency_id) DO UPDATE SET level = excluded.level,
  computed_level = excluded.computed_level, value = excluded.value,
  pieces = excluded.pieces, flags = excluded.flags, policy_version_id = excluded.policy_version_id,
  watermark = excluded.watermark, digest = excluded.digest, computed_at = excluded.computed_at,
  since = CASE WHEN t.level = excluded.level THEN t.since ELSE excluded.since END
WHERE (t.level, t.value, t.pieces, t.flags, t.policy_version_id, t.watermark, t.digest) IS DISTINCT FROM
  (excluded.level, excluded.value, excluded.pieces, excluded.flags, excluded.policy_version_id, excluded.watermark,
   excluded.digest)
"""
CHANGES = """
INSERT INTO milestones_statuschange (tenant_id, learner_id, competency_id, milestone_id, from_level, to_level, at,
  applies_from, cause, evidence_id, policy_version_id)
SELECT %(tenant)s, u.l, u.c, u.m, u.before, u.after, clock_timestamp(), u.since, %(cause)s, u.evidence, u.version
FROM unnest(%(l)s::bigint[], %(c)s::bigint[], %(m)s::bigint[], %(before)s::int[], %(after)s::int[],
  %(since)s::timestamptz[], %(evidence)s::bigint[], %(version)s::bigint[])
  AS u (l, c, m, before, after, since, evidence, version)
"""
# Milestones that the changed levels count towards. The steps after this one take keys as arrays and are joined in
# Python: joins over freshly loaded tables are planned as if these were empty, and took minutes.
PAIRS = """
SELECT DISTINCT k.learner_id, c.milestone_id FROM assessments_learnercompetency k
JOIN milestones_criterion c ON c.tenant_id = k.tenant_id AND c.competency_id = k.competency_id
JOIN milestones_milestone m ON m.tenant_id = k.tenant_id AND m.id = c.milestone_id AND m.is_active
WHERE k.tenant_id = %(tenant)s AND k.id = ANY(%(ids)s) ORDER BY 1, 2
"""
OPEN_MILESTONES = """
INSERT INTO milestones_milestonestatus (tenant_id, learner_id, milestone_id, level, computed_level, previous_level,
  criteria_met, flags, since, computed_at)
SELECT %(tenant)s, u.l, u.m, 0, 0, 0, 0, 0, %(now)s, %(now)s FROM unnest(%(l)s::bigint[], %(m)s::bigint[]) AS u (l, m)
ORDER BY u.l, u.m ON CONFLICT (tenant_id, learner_id, milestone_id) DO NOTHING
"""
LOCK_MILESTONES = """
SELECT s.id, s.learner_id, s.milestone_id, s.level FROM milestones_milestonestatus s
WHERE s.tenant_id = %(tenant)s AND (s.learner_id, s.milestone_id) IN (
  SELECT u.l, u.m FROM unnest(%(l)s::bigint[], %(m)s::bigint[]) AS u (l, m))
ORDER BY s.learner_id, s.milestone_id FOR NO KEY UPDATE
"""
CRITERIA = """
SELECT c.milestone_id, m.rule, coalesce(m.need, 0)::float8, c.competency_id, c.required_level, c.points::float8,
  c.is_required
FROM milestones_criterion c JOIN milestones_milestone m ON m.tenant_id = c.tenant_id AND m.id = c.milestone_id
WHERE c.tenant_id = %(tenant)s AND c.milestone_id = ANY(%(m)s) ORDER BY c.milestone_id, c.position, c.id
"""
LEVELS = """
SELECT learner_id, competency_id, level, since FROM milestones_competencystatus
WHERE tenant_id = %(tenant)s AND learner_id = ANY(%(l)s) AND competency_id = ANY(%(c)s)
"""
WRITE_MILESTONES = """
UPDATE milestones_milestonestatus t SET level = u.level, computed_level = u.level, criteria_met = u.met, computed_at = clock_timestamp(),
  previous_level = CASE WHEN t.level = u.level THEN t.previous_level ELSE t.level END,
  since = CASE WHEN t.level = u.level THEN t.since ELSE u.since END
FROM unnest(%(ids)s::bigint[], %(level)s::int[], %(met)s::int[], %(since)s::timestamptz[]) AS u (id, level, met, since)
WHERE t.tenant_id = %(tenant)s AND t.id = u.id AND (t.level, t.criteria_met) IS DISTINCT FROM (u.level, u.met)
"""
# Marks are taken and cleared in the transaction of the recompute: a killed worker leaves them as they were.
TAKE_MARKS = """
SELECT learner_competency_id FROM assessments_stalemark
WHERE tenant_id = %(tenant)s AND parked_at IS NULL AND (leased_until IS NULL OR leased_until < clock_timestamp())
ORDER BY learner_competency_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
CLEAR_MARKS = "DELETE FROM assessments_stalemark WHERE tenant_id = %(tenant)s AND learner_competency_id = ANY(%(ids)s)"
PUT_OFF_MARKS = """
UPDATE assessments_stalemark SET attempts = attempts + 1, last_error = %(error)s,
  leased_until = clock_timestamp() + make_interval(secs => 5 * power(2, attempts)),
  parked_at = CASE WHEN attempts + 1 >= %(limit)s THEN clock_timestamp() END
WHERE tenant_id = %(tenant)s AND learner_competency_id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One move of one learner on a competency or a milestone."""

    learner_id: int
    competency_id: int | None
    milestone_id: int | None
    before: int
    after: int
    since: datetime
    evidence_id: int | None
    version_id: int | None


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run one of the statements above for the open tenant and fetch its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **values})
        fetched: list[tuple[Any, ...]] = cursor.fetchall()
        return fetched


def run(sql: str, **values: Any) -> int:
    """Run one of the statements above for the open tenant; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **values})
        return int(cursor.rowcount)


def evidence_rows(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """The pieces that stand, by pair and time. A withdrawal stands in for what it withdrew: its reason can be shown."""
    found = rows(EVIDENCE, ids=list(ids))
    superseded = {row[-1] for row in found if row[-1] is not None}
    return [row[:-1] for row in found if row[1] not in superseded]


def write_changes(changes: Sequence[Change], cause: str) -> None:
    if not changes:
        return
    run(
        CHANGES,
        cause=cause,
        l=[c.learner_id for c in changes],
        c=[c.competency_id for c in changes],
        m=[c.milestone_id for c in changes],
        before=[c.before for c in changes],
        after=[c.after for c in changes],
        since=[c.since for c in changes],
        evidence=[c.evidence_id for c in changes],
        version=[c.version_id for c in changes],
    )
