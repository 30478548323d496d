"""The queue behind Today: one entry per learner, milestone and reason, closed when the reason is gone."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.rules import Reason, Rule
from learners.models import Learner, Section
from learners.reach import learner_scopes
from milestones.models import Milestone
from milestones.models.milestones import LEVELS, of_seen_milestones
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

ALERT = "Alert about a learner"


class Alert(PublicTenantModel):
    """Somebody is needed, and why. Open as long as the reason holds, whatever a teacher did with it meanwhile.

    facts: what the sentence is made of, as it was when the entry was last looked at.
    """

    RESOURCE = ALERT
    SCOPES = learner_scopes("learner")
    LIMIT = staticmethod(of_seen_milestones)

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="alerts")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="alerts")
    section = TenantForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="alerts")
    reason = models.CharField(max_length=16, choices=Reason)
    rule = TenantForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="alerts")
    facts = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    since = models.DateTimeField()  # when the reason began
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    hidden_until = models.DateField(null=True)  # snoozed or acted on: the school's day on which it may come back
    dismissed_at = models.DateTimeField(null=True)  # not a concern, until the reason is gone
    owner = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="alerts_taken_over")
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "learner", "milestone", "reason"], name="alert_once",
                condition=Q(closed_at=None),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant", "learner"], name="alert_open", condition=Q(closed_at=None)),
            models.Index(fields=["tenant", "opened_at"], name="alert_opened"),
        ]

    def __str__(self) -> str:
        return self.reason


class AlertAct(TenantModel):
    """What somebody did with an entry. Append-only; an undo is a row of its own.

    before: {hidden_until, dismissed_at, owner_id} as they were, so that an undo can put them back.
    """

    RESOURCE = ALERT

    class Kind(models.TextChoices):
        HANDLED = "handled", _("Acted on")
        SNOOZED = "snoozed", _("Snoozed")
        HANDED_OVER = "handed_over", _("Handed over")
        NO_CONCERN = "no_concern", _("Not a concern")
        UNDONE = "undone", _("Undone")

    alert = TenantForeignKey(Alert, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=11, choices=Kind)
    note = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "alert", "at"], name="alertact_alert")]

    def __str__(self) -> str:
        return self.kind


class AlertMark(TenantModel):
    """A learner whose level moved and who was not looked at since: PostgreSQL's half of the wake-up.

    Not once per learner: a unique key would make teachers who write about one learner wait for each other.
    """

    RESOURCE = ALERT

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="alert_marks")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.learner_id)


class AlertRun(TenantModel):
    """When all rules were last worked out for everybody: the foot of Today."""

    RESOURCE = ALERT

    at = models.DateTimeField(default=timezone.now)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "at"], name="alertrun_at")]

    def __str__(self) -> str:
        return self.at.isoformat()
