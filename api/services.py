"""Writes around API clients and remembered answers."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from api.models import ApiClient, ApiClientSchool, IdempotentAnswer
from learners.models import School
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id
from tenancy.errors import Conflict, DomainError, Invalid
from tenancy.tokens import new_token, token_hash

SCOPES = (
    "roster.read",
    "learners.read",
    "frameworks.read",
    "evidence.read",
    "evidence.write",
    "status.read",
    "reports.read",
)
LONGEST = timedelta(days=365)
REMEMBERED = timedelta(hours=24)


@transaction.atomic
def create_client(
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    schools: Iterable[School] = (),
    token: str | None = None,
) -> tuple[ApiClient, str]:
    """A client and its token, which is shown this once. Raises Invalid."""
    scopes = sorted(set(scopes))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        text = f'scope was "{unknown[0]}". Use some of {", ".join(SCOPES)}'
        raise Invalid([{"field": "scopes", "code": "unknown_scope", "message": text}])
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        text = "expires_at must be in the future and within 365 days. Use an earlier day"
        raise Invalid([{"field": "expires_at", "code": "out_of_range", "message": text}])
    text = token or new_token(current_tenant_id())
    client = ApiClient.objects.create(
        name=name,
        token_hash=token_hash(text),
        hint=text[:12],
        scopes=scopes,
        expires_at=expires_at,
        created_by_id=actor.member_id,
    )
    ApiClientSchool.objects.bulk_create([ApiClientSchool(client=client, school=school) for school in schools])
    record_audit(actor, "api_client.created", target=client, detail={"scopes": scopes})
    return client, text


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
