"""Housekeeping of the API."""

from celery import shared_task
from django.utils import timezone

from api.services import REMEMBERED, forget_answers
from tenancy.context import tenant_context
from tenancy.jobs import in_each
from tenancy.models import Tenant


@shared_task(name="api.tasks.forget_old_keys")
def forget_old_keys() -> int:
    """Hourly: drop remembered answers older than a day, tenant by tenant."""
    return in_each("forget_old_keys", list(Tenant.objects.order_by("id").values_list("id", flat=True)), _forget)


def _forget(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        return forget_answers(timezone.now() - REMEMBERED)
