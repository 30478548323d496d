"""What learners ask for: help, or a second look at a level. Another try at a task is asked for in `assessments`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from learners.reach import learner_scopes
from milestones.models import Milestone
from milestones.models.milestones import of_seen_milestones
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey

ASKING = "Request of a learner"


class LearnerRequest(PublicTenantModel):
    """Open until a teacher answers or the learner takes it back; one of a kind per milestone at a time."""

    RESOURCE = ASKING
    SCOPES = learner_scopes("learner")
    LIMIT = staticmethod(of_seen_milestones)

    class Kind(models.TextChoices):
        HELP = "help", _("Help")
        SECOND_LOOK = "look", _("A second look at the level")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="requests")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=4, choices=Kind)
    text = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "learner", "milestone", "kind"], name="learnerrequest_one_open",
                condition=Q(answered_at=None, taken_back_at=None),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "learner", "asked_at"], name="learnerrequest_learner")]

    def __str__(self) -> str:
        return self.kind
