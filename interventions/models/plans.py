"""Support plans: what is tried with a learner on a milestone, in which steps, with which result."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency
from learners.models import Learner, LearnerGroup, Section
from learners.reach import learner_scopes
from milestones.models import Milestone
from milestones.models.milestones import LEVELS, of_seen_milestones
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

CASE = "Intervention case"


class Protocol(PublicTenantModel):
    """Steps to try one after the other, each with another approach."""

    RESOURCE = "Rubric and task in the library"
    SCOPES = {"MINE": lambda actor: Q(made_by_id=actor.member_id)}

    name = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="protocol_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProtocolStep(TenantModel):
    """One step: the approach, how often, for how long, and after how many days it is looked at again."""

    RESOURCE = "Rubric and task in the library"

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    approach = models.CharField(max_length=120)
    how = models.TextField(blank=True)
    sessions = models.PositiveSmallIntegerField(default=3)
    minutes = models.PositiveSmallIntegerField(default=15)
    days = models.PositiveSmallIntegerField(default=14)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "protocol", "position"], name="protocolstep_position"),
            models.UniqueConstraint(fields=["tenant", "protocol", "approach"], name="protocolstep_other_approach"),
        ]

    def __str__(self) -> str:
        return self.approach


class SupportPlan(PublicTenantModel):
    """One learner, one milestone, one thing that is tried. Learner and family see it once it is shared with them.

    steps: those of the protocol when the first plan of its row was proposed: [{position, approach, how, sessions,
    minutes, days}]. A protocol that is changed later changes no plan that stands.
    """

    RESOURCE = CASE
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: Q(is_shared=True)}
    LIMIT = staticmethod(of_seen_milestones)

    class Kind(models.TextChoices):
        SUPPORT = "support", _("Support plan")
        GROUP = "group", _("Small group")
        TUTORING = "tutoring", _("Tutoring")
        PEER = "peer", _("Peer tutoring")
        ENRICHMENT = "enrichment", _("Enrichment")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RUNNING = "running", _("Running")
        CLOSED = "closed", _("Closed")

    class Result(models.TextChoices):
        REACHED = "reached", _("Reached")
        PROGRESS = "progress", _("Some progress")
        NO_CHANGE = "no_change", _("No change")
        OTHER = "other", _("Another reason")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="support_plans")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="support_plans")
    section = TenantForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="support_plans")
    group = TenantForeignKey(LearnerGroup, null=True, on_delete=models.PROTECT, related_name="support_plans")
    # What a group of a shared gap works on: those who have the same gap later may join.
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="support_plans")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUPPORT)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    protocol = TenantForeignKey(Protocol, null=True, on_delete=models.PROTECT, related_name="plans")
    steps = models.JSONField(default=list)
    step = models.PositiveSmallIntegerField(default=1)  # of the protocol: where the plan is now
    approach = models.CharField(max_length=120)  # what is being tried, in words
    goal = models.TextField(blank=True)
    owner = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="support_plans")
    review_on = models.DateField(null=True)
    is_shared = models.BooleanField(default=False)
    rule_id = models.BigIntegerField(null=True)  # of the rule that proposed it
    follows = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")  # escalation
    level_then = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    since_then = models.DateTimeField(null=True)  # when that level began
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by_id = models.BigIntegerField(null=True)  # None: a rule did
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=9, choices=Result, blank=True)
    result_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "learner", "milestone", "kind"], name="supportplan_one_open",
                condition=~Q(state="closed"),
            ),
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(result=""), name="supportplan_closed_with_result"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant", "state", "review_on"], name="supportplan_state"),
            models.Index(fields=["tenant", "learner"], name="supportplan_learner"),
            models.Index(fields=["tenant", "milestone"], name="supportplan_milestone"),
        ]

    def __str__(self) -> str:
        return self.approach


class PlanSession(PublicTenantModel):
    """Who did what with the learner, when and for how long. Append-only; `withdraws` takes one back."""

    RESOURCE = CASE

    plan = TenantForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    what = models.TextField()
    approach = models.CharField(max_length=120)
    led_by_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by_id = models.BigIntegerField(null=True)
    withdraws = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="withdrawn_by")

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "plan", "on"], name="plansession_plan")]

    def __str__(self) -> str:
        return f"{self.on}: {self.minutes} min"
