"""Levels that a person set."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import EDIT_WINDOW
from competencies.models import Competency
from learners.models import Learner
from learners.reach import learner_scopes
from milestones.models.milestones import LEVELS, Milestone
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


class LevelOverride(PublicTenantModel):
    """A level that holds because a person said so, with the reason, until a day or until it is ended. Append-only.

    Either a teacher's judgement, or what a learner had met before the bar of the milestone was moved.
    """

    RESOURCE = "Level override with reason"
    SCOPES = {
        **learner_scopes("learner"),
        "WIN": lambda actor: Q(set_at__gte=timezone.now() - EDIT_WINDOW),
    }

    class Kind(models.TextChoices):
        JUDGEMENT = "judgement", _("A teacher's judgement")
        EARLIER_BAR = "bar", _("Met under an earlier bar")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="overrides")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="overrides")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="overrides")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.JUDGEMENT)
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS)  # what the policy said at that moment
    reason = models.TextField()
    until = models.DateField(null=True)  # its last day, the tenant's date
    set_at = models.DateTimeField(default=timezone.now)
    set_by_id = models.BigIntegerField(null=True)  # member; no constraint: the history outlives accounts
    explanation = models.JSONField()  # why the computed level was what it was, frozen

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(competency=None) ^ Q(milestone=None), name="override_of_one_thing"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "milestone", "-id"], name="override_milestone"),
            models.Index(fields=["tenant", "learner", "competency", "-id"], name="override_competency"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class OverrideEnd(TenantModel):
    """Why an override no longer stands: ended by a person, followed by another one, or its last day is over."""

    RESOURCE = "Level override with reason"
    SCOPES = learner_scopes("override__learner")

    class Cause(models.TextChoices):
        ENDED = "ended", _("Ended")
        FOLLOWED = "followed", _("Followed by another")
        EXPIRED = "expired", _("Its last day is over")

    override = TenantForeignKey(LevelOverride, on_delete=models.PROTECT, related_name="ends")
    cause = models.CharField(max_length=8, choices=Cause)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(default=timezone.now)
    ended_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "override"], name="overrideend_once")]

    def __str__(self) -> str:
        return self.cause
