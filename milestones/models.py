"""Milestones, their criteria, and where learners stand on them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import LearnerCompetency
from competencies.models import CURRICULUM, Competency, Framework, PolicyVersion
from learners.models import Learner, Section
from learners.reach import learner_scopes, section_scopes
from status_engine import Level
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

LEVELS = [(int(level), level.name.lower()) for level in Level]


class Milestone(PublicTenantModel):
    """A checkpoint: criteria over competencies and the rule that joins them."""

    RESOURCE = CURRICULUM

    class Kind(models.TextChoices):
        ACADEMIC = "academic", _("Academic")
        BEHAVIOURAL = "behavioural", _("Behavioural")
        SOCIAL_EMOTIONAL = "social_emotional", _("Social-emotional")
        ENGAGEMENT = "engagement", _("Engagement")
        FUTURE_READINESS = "future_readiness", _("Future readiness")

    class Rule(models.TextChoices):
        ALL = "all", _("All criteria")
        AT_LEAST = "at_least", _("At least so many criteria")
        POINTS = "points", _("Points of met criteria")

    title = models.CharField(max_length=200)
    code = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ACADEMIC)
    framework = TenantForeignKey(Framework, null=True, on_delete=models.PROTECT, related_name="milestones")
    heading = models.CharField(max_length=120, blank=True)  # the column group on the class grid
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.ALL)
    need = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # k of at_least, or points
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(rule="all") | Q(need__gt=0), name="milestone_rule_needs"),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(TenantModel):
    """A competency with the level that the milestone asks for."""

    RESOURCE = CURRICULUM

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="criteria")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="criteria")
    required_level = models.PositiveSmallIntegerField(choices=LEVELS, default=int(Level.MEETS))
    points = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "milestone", "competency"], name="criterion_once"),
            models.CheckConstraint(condition=Q(required_level__gte=1, required_level__lte=4), name="criterion_level"),
            models.CheckConstraint(condition=Q(points__gt=0), name="criterion_points_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="criterion_competency")]

    def __str__(self) -> str:
        return f"{self.competency_id} at {self.required_level}"


class SectionMilestone(TenantModel):
    """A milestone that a section works towards, with its target date."""

    RESOURCE = "Milestones used by a section, with dates"
    SCOPES = section_scopes("section")

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="section_milestones")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="section_milestones")
    due_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "section", "milestone"], name="sectionmilestone_once")]
        indexes = [models.Index(fields=["tenant", "milestone"], name="sectionmilestone_milestone")]

    def __str__(self) -> str:
        return f"{self.milestone_id} in {self.section_id}"


class CompetencyStatus(TenantModel):
    """The level of one learner on one competency, and what makes it replayable from the ledger."""

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    learner_competency = TenantForeignKey(LearnerCompetency, on_delete=models.CASCADE, related_name="statuses")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="competency_statuses")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    value = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    pieces = models.PositiveIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    policy_version = TenantForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="statuses")
    watermark = models.BigIntegerField(default=0)  # the newest ledger row seen
    digest = models.CharField(max_length=16, default="")
    since = models.DateTimeField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "learner_competency"], name="competencystatus_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "competency"], name="competencystatus_learner"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class MilestoneStatus(TenantModel):
    """The level of one learner on one milestone. No row means not started."""

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="milestone_statuses")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    previous_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    criteria_met = models.PositiveSmallIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner", "milestone"], name="milestonestatus_once")]
        indexes = [models.Index(fields=["tenant", "milestone"], name="milestonestatus_milestone")]

    def __str__(self) -> str:
        return str(self.level)


class StatusChange(TenantModel):
    """Every move from one level to another, with its cause. Append-only."""

    RESOURCE = "Level history"
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="status_changes")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="status_changes")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="status_changes")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS)
    at = models.DateTimeField(default=timezone.now)  # when it became known
    applies_from = models.DateTimeField()  # when the newest piece behind it was observed
    cause = models.CharField(max_length=40)
    evidence_id = models.BigIntegerField(null=True)
    policy_version_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(competency=None) ^ Q(milestone=None), name="statuschange_of_one_thing"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "milestone", "at"], name="statuschange_milestone"),
            models.Index(fields=["tenant", "learner", "competency", "at"], name="statuschange_competency"),
        ]

    def __str__(self) -> str:
        return f"{self.from_level} to {self.to_level}"


class Release(TenantModel):
    """What learner and family may see: the level as a teacher released it. Append-only; the newest one counts."""

    RESOURCE = "Current level"
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: newest_release()}

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="releases")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="releases")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    is_withdrawn = models.BooleanField(default=False)
    released_at = models.DateTimeField(default=timezone.now)
    released_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "learner", "milestone", "-released_at"], name="release_newest")]

    def __str__(self) -> str:
        return str(self.level)


def newest_release() -> Q:
    """The last word on a learner's milestone, unless that word was to withdraw it."""
    later = Release.objects.filter(
        learner_id=OuterRef("learner_id"), milestone_id=OuterRef("milestone_id"), id__gt=OuterRef("id")
    )
    return Q(~Exists(later), is_withdrawn=False)
