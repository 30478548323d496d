"""Housekeeping of the API."""

from celery import shared_task
from django.utils import timezone

from api.services import REMEMBERED, forget_answers
from tenancy.context import tenant_context
from tenancy.models import Tenant


@shared_task(name="api.tasks.forget_old_keys")
def forget_old_keys() -> int:
    """Hourly: drop remembered answers older than a day, tenant by tenant."""
    before, dropped = timezone.now() - REMEMBERED, 0
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        with tenant_context(tenant_id):
            dropped += forget_answers(before)
    return dropped
