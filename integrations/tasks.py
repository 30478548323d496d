"""Celery's way in. A message only wakes the worker up: what is to be done stands in PostgreSQL."""

from celery import shared_task

from integrations.roster_pages.work import forget_old_of, run_imports
from tenancy.jobs import in_each
from tenancy.models import Tenant
from tenancy.ops import tenants_with_imports


@shared_task(name="integrations.tasks.run_roster_imports")
def run_roster_imports() -> int:
    """Every second: preview, save and undo roster imports, tenants in turn."""
    return in_each("run_roster_imports", tenants_with_imports(), run_imports)


@shared_task(name="integrations.tasks.forget_roster_imports")
def forget_roster_imports() -> int:
    """Every night: uploads, previews and what an undo needs go after their days."""
    tenants = Tenant.objects.order_by("id").values_list("id", flat=True)
    return in_each("forget_roster_imports", tenants, forget_old_of)
