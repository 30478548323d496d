"""Was it followed by a move up? Counted, never explained: what else happened meanwhile is not known here.

A move counts on the day on which the newest piece behind it was observed, however late it was entered.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from interventions.models import ResourceUse, SupportPlan
from milestones.models import StatusChange

WITHIN = timedelta(days=30)
FEWEST = 10  # fewer say nothing, and could name somebody


@dataclass(frozen=True, slots=True)
class Followed:
    """times: begun or given long enough ago to tell; moved: of these, how many were followed by a move up in thirty
    days; learners: how many different ones they were."""

    times: int
    moved: int
    learners: int

    @property
    def is_told(self) -> bool:
        return self.learners >= FEWEST


NOT_YET = Followed(0, 0, 0)


def moves_up(plans: Iterable[SupportPlan]) -> dict[int, datetime]:
    """{plan: when the learner first moved up on its milestone after it began, within thirty days}. One query."""
    begun = [plan for plan in plans if plan.started_at is not None]
    rows = StatusChange.objects.filter(
        learner_id__in={plan.learner_id for plan in begun}, milestone_id__in={plan.milestone_id for plan in begun},
        to_level__gt=F("from_level"),
    ).order_by("applies_from")  # fmt: skip
    moves: dict[tuple[int, int], list[datetime]] = {}
    for learner, milestone, at in rows.values_list("learner_id", "milestone_id", "applies_from"):
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
    return Followed(len(told), len(moves_up(told)), len({plan.learner_id for plan in told}))


def had_resource() -> QuerySet[ResourceUse, ResourceUse]:
    """Resources that learners had for a milestone: given, taught with, or offered and taken."""
    had = Q(choice__in=(ResourceUse.Choice.TAKEN, ResourceUse.Choice.DONE)) | Q(choice="") & ~Q(way="offered")
    rows: QuerySet[ResourceUse, ResourceUse] = ResourceUse.objects.filter(had, milestone__isnull=False)
    return rows


def followed_by_resource(resource_ids: Collection[int], now: datetime) -> dict[int, Followed]:
    """{resource: how often a learner had it, and was followed by a move up on the milestone it was given for}.

    Of the whole tenant, so ask `is_told` before showing it: fewer than ten learners say nothing. One query.
    """
    after = StatusChange.objects.filter(
        learner_id=OuterRef("learner_id"), milestone_id=OuterRef("milestone_id"), to_level__gt=F("from_level"),
        applies_from__gte=OuterRef("given_at"), applies_from__lte=OuterRef("given_at") + WITHIN,
    )  # fmt: skip
    rows = (
        had_resource()
        .filter(resource_id__in=resource_ids, given_at__lte=now - WITHIN)
        .alias(moves=Exists(after))
        .values("resource_id")
    )
    counted = rows.annotate(
        times=Count("id"), moved=Count("id", filter=Q(moves=True)), learners=Count("learner_id", distinct=True)
    )
    columns = ("resource_id", "times", "moved", "learners")
    found = {key: Followed(*figures) for key, *figures in counted.values_list(*columns)}
    return {key: found.get(key, NOT_YET) for key in resource_ids}
