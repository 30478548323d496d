"""Rubrics: criteria × levels, with a descriptor for staff and one for learners and families in each cell.

A rubric that has scores is never edited: the change is a new version that follows it.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import Competency
from competencies.reach import rubric_scopes
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

RUBRIC = "Rubric and task in the library"


class Rubric(PublicTenantModel):
    """Of one competency, or shared by several. In the library where `is_shared`; a copy names what it was made from."""

    RESOURCE = RUBRIC
    SCOPES = rubric_scopes()

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="rubrics")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    is_shared = models.BooleanField(default=False)
    copied_from = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    follows = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    version = models.PositiveSmallIntegerField(default=1)
    made_by_id = models.BigIntegerField(null=True)  # member; no constraint: the rubric outlives accounts
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "follows"], name="rubric_followed_once"),
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="rubric_competency")]

    def __str__(self) -> str:
        return self.title


class RubricCriterion(TenantModel):
    """One row of a rubric. With a competency of its own its scores are evidence for that one, else for the task's."""

    RESOURCE = RUBRIC

    rubric = TenantForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    title = models.CharField(max_length=200)
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="rubric_criteria")
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(weight__gt=0), name="rubriccriterion_weight_positive")]
        indexes = [models.Index(fields=["tenant", "rubric", "position"], name="rubriccriterion_rubric")]

    def __str__(self) -> str:
        return self.title


class RubricDescriptor(TenantModel):
    """What one level of one criterion looks like: `text` for staff, `family_text` for learners and families."""

    RESOURCE = RUBRIC

    criterion = TenantForeignKey(RubricCriterion, on_delete=models.CASCADE, related_name="descriptors")
    level = models.PositiveSmallIntegerField()  # beginning 1 … mastery 4
    text = models.TextField(blank=True)
    family_text = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "criterion", "level"], name="rubricdescriptor_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="rubricdescriptor_level"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} at {self.level}"
