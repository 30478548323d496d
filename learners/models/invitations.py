"""Invitations to sign in: for one guardian of one child, or for somebody who works here."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models.people import Learner
from learners.reach import learner_scopes
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member


class Invitation(PublicTenantModel):
    """Works once, for some days, for one child or one person. Only a keyed hash of its code is kept."""

    RESOURCE = "Guardian link"
    SCOPES = learner_scopes("learner")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("“Not me”")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    learner = TenantForeignKey(Learner, null=True, on_delete=models.CASCADE, related_name="invitations")
    member = TenantForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="invitations")
    email = models.CharField(max_length=254, blank=True)  # empty: printed, whoever holds the sheet
    relationship = models.CharField(max_length=40, blank=True)
    mentor_kind = models.CharField(max_length=10, blank=True, default="", db_default="")  # else of a guardian
    mentor_until = models.DateField(null=True)
    code_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    expires_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "code_hash"], name="invitation_code"),
        ]
        indexes = [models.Index(fields=["tenant", "-made_at"], name="invitation_newest")]

    def __str__(self) -> str:
        return self.state
