"""Competencies in words for families."""

from django.db import models
from django.utils import timezone

from competencies.models.frameworks import CURRICULUM, Competency
from tenancy.base import TenantModel
from tenancy.fields import TenantForeignKey


class CompetencyHomeWords(TenantModel):
    """What a competency means and what to do at home in ten minutes, one row per language. `ideas`: one in a line."""

    RESOURCE = CURRICULUM

    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="home_words")
    language = models.CharField(max_length=10, default="en")
    meaning = models.TextField(blank=True)
    ideas = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "competency", "language"], name="competencyhomewords_once")
        ]

    def __str__(self) -> str:
        return f"{self.competency_id} ({self.language})"
