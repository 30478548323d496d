"""Report cards of a whole class, asked for, cancelled, leased by a worker, and forgotten after their days."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.artefact_files import storage
from learners.models import Section, Term
from milestones.models import CardBatch
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict
from tenancy.ids import uuid7

LEASE = timedelta(seconds=60)
KEPT_FOR = timedelta(days=7)
MOST_TRIES = 5
State = CardBatch.State
OPEN = (State.WAITING, State.RUNNING)


@transaction.atomic
def ask_cards(actor: Actor, *, section: Section, term: Term, total: int) -> CardBatch:
    """Put it in the queue. One that still runs for the class is cancelled."""
    Section.objects.select_for_update(no_key=True).get(pk=section.pk)
    running = CardBatch.objects.filter(section=section, state__in=OPEN)
    running.update(state=State.CANCELLED, finished_at=timezone.now())
    batch: CardBatch = CardBatch.objects.create(section=section, term=term, total=total, asked_by_id=actor.member_id)
    record_audit(actor, "report_cards.asked", target=batch, detail={"learners": total})
    return batch


@transaction.atomic
def cancel_cards(actor: Actor, *, batch: CardBatch) -> None:
    """Raises Conflict where it is over already."""
    rows = CardBatch.objects.filter(pk=batch.pk, state__in=OPEN)
    if not rows.update(state=State.CANCELLED, finished_at=timezone.now()):
        raise Conflict(_("This is not being made any more. There is nothing left to stop"))
    record_audit(actor, "report_cards.cancelled", target=batch)


@transaction.atomic
def take_batch() -> CardBatch | None:
    """The oldest that waits, or whose worker has not been heard of; leased to the caller."""
    now = timezone.now()
    is_due = Q(state=State.WAITING) | Q(state=State.RUNNING, leased_until__lt=now)
    rows = CardBatch.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(is_due)
    batch: CardBatch | None = rows.select_related("section", "term").order_by("asked_at", "id").first()
    if batch is None:
        return None
    batch.state, batch.leased_until, batch.done, batch.left_out = State.RUNNING, now + LEASE, 0, []
    batch.tries += 1
    batch.save(update_fields=["state", "leased_until", "done", "left_out", "tries"])
    return batch


def still_mine(batch: CardBatch, *, done: int) -> bool:
    """Renew the lease and say how far it is; False where it was cancelled or taken over."""
    until = timezone.now() + LEASE
    rows = CardBatch.objects.filter(pk=batch.pk, state=State.RUNNING, leased_until=batch.leased_until)
    if not rows.update(leased_until=until, done=done):
        return False
    batch.leased_until = until
    return True


def finish_batch(batch: CardBatch, content: bytes, left_out: Sequence[str]) -> None:
    """Put the file beside the row. A file whose row was cancelled meanwhile is taken away again."""
    key = storage().save(f"reports/{batch.tenant_id}/{uuid7()}", ContentFile(content))
    rows = CardBatch.objects.filter(pk=batch.pk, state=State.RUNNING, leased_until=batch.leased_until)
    now = timezone.now()
    done = {"stored_as": key, "left_out": list(left_out), "finished_at": now, "leased_until": None, "done": F("total")}
    if not rows.update(state=State.DONE, **done):
        storage().delete(key)


def fail_batch(batch: CardBatch, error: str) -> None:
    rows = CardBatch.objects.filter(pk=batch.pk, state=State.RUNNING)
    rows.update(state=State.FAILED, error=error[:500], finished_at=timezone.now(), leased_until=None)


def forget_cards() -> int:
    """In the open tenant: files go after their days. Returns how many."""
    old = CardBatch.objects.filter(asked_at__lt=timezone.now() - KEPT_FOR).exclude(stored_as="")
    rows = list(old)
    for row in rows:
        storage().delete(row.stored_as)
    old.update(stored_as="")
    return len(rows)
