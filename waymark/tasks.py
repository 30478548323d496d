"""Celery's way in to what needs rooms above `interventions`."""

from celery import shared_task

from interventions.digests import send_digests_of
from interventions.weeks import send_weeks_of
from milestones.card_batches import forget_cards
from reporting.cards.batches import make_cards
from reporting.digest.page import compose
from reporting.family.digest import compose_weeks
from reporting.summaries.keeping import close_day_of, follow_marks_of
from tenancy.context import tenant_context
from tenancy.jobs import in_each
from tenancy.models import Tenant
from tenancy.ops import tenants_to_count, tenants_with_cards


@shared_task(name="waymark.tasks.send_digests")
def send_digests() -> int:
    """Every quarter of an hour: the day's queue to teachers who asked for it and whose hour it is."""
    return in_each("send_digests", _everywhere(), _of)


@shared_task(name="waymark.tasks.follow_counts")
def follow_counts() -> int:
    """Every five seconds: count the levels that moved, tenants in turn."""
    return in_each("follow_counts", tenants_to_count(), follow_marks_of)


@shared_task(name="waymark.tasks.close_days")
def close_days() -> int:
    """Every quarter of an hour, for a day begins somewhere: keep yesterday's counters, count everything anew."""
    return in_each("close_days", _everywhere(), close_day_of)


def _of(tenant_id: int) -> int:
    return send_digests_of(tenant_id, compose)


@shared_task(name="waymark.tasks.make_report_cards")
def make_report_cards() -> int:
    """Every second: report cards of whole classes, tenants in turn."""
    return in_each("make_report_cards", tenants_with_cards(), make_cards)


@shared_task(name="waymark.tasks.forget_report_cards")
def forget_report_cards() -> int:
    """Every night: files of report cards go after their days; they can be made again."""
    return in_each("forget_report_cards", _everywhere(), _forgotten)


def _forgotten(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        return forget_cards()


def _everywhere() -> list[int]:
    return list(Tenant.objects.order_by("id").values_list("id", flat=True))


@shared_task(name="waymark.tasks.send_family_weeks")
def send_family_weeks() -> int:
    """Every quarter of an hour: the weekly message to families whose hour it is."""
    return in_each("send_family_weeks", _everywhere(), _week_of)


def _week_of(tenant_id: int) -> int:
    return send_weeks_of(tenant_id, compose_weeks)
