"""The library of a tenant: what helps with a competency at a level, who was given it, and what they chose."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency
from learners.models import Learner
from learners.reach import learner_scopes
from milestones.models import Milestone
from milestones.models.milestones import LEVELS, of_seen_milestones
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

LIBRARY = "Rubric and task in the library"
GIVEN = "Resource given to a learner"


class Resource(PublicTenantModel):
    """Something to read, watch, practise or teach from, shared in the tenant."""

    RESOURCE = LIBRARY
    SCOPES = {"MINE": lambda actor: Q(made_by_id=actor.member_id)}

    class Kind(models.TextChoices):
        READING = "reading", _("Reading")
        VIDEO = "video", _("Video")
        PRACTICE = "practice", _("Practice")
        MINI_LESSON = "mini_lesson", _("Mini-lesson")
        EXTENSION = "extension", _("Extension")

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=11, choices=Kind)
    summary = models.TextField(blank=True)  # for learners and families
    body = models.TextField(blank=True)  # for who teaches with it
    url = models.URLField(max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    material = models.CharField(max_length=300, blank=True)
    subjects = models.CharField(max_length=200, blank=True)  # other subjects it reaches into
    copied_from = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)  # member; no constraint: it outlives accounts

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "kind", "title"], name="resource_kind")]

    def __str__(self) -> str:
        return self.title


class ResourceTag(TenantModel):
    """The competency it helps with, and the level of whom it is made for. Without a level: for all."""

    RESOURCE = LIBRARY

    resource = TenantForeignKey(Resource, on_delete=models.CASCADE, related_name="tags")
    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="resource_tags")
    level = models.PositiveSmallIntegerField(choices=LEVELS, null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "resource", "competency", "level"], name="resourcetag_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="resourcetag_competency")]

    def __str__(self) -> str:
        return f"{self.resource_id} for {self.competency_id}"


class ResourceUse(PublicTenantModel):
    """Given to a learner: work to do, or an offer that the learner takes or leaves. What they chose is kept."""

    RESOURCE = GIVEN
    SCOPES = learner_scopes("learner")
    LIMIT = staticmethod(of_seen_milestones)

    class Way(models.TextChoices):
        ASSIGNED = "assigned", _("Given as work")
        OFFERED = "offered", _("Offered")
        TAUGHT = "taught", _("Taught with it")

    class Choice(models.TextChoices):
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Not now")
        DONE = "done", _("Done")

    resource = TenantForeignKey(Resource, on_delete=models.PROTECT, related_name="uses")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="resource_uses")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="resource_uses")
    plan = TenantForeignKey("interventions.SupportPlan", null=True, on_delete=models.PROTECT, related_name="resources")
    way = models.CharField(max_length=8, choices=Way, default=Way.ASSIGNED)
    level_then = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    since_then = models.DateTimeField(null=True)  # when that level began
    given_at = models.DateTimeField(default=timezone.now)
    given_by_id = models.BigIntegerField(null=True)  # None: a rule did
    rule_id = models.BigIntegerField(null=True)
    choice = models.CharField(max_length=8, choices=Choice, blank=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "learner", "given_at"], name="resourceuse_learner"),
            models.Index(fields=["tenant", "resource"], name="resourceuse_resource"),
        ]

    def __str__(self) -> str:
        return self.choice or self.way
