"""The school calendar: days without school, and half days."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models.people import School
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey


class CalendarDay(PublicTenantModel):
    """A day unlike others, for one school or (school empty) for all of the tenant. A school's own entry wins."""

    RESOURCE = "Academic year and term"

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("No school")
        HALF = "half", _("Half day")
        SCHOOL = "school", _("School day")  # a school's own: the tenant's holiday does not hold here

    school = TenantForeignKey(School, null=True, on_delete=models.CASCADE, related_name="calendar_days")
    day = models.DateField()
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.HOLIDAY)
    title = models.CharField(max_length=100, blank=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "school", "day"], name="calendarday_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.kind}"
