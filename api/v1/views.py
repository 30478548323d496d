"""Reads of the API: frameworks, competencies, sections, learners, milestones, statuses."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics
from rest_framework.exceptions import ValidationError

from api.permissions import actor_of
from api.v1 import filters, serializers
from competencies.models import CURRICULUM, Competency, Framework
from learners.models import Learner, Section
from milestones.models import Milestone
from tenancy.gate import Declared

CURRICULUM_READ = Declared(CURRICULUM, "read")


class DeclaredView:
    """One row of the matrix for all methods of the view."""

    declared: ClassVar[Declared]

    def declared_for(self, method: str | None) -> Declared:
        return self.declared


class StrictFilters(DjangoFilterBackend):
    """Refuses a parameter that the list does not know, instead of answering as if it were not there."""

    paging = frozenset({"limit", "cursor", "fields"})

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> Any:
        known = set(view.filterset_class.base_filters) if getattr(view, "filterset_class", None) else set()
        known |= view.more_parameters
        for name in request.query_params:
            if name not in known | self.paging:
                allowed = ", ".join(sorted(known | self.paging))
                raise ValidationError({name[:40]: [f"{name[:40]} is not a parameter here. Use some of {allowed}"]})
        return super().filter_queryset(request, queryset, view)


def visible_rows(view: Any) -> QuerySet[Any]:
    """What the token may see; for the OpenAPI document, which is made without a tenant, no rows at all."""
    if getattr(view, "swagger_fake_view", False):
        return QuerySet(view.model).none()
    rows: QuerySet[Any] = view.model.objects.visible_to(actor_of(view.request), view.declared.resource)
    return rows


class SparseFields:
    """`?fields=id,title`: only these fields of each row. A name that is none of them is refused."""

    has_sparse_fields = True

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        made = super().get_serializer(*args, **kwargs)  # type: ignore[misc]
        wanted = self.request.query_params.get("fields", "")  # type: ignore[attr-defined]
        if wanted:
            fields = getattr(made, "child", made).fields
            names = [one.strip() for one in wanted.split(",")]
            unknown = next((one for one in names if one not in fields), None)
            if unknown is not None:
                text = f"{unknown[:40]} is not a field here. Use some of {', '.join(sorted(fields))}"
                raise ValidationError({"fields": [text]})
            for name in set(fields) - set(names):
                del fields[name]
        return made


class VisibleList(SparseFields, DeclaredView, generics.ListAPIView[Any]):
    """A list of what the token may see; `model` names the rows, the matrix the right."""

    model: ClassVar[Any]
    more_parameters: ClassVar[frozenset[str]] = frozenset()  # beside those of the filters
    filter_backends = [StrictFilters]

    def get_queryset(self) -> QuerySet[Any]:
        return self.widened(visible_rows(self))

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class VisibleOne(SparseFields, DeclaredView, generics.RetrieveAPIView[Any]):
    """One row by its public id; hidden and absent are the same 404."""

    model: ClassVar[Any]
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return self.widened(visible_rows(self))

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class Frameworks(VisibleList):
    """Frameworks of the tenant."""

    declared = CURRICULUM_READ
    model = Framework
    serializer_class = serializers.FrameworkSerializer


class FrameworkDetail(VisibleOne):
    """One framework."""

    declared = CURRICULUM_READ
    model = Framework
    serializer_class = serializers.FrameworkSerializer


class CompetencyRows:
    declared = CURRICULUM_READ
    model = Competency
    serializer_class: Any = serializers.CompetencySerializer

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("framework", "parent").prefetch_related("needs__before")


class Competencies(CompetencyRows, VisibleList):
    """Competencies; filter by framework, code or CASE identifier."""

    filterset_class = filters.CompetencyFilter


class CompetencyDetail(CompetencyRows, VisibleOne):
    """One competency with its prerequisites."""


class SectionRows:
    declared = Declared("Section", "read")
    model = Section
    serializer_class: Any = serializers.SectionSerializer

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("school")


class Sections(SectionRows, VisibleList):
    """Sections (OneRoster classes)."""

    filterset_class = filters.SectionFilter


class SectionDetail(SectionRows, VisibleOne):
    """One section."""


class LearnerRows:
    declared = Declared("Learner directory fields", "read")
    model = Learner
    serializer_class: Any = serializers.LearnerSerializer

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("home_school")


class Learners(LearnerRows, VisibleList):
    """Learners: directory fields only."""

    filterset_class = filters.LearnerFilter


class LearnerDetail(LearnerRows, VisibleOne):
    """One learner."""


class MilestoneRows:
    declared = CURRICULUM_READ
    model = Milestone
    serializer_class: Any = serializers.MilestoneSerializer

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_active=True).prefetch_related("criteria__competency")


class Milestones(MilestoneRows, VisibleList):
    """Milestones with their criteria."""

    filterset_class = filters.MilestoneFilter


class MilestoneDetail(MilestoneRows, VisibleOne):
    """One milestone."""
