"""Mentors: an adviser or a supervisor who follows named learners, for some time, and only reads."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models.people import Learner
from learners.reach import learner_scopes
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

MENTOR_LINK = "Mentor link"


class MentorLink(PublicTenantModel):
    """One person follows one learner, from a day to a day. It gives less than a guardian's link: decision 0022."""

    RESOURCE = MENTOR_LINK
    SCOPES = {**learner_scopes("learner"), "MINE": lambda actor: Q(member_id=actor.member_id)}

    class Kind(models.TextChoices):
        MENTOR = "mentor", _("Mentor")
        ADVISER = "adviser", _("Adviser")
        SUPERVISOR = "supervisor", _("Supervisor")

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="mentor_links")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="mentor_links")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MENTOR)
    begins_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)  # taken away before its last day

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "member", "learner"], name="mentorlink_once"),
        ]
        indexes = [models.Index(fields=["tenant", "learner"], name="mentorlink_learner")]

    def __str__(self) -> str:
        return self.kind
