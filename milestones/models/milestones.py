"""Milestones: what they ask for, and who works towards them when."""

from collections.abc import Callable

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import CURRICULUM, Competency, Framework
from learners.models import Learner, Section
from learners.reach import learner_scopes, section_scopes
from status_engine import Level
from tenancy.access import visible_q
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, Scopes, TenantModel
from tenancy.fields import TenantForeignKey

PERSONAL = "Personal milestone"
LEVELS = [(int(level), level.name.lower()) for level in Level]


def milestone_scopes() -> Scopes:
    """Personal milestones are reached through their learner, the others through the section they were made for."""
    of_section, of_learner = section_scopes("section"), learner_scopes("learner")
    return {
        "SELF": of_learner["SELF"],
        "LINK": of_learner["LINK"],
        "MENT": of_learner["MENT"],
        **{code: _either(of_section[code], of_learner[code]) for code in ("SEC", "SCH")},
        "SCHOOLS": _either(lambda actor: Q(section=None), of_section["SCHOOLS"]),
        "PUB": lambda actor: Q(proposal="confirmed"),
    }


def without_personal_ones(actor: Actor, resource: str) -> Q:
    """Whatever right opens the curriculum, a personal milestone is seen only by who may see that learner's."""
    if resource == PERSONAL:
        return Q(learner__isnull=False)
    return Q(learner=None) | seen_personal(actor)


def seen_personal(actor: Actor) -> Q:
    """Personal milestones that the actor may read."""
    return visible_q(Milestone, actor, PERSONAL, "read") & Q(learner__isnull=False)


def of_seen_milestones(actor: Actor, resource: str) -> Q:
    """The same for rows about a learner's milestone: levels, their history, what was released."""
    personal = Milestone.objects.filter(seen_personal(actor))
    return Q(milestone=None) | Q(milestone__learner=None) | Q(milestone_id__in=personal.values("id"))


def _either(one: Callable[[Actor], Q], other: Callable[[Actor], Q]) -> Callable[[Actor], Q]:
    return lambda actor: one(actor) | other(actor)


class Milestone(PublicTenantModel):
    """A checkpoint: criteria over competencies and the rule that joins them.

    Of the tenant's curriculum, or (with a `section`) made for one class. With a `learner` it is personal: proposed by
    the learner, in force once a teacher has confirmed it, and nobody else's.
    """

    RESOURCE = CURRICULUM
    SCOPES = milestone_scopes()
    LIMIT = staticmethod(without_personal_ones)

    class Kind(models.TextChoices):
        ACADEMIC = "academic", _("Academic")
        BEHAVIOURAL = "behavioural", _("Behavioural")
        SOCIAL_EMOTIONAL = "social_emotional", _("Social-emotional")
        ENGAGEMENT = "engagement", _("Engagement")
        FUTURE_READINESS = "future_readiness", _("Future readiness")

    class Rule(models.TextChoices):
        ALL = "all", _("All criteria")
        ANY = "any", _("Any one criterion")
        AT_LEAST = "at_least", _("At least so many criteria")
        POINTS = "points", _("Points of met criteria")
        LOWEST = "lowest", _("The lowest criterion")
        WEIGHTED = "weighted", _("The mean of the criteria by their points")

    class Horizon(models.TextChoices):
        SHORT = "short", _("Short-term step")
        LONG = "long", _("Long-term goal")

    class Proposal(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Not now")

    title = models.CharField(max_length=200)
    code = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ACADEMIC)
    framework = TenantForeignKey(Framework, null=True, on_delete=models.PROTECT, related_name="milestones")
    section = TenantForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="own_milestones")
    heading = models.CharField(max_length=120, blank=True)  # the column group on the class grid
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.ALL)
    need = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # k of at_least, or points
    is_active = models.BooleanField(default=True)
    horizon = models.CharField(max_length=5, choices=Horizon, default=Horizon.SHORT)
    version = models.PositiveSmallIntegerField(default=1)  # of the bar; older ones stand in MilestoneVersion
    split_from = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="split_into")
    ended_on = models.DateField(null=True)  # split or retired: the tenant's day
    learner = TenantForeignKey(Learner, null=True, on_delete=models.PROTECT, related_name="personal_milestones")
    proposal = models.CharField(max_length=9, choices=Proposal, blank=True)  # of a personal milestone
    proposed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.TextField(blank=True)
    made_by_id = models.BigIntegerField(null=True)  # member; no constraint: the milestone outlives accounts

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(rule__in=["at_least", "points"]) | Q(need__gt=0), name="milestone_rule_needs"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(TenantModel):
    """A competency with the level that the milestone asks for, or an indicator with its target.

    With a `measure` the criterion is an indicator: the evidence of the competency (kind indicator) is counted, summed,
    taken as a rate or compared with a baseline, and must reach the target, or stay at or below it.
    """

    RESOURCE = CURRICULUM

    class Measure(models.TextChoices):
        RATE = "rate", _("Rate")
        COUNT = "count", _("Count")
        SUM = "sum", _("Sum")
        CHANGE = "change", _("Change from a baseline")

    class Period(models.TextChoices):
        ALL = "all", _("All the time")
        TERM = "term", _("This term")

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="criteria")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="criteria")
    required_level = models.PositiveSmallIntegerField(choices=LEVELS, default=int(Level.MEETS))
    points = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    measure = models.CharField(max_length=6, choices=Measure, blank=True)
    target = models.DecimalField(max_digits=9, decimal_places=3, null=True)  # a rate in percent, else as counted
    is_at_most = models.BooleanField(default=False)
    baseline = models.DecimalField(max_digits=9, decimal_places=3, null=True)  # empty = the first value of the period
    period = models.CharField(max_length=4, choices=Period, default=Period.ALL)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(measure="") ^ Q(target__isnull=False), name="criterion_measure_target"),
            models.UniqueConstraint(fields=["tenant", "milestone", "competency"], name="criterion_once"),
            models.CheckConstraint(condition=Q(required_level__gte=1, required_level__lte=4), name="criterion_level"),
            models.CheckConstraint(condition=Q(points__gt=0), name="criterion_points_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="criterion_competency")]

    def __str__(self) -> str:
        return f"{self.competency_id} at {self.required_level}"


class SectionMilestone(TenantModel):
    """A milestone that a section works towards, with its target date."""

    RESOURCE = "Milestones used by a section, with dates"
    SCOPES = section_scopes("section")

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="section_milestones")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="section_milestones")
    due_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "section", "milestone"], name="sectionmilestone_once")]
        indexes = [models.Index(fields=["tenant", "milestone"], name="sectionmilestone_milestone")]

    def __str__(self) -> str:
        return f"{self.milestone_id} in {self.section_id}"


class MilestonePace(TenantModel):
    """How long learners usually stay in a level of a milestone, from the cohort's own finished stays."""

    RESOURCE = CURRICULUM

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="paces")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    stays = models.PositiveIntegerField()
    median_days = models.DecimalField(max_digits=7, decimal_places=1)
    stalled_after = models.PositiveSmallIntegerField()  # days
    worked_out_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "milestone", "level"], name="milestonepace_once")]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.stalled_after} days"
