"""Celery's way in to what needs rooms above `interventions`."""

from celery import shared_task

from interventions.digests import send_digests_of
from reporting.digest.page import compose
from tenancy.jobs import in_each
from tenancy.models import Tenant


@shared_task(name="waymark.tasks.send_digests")
def send_digests() -> int:
    """Every quarter of an hour: the day's queue to teachers who asked for it and whose hour it is."""
    return in_each("send_digests", list(Tenant.objects.order_by("id").values_list("id", flat=True)), _of)


def _of(tenant_id: int) -> int:
    return send_digests_of(tenant_id, compose)
