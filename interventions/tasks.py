"""Celery's way in. A message only wakes the worker up: what is to be done stands in PostgreSQL."""

from celery import shared_task

from interventions.delivery import send_waiting_of
from interventions.watching import follow_moves_of, watch_all_of
from milestones.school_days import learners_at_school
from tenancy.jobs import in_each
from tenancy.models import Tenant
from tenancy.ops import tenants_with_moves


@shared_task(name="interventions.tasks.follow_moves")
def follow_moves() -> int:
    """Every second: look at learners whose levels moved, tenants in turn."""
    return in_each("follow_moves", tenants_with_moves(), follow_moves_of)


@shared_task(name="interventions.tasks.watch_all")
def watch_all() -> int:
    """Every hour: time passes too, where there is school today. Returns how many entries were opened or closed."""
    return in_each("watch_all", _everywhere(), _watched)


@shared_task(name="interventions.tasks.send_messages")
def send_messages() -> int:
    """Every minute: messages that are due, by e-mail. Returns how many left the waiting line."""
    return in_each("send_messages", _everywhere(), send_waiting_of)


def _everywhere() -> list[int]:
    return list(Tenant.objects.order_by("id").values_list("id", flat=True))


def _watched(tenant_id: int) -> int:
    outcome = watch_all_of(tenant_id, learners_at_school)
    return outcome.opened + outcome.closed
