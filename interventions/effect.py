"""Was it followed by a move up? Counted, never explained: what else happened meanwhile is not known here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from interventions.models import SupportPlan
from milestones.models import StatusChange

WITHIN = timedelta(days=30)
FEWEST = 10  # fewer say nothing, and could name somebody


@dataclass(frozen=True, slots=True)
class Followed:
    """plans: begun long enough ago to tell; moved: of these, how many were followed by a move up in thirty days."""

    plans: int
    moved: int

    @property
    def is_told(self) -> bool:
        return self.plans >= FEWEST


def moves_up(plans: Iterable[SupportPlan]) -> dict[int, datetime]:
    """{plan: when the learner first moved up on its milestone after it began, within thirty days}. One query."""
    begun = [plan for plan in plans if plan.started_at is not None]
    rows = StatusChange.objects.filter(
        learner_id__in={plan.learner_id for plan in begun}, milestone_id__in={plan.milestone_id for plan in begun},
        to_level__gt=F("from_level"),
    ).order_by("at")  # fmt: skip
    moves: dict[tuple[int, int], list[datetime]] = {}
    for learner, milestone, at in rows.values_list("learner_id", "milestone_id", "at"):
        moves.setdefault((learner, milestone or 0), []).append(at)
    return {plan.pk: first for plan in begun if (first := _first(plan, moves)) is not None}


def _first(plan: SupportPlan, moves: Mapping[tuple[int, int], list[datetime]]) -> datetime | None:
    start = plan.started_at
    if start is None:
        return None
    found = moves.get((plan.learner_id, plan.milestone_id), ())
    return next((at for at in found if start <= at <= start + WITHIN), None)


def followed(plans: Iterable[SupportPlan], now: datetime) -> Followed:
    """Of the plans that began at least thirty days ago: younger ones with a move up would only flatter the figure."""
    told = [plan for plan in plans if plan.started_at is not None and plan.started_at + WITHIN <= now]
    return Followed(len(told), len(moves_up(told)))
