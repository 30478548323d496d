"""Query parameters of the lists; each is checked by its form field, so a bad value is a 400 that names it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from api.permissions import actor_of
from competencies.models import Competency
from learners.models import Learner, Section
from milestones.models import Milestone, MilestoneStatus
from status_engine import LEVEL_NAMES, level_from_name


class OfSection(filters.FilterSet):
    """Naming a section needs the right to see it there; one out of reach is answered like one that never was.

    `section_row` is the row of the access matrix that gives this right.
    """

    section_row = ("Section", "read")

    def seen_sections(self, public_id: Any) -> QuerySet[Any]:
        request: Any = self.request
        rows: QuerySet[Any] = Section.objects.visible_to(actor_of(request), *self.section_row)
        return rows.filter(public_id=public_id)


class CompetencyFilter(filters.FilterSet):
    framework = filters.UUIDFilter(field_name="framework__public_id")
    code = filters.CharFilter(field_name="code", help_text="A label, not a key: all matches are returned.")
    identifier = filters.CharFilter(method="by_identifier", help_text="CASE identifier, upper or lower case.")

    class Meta:
        model = Competency
        fields: list[str] = []

    def by_identifier(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(identifier_key=value.lower())


class SectionFilter(filters.FilterSet):
    school = filters.UUIDFilter(field_name="school__public_id")
    sourced_id = filters.CharFilter(field_name="sourced_id")

    class Meta:
        model = Section
        fields: list[str] = []


class LearnerFilter(OfSection):
    section = filters.UUIDFilter(method="by_section")
    sourced_id = filters.CharFilter(field_name="sourced_id")

    class Meta:
        model = Learner
        fields: list[str] = []

    def by_section(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        return queryset.filter(enrolments__section__in=self.seen_sections(value)).distinct()


class MilestoneFilter(OfSection):
    section_row = ("Milestones used by a section, with dates", "read")
    section = filters.UUIDFilter(method="by_section")
    competency = filters.UUIDFilter(field_name="criteria__competency__public_id", distinct=True)

    class Meta:
        model = Milestone
        fields: list[str] = []

    def by_section(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        return queryset.filter(section_milestones__section__in=self.seen_sections(value)).distinct()


class StatusFilter(OfSection):
    section_row = ("Class grid", "read")
    learner = filters.UUIDFilter(field_name="learner__public_id")
    milestone = filters.UUIDFilter(field_name="milestone__public_id")
    section = filters.UUIDFilter(method="by_section", help_text="Learners of the section on its milestones.")
    level = filters.ChoiceFilter(
        method="by_level",
        choices=[(name, name) for name in LEVEL_NAMES],
        error_messages={
            "invalid_choice": f'level was "%(value)s". Use one of {", ".join(LEVEL_NAMES)}',
        },
    )

    class Meta:
        model = MilestoneStatus
        fields: list[str] = []

    def by_section(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        sections = self.seen_sections(value)
        return queryset.filter(
            learner__in=Learner.objects.filter(enrolments__section__in=sections, enrolments__is_withdrawn=False),
            milestone__in=Milestone.objects.filter(section_milestones__section__in=sections),
        )

    def by_level(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(level=int(level_from_name(value)))
