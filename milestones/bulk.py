"""Set-based reads and writes of statuses: arrays in, arrays out, a fixed number of statements. The app's only raw SQL.

Locks are FOR NO KEY UPDATE (a plain FOR UPDATE would dead-lock with the key-share locks that new evidence takes) and
always in ascending key order. Whoever holds the lock reads the ledger *after* taking it, so the last writer has seen
everything that came before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from django.db import connection

from assessments.models import StaleMark
from milestones.columns import Columns, Ints
from milestones.judging import Pairs
from milestones.staging import MOMENT, Write
from tenancy.context import current_tenant_id

LOCK = """
SELECT id, learner_id, competency_id FROM assessments_learnercompetency
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
# Ten thousand keys as a list are looked for one by one where the planner believes the table is empty.
LOCK_RANGE = """
SELECT id, learner_id, competency_id FROM assessments_learnercompetency
WHERE tenant_id = %(tenant)s AND id BETWEEN %(low)s AND %(high)s ORDER BY id FOR NO KEY UPDATE
"""
WRITE = f"""
INSERT INTO milestones_competencystatus AS t (tenant_id, learner_competency_id, learner_id, competency_id, level,
  computed_level, value, pieces, flags, policy_version_id, watermark, digest, judged_on, since, computed_at)
SELECT %(tenant)s, u.k, u.l, u.c, u.level, u.computed, nullif(u.value, 'NaN')::numeric(10, 2), u.pieces, u.flags,
  u.version, u.watermark, lpad(to_hex(u.digest), 16, '0'),
  CASE WHEN u.judged_on >= 0 THEN date '2000-01-01' + u.judged_on::int END, {MOMENT.format("since")}, clock_timestamp()
FROM {{source}} ORDER BY u.k
ON CONFLICT (tenant_id, learner_competency_id) DO UPDATE SET level = excluded.level,
  computed_level = excluded.computed_level, value = excluded.value, pieces = excluded.pieces, flags = excluded.flags,
  policy_version_id = excluded.policy_version_id, watermark = excluded.watermark, digest = excluded.digest,
  judged_on = excluded.judged_on, since = excluded.since, computed_at = excluded.computed_at
"""  # noqa: S608 - no value is ever formatted into it
CHANGES = f"""
INSERT INTO milestones_statuschange (tenant_id, learner_id, competency_id, milestone_id, from_level, to_level, at,
  applies_from, cause, evidence_id, policy_version_id, override_id)
SELECT %(tenant)s, u.learner, nullif(u.competency, -1), nullif(u.milestone, -1), u.before, u.after, clock_timestamp(),
  {MOMENT.format("since")}, %(cause)s, nullif(u.evidence, -1), nullif(u.version, -1), nullif(u.override, -1)
FROM {{source}}
"""  # noqa: S608
# The steps take keys as arrays and are joined in NumPy: joins over freshly loaded tables are planned as if these were
# empty, and took minutes.
OPEN_MILESTONES = """
INSERT INTO milestones_milestonestatus (tenant_id, learner_id, milestone_id, level, computed_level, previous_level,
  criteria_met, flags, since, computed_at)
SELECT %(tenant)s, u.learner, u.milestone, 0, 0, 0, 0, 0, %(now)s, %(now)s FROM {source}
ORDER BY u.learner, u.milestone ON CONFLICT (tenant_id, learner_id, milestone_id) DO NOTHING
"""
MILESTONES = """
SELECT s.id, s.learner_id, s.milestone_id, s.level, s.computed_level, s.previous_level, coalesce(s.set_level, -1),
  coalesce(s.set_until - date '2000-01-01', 2147483647), s.criteria_met, s.flags,
  coalesce((extract(epoch FROM s.earned_at) * 1000000)::bigint, -1), (extract(epoch FROM s.since) * 1000000)::bigint
FROM milestones_milestonestatus s
WHERE s.tenant_id = %(tenant)s AND (s.learner_id, s.milestone_id) IN (
  SELECT u.l, u.m FROM unnest(%(l)s::bigint[], %(m)s::bigint[]) AS u (l, m))
ORDER BY s.learner_id, s.milestone_id
"""
LOCK_MILESTONES = MILESTONES + "FOR NO KEY UPDATE"
# Whoever gives a learner the first row on a milestone holds its bar still; whoever moves the bar holds it against that.
HOLD_BARS = """
SELECT id FROM milestones_milestone WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) ORDER BY id FOR SHARE
"""
WRITE_MILESTONES = f"""
UPDATE milestones_milestonestatus t SET level = u.level, computed_level = u.computed, previous_level = u.previous,
  criteria_met = u.met, flags = u.flags, since = {MOMENT.format("since")}, computed_at = clock_timestamp(),
  earned_at = CASE WHEN u.earned_at >= 0 THEN {MOMENT.format("earned_at")} END
FROM {{source}} WHERE t.tenant_id = %(tenant)s AND t.id = u.id
"""  # noqa: S608
# Marks are taken and cleared in the transaction of the recompute: a killed worker leaves them as they were.
TAKE_MARKS = """
SELECT learner_competency_id, cause FROM assessments_stalemark
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


@dataclass(frozen=True, eq=False)
class Changes(Columns):
    """n moves of learners on a competency or a milestone. -1 = none; since: microseconds since 1970."""

    learner: Ints
    competency: Ints
    milestone: Ints
    before: Ints
    after: Ints
    since: Ints
    evidence: Ints
    version: Ints
    override: Ints


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


def lock_pairs(ids: Sequence[int]) -> Pairs:
    """Lock these pairs, in ascending order."""
    return _pairs(rows(LOCK, ids=list(ids)))


def lock_pairs_between(low: int, high: int) -> Pairs:
    """Lock the pairs with keys from low to high, in ascending order."""
    return _pairs(rows(LOCK_RANGE, low=low, high=high))


def _pairs(found: list[tuple[Any, ...]]) -> Pairs:
    table = np.array(found, np.int64).reshape(-1, 3)
    return Pairs(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())


def cause_of_mark(pair_id: int) -> str:
    """Why a pair waits; it may have been worked out by somebody else meanwhile."""
    return (
        StaleMark.objects.filter(learner_competency_id=pair_id).values_list("cause", flat=True).first() or "recompute"
    )


# What the apps above write beside the history of moves, in the same statement. Added to once, when they are ready.
followers: list[Callable[[Changes], Write]] = []


def changes(moves: Changes, cause: str) -> tuple[Write, ...]:
    """The history of these moves and what follows from them, ready to be written."""
    columns = {one.name: getattr(moves, one.name) for one in fields(moves)}
    return (Write(CHANGES, "change_staging", columns, {"cause": cause}), *(follow(moves) for follow in followers))


def joined(parts: Sequence[Changes]) -> Changes:
    """The moves of several parts as one."""
    return Changes(**{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Changes)})
