"""The evidence ledger. Append-only: a correction or a withdrawal is a new row that supersedes an old one."""

from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency
from learners.models import Learner
from learners.reach import learner_scopes
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

EDIT_WINDOW = timedelta(days=14)


def released_with_a_level() -> Q:
    """Pieces that were in the ledger when the newest release of a level built on them was made.

    Releases stand in the room above, so they go by name.
    """
    releases = apps.get_model("milestones", "Release").objects
    later = releases.filter(
        learner_id=OuterRef("learner_id"), milestone_id=OuterRef("milestone_id"), id__gt=OuterRef("id")
    )
    shown = releases.filter(~Exists(later), is_withdrawn=False, watermark__gte=OuterRef("id")).filter(
        learner_id=OuterRef("learner_competency__learner_id"),
        milestone__criteria__competency_id=OuterRef("learner_competency__competency_id"),
    )
    return Q(Exists(shown))


class LearnerCompetency(TenantModel):
    """One learner × one competency: what evidence points at, and the row to lock while its level is worked out."""

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="learner_competencies")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="learner_competencies")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "learner", "competency"], name="learnercompetency_once")
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="learnercompetency_competency")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.competency_id}"


class Evidence(PublicTenantModel):
    """One piece of evidence, or a correction or withdrawal of one."""

    RESOURCE = "Evidence"

    class Kind(models.TextChoices):
        FORMATIVE = "formative", _("Formative")
        SUMMATIVE = "summative", _("Summative")
        PERFORMANCE = "performance", _("Performance task")
        OBSERVATION = "observation", _("Observation")
        SELF_ASSESSMENT = "self_assessment", _("Self-assessment")
        INDICATOR = "indicator", _("Indicator")

    class Entry(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        CORRECTED = "corrected", _("Corrected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class State(models.TextChoices):
        COUNTED = "counted", _("Counted")
        HIDDEN = "hidden", _("Hidden")
        NOT_JUDGED = "not_judged", _("Not judged yet")

    learner_competency = TenantForeignKey(LearnerCompetency, on_delete=models.PROTECT, related_name="evidence")
    entry = models.CharField(max_length=9, choices=Entry, default=Entry.RECORDED)
    supersedes = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    kind = models.CharField(max_length=15, choices=Kind)
    method = models.CharField(max_length=40, blank=True)
    task = models.CharField(max_length=100)  # the task's identifier: pieces of one task are not independent
    title = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=40, blank=True)
    attempt = models.CharField(max_length=40, blank=True)  # items of one attempt at a task are one piece
    pass_mark = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # the task's own, as a share
    hints = models.PositiveSmallIntegerField(default=0, db_default=0)  # used during the work; with any it never counts
    minutes = models.PositiveSmallIntegerField(null=True)  # how long the learner worked
    score = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    possible = models.DecimalField(max_digits=9, decimal_places=3)
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    state = models.CharField(max_length=10, choices=State, default=State.COUNTED)
    occurred_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    comment = models.TextField(blank=True)
    source = models.CharField(max_length=60)
    source_id = models.CharField(max_length=255)
    recorded_by_id = models.BigIntegerField(null=True)  # member; no constraint: the ledger outlives accounts
    token_id = models.BigIntegerField(null=True)  # API client

    SCOPES = {
        **learner_scopes("learner_competency__learner"),
        "PUB": lambda actor: released_with_a_level(),
        "MINE": lambda actor: Q(recorded_by_id=actor.member_id),
        "WIN": lambda actor: Q(recorded_at__gte=timezone.now() - EDIT_WINDOW),
    }

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            # The idempotency key: sending a piece again changes nothing.
            models.UniqueConstraint(fields=["tenant", "source", "source_id"], name="evidence_source"),
            # A chain, not a tree: the second of two corrections of one row is a conflict.
            models.UniqueConstraint(fields=["tenant", "supersedes"], name="evidence_superseded_once"),
            models.CheckConstraint(condition=Q(possible__gt=0), name="evidence_possible_positive"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="evidence_weight_positive"),
            models.CheckConstraint(
                condition=Q(pass_mark=None) | Q(pass_mark__gt=0, pass_mark__lte=1), name="evidence_pass_mark_share"
            ),
            models.CheckConstraint(
                condition=Q(entry="recorded", supersedes=None) | (~Q(entry="recorded") & ~Q(supersedes=None)),
                name="evidence_entry_supersedes",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner_competency", "occurred_at", "id"], name="evidence_group"),
        ]

    def __str__(self) -> str:
        return self.title or self.task


def standing() -> Combinable:
    """Condition for the rows that stand: not superseded by a later correction or withdrawal."""
    later = Evidence.objects.filter(tenant_id=OuterRef("tenant_id"), supersedes_id=OuterRef("id"))
    return ~Exists(later)


class StaleMark(TenantModel):
    """Work to be done, written in the transaction of its cause: this level has to be worked out again.

    The row is the truth; a Celery message only rings the bell. It is taken with SKIP LOCKED and a lease, counted, and
    parked with its error after too many tries.
    """

    learner_competency = TenantForeignKey(LearnerCompetency, on_delete=models.CASCADE, related_name="stale_marks")
    marked_at = models.DateTimeField(default=timezone.now)
    cause = models.CharField(max_length=40)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner_competency"], name="stalemark_once")]

    def __str__(self) -> str:
        return self.cause
