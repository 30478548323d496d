"""The audit trail: written by services, in the transaction of the change, with identifiers and never values."""

from typing import Any

from django.db.models import Model

from tenancy.actor import Actor
from tenancy.models import AuditEntry


def record_audit(
    actor: Actor, action: str, *, target: Model | None = None, detail: dict[str, Any] | None = None
) -> None:
    """One entry. `detail` holds counts and field names, not names or scores of people."""
    AuditEntry.objects.create(
        member_id=actor.member_id,
        token_id=actor.token_id,
        role="+".join(sorted(actor.roles)),
        action=action,
        target_kind=target._meta.label_lower if target is not None else "",
        target_id=str(getattr(target, "public_id", target.pk)) if target is not None else "",
        detail=detail or {},
    )
