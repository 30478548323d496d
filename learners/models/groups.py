"""Groups of learners made by teachers, and working levels apart from grades."""

from django.db import models
from django.utils import timezone

from learners.models.people import Learner, Section
from learners.reach import learner_scopes, section_child_scopes
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


class LearnerGroup(PublicTenantModel):
    """A group inside a section, of any ages."""

    RESOURCE = "Section"
    SCOPES = section_child_scopes()

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "section", "name"], name="learnergroup_name"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupPlace(TenantModel):
    """A learner's place in a group."""

    RESOURCE = "Section"

    group = TenantForeignKey(LearnerGroup, on_delete=models.CASCADE, related_name="places")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="group_places")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "learner"], name="groupplace_once")]
        indexes = [models.Index(fields=["tenant", "learner"], name="groupplace_learner")]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.group_id}"


class SeatingPlace(TenantModel):
    """A learner's place in the teacher's own order of a class."""

    RESOURCE = "Section"
    SCOPES = section_child_scopes()

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="seating")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="seating")
    position = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "section", "learner"], name="seatingplace_once")]

    def __str__(self) -> str:
        return str(self.position)


class WorkingLevel(TenantModel):
    """The grade whose work a learner does in a subject, apart from the grade on the roster."""

    RESOURCE = "Milestones used by a section, with dates"
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="working_levels")
    subject = models.CharField(max_length=100)
    grade = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    set_at = models.DateTimeField(default=timezone.now)
    set_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner", "subject"], name="workinglevel_once")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.grade}"
