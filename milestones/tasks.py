"""Celery's way in. A message only wakes the worker up: what is to be done stands in PostgreSQL."""

import logging

from celery import shared_task

from assessments.artefact_files import sweep
from milestones.clock import announce_policies_of, follow_calendar_of
from milestones.overrides import end_overrides_of
from milestones.pace import work_out_paces
from milestones.reviews_prepare import prepare_due_of
from milestones.services import drain_tenant
from milestones.trials import run_trials
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.jobs import in_each
from tenancy.models import Tenant
from tenancy.ops import stale_by_tenant, tenants_with_trials

logger = logging.getLogger(__name__)


@shared_task(name="milestones.tasks.drain_stale")
def drain_stale() -> int:
    """Every second: work through what waits, tenants in turn, the longest waiting first."""
    waiting = [tenant_id for tenant_id, _, waits, _ in stale_by_tenant() if waits]
    return in_each("drain_stale", waiting, _drained)


@shared_task(name="milestones.tasks.run_policy_trials")
def run_policy_trials() -> int:
    """Every second: work out what drafts of policies would mean, tenants in turn."""
    return in_each("run_policy_trials", tenants_with_trials(), run_trials)


@shared_task(name="milestones.tasks.announce_policies")
def announce_policies() -> int:
    """Every minute: mark the levels that a policy which came into force applies to."""
    return in_each("announce_policies", _tenants(), announce_policies_of)


@shared_task(name="milestones.tasks.follow_calendar")
def follow_calendar() -> int:
    """Every quarter of an hour: a new day has begun somewhere, and rules that count days may see less evidence."""
    return in_each("follow_calendar", _tenants(), follow_calendar_of)


@shared_task(name="milestones.tasks.verify_all")
def verify_all() -> int:
    """Every night: the shadow check of every tenant. What differs is logged and counted, and left for a person."""
    return in_each("verify_all", _tenants(), _differing)


@shared_task(name="milestones.tasks.end_overrides")
def end_overrides() -> int:
    """Every hour: where a day is over, levels that a teacher had set until then follow the rule again."""
    return in_each("end_overrides", _tenants(), end_overrides_of)


@shared_task(name="milestones.tasks.follow_paces")
def follow_paces() -> int:
    """Every night: how long learners usually stay in a level, from which "stalled" follows."""
    return in_each("follow_paces", _tenants(), work_out_paces)


@shared_task(name="milestones.tasks.sweep_artefacts")
def sweep_artefacts() -> int:
    """Every night: files of portfolios that no row knows of, left by a request that was killed, are taken away."""
    return in_each("sweep_artefacts", _tenants(), _swept)


@shared_task(name="milestones.tasks.prepare_reviews")
def prepare_reviews() -> int:
    """Every hour, for a day begins somewhere: the review sessions whose day has come where the school is."""
    return in_each("prepare_reviews", _tenants(), prepare_due_of)


def _drained(tenant_id: int) -> int:
    return drain_tenant(tenant_id, batches=2)


def _differing(tenant_id: int) -> int:
    report = verify_tenant(tenant_id)
    if report.differing:
        logger.error("shadow check: %s of %s levels differ in tenant %s", report.differing, report.statuses, tenant_id)
    return report.differing


def _swept(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        return sweep()


def _tenants() -> list[int]:
    return list(Tenant.objects.order_by("id").values_list("id", flat=True))
