"""The shape of a status preview: a policy, one learner's evidence, and the answer."""

from typing import Any

from rest_framework import serializers

from api.v1.serializers import KINDS, LevelField
from status_engine import METHODS, STATE_NAMES
from status_engine.parameters import PARAMETERS
from status_engine.policy import ATTEMPTS, ORDERS

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]
NUMBERS = [name for name in PARAMETERS if name != "tie"]
PARAMETER_HELP = {
    "weight": "Of ewma and last_vs_rest: 0.65, or percent: 65.",
    "n": "Of n_times and m_of_n.",
    "m": "Of m_of_n.",
    "r": "Of median and mean_of_top.",
    "d": "Of drop_lowest.",
    "p0": "Of bkt: known before the first piece.",
    "t": "Of bkt: learnt between two pieces.",
    "s": "Of bkt: a slip.",
    "g": "Of bkt: a guess.",
}


def policy_fields() -> Fields:
    """The keys of a policy as the engine reads them. What may stand in each is the engine's to say."""
    number: dict[str, Any] = {"required": False, "allow_null": True}
    return {
        "method": serializers.ChoiceField(choices=[(name, name) for name in METHODS]),
        **{name: serializers.FloatField(**number, help_text=PARAMETER_HELP.get(name, "")) for name in NUMBERS},
        "tie": serializers.ChoiceField(choices=["latest", "highest"], required=False, help_text="Of mode."),
        "points_possible": serializers.FloatField(),
        "meets_at": serializers.FloatField(),
        "developing_at": serializers.FloatField(**number),
        "mastery_at": serializers.FloatField(**number),
        "ratings": serializers.ListField(child=serializers.FloatField(), required=False),
        "gates": serializers.DictField(required=False, help_text='{"meets": {gate: what it asks for}, "mastery": {}}'),
        "attempts": serializers.ChoiceField(choices=list(ATTEMPTS), required=False),
        "order_by": serializers.ChoiceField(choices=list(ORDERS), required=False),
        "count_self_assessment": serializers.BooleanField(required=False),
        "window": serializers.DictField(required=False, help_text='{"term": true}, {"days": 90} or {"pieces": 5}'),
        "expires_after": serializers.IntegerField(**number, help_text="Days after which gates no longer see a piece."),
        "hold_at_mastery": serializers.BooleanField(required=False),
        "stalled_after": serializers.IntegerField(
            **number, help_text="Days in a level before it is stalled: 3 to 120."
        ),
        "version": serializers.CharField(required=False, allow_null=True),
    }


class PreviewPolicySerializer(serializers.Serializer[Any]):
    def get_fields(self) -> Fields:
        return policy_fields()


class PreviewEvidenceSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    possible = serializers.FloatField()
    occurred_at = serializers.CharField(required=False, allow_null=True, help_text="ISO 8601 with an offset.")
    recorded_at = serializers.CharField(required=False, allow_null=True, help_text="ISO 8601 with an offset.")
    due_at = serializers.CharField(required=False, allow_null=True, help_text="ISO 8601 with an offset.")
    task = serializers.CharField(required=False, allow_null=True)
    form = serializers.CharField(required=False, allow_null=True)
    attempt = serializers.CharField(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    weight = serializers.FloatField(required=False)
    pass_mark = serializers.FloatField(required=False, allow_null=True, help_text="The task's own, as a share: 0.6.")
    state = serializers.ChoiceField(choices=list(STATE_NAMES), required=False)
    id = serializers.IntegerField(required=False, allow_null=True)


class PreviewSerializer(serializers.Serializer[Any]):
    policy = PreviewPolicySerializer()
    evidence = PreviewEvidenceSerializer(many=True)


class PreviewAnswerSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True)
    level = LevelField()
    counted = serializers.ListField(child=serializers.DictField())
    ignored = serializers.ListField(child=serializers.DictField())
    explanation = serializers.DictField()
