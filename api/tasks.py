"""Housekeeping of the API."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from api.answers import REMEMBERED, forget_answers
from api.models import AccessToken, ApiRequest
from tenancy.context import tenant_context
from tenancy.jobs import in_each
from tenancy.models import Tenant

LOG_KEPT = timedelta(days=30)


@shared_task(name="api.tasks.forget_old_keys")
def forget_old_keys() -> int:
    """Hourly: drop remembered answers older than a day, calls older than 30, access tokens that are over."""
    return in_each("forget_old_keys", list(Tenant.objects.order_by("id").values_list("id", flat=True)), _forget)


def _forget(tenant_id: int) -> int:
    now = timezone.now()
    with tenant_context(tenant_id):
        ApiRequest.objects.filter(at__lt=now - LOG_KEPT).delete()
        AccessToken.objects.filter(expires_at__lt=now).delete()
        return forget_answers(now - REMEMBERED)
