"""What competencies said before they were changed. Append-only."""

from django.db import models
from django.utils import timezone

from competencies.models.frameworks import CURRICULUM, Competency
from tenancy.base import TenantModel
from tenancy.fields import TenantForeignKey


class CompetencyVersion(TenantModel):
    """The wording and state of a competency until it was changed, by whom and why."""

    RESOURCE = CURRICULUM

    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    statement = models.TextField()
    short_statement = models.TextField(blank=True)
    family_statement = models.TextField(blank=True)
    code = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8)
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by_id = models.BigIntegerField(null=True)  # member; no constraint: the history outlives accounts

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "competency", "number"], name="competencyversion_number")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
