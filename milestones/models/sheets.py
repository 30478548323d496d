"""Score sheets: one milestone × one class, saved as the teacher goes, evidence only once it is released."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Evidence, Form
from competencies.models import Competency
from learners.models import Learner, Section
from learners.reach import learner_scopes, section_scopes
from milestones.models.milestones import Milestone
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


class ScoreSheet(PublicTenantModel):
    """What is being scored: a milestone, a kind of work and a date. Open until released; open again when undone."""

    RESOURCE = "Evidence"
    SCOPES = {**section_scopes("section"), "MINE": lambda actor: Q(opened_by_id=actor.member_id)}

    section = TenantForeignKey(Section, on_delete=models.PROTECT, related_name="score_sheets")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="score_sheets")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="score_sheets")
    form = TenantForeignKey(Form, null=True, on_delete=models.PROTECT, related_name="score_sheets")
    kind = models.CharField(max_length=15, choices=Evidence.Kind, default=Evidence.Kind.FORMATIVE)
    title = models.CharField(max_length=200)
    occurred_on = models.DateField()
    is_practice = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by_id = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by_id = models.BigIntegerField(null=True)
    releases = models.PositiveSmallIntegerField(default=0)  # how often: an undone release may be followed by another

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "section", "milestone"], name="scoresheet_section")]

    def __str__(self) -> str:
        return self.title


class ScoreEntry(TenantModel):
    """One learner's score on a sheet. `version` refuses the slower of two writers."""

    RESOURCE = "Evidence"
    SCOPES = learner_scopes("learner")

    class Mark(models.TextChoices):
        SCORED = "scored", _("Scored")
        NONE = "none", _("No evidence")
        ABSENT = "absent", _("Absent")

    class Drop(models.TextChoices):
        AGREE = "agree", _("Agree")
        KEEP = "keep", _("Keep the level")

    sheet = TenantForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="entries")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="score_entries")
    mark = models.CharField(max_length=6, choices=Mark, blank=True)  # empty: only a comment so far
    level = models.PositiveSmallIntegerField(null=True)  # beginning 1 … mastery 4, where scored
    comment = models.TextField(blank=True)
    drop = models.CharField(max_length=5, choices=Drop, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sheet", "learner"], name="scoreentry_once"),
            models.CheckConstraint(
                condition=Q(mark="scored", level__gte=1, level__lte=4) | (~Q(mark="scored") & Q(level=None)),
                name="scoreentry_level_where_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.mark}"
