"""How far the working out of levels is behind, and levels that it gave up on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min, Q

from assessments.models import StaleMark
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import NotFound


@dataclass(frozen=True, slots=True)
class Lag:
    """waiting: levels of a learner in a competency to be worked out, the oldest since `since`. parked: given up on."""

    waiting: int
    since: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class Parked:
    """Levels that failed with one and the same error."""

    error: str
    levels: int
    first_at: datetime


def lag() -> Lag:
    """Of the open tenant. One query."""
    found = StaleMark.objects.aggregate(
        waiting=Count("id", filter=Q(parked_at=None)),
        since=Min("marked_at", filter=Q(parked_at=None)),
        parked=Count("id", filter=~Q(parked_at=None)),
    )
    return Lag(**found)


def parked_levels() -> list[Parked]:
    """By error, the one with most levels first. One query."""
    rows = StaleMark.objects.exclude(parked_at=None).values("last_error").annotate(n=Count("id"), at=Min("marked_at"))
    return [Parked(row["last_error"], row["n"], row["at"]) for row in rows.order_by("-n", "last_error")]


@transaction.atomic
def try_parked_again(actor: Actor) -> int:
    """Put every level that was given up on back into the line. Raises NotFound where there is none."""
    parked = StaleMark.objects.exclude(parked_at=None)
    freed = parked.update(parked_at=None, attempts=0, leased_until=None)
    if not freed:
        raise NotFound
    record_audit(actor, "levels.run_again", detail={"levels": freed})
    return int(freed)
