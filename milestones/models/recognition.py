"""Recognition: celebrations, shout-outs and certificates. Nothing here counts, ranks or compares."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency
from learners.models import Learner, School
from learners.reach import learner_scopes, my_school_ids
from milestones.models.milestones import LEVELS, Milestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

RECOGNITION = "Recognition"


class CelebrationRule(TenantModel):
    """From which level on a milestone is celebrated: for one school, or (school empty) for all of the tenant."""

    RESOURCE = RECOGNITION
    SCOPES = {"SCH": lambda actor: Q(school_id__in=my_school_ids(actor))}

    school = TenantForeignKey(School, null=True, on_delete=models.CASCADE, related_name="celebration_rules")
    level = models.PositiveSmallIntegerField(choices=LEVELS, null=True, default=int(Level.MEETS))  # empty = never

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "school"], name="celebrationrule_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return str(self.level)


def _said_by(actor: Actor) -> Q:
    return Q(by_member_id=actor.member_id)


class ShoutOut(PublicTenantModel):
    """A good word for a learner, by a teacher, a peer or the family. A peer's is seen once a teacher lets it through.

    A guardian sees the cheers from home that they sent themselves: never who else is linked to the child.
    """

    RESOURCE = RECOGNITION
    SCOPES = {
        **learner_scopes("learner"),
        "LINK": lambda actor: learner_scopes("learner")["LINK"](actor) & (Q(is_from_home=False) | _said_by(actor)),
        "PUB": lambda actor: Q(state="shown"),
        "MINE": lambda actor: Q(by_member_id=actor.member_id),
    }

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a teacher")
        SHOWN = "shown", _("Shown")
        DECLINED = "declined", _("Not shown")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="shout_outs")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="shout_outs")
    text = models.CharField(max_length=300)
    by_member_id = models.BigIntegerField()
    by_name = models.CharField(max_length=320)
    is_from_peer = models.BooleanField(default=False)
    is_from_home = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    said_at = models.DateTimeField(default=timezone.now)
    moderated_at = models.DateTimeField(null=True)
    moderated_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "learner", "-said_at"], name="shoutout_learner")]

    def __str__(self) -> str:
        return self.text


class Certificate(PublicTenantModel):
    """A certificate for a released level of a milestone, frozen at issue. `code` is printed on it."""

    RESOURCE = RECOGNITION
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: Q(withdrawn_at=None)}

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="certificates")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="certificates")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    learner_name = models.CharField(max_length=320)
    milestone_title = models.CharField(max_length=200)
    reached_on = models.DateField()
    code = models.CharField(max_length=20)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by_id = models.BigIntegerField(null=True)
    issued_by_name = models.CharField(max_length=320, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "code"], name="certificate_code"),
            models.UniqueConstraint(
                fields=["tenant", "learner", "milestone", "level"],
                condition=Q(withdrawn_at=None),
                name="certificate_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code
