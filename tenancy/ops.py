"""The only door across tenants: which of them have work waiting. Connects as the ops role, reads counts, no records.

Without an ops role (DATABASE_OPS_URL) every tenant is opened in turn as the restricted role: same answer, slower.
"""

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


def stale_by_tenant() -> list[tuple[int, float, int, int]]:
    """(tenant, age of the oldest mark in seconds, waiting, parked), the longest waiting tenant first."""
    if settings.DATABASE_OPS_URL:
        with psycopg.connect(settings.DATABASE_OPS_URL, connect_timeout=3, autocommit=True) as ops:
            found = ops.execute(DUE).fetchall()
    else:
        found = [row for tenant_id in Tenant.objects.values_list("id", flat=True) for row in _of_tenant(tenant_id)]
    return [(int(tenant), float(age or 0), int(waiting), int(parked)) for tenant, age, waiting, parked in found]


def _of_tenant(tenant_id: int) -> list[tuple[object, ...]]:
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(DUE)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def oldest_stale_seconds() -> tuple[float, int, int]:
    """Age of the oldest mark that waits, how many wait, how many are parked: over all tenants."""
    rows = stale_by_tenant()
    return max((r[1] for r in rows), default=0.0), sum(r[2] for r in rows), sum(r[3] for r in rows)
