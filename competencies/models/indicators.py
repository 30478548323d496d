"""Indicators: competencies whose evidence is a measured value (attendance, homework, hours, incidents)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import CURRICULUM, Competency
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey


class Indicator(PublicTenantModel):
    """How a figure is entered and counted. Its competency stands in a framework of the tenant like any other."""

    RESOURCE = CURRICULUM

    class Entry(models.TextChoices):
        DAY = "day", _("A mark for each school day")
        SHARE = "share", _("So many of so many")
        COUNT = "count", _("A count")
        AMOUNT = "amount", _("An amount with a unit")

    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(max_length=100)
    entry = models.CharField(max_length=6, choices=Entry)
    unit = models.CharField(max_length=40, blank=True)  # "days", "hours", "incidents"
    is_less_better = models.BooleanField(default=False)
    follows_calendar = models.BooleanField(default=False)  # holidays do not count, half days count half
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "competency"], name="indicator_once"),
        ]

    def __str__(self) -> str:
        return self.name
