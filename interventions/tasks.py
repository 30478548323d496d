"""Celery's way in. A message only wakes the worker up: what is to be done stands in PostgreSQL."""

from celery import shared_task

from interventions.watching import follow_moves_of, watch_all_of
from tenancy.models import Tenant
from tenancy.ops import tenants_with_moves


@shared_task(name="interventions.tasks.follow_moves")
def follow_moves() -> int:
    """Every two seconds: look at learners whose levels moved, tenants in turn."""
    return sum(follow_moves_of(tenant_id) for tenant_id in tenants_with_moves())


@shared_task(name="interventions.tasks.watch_all")
def watch_all() -> int:
    """Every hour: time passes too. Returns how many entries were opened or closed."""
    outcomes = [watch_all_of(tenant_id) for tenant_id in Tenant.objects.order_by("id").values_list("id", flat=True)]
    return sum(outcome.opened + outcome.closed for outcome in outcomes)
