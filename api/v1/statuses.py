"""Levels of learners on milestones, now or as of a past moment, and why."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import actor_of
from api.v1 import filters, serializers
from api.v1.views import DeclaredView, VisibleList
from learners.models import Learner
from milestones.assigned import due_dates
from milestones.explanation import criterion_data, explanation_then, milestone_explanations, standing_overrides
from milestones.flags import Stand, flags_of, stall_limit, stall_limits
from milestones.history import stands_as_of
from milestones.models import Milestone, MilestoneStatus, seen_personal
from milestones.past import Moment
from milestones.selectors import reasons_for
from reporting.as_of import read_api_moment
from status_engine import LEVEL_NAMES
from tenancy.errors import NotFound
from tenancy.gate import Declared
from tenancy.models import Tenant

MOST_EXPLAINED = 50
AS_OF = [
    OpenApiParameter(
        "as_of",
        str,
        description="A day of the tenant (its end), or a moment with its offset: the levels then, from the ledger.",
    ),
    OpenApiParameter(
        "by",
        str,
        enum=["occurred", "recorded"],
        description="With as_of. occurred (usual): work up to then, as it is recorded now. recorded: what was known.",
    ),
]
EXPLAIN = OpenApiParameter("explain", bool, description="Adds why, for up to 50 rows a page. Not with as_of.")
PROBLEM = OpenApiResponse(serializers.ProblemSerializer, description="What is wrong, with the value and the fix")
NOWHERE = Stand(0, 0, 0, None, 0, None, 0)
Overrides = dict[tuple[int, int], dict[str, Any]]


class Statuses(VisibleList):
    """Levels of learners on milestones, with flags and with what a teacher set."""

    declared = Declared("Current level", "read")
    model = MilestoneStatus
    serializer_class = serializers.StatusSerializer
    filterset_class = filters.StatusFilter
    more_parameters = frozenset({"explain", "as_of", "by"})

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the OpenAPI document is made without a tenant
            return queryset
        limit = stall_limit("milestone_id", "milestone__framework_id", OuterRef("level"))
        rows: QuerySet[Any] = queryset.select_related("learner", "milestone")
        limited: QuerySet[Any] = rows.annotate(stalled_after=limit)
        return limited

    @extend_schema(parameters=[*AS_OF, EXPLAIN])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted, moment = _wanted(request), moment_of(request)
        if moment and (wanted or "level" in request.query_params):
            name = "explain" if wanted else "level"
            raise ValidationError({name: [f"{name} is about now. Leave it out with as_of"]})
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        today = actor_of(request).today
        found = _then(rows, moment, today) if moment else _now(rows, today)
        if wanted:
            if len(rows) > MOST_EXPLAINED:
                raise ValidationError({"limit": [f"With explain=true use a limit of {MOST_EXPLAINED} or less"]})
            reasons = reasons_for([(row.learner_id, row.milestone_id) for row in rows])
            for row, data in zip(rows, found, strict=True):
                data["criteria"] = [criterion_data(one) for one in reasons[row.learner_id, row.milestone_id]]
        return self.get_paginated_response(found)


class Explanation(DeclaredView, APIView):
    """Why a level is what it is: the same data that the learner's page is drawn from."""

    declared = Declared("Explanation of a level", "read")

    @extend_schema(
        operation_id="status_explanation",
        parameters=AS_OF,
        responses={200: serializers.ExplanationSerializer, (400, "application/problem+json"): PROBLEM},
    )
    def get(self, request: Request, learner_id: UUID, milestone_id: UUID) -> Response:
        for name in set(request.query_params) - {"as_of", "by"}:
            raise ValidationError({name[:40]: [f"{name[:40]} is not a parameter here. Use as_of and by"]})
        moment = moment_of(request)
        visible = Learner.objects.visible_to(actor_of(request), self.declared.resource)
        learner: Learner | None = visible.filter(public_id=learner_id).first()
        # By the right to the level itself: a client need not be one that reads the curriculum.
        shown = Milestone.objects.filter(Q(learner=None) | seen_personal(actor_of(request)), is_active=True)
        milestone: Milestone | None = shown.filter(public_id=milestone_id).first()
        if learner is None or milestone is None or milestone.learner_id not in {None, learner.pk}:
            raise NotFound
        pair = (learner.pk, milestone.pk)
        found = explanation_then(learner.pk, milestone, moment) if moment else milestone_explanations([pair])[pair]
        asked = {"as_of": moment.at.isoformat() if moment else None, "by": moment.by if moment else None}
        return Response({"learner": str(learner_id), "milestone": str(milestone_id), **asked, **found})


def moment_of(request: Request) -> Moment | None:
    """As of when the answer is wanted. Raises Invalid naming the value and the fix."""
    if not {"as_of", "by"}.intersection(request.query_params):
        return None
    return read_api_moment(request.query_params, Tenant.objects.get(pk=actor_of(request).tenant_id))


def _wanted(request: Request) -> bool:
    wanted = request.query_params.get("explain", "false")
    if wanted not in {"true", "false"}:
        raise ValidationError({"explain": [f'explain was "{wanted[:20]}". Use true or false']})
    return wanted == "true"


def _now(rows: list[Any], today: date) -> list[dict[str, Any]]:
    """Rows as `Statuses.widened` has them, with `stalled_after`."""
    overrides, now, due = _overrides(rows, None), timezone.now(), _due_dates(rows, today)
    found = []
    for row in rows:
        known = (row.level, row.computed_level, row.previous_level, row.since, row.flags)
        stand = Stand(*known, due.get((row.learner_id, row.milestone_id)), row.stalled_after)
        data = _data(row, stand, flags_of(stand, now, today), overrides)
        found.append(data | {"criteria_met": row.criteria_met, "computed_at": row.computed_at.isoformat()})
    return found


def _then(rows: list[Any], moment: Moment, today: date) -> list[dict[str, Any]]:
    """The same pairs as they stood: whoever had a level then has a status now. Dates are those that hold today."""
    if not rows:
        return []
    learners, milestones = {row.learner_id for row in rows}, {row.milestone_id for row in rows}
    stands = stands_as_of(learners, milestones, moment, stall_limits(milestones))
    overrides, due = _overrides(rows, moment), _due_dates(rows, today)
    found = []
    for row in rows:
        pair = (row.learner_id, row.milestone_id)
        stand = replace(stands.get(pair, NOWHERE), due_on=due.get(pair))
        found.append(_data(row, stand, flags_of(stand, moment.at, moment.day), overrides))
    return found


def _overrides(rows: list[Any], moment: Moment | None) -> Overrides:
    return standing_overrides({row.learner_id for row in rows}, {row.milestone_id for row in rows}, moment)


def _due_dates(rows: list[Any], today: date) -> dict[tuple[int, int], date]:
    return due_dates({row.learner_id for row in rows}, {row.milestone_id for row in rows}, today)


def _data(row: MilestoneStatus, stand: Stand, flags: list[str], overrides: Overrides) -> dict[str, Any]:
    return {
        "learner": str(row.learner.public_id),
        "milestone": str(row.milestone.public_id),
        "level": LEVEL_NAMES[stand.level],
        "computed_level": LEVEL_NAMES[stand.computed_level],
        "previous_level": LEVEL_NAMES[stand.previous_level],
        "flags": flags,
        "override": overrides.get((row.learner_id, row.milestone_id)),
        "criteria_met": None,
        "since": stand.since.isoformat() if stand.since else None,
        "computed_at": None,
    }
