"""Goals and their steps, target dates of single learners, and the bars that milestones had before."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from competencies.models import CURRICULUM, Competency
from learners.models import Learner, LearnerGroup, School
from learners.reach import learner_scopes
from milestones.models.milestones import Milestone
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

DATES = "Milestones used by a section, with dates"


class MilestoneStep(TenantModel):
    """A milestone on the way to a long-term goal."""

    RESOURCE = CURRICULUM

    goal = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="steps")
    step = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="step_of")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "goal", "step"], name="milestonestep_once"),
            models.CheckConstraint(condition=~Q(goal=models.F("step")), name="milestonestep_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} towards {self.goal_id}"


class MilestoneAssignment(PublicTenantModel):
    """A milestone given beside the plans of sections: to a grade of a school, to a group or to one learner."""

    RESOURCE = DATES

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="assignments")
    school = TenantForeignKey(School, null=True, on_delete=models.CASCADE, related_name="milestone_assignments")
    grade = models.CharField(max_length=20, blank=True)
    group = TenantForeignKey(LearnerGroup, null=True, on_delete=models.CASCADE, related_name="milestone_assignments")
    learner = TenantForeignKey(Learner, null=True, on_delete=models.CASCADE, related_name="milestone_assignments")
    due_on = models.DateField(null=True)
    given_at = models.DateTimeField(default=timezone.now)
    given_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(school__isnull=False, group=None, learner=None) & ~Q(grade="")
                | Q(school=None, grade="", learner=None, group__isnull=False)
                | Q(school=None, grade="", group=None, learner__isnull=False),
                name="milestoneassignment_one_place",
            ),
            models.UniqueConstraint(
                fields=["tenant", "milestone", "school", "grade", "group", "learner"],
                name="milestoneassignment_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner"], name="milestoneassignment_learner"),
            models.Index(fields=["tenant", "group"], name="milestoneassignment_group"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} given"


class LearnerTarget(TenantModel):
    """The target date of one learner, where it is not the section's."""

    RESOURCE = DATES
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="milestone_targets")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="learner_targets")
    due_on = models.DateField()
    reason = models.TextField(blank=True)
    set_at = models.DateTimeField(default=timezone.now)
    set_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner", "milestone"], name="learnertarget_once")]

    def __str__(self) -> str:
        return str(self.due_on)


class MilestoneVersion(TenantModel):
    """The bar of a milestone until it was moved. Append-only.

    criteria: as in the columns of Criterion, competencies by id; in force until `ended_at`.
    """

    RESOURCE = CURRICULUM

    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=8)
    need = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    criteria = models.JSONField()
    reason = models.TextField()
    kept = models.PositiveIntegerField(default=0)  # learners who keep what they had met under it
    ended_at = models.DateTimeField(default=timezone.now)
    ended_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "milestone", "number"], name="milestoneversion_number")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class MilestoneWording(TenantModel):
    """The words of a milestone until they were changed. Append-only."""

    RESOURCE = CURRICULUM

    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="wordings")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=16)
    horizon = models.CharField(max_length=5)
    heading = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(default=timezone.now)
    ended_by_id = models.BigIntegerField(null=True)  # member; no constraint: the history outlives accounts

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "milestone", "-id"], name="milestonewording_newest")]

    def __str__(self) -> str:
        return self.title


class RouteStep(TenantModel):
    """The order in which one learner takes competencies, where it is not the curriculum's."""

    RESOURCE = DATES
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="route_steps")
    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="route_steps")
    position = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField(default=timezone.now)
    set_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner", "competency"], name="routestep_once")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.competency_id}"
