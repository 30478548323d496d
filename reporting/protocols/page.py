"""The protocols of the tenant, each with its steps."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from interventions.models import Protocol, SupportPlan
from interventions.models.library import LIBRARY
from interventions.protocols import CREATE, READ, UPDATE, steps_of
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound

TO_READ, TO_MAKE, TO_CHANGE = (LIBRARY, READ), (LIBRARY, CREATE), (LIBRARY, UPDATE)


@dataclass(frozen=True, slots=True)
class Card:
    """running: plans by it that are under way."""

    protocol: Protocol
    steps: list[dict[str, Any]]
    may_change: bool
    running: int


@dataclass(frozen=True, slots=True)
class ProtocolsPage:
    cards: tuple[Card, ...]
    may_make: bool


def protocols_page(actor: Actor) -> ProtocolsPage:
    """Four queries. Those that are on come first."""
    rows = Protocol.objects.visible_to(actor, *TO_READ).prefetch_related("steps")
    plans = SupportPlan.objects.filter(state=SupportPlan.State.RUNNING, protocol__isnull=False)
    running = Counter(plans.values_list("protocol_id", flat=True))
    mine = set(Protocol.objects.visible_to(actor, *TO_CHANGE).values_list("id", flat=True))
    ordered: Any = rows.order_by("-is_active", "name", "id")
    cards = tuple(Card(row, steps_of(row.steps.all()), row.pk in mine, running[row.pk]) for row in ordered)
    return ProtocolsPage(cards, may_at_all(actor, *TO_MAKE))


def changeable_protocol(actor: Actor, protocol_id: UUID) -> Protocol:
    """Raises NotFound."""
    rows = Protocol.objects.visible_to(actor, *TO_CHANGE).prefetch_related("steps")
    found: Protocol | None = rows.filter(public_id=protocol_id).first()
    if found is None:
        raise NotFound
    return found
