"""How a family wants to hear from school, and the weekly digest of each person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from interventions.models.messages import MESSAGE
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

FRIDAY, EVENING = 4, 17
QUIET_FROM, QUIET_UNTIL = 20, 7


class FamilyChoice(TenantModel):
    """When and how school writes to a guardian. Nobody has a row until they choose: then Friday 17:00, by e-mail.

    `time_zone` empty: the school's. Quiet hours run from `quiet_from` to `quiet_until`, over midnight.
    """

    RESOURCE = MESSAGE

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="family_choices")
    is_weekly = models.BooleanField(default=True)
    weekday = models.PositiveSmallIntegerField(default=FRIDAY)  # Monday = 0
    hour = models.PositiveSmallIntegerField(default=EVENING)
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    quiet_from = models.PositiveSmallIntegerField(default=QUIET_FROM)
    quiet_until = models.PositiveSmallIntegerField(default=QUIET_UNTIL)
    time_zone = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member"], name="familychoice_once"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, hour__lte=23, quiet_from__lte=23, quiet_until__lte=23),
                name="familychoice_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.hour}"


class FamilyDigest(PublicTenantModel):
    """The digest of one person for one week, for all their children: once, whatever is killed in between.

    The row is written before anything is sent; `mailed_at` and `texted_at` say which way it has gone already.
    """

    RESOURCE = MESSAGE

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="family_digests")
    week = models.DateField()  # its Monday, where the family is
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(blank=True)  # as a text message: at most 320 characters
    made_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    texted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # nothing more to be done
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "member", "week"], name="familydigest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.week}"
