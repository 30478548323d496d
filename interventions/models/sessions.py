"""Learning labs and block sessions: stations, and groups that rotate through them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from interventions.models.library import Resource
from learners.models import LearnerGroup, Section
from learners.reach import section_child_scopes
from milestones.models import Milestone
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

DATES = "Milestones used by a section, with dates"


class Block(PublicTenantModel):
    """One session of a class: groups start at different stations and move on together."""

    RESOURCE = DATES
    SCOPES = section_child_scopes()

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="blocks")
    title = models.CharField(max_length=120)
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField(default=20)  # of one round
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "section", "on"], name="block_section")]

    def __str__(self) -> str:
        return self.title


class Station(TenantModel):
    """What is worked on at one place of the room."""

    RESOURCE = DATES

    block = TenantForeignKey(Block, on_delete=models.CASCADE, related_name="stations")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="stations")
    resource = TenantForeignKey(Resource, null=True, on_delete=models.PROTECT, related_name="stations")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "block", "position"], name="station_position")]

    def __str__(self) -> str:
        return self.name


class StationGroup(TenantModel):
    """A group of the block. In round r (from 0) it is at station (start + r) mod the number of stations."""

    RESOURCE = DATES

    block = TenantForeignKey(Block, on_delete=models.CASCADE, related_name="groups")
    group = TenantForeignKey(LearnerGroup, on_delete=models.CASCADE, related_name="blocks")
    start = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "block", "group"], name="stationgroup_once"),
            models.CheckConstraint(condition=Q(start__gte=0), name="stationgroup_start"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} from {self.start}"
