"""Shapes of the API. Ids are public ids; levels are machine names."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from competencies.models import Competency, Framework
from learners.models import Learner, Section
from milestones.models import Milestone, MilestoneStatus
from milestones.selectors import CriterionReason
from status_engine import KIND_NAMES, LEVEL_NAMES, STATE_NAMES

LEVELS = [(name, name) for name in LEVEL_NAMES]
KINDS = [(name, name) for name in KIND_NAMES]


class LevelField(serializers.ChoiceField):
    """A level as its machine name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=LEVELS, **kwargs)

    def to_representation(self, value: Any) -> str:
        return LEVEL_NAMES[int(value)]


class FrameworkSerializer(serializers.ModelSerializer[Framework]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Framework
        fields = (
            "id",
            "identifier",
            "uri",
            "title",
            "creator",
            "publisher",
            "language",
            "licence",
            "state",
            "last_changed_at",
        )


class CompetencySerializer(serializers.ModelSerializer[Competency]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    framework = serializers.UUIDField(source="framework.public_id", read_only=True)
    parent: Any = serializers.SerializerMethodField()
    prerequisites = serializers.SerializerMethodField()

    class Meta:
        model = Competency
        fields = (
            "id", "framework", "identifier", "uri", "code", "statement", "short_statement", "item_type", "parent",
            "depth", "tree_order", "is_retired", "prerequisites", "last_changed_at",
        )  # fmt: skip

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_parent(self, row: Competency) -> str | None:
        return str(row.parent.public_id) if row.parent else None

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_prerequisites(self, row: Competency) -> list[str]:
        return [str(edge.before.public_id) for edge in row.needs.all() if not edge.is_in_cycle]


class SectionSerializer(serializers.ModelSerializer[Section]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    school = serializers.UUIDField(source="school.public_id", read_only=True)

    class Meta:
        model = Section
        fields = ("id", "sourced_id", "title", "code", "kind", "grades", "subjects", "school", "is_active")


class LearnerSerializer(serializers.ModelSerializer[Learner]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    school = serializers.SerializerMethodField()

    class Meta:
        model = Learner
        fields = (
            "id",
            "sourced_id",
            "given_name",
            "family_name",
            "preferred_name",
            "pronouns",
            "grade",
            "school",
            "is_active",
        )

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_school(self, row: Learner) -> str | None:
        return str(row.home_school.public_id) if row.home_school else None


class CriterionSerializer(serializers.Serializer[Any]):
    competency = serializers.UUIDField(source="competency.public_id")
    required_level = LevelField()
    points = serializers.FloatField()
    is_required = serializers.BooleanField()


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    need = serializers.FloatField(read_only=True, allow_null=True)
    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = Milestone
        fields = ("id", "code", "title", "description", "kind", "heading", "rule", "need", "criteria")


class ExplainedCriterionSerializer(serializers.Serializer[Any]):
    """A criterion with the engine's explanation: what counted, what did not, every condition, what would change it."""

    code = serializers.CharField()
    level = LevelField()
    required_level = LevelField()
    explanation = serializers.DictField()
    is_true_to_ledger = serializers.BooleanField()


class StatusSerializer(serializers.ModelSerializer[MilestoneStatus]):
    learner = serializers.UUIDField(source="learner.public_id", read_only=True)
    milestone = serializers.UUIDField(source="milestone.public_id", read_only=True)
    level = LevelField(read_only=True)
    previous_level = LevelField(read_only=True)
    criteria = ExplainedCriterionSerializer(many=True, read_only=True, required=False)

    class Meta:
        model = MilestoneStatus
        fields = ("learner", "milestone", "level", "previous_level", "criteria_met", "since", "computed_at", "criteria")

    def to_representation(self, row: MilestoneStatus) -> dict[str, Any]:
        return {
            "learner": str(row.learner.public_id),
            "milestone": str(row.milestone.public_id),
            "level": LEVEL_NAMES[row.level],
            "previous_level": LEVEL_NAMES[row.previous_level],
            "criteria_met": row.criteria_met,
            "since": row.since.isoformat(),
            "computed_at": row.computed_at.isoformat(),
        }


def criteria_data(reasons: Sequence[CriterionReason]) -> list[dict[str, Any]]:
    return [
        {
            "code": reason.code,
            "level": LEVEL_NAMES[reason.level],
            "required_level": LEVEL_NAMES[reason.required_level],
            "explanation": reason.explanation,
            "is_true_to_ledger": reason.is_true_to_ledger,
        }
        for reason in reasons
    ]


class EvidenceSerializer(serializers.Serializer[Any]):
    """One piece of evidence. Documents the shape; rows are read by `api.v1.evidence` (a hundred times faster)."""

    learner = serializers.CharField(max_length=255, help_text="Public id, or roster id (OneRoster sourcedId).")
    competency = serializers.CharField(max_length=255, help_text="Public id, or CASE identifier.")
    score = serializers.FloatField(allow_null=True, min_value=0, max_value=99_999)
    possible = serializers.FloatField(min_value=0.001, max_value=99_999)
    occurred_at = serializers.DateTimeField(help_text="ISO 8601 with an offset.")
    task = serializers.CharField(max_length=100, help_text="Names the piece of work; attempts at it share the name.")
    kind = serializers.ChoiceField(choices=KINDS)
    method = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    form = serializers.CharField(max_length=40, required=False, allow_blank=True)
    weight = serializers.FloatField(min_value=0.001, max_value=100, required=False, default=1)
    state = serializers.ChoiceField(
        choices=[s for s in STATE_NAMES if s != "withdrawn"], required=False, default="counted"
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    comment = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    source_id = serializers.CharField(
        max_length=255,
        required=False,
        help_text="Your own id of the piece. Sent again with the same content: unchanged.",
    )


class ErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class RowResultSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=["created", "unchanged", "rejected"])
    id = serializers.UUIDField(allow_null=True)
    errors: Any = ErrorSerializer(many=True, required=False)


class EvidenceResultSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = RowResultSerializer(many=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors: Any = ErrorSerializer(many=True, required=False)


class PreviewPolicySerializer(serializers.Serializer[Any]):
    method = serializers.CharField(help_text="highest, latest, mean, weighted_mean, ewma, last_vs_rest or n_times.")
    weight = serializers.FloatField(required=False, help_text="0.65, or percent: 65.")
    n = serializers.IntegerField(required=False)
    points_possible = serializers.FloatField()
    meets_at = serializers.FloatField()
    developing_at = serializers.FloatField(required=False)
    mastery_at = serializers.FloatField(required=False, allow_null=True)
    gates = serializers.DictField(required=False)
    attempts = serializers.CharField(required=False)
    order_by = serializers.CharField(required=False)


class PreviewEvidenceSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    possible = serializers.FloatField()
    occurred_at = serializers.CharField(required=False, allow_null=True, help_text="ISO 8601 with an offset.")
    task = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    weight = serializers.FloatField(required=False)


class PreviewSerializer(serializers.Serializer[Any]):
    policy = PreviewPolicySerializer()
    evidence = PreviewEvidenceSerializer(many=True)


class PreviewAnswerSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True)
    level = LevelField()
    counted = serializers.ListField(child=serializers.DictField())
    ignored = serializers.ListField(child=serializers.DictField())
    explanation = serializers.DictField()
