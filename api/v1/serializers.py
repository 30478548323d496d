"""Shapes of the API. Ids are public ids; levels are machine names."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from competencies.models import Competency, Framework
from learners.models import Learner, Section
from milestones.models import LevelOverride, Milestone
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


class PolicyOfCriterionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.IntegerField()


class ExplainedCriterionSerializer(serializers.Serializer[Any]):
    """A criterion with the engine's explanation: what counted, what did not, every condition, what would change it."""

    competency = serializers.UUIDField()
    code = serializers.CharField()
    level = LevelField()
    computed_level = LevelField()
    required_level = LevelField()
    policy = PolicyOfCriterionSerializer()
    digest = serializers.CharField(help_text="Fingerprint of what the stored level rests on; empty without a level.")
    is_true_to_ledger = serializers.BooleanField()
    explanation = serializers.DictField()


class OverrideSerializer(serializers.Serializer[Any]):
    """What holds instead of the computed level: a teacher's judgement, or what was met under an earlier bar."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=LevelOverride.Kind.choices,
        help_text="`judgement`: a teacher's level, which holds whatever the rule says. `bar`: met before the goal was "
        "changed, which is a floor: the level rises above it with the computed one and never falls below it.",
    )
    level = LevelField(
        help_text="The level that was judged or kept. Not always the one that holds: above a `bar` see `level` of the "
        "status."
    )
    reason = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="Its last day, in the tenant's time zone.")
    set_at = serializers.DateTimeField()
    set_by = serializers.UUIDField(allow_null=True, help_text="Id of the member.")


class StatusSerializer(serializers.Serializer[Any]):
    """Documents the shape; rows are made by `api.v1.statuses`."""

    learner = serializers.UUIDField()
    milestone = serializers.UUIDField()
    level = LevelField(
        help_text="What holds: a teacher's judgement (`override.kind` is `judgement`); else the higher one of the "
        "computed level and of what was met under an earlier bar (`override.kind` is `bar`); else the computed level."
    )
    computed_level = LevelField()
    previous_level = LevelField()
    flags: Any = serializers.ListField(child=serializers.CharField(), help_text="Beside the level, most urgent first.")
    override = OverrideSerializer(allow_null=True)
    criteria_met = serializers.IntegerField(allow_null=True, help_text="Null as of a past moment.")
    since = serializers.DateTimeField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True, help_text="Null as of a past moment.")
    criteria = ExplainedCriterionSerializer(many=True, required=False)


class ExplanationSerializer(serializers.Serializer[Any]):
    learner = serializers.UUIDField()
    milestone = serializers.UUIDField()
    as_of = serializers.DateTimeField(allow_null=True)
    by = serializers.ChoiceField(choices=["occurred", "recorded"], allow_null=True)
    level = LevelField()
    computed_level = LevelField()
    rule = serializers.CharField()
    need = serializers.FloatField(allow_null=True)
    override = OverrideSerializer(allow_null=True)
    criteria = ExplainedCriterionSerializer(many=True)


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
        choices=[s for s in STATE_NAMES if s not in {"withdrawn", "with_hints"}], required=False, default="counted"
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    comment = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    attempt = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="Items of one attempt at a task are one piece."
    )
    pass_mark = serializers.FloatField(
        min_value=0.0001, max_value=1, required=False, allow_null=True, help_text="The task's own, as a share: 0.6."
    )
    hints = serializers.IntegerField(
        min_value=0, max_value=999, required=False, default=0,
        help_text="Used during the work. With any the piece is kept and shown, and does not count.",
    )  # fmt: skip
    minutes = serializers.IntegerField(
        min_value=0, max_value=9999, required=False, allow_null=True, help_text="How long the learner worked."
    )
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
