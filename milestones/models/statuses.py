"""Where learners stand on competencies and milestones, and how they got there."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.models import LearnerCompetency
from competencies.models import Competency, PolicyVersion
from learners.models import Learner
from learners.reach import learner_scopes
from milestones.models.milestones import LEVELS, Milestone, of_seen_milestones
from tenancy.base import TenantModel
from tenancy.fields import TenantForeignKey


class CompetencyStatus(TenantModel):
    """The level of one learner on one competency, and what makes it replayable from the ledger.

    `level` is what holds: the one a teacher set while that stands, else the computed one, which goes on being computed.
    """

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    learner_competency = TenantForeignKey(LearnerCompetency, on_delete=models.CASCADE, related_name="statuses")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="competency_statuses")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    set_level = models.PositiveSmallIntegerField(choices=LEVELS, null=True)  # of the override that stands
    set_until = models.DateField(null=True)  # its last day, the tenant's date
    value = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    pieces = models.PositiveIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    policy_version = TenantForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="statuses")
    watermark = models.BigIntegerField(default=0)  # the newest ledger row seen
    digest = models.CharField(max_length=16, default="")
    judged_on = models.DateField(null=True)  # the tenant's day, for rules that look at the calendar
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
    LIMIT = staticmethod(of_seen_milestones)

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="milestone_statuses")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    set_level = models.PositiveSmallIntegerField(choices=LEVELS, null=True)  # of the override that stands
    set_until = models.DateField(null=True)  # its last day, the tenant's date
    previous_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    criteria_met = models.PositiveSmallIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    earned_at = models.DateTimeField(null=True)  # when mastery was first reached on evidence that still stands
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
    LIMIT = staticmethod(of_seen_milestones)

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
    override_id = models.BigIntegerField(null=True)

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
    LIMIT = staticmethod(of_seen_milestones)

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="releases")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="releases")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    is_withdrawn = models.BooleanField(default=False)
    released_at = models.DateTimeField(default=timezone.now)
    released_by_id = models.BigIntegerField(null=True)
    explanation = models.JSONField(null=True)  # why, as it was when it was released
    watermark = models.BigIntegerField(default=0)  # evidence up to this row of the ledger is released with it
    sheet_id = models.BigIntegerField(null=True)  # the score sheet it was released with

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
