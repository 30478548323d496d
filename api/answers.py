"""Answers remembered for Idempotency-Key: the same request gets the same answer for a day."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from api.models import IdempotentAnswer
from tenancy.errors import Conflict, DomainError

REMEMBERED = timedelta(hours=24)


class StillRunning(Conflict):
    """The first request with this key has not answered yet."""


class KeyReused(DomainError):
    """An Idempotency-Key came again with another request."""

    code = "idempotency_key_reused"
    status = 422


def request_hash(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def remembered_answer(client_id: int, key: str, wanted: str) -> IdempotentAnswer | None:
    """The answer given to this key before, or None after reserving the key for this request.

    The reservation waits for a request that runs with the same key at this moment. Raises KeyReused.
    """
    row: IdempotentAnswer
    row, created = IdempotentAnswer.objects.get_or_create(
        client_id=client_id, key=key, defaults={"request_hash": wanted}
    )
    if created:
        return None
    if row.created_at < timezone.now() - REMEMBERED:
        row.delete()
        return remembered_answer(client_id, key, wanted)
    if row.request_hash != wanted:
        raise KeyReused("This Idempotency-Key was used for another request. Use a new key for new content.")
    if row.status is None:
        raise StillRunning("The first request with this Idempotency-Key is still running. Ask again in a moment.")
    return row


def remember_answer(client_id: int, key: str, status: int, body: Any) -> None:
    IdempotentAnswer.objects.filter(client_id=client_id, key=key).update(status=status, body=body)


def forget_answers(before: datetime) -> int:
    count, _ = IdempotentAnswer.objects.filter(created_at__lt=before).delete()
    return int(count)
