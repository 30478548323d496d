"""A tenant of millions of rows, made by a few statements and rolled back when the benchmark is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from worlds import Rollback, world

from tenancy.context import current_tenant_id, tenant_context

COMPETENCIES = 20
MOST_CHECKED = 2_000_000
PAIRS = """
INSERT INTO assessments_learnercompetency (tenant_id, learner_id, competency_id)
SELECT %(tenant)s, l.id, c.id FROM learners_learner l CROSS JOIN competencies_competency c
WHERE l.tenant_id = %(tenant)s AND c.tenant_id = %(tenant)s ORDER BY l.id, c.id
"""
EVIDENCE = """
INSERT INTO assessments_evidence (tenant_id, public_id, learner_competency_id, entry, kind, method, task, title, form,
  score, possible, weight, state, occurred_at, recorded_at, comment, attempt, source, source_id)
SELECT %(tenant)s, gen_random_uuid(), k.id, 'recorded', (ARRAY['formative', 'summative', 'performance'])[1 + n %% 3],
  'quiz', 'task-' || n, 'Quiz', '', (1 + (hashint8(k.id * 31 + n) & 3))::numeric, 4, 1, 'counted',
  timestamptz '2026-01-05 09:00Z' + n * interval '3 days', timestamptz '2026-10-01 09:00Z', '', '', 'bench',
  k.id || '-' || n
FROM assessments_learnercompetency k CROSS JOIN generate_series(1, %(pieces)s) n
WHERE k.tenant_id = %(tenant)s ORDER BY k.id, n
"""
SPOIL = """
UPDATE milestones_competencystatus SET watermark = watermark - 1, value = 0.01
WHERE tenant_id = %(tenant)s AND learner_competency_id %% %(every)s = 0
"""


def checks_keys(rows: int) -> bool:
    """Whether foreign keys are checked within the measured time.

    They would be checked at the end, which never comes here; and checked at once, the hundreds of sub-transactions of
    one giant transaction wait for each other's share of the same few parent rows, which real ones do not.
    """
    return rows <= MOST_CHECKED


@contextmanager
def big_tenant(rows: int, per_level: int) -> Iterator[int]:
    """The key of a tenant with so many rows of evidence; no tenant is open inside."""
    learners = max(rows // per_level // COMPETENCIES, 1)
    try:
        with transaction.atomic():
            with world(learners, COMPETENCIES, undo=False) as place:
                values = {"tenant": current_tenant_id(), "pieces": per_level}
                with connection.cursor() as cursor:
                    cursor.execute(PAIRS, values)
                    cursor.execute(EVIDENCE, values)
                    if checks_keys(rows):
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield place.tenant.pk
            raise Rollback
    except Rollback:
        pass


def spoil(tenant_id: int, every: int) -> None:
    """Make one status in so many wrong."""
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(SPOIL, {"tenant": tenant_id, "every": every})
