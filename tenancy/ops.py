"""The only door across tenants: which of them have work waiting. Connects as the ops role, reads counts, no records.

Without an ops role (DATABASE_OPS_URL) every tenant is opened in turn as the restricted role: same answer, slower.
"""

from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import connection

from tenancy.context import tenant_context
from tenancy.models import Tenant

DUE = """
SELECT tenant_id, extract(epoch FROM clock_timestamp() - min(marked_at) FILTER (WHERE parked_at IS NULL))::float8,
  count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL)
FROM assessments_stalemark GROUP BY tenant_id ORDER BY 2 DESC NULLS LAST
"""
# Trials that wait, and those whose worker has not been heard of since its lease ran out.
TRIALS_DUE = """
SELECT tenant_id FROM milestones_policytrial
WHERE state = 'waiting' OR (state = 'running' AND leased_until < clock_timestamp())
GROUP BY tenant_id ORDER BY min(asked_at)
"""

MOVES = "SELECT tenant_id FROM interventions_alertmark GROUP BY tenant_id ORDER BY min(at)"

# Roster imports that a worker has to look at, save or undo.
IMPORTS_DUE = """
SELECT tenant_id FROM integrations_rosterimport WHERE state IN ('checking', 'saving', 'undoing')
GROUP BY tenant_id ORDER BY min(made_at)
"""

# Report cards of a class that wait, and those whose worker has not been heard of since its lease ran out.
CARDS_DUE = """
SELECT tenant_id FROM milestones_cardbatch
WHERE state = 'waiting' OR (state = 'running' AND leased_until < clock_timestamp())
GROUP BY tenant_id ORDER BY min(asked_at)
"""
COUNTS = "SELECT tenant_id FROM reporting_countmark GROUP BY tenant_id ORDER BY min(at)"


def stale_by_tenant() -> list[tuple[int, float, int, int]]:
    """(tenant, age of the oldest mark in seconds, waiting, parked), the longest waiting tenant first."""
    return [(int(tenant), float(age or 0), int(waiting), int(parked)) for tenant, age, waiting, parked in _asked(DUE)]


def tenants_with_trials() -> list[int]:
    """Tenants in which a trial of a policy waits, the longest waiting first."""
    return [int(tenant) for (tenant,) in _asked(TRIALS_DUE)]


def tenants_with_moves() -> list[int]:
    """Tenants in which a level moved and the learner was not looked at since, the longest waiting first."""
    return [int(tenant) for (tenant,) in _asked(MOVES)]


def tenants_with_imports() -> list[int]:
    """Tenants in which a roster import waits, the longest waiting first."""
    return [int(tenant) for (tenant,) in _asked(IMPORTS_DUE)]


def tenants_with_cards() -> list[int]:
    """Tenants in which report cards of a class wait, the longest waiting first."""
    return [int(tenant) for (tenant,) in _asked(CARDS_DUE)]


def tenants_to_count() -> list[int]:
    """Tenants in which something moved that is not counted yet, the longest waiting first."""
    return [int(tenant) for (tenant,) in _asked(COUNTS)]


def _asked(query: LiteralString) -> list[tuple[Any, ...]]:
    if settings.DATABASE_OPS_URL:
        with psycopg.connect(settings.DATABASE_OPS_URL, connect_timeout=3, autocommit=True) as ops:
            return ops.execute(query).fetchall()
    return [row for tenant_id in Tenant.objects.values_list("id", flat=True) for row in _of_tenant(tenant_id, query)]


def _of_tenant(tenant_id: int, query: LiteralString) -> list[tuple[Any, ...]]:
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def oldest_stale_seconds() -> tuple[float, int, int]:
    """Age of the oldest mark that waits, how many wait, how many are parked: over all tenants."""
    rows = stale_by_tenant()
    return max((r[1] for r in rows), default=0.0), sum(r[2] for r in rows), sum(r[3] for r in rows)
