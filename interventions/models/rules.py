"""Rules that watch levels and the calendar for a teacher, and the reasons they give."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.library import Resource
from interventions.models.plans import Protocol
from learners.models import School, Section
from learners.reach import my_work_school_ids
from milestones.models import Milestone
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey

RULE = "Trigger rule"


class Reason(models.TextChoices):
    """Why somebody is needed (design: ui §7.3)."""

    DROPPED = "dropped", _("Dropped a level")
    STALLED = "stalled", _("Stalled")
    ONE_KIND = "stalled_one_kind", _("Stalled with one kind of evidence")
    NOT_STARTED = "not_started_late", _("Past the target date, not started")
    BEHIND = "behind", _("Past the target date, on the way")
    BLOCKED = "blocked", _("Waits for something that comes before")
    ATTEMPTS = "attempts", _("Several attempts below the goal")
    STALE = "stale", _("Not shown for a long time")
    ASKED = "asked", _("Asked for help")
    EARLY = "reached", _("Reached mastery early")


def of_my_schools(actor: Actor) -> Q:
    """Rules of the tenant are read by all who work in a school; who may change them, the service says."""
    schools = my_work_school_ids(actor)
    return Q(school=None, section=None) | Q(school_id__in=schools) | Q(section__school_id__in=schools)


class Rule(PublicTenantModel):
    """When this happens to a learner, do that: for the tenant, a school, a class or a milestone.

    params: the numbers of the sentence, by name (`interventions/reasons.py` says which and in which range).
    """

    RESOURCE = RULE
    SCOPES = {
        "SCH": of_my_schools,
        "SCHOOLS": lambda actor: Q(school_id__in=list(actor.school_ids or ())) | Q(school=None, section=None),
    }

    class Action(models.TextChoices):
        QUEUE = "queue", _("Show it on Today")
        PLAN = "plan", _("Propose a support plan")
        RESOURCE = "resource", _("Give reading or practice from the library")
        GROUP = "group", _("Propose a group")
        PEER = "peer", _("Propose a peer tutor")
        ENRICH = "enrich", _("Offer an extension")
        NOTICE = "notice", _("Write a message")

    class Audience(models.TextChoices):
        TEACHER = "teacher", _("the teacher")
        LEARNER = "learner", _("the learner")
        HOME = "home", _("home")

    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=16, choices=Reason)
    params = models.JSONField(default=dict)
    school = TenantForeignKey(School, null=True, on_delete=models.CASCADE, related_name="rules")
    section = TenantForeignKey(Section, null=True, on_delete=models.CASCADE, related_name="rules")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.CASCADE, related_name="rules")
    action = models.CharField(max_length=8, choices=Action, default=Action.QUEUE)
    protocol = TenantForeignKey(Protocol, null=True, on_delete=models.PROTECT, related_name="rules")
    resource = TenantForeignKey(Resource, null=True, on_delete=models.PROTECT, related_name="rules")
    audience = models.CharField(max_length=7, choices=Audience, blank=True)
    text = models.TextField(blank=True)  # of the message
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(school=None) | Q(section=None), name="rule_one_place"),
            models.CheckConstraint(condition=~Q(action="notice") | ~Q(audience=""), name="rule_notice_to_somebody"),
            models.UniqueConstraint(
                fields=["tenant", "reason", "action", "audience", "school", "section", "milestone"],
                name="rule_once_at_a_place", nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
