"""Rules tried out, and levels checked against the ledger."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency, Policy
from learners.models import Learner
from learners.reach import learner_scopes
from milestones.models.milestones import LEVELS
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


class PolicyTrial(PublicTenantModel):
    """What a draft would have meant: who would move from which level to which. Worked out without writing a level.

    The row is the truth of the job: a worker leases it, writes progress, and a killed one is taken up again.
    """

    RESOURCE = "Level calculation policy"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    policy = TenantForeignKey(Policy, on_delete=models.CASCADE, related_name="trials")
    rule = models.JSONField()
    points_possible = models.DecimalField(max_digits=8, decimal_places=2)
    ratings = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)  # levels worked out
    total = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "policy", "-asked_at"], name="policytrial_newest")]

    def __str__(self) -> str:
        return self.state


class TrialMove(TenantModel):
    """One level that a trial would move."""

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    trial = TenantForeignKey(PolicyTrial, on_delete=models.CASCADE, related_name="moves")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="+")
    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="+")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "trial", "id"], name="trialmove_trial")]

    def __str__(self) -> str:
        return f"{self.from_level} to {self.to_level}"


class ShadowCheck(TenantModel):
    """One run of the shadow check: every status worked out again from the ledger, and how many differed."""

    RESOURCE = "Level calculation policy"

    at = models.DateTimeField(default=timezone.now)
    statuses = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    fixed = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="shadowcheck_newest")]

    def __str__(self) -> str:
        return f"{self.differing} of {self.statuses}"
