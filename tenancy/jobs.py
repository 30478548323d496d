"""Jobs that go through tenants in turn. One that fails is noted, put off with growing pauses, and holds up no other.

What is to be done stands in the tables of each job, so a job that was put off or killed loses nothing: it finds its
work again. After five tries it is left to people, who see it on a page and can have it run again.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import NotFound
from tenancy.models import FailedJob

logger = logging.getLogger(__name__)
MOST_TRIES = 5
FIRST_PAUSE = timedelta(seconds=30)  # doubled with each try
LONGEST_PROBLEM = 2000


def in_each(job: str, tenant_ids: Iterable[int], work: Callable[[int], int]) -> int:
    """The sum of `work` over these tenants, without those in which the job waits for its next try."""
    return sum(_run(job, tenant_id, work) for tenant_id in tenant_ids)


def run_again(actor: Actor, *, job: str) -> None:
    """Try a job again at its next turn, from the first try on. Raises NotFound where it did not fail."""
    if not FailedJob.objects.filter(job=job).update(tries=0, next_at=timezone.now()):
        raise NotFound
    record_audit(actor, "job.run_again", detail={"job": job})


def _run(job: str, tenant_id: int, work: Callable[[int], int]) -> int:
    with tenant_context(tenant_id):
        failed = FailedJob.objects.filter(job=job).first()
    if failed is not None and (failed.next_at is None or failed.next_at > timezone.now()):
        return 0
    try:
        done = work(tenant_id)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        logger.exception("job %s failed in tenant %s", job, tenant_id)
        _note(job, tenant_id, error)
        return 0
    if failed is not None:
        with tenant_context(tenant_id):
            FailedJob.objects.filter(pk=failed.pk).delete()
    return done


def _note(job: str, tenant_id: int, error: Exception) -> None:
    now, text = timezone.now(), f"{type(error).__name__}: {error}"[:LONGEST_PROBLEM]
    with tenant_context(tenant_id):
        row, is_new = FailedJob.objects.select_for_update().get_or_create(
            job=job, defaults={"problem": text, "next_at": now + FIRST_PAUSE}
        )
        if is_new:
            return
        row.tries += 1
        row.problem, row.last_at = text, now
        row.next_at = now + FIRST_PAUSE * 2 ** (row.tries - 1) if row.tries < MOST_TRIES else None
        row.save()
