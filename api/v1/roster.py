"""Reads of the roster: schools, terms, people, who is in which section, and whose guardian somebody is."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.permissions import actor_of
from api.v1.filters import OfSection
from api.v1.views import VisibleList, VisibleOne
from learners.models import Enrolment, GuardianLink, School, SectionStaff, Term
from learners.reach import running
from tenancy.gate import Declared
from tenancy.models import Member, RoleGrant

ORGANISATION, CALENDAR = Declared("School", "read"), Declared("Academic year and term", "read")
ACCOUNTS = Declared("Staff and guardian accounts", "read")


def uuid_of(source: str) -> serializers.UUIDField:
    return serializers.UUIDField(source=f"{source}.public_id", read_only=True)


class OfParent(serializers.ModelSerializer[Any]):
    """Rows of a tree: the public id of the row above, or nothing."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    parent: Any = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_parent(self, row: Any) -> str | None:
        return str(row.parent.public_id) if row.parent else None


class SchoolSerializer(OfParent):
    class Meta:
        model = School
        fields = ("id", "sourced_id", "name", "kind", "identifier", "parent", "is_active")


class TermSerializer(OfParent):
    class Meta:
        model = Term
        fields = ("id", "sourced_id", "title", "kind", "starts_on", "ends_on", "school_year", "parent", "is_active")


class PersonSerializer(serializers.ModelSerializer[Member]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    roles: Any = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = ("id", "sourced_id", "given_name", "family_name", "email", "roles", "is_enabled")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_roles(self, row: Member) -> list[str]:
        return sorted({grant.role for grant in row.role_grants.all()})


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    learner = uuid_of("learner")
    section = uuid_of("section")

    class Meta:
        model = Enrolment
        fields = ("sourced_id", "learner", "section", "begins_on", "ends_on", "is_withdrawn")


class AssignmentSerializer(serializers.ModelSerializer[SectionStaff]):
    person = uuid_of("member")
    section = uuid_of("section")

    class Meta:
        model = SectionStaff
        fields = ("sourced_id", "person", "section", "role", "is_primary", "begins_on", "ends_on")


class GuardianLinkSerializer(serializers.ModelSerializer[GuardianLink]):
    guardian = uuid_of("member")
    learner = uuid_of("learner")

    class Meta:
        model = GuardianLink
        fields = ("guardian", "learner", "relationship", "status", "ends_on")


class RosterFilter(filters.FilterSet):
    sourced_id = filters.CharFilter(field_name="sourced_id", help_text="Id of the roster (OneRoster sourcedId).")


class PlaceFilter(OfSection):
    section = filters.UUIDFilter(method="by_section")

    def by_section(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(section__in=self.seen_sections(value))


class EnrolmentFilter(PlaceFilter):
    learner = filters.UUIDFilter(field_name="learner__public_id")


class AssignmentFilter(PlaceFilter):
    person = filters.UUIDFilter(field_name="member__public_id")


class GuardianLinkFilter(filters.FilterSet):
    learner = filters.UUIDFilter(field_name="learner__public_id")
    guardian = filters.UUIDFilter(field_name="member__public_id")


class WithParent:
    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("parent")


class Schools(WithParent, VisibleList):
    """Schools, and the organisations above them."""

    declared, model, serializer_class, filterset_class = ORGANISATION, School, SchoolSerializer, RosterFilter


class SchoolDetail(WithParent, VisibleOne):
    """One school."""

    declared, model, serializer_class = ORGANISATION, School, SchoolSerializer


class Terms(WithParent, VisibleList):
    """School years, terms and grading periods."""

    declared, model, serializer_class, filterset_class = CALENDAR, Term, TermSerializer, RosterFilter


class TermDetail(WithParent, VisibleOne):
    """One term."""

    declared, model, serializer_class = CALENDAR, Term, TermSerializer


class WithRoles:
    request: Any

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return queryset
        running_today = RoleGrant.objects.filter(running(actor_of(self.request).today))
        return queryset.prefetch_related(Prefetch("role_grants", running_today))


class People(WithRoles, VisibleList):
    """Staff and guardians, and learners who sign in."""

    declared, model, serializer_class, filterset_class = ACCOUNTS, Member, PersonSerializer, RosterFilter


class Person(WithRoles, VisibleOne):
    """One person."""

    declared, model, serializer_class = ACCOUNTS, Member, PersonSerializer


class Enrolments(VisibleList):
    """Learners in sections, with their days; places that ended stay in the list."""

    declared, model = Declared("Enrolment", "read"), Enrolment
    serializer_class, filterset_class = EnrolmentSerializer, EnrolmentFilter

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("learner", "section")


class Assignments(VisibleList):
    """Staff of sections."""

    declared, model = Declared("Staff assignment to section or caseload", "read"), SectionStaff
    serializer_class, filterset_class = AssignmentSerializer, AssignmentFilter

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("member", "section")


class GuardianLinks(VisibleList):
    """Whose guardian somebody is. Restricted links are not told to programs."""

    declared, model = Declared("Guardian link", "read"), GuardianLink
    serializer_class, filterset_class = GuardianLinkSerializer, GuardianLinkFilter

    def widened(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(status=GuardianLink.Status.RESTRICTED).select_related("member", "learner")
