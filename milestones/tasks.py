"""Celery's way in. A message only wakes the worker up: what is to be done stands in PostgreSQL."""

from celery import shared_task

from milestones.services import drain_tenant
from tenancy.ops import stale_by_tenant


@shared_task(name="milestones.tasks.drain_stale")
def drain_stale() -> int:
    """Every second: work through what waits, tenants in turn, the longest waiting first."""
    return sum(drain_tenant(tenant_id, batches=2) for tenant_id, _, waiting, _ in stale_by_tenant() if waiting)
