"""Reports for programs: the same figures as on the pages, with the same groups hidden, whoever asks."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import actor_of
from api.v1.serializers import ProblemSerializer
from api.v1.views import DeclaredView
from learners.models import Dimension
from milestones.models import Milestone
from reporting.levels import WORDS
from reporting.models import AGGREGATE, ALL_GRADES
from reporting.reports import page
from reporting.reports.adoption import CHOICES, adoption_of, read_days
from reporting.reports.fairness import fairness_of, without_grade
from reporting.reports.gaps import gaps_of
from reporting.reports.groups import Group
from reporting.reports.scope import MOST_WEEKS, Scope, read_scope
from status_engine import LEVEL_NAMES
from tenancy.errors import NotFound
from tenancy.gate import Declared
from tenancy.models import Tenant

Get = TypeVar("Get", bound=Callable[..., Response])
SHARES = {"low": "5_or_less", "high": "95_or_more"}
PROBLEM = OpenApiResponse(ProblemSerializer, description="What is wrong, with the value and the fix")


class Place(serializers.Serializer[Any]):
    """Which school and subject; the whole district (or the schools of the token) without them."""

    school = serializers.UUIDField(required=False)
    subject = serializers.UUIDField(required=False, help_text="A framework; needs the scope frameworks.read as well.")
    kind = serializers.ChoiceField(choices=Milestone.Kind.choices, required=False, help_text="Type of milestone.")


class PlaceAndGrade(Place):
    grade = serializers.CharField(max_length=20, required=False)


class Filters(PlaceAndGrade):
    weeks = serializers.IntegerField(min_value=1, max_value=MOST_WEEKS, required=False, help_text="Compared with then.")


class FairnessFilters(Place):
    by = serializers.ChoiceField(choices=Dimension.choices, required=False, help_text="A field that the tenant keeps.")


class AdoptionFilters(serializers.Serializer[Any]):
    school = serializers.UUIDField(required=False, help_text="Needed where the token sees several schools.")
    days = serializers.ChoiceField(choices=CHOICES, required=False, help_text="Without evidence for so many days.")


class Levels(serializers.Serializer[Any]):
    not_started = serializers.IntegerField()
    beginning = serializers.IntegerField()
    developing = serializers.IntegerField()
    meets = serializers.IntegerField()
    mastery = serializers.IntegerField()


class GroupOut(serializers.Serializer[Any]):
    """A group of learners. Where it is hidden nothing is said of it; at the ends only on which side it lies."""

    title = serializers.CharField()
    is_hidden = serializers.BooleanField()
    learners = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True, help_text="At Meets or above.")
    share = serializers.ChoiceField(choices=["", *SHARES.values()], help_text="Instead of percent, of small groups.")
    levels = Levels(allow_null=True)
    change = serializers.IntegerField(allow_null=True, help_text="Points since the day of comparison.")


class Frame(serializers.Serializer[Any]):
    smallest_group = serializers.IntegerField(help_text="Groups under it are hidden, and what would give them away.")


class MasteryOut(Frame):
    counted_at = serializers.DateTimeField(allow_null=True)
    total = GroupOut(allow_null=True)
    schools = GroupOut(many=True)
    grades = GroupOut(many=True)


class PointOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    percent = serializers.IntegerField()


class TrendOut(Frame):
    points = PointOut(many=True)


class StayOut(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=list(LEVEL_NAMES))
    stays = serializers.IntegerField()
    quarter_days = serializers.FloatField()
    half_days = serializers.FloatField()
    three_quarters_days = serializers.FloatField()
    nine_tenths_days = serializers.FloatField()


class StaysOut(Frame):
    levels = StayOut(many=True)


class GapOut(GroupOut):
    milestone = serializers.UUIDField()
    classes = serializers.IntegerField(allow_null=True)
    classes_with_evidence = serializers.IntegerField(allow_null=True)
    reading = serializers.ChoiceField(choices=["", "not_assessed", "not_landing", "uneven"])


class GapsOut(Frame):
    milestones = GapOut(many=True)


class FairnessOut(Frame):
    counted_at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_blank=True)
    groups = GroupOut(many=True)


class AdoptionOut(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    classes = serializers.IntegerField()
    classes_without_evidence = serializers.IntegerField()
    work_waiting = serializers.IntegerField()


def described(name: str, filters: Any, out: Any) -> Callable[[Get], Get]:
    responses = {200: out, (400, "application/problem+json"): PROBLEM, (404, "application/problem+json"): PROBLEM}
    made: Callable[[Get], Get] = extend_schema(operation_id=f"report_{name}", parameters=[filters], responses=responses)
    return made


class Report(DeclaredView, APIView):
    """Reads the same filters as the page; refuses what it does not know."""

    declared = Declared(AGGREGATE, "read")
    filters: ClassVar[type[serializers.Serializer[Any]]] = Filters

    def read(self, request: Request) -> tuple[Scope, Tenant]:
        filters = self.filters(data=request.query_params.dict())
        for name in set(request.query_params) - set(filters.fields):
            allowed = ", ".join(sorted(filters.fields))
            raise ValidationError({name[:40]: [f"{name[:40]} is not a parameter here. Use some of {allowed}"]})
        filters.is_valid(raise_exception=True)
        tenant = Tenant.objects.get(pk=actor_of(request).tenant_id)
        return read_scope(actor_of(request), tenant, request.query_params), tenant


class Mastery(Report):
    """Who is at which level: all, by school, by grade."""

    @described("mastery", Filters, MasteryOut)
    def get(self, request: Request) -> Response:
        scope, _tenant = self.read(request)
        found = page.mastery_report(scope)
        grades = found.grades if scope.grade == ALL_GRADES else ()
        return Response(
            {
                "smallest_group": scope.limit, "counted_at": found.at,
                "total": group_data(found.total) if found.total else None,
                "schools": groups_data(found.schools), "grades": groups_data(grades),
            }
        )  # fmt: skip


class Trend(Report):
    """Share at Meets or above on the days that were kept."""

    filters = PlaceAndGrade

    @described("trend", PlaceAndGrade, TrendOut)
    def get(self, request: Request) -> Response:
        scope, _tenant = self.read(request)
        points = [point for line in page.trend_of(scope).lines for point in line.points]
        return Response(
            {"smallest_group": scope.limit, "points": [{"day": day, "percent": percent} for day, percent in points]}
        )


class TimeInLevel(Report):
    """How long a level lasts, of finished stays."""

    filters = Place

    @described("time_in_level", Place, StaysOut)
    def get(self, request: Request) -> Response:
        scope, _tenant = self.read(request)
        levels = [
            {
                "level": LEVEL_NAMES[one.level], "stays": one.stays, "quarter_days": round(one.quarter, 1),
                "half_days": round(one.half, 1), "three_quarters_days": round(one.three_quarters, 1),
                "nine_tenths_days": round(one.nine_tenths, 1),
            }
            for one in page.stays_of(scope).boxes
        ]  # fmt: skip
        return Response({"smallest_group": scope.limit, "levels": levels})


class Gaps(Report):
    """Milestones that are not assessed, taught and not landing, or uneven."""

    @described("gaps", Filters, GapsOut)
    def get(self, request: Request) -> Response:
        scope, _tenant = self.read(request)
        rows = [
            {
                **group_data(one.group), "milestone": one.public_id, "reading": one.reading,
                "classes": None if one.group.hidden else one.group.sections,
                "classes_with_evidence": None if one.group.hidden else one.group.assessed,
            }
            for one in gaps_of(scope).rows
        ]  # fmt: skip
        return Response({"smallest_group": scope.limit, "milestones": rows})


class Fairness(Report):
    """Levels by groups of learners, over all grades; counted once a night. Groups are hidden for every caller."""

    filters = FairnessFilters

    @described("fairness", FairnessFilters, FairnessOut)
    def get(self, request: Request) -> Response:
        scope, _tenant = self.read(request)
        found = fairness_of(without_grade(scope))
        if scope.by and scope.by != found.dimension:
            raise NotFound
        frame = {"smallest_group": scope.limit, "counted_at": found.at, "by": found.dimension}
        return Response({**frame, "groups": groups_data(found.groups)})


class Adoption(Report):
    """How many classes of a school have no evidence lately, and how much work waits. No names."""

    filters = AdoptionFilters

    @described("adoption", AdoptionFilters, AdoptionOut)
    def get(self, request: Request) -> Response:
        scope, tenant = self.read(request)
        use = adoption_of(actor_of(request), tenant, scope, read_days(request.query_params.get("days", "")))
        if use is None:
            raise ValidationError({"school": ["This token sees several schools. Name one of them as school"]})
        return Response(
            {
                "days": use.days, "classes": len(use.rows), "classes_without_evidence": use.quiet,
                "work_waiting": use.waiting,
            }
        )  # fmt: skip


def groups_data(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [group_data(one) for one in groups]


def group_data(group: Group) -> dict[str, Any]:
    """What the page shows of the group, and no more."""
    is_said = bool(group.counts) and not group.hidden and not group.cap
    levels = {LEVEL_NAMES[level].replace("-", "_"): group.counts[level] for level in WORDS} if is_said else None
    return {
        "title": group.title, "is_hidden": bool(group.hidden), "learners": None if group.hidden else group.learners,
        "percent": group.percent if is_said else None, "share": SHARES.get(group.cap, ""), "levels": levels,
        "change": group.change,
    }  # fmt: skip
