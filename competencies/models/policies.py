"""Scales and policies: how evidence becomes a level."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from competencies.models.frameworks import Competency, Framework
from competencies.reach import PROPOSAL_LASTS, policy_scopes, proposed_by_another
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

POLICY = "Level calculation policy"


class Scale(PublicTenantModel):
    """The points that evidence is put on, and what they are called."""

    RESOURCE = POLICY

    name = models.CharField(max_length=100)
    points_possible = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(points_possible__gt=0), name="scale_points_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Rating(TenantModel):
    """One named point of a scale. Exactly one is flagged as meeting; levels follow the flag, never the word."""

    RESOURCE = POLICY

    scale = TenantForeignKey(Scale, on_delete=models.CASCADE, related_name="ratings")
    points = models.DecimalField(max_digits=8, decimal_places=2)
    word = models.CharField(max_length=60)
    is_meeting = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "scale", "points"], name="rating_points"),
            models.UniqueConstraint(
                fields=["tenant", "scale"], condition=Q(is_meeting=True), name="rating_one_meeting"
            ),
        ]

    def __str__(self) -> str:
        return self.word


class Policy(PublicTenantModel):
    """Where a rule holds: the whole tenant, a school, a framework or a competency. The nearest one wins, in that order.

    A school's policy holds for the learners whose home school it is.
    """

    RESOURCE = POLICY
    SCOPES = policy_scopes()

    name = models.CharField(max_length=100)
    school = TenantForeignKey("learners.School", null=True, on_delete=models.PROTECT, related_name="policies")
    framework = TenantForeignKey(Framework, null=True, on_delete=models.CASCADE, related_name="policies")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.CASCADE, related_name="policies")

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(school=None, framework=None, competency=None),
                name="policy_one_for_tenant",
            ),
            models.UniqueConstraint(fields=["tenant", "school"], name="policy_one_for_school"),
            models.UniqueConstraint(
                fields=["tenant", "framework"], condition=Q(competency=None), name="policy_one_for_framework"
            ),
            models.UniqueConstraint(fields=["tenant", "competency"], name="policy_one_for_competency"),
            models.CheckConstraint(
                condition=Q(framework=None, competency=None)
                | Q(school=None, competency=None)
                | Q(school=None, framework=None),
                name="policy_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(TenantModel):
    """A published rule. Never edited: statuses name the version they were judged under.

    `applies_to_past`: levels worked out before are worked out anew; else each one moves with its next evidence.
    """

    RESOURCE = POLICY

    policy = TenantForeignKey(Policy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    scale = TenantForeignKey(Scale, on_delete=models.PROTECT, related_name="policy_versions")
    rule = models.JSONField()  # status_engine.parse_policy accepts it together with the scale's cuts
    reason = models.TextField(blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    in_force_from = models.DateTimeField(default=timezone.now)
    applies_to_past = models.BooleanField(default=True)
    is_announced = models.BooleanField(default=True)  # False until the levels it changes are marked for work
    proposed_by_id = models.BigIntegerField(null=True)  # members; no constraint: the history outlives accounts
    approved_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "policy", "number"], name="policyversion_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="policyversion_from_one"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class PolicyDraft(PublicTenantModel):
    """A rule being worked on: edited, tried out, proposed, and approved by a second person. One per policy."""

    RESOURCE = POLICY
    SCOPES = {**policy_scopes("policy__"), "DUAL": proposed_by_another}

    policy = TenantForeignKey(Policy, on_delete=models.CASCADE, related_name="drafts")
    based_on = TenantForeignKey(PolicyVersion, null=True, on_delete=models.CASCADE, related_name="drafts")
    rule = models.JSONField()
    points_possible = models.DecimalField(max_digits=8, decimal_places=2)
    ratings = models.JSONField()  # [[points, word, is_meeting], ...]
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by_id = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_by_id = models.BigIntegerField(null=True)
    in_force_on = models.DateField(null=True)  # the tenant's date; empty = at once
    applies_to_past = models.BooleanField(default=True)
    reason = models.TextField(blank=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "policy"], name="policydraft_one_per_policy"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.policy_id}"

    @property
    def is_proposed(self) -> bool:
        """A proposal stands: it waits for a second person and has not lapsed."""
        return self.proposed_at is not None and self.proposed_at >= timezone.now() - PROPOSAL_LASTS
