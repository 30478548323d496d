"""What a programme costs and gives the grown-ups: workshops, mentors and observations, and what a school needs."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import School
from learners.reach import my_school_ids
from tenancy.base import PublicTenantModel, Scopes, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

DEVELOPMENT, NEED = "Professional development", "Resource need"


def administered() -> Scopes:
    return {"SCH": lambda actor: Q(school_id__in=my_school_ids(actor))}


class DevelopmentRecord(PublicTenantModel):
    """A workshop, a meeting of a mentor pair, or an observation. `lead`: who led, mentored or observed."""

    RESOURCE = DEVELOPMENT
    SCOPES = administered()

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", _("Workshop")
        MENTOR = "mentor", _("Mentor pair")
        OBSERVATION = "observation", _("Observation")

    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="development_records")
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=200)
    on = models.DateField()
    minutes = models.PositiveIntegerField()
    lead = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    is_removed = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "school", "-on"], name="developmentrecord_newest")]

    def __str__(self) -> str:
        return self.title


class DevelopmentPlace(TenantModel):
    """Who took part."""

    RESOURCE = DEVELOPMENT

    record = TenantForeignKey(DevelopmentRecord, on_delete=models.CASCADE, related_name="places")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="development_places")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "record", "member"], name="developmentplace_once")]
        indexes = [models.Index(fields=["tenant", "member"], name="developmentplace_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.record_id}"


class ResourceNeed(PublicTenantModel):
    """Something that a school needs, what it costs, and how far it is. Money is a figure, never an account."""

    RESOURCE = NEED
    SCOPES = administered()

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        APPROVED = "approved", _("Approved")
        THERE = "there", _("There")
        DECLINED = "declined", _("Declined")

    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="resource_needs")
    title = models.CharField(max_length=200)
    why = models.CharField(max_length=500, blank=True)
    amount = models.PositiveIntegerField(default=1)
    cost_each = models.DecimalField(max_digits=10, decimal_places=2)
    needed_by = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "school", "state"], name="resourceneed_state")]

    def __str__(self) -> str:
        return self.title
