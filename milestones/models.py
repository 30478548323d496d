"""Milestones, their criteria, and where learners stand on them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import EDIT_WINDOW, LearnerCompetency
from competencies.models import CURRICULUM, Competency, Framework, Policy, PolicyVersion
from learners.models import Learner, Section
from learners.reach import learner_scopes, section_scopes
from status_engine import Level
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

LEVELS = [(int(level), level.name.lower()) for level in Level]


class Milestone(PublicTenantModel):
    """A checkpoint: criteria over competencies and the rule that joins them."""

    RESOURCE = CURRICULUM

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

    title = models.CharField(max_length=200)
    code = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ACADEMIC)
    framework = TenantForeignKey(Framework, null=True, on_delete=models.PROTECT, related_name="milestones")
    heading = models.CharField(max_length=120, blank=True)  # the column group on the class grid
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.ALL)
    need = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # k of at_least, or points
    is_active = models.BooleanField(default=True)

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


class CompetencyStatus(TenantModel):
    """The level of one learner on one competency, and what makes it replayable from the ledger.

    `level` is what holds: the one a teacher set while that stands, else the computed one, which goes on being computed.
    """

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    learner_competency = TenantForeignKey(LearnerCompetency, on_delete=models.CASCADE, related_name="statuses")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="competency_statuses")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    set_level = models.PositiveSmallIntegerField(choices=LEVELS, null=True)  # of the override that stands
    set_until = models.DateField(null=True)  # its last day, the tenant's date
    value = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    pieces = models.PositiveIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    policy_version = TenantForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="statuses")
    watermark = models.BigIntegerField(default=0)  # the newest ledger row seen
    digest = models.CharField(max_length=16, default="")
    judged_on = models.DateField(null=True)  # the tenant's day, for rules that look at the calendar
    since = models.DateTimeField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "learner_competency"], name="competencystatus_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "competency"], name="competencystatus_learner"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class MilestoneStatus(TenantModel):
    """The level of one learner on one milestone. No row means not started."""

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="milestone_statuses")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="statuses")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    set_level = models.PositiveSmallIntegerField(choices=LEVELS, null=True)  # of the override that stands
    set_until = models.DateField(null=True)  # its last day, the tenant's date
    previous_level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    criteria_met = models.PositiveSmallIntegerField(default=0)
    flags = models.PositiveSmallIntegerField(default=0)
    earned_at = models.DateTimeField(null=True)  # when mastery was first reached on evidence that still stands
    since = models.DateTimeField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner", "milestone"], name="milestonestatus_once")]
        indexes = [models.Index(fields=["tenant", "milestone"], name="milestonestatus_milestone")]

    def __str__(self) -> str:
        return str(self.level)


class StatusChange(TenantModel):
    """Every move from one level to another, with its cause. Append-only."""

    RESOURCE = "Level history"
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="status_changes")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="status_changes")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="status_changes")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS)
    at = models.DateTimeField(default=timezone.now)  # when it became known
    applies_from = models.DateTimeField()  # when the newest piece behind it was observed
    cause = models.CharField(max_length=40)
    evidence_id = models.BigIntegerField(null=True)
    policy_version_id = models.BigIntegerField(null=True)
    override_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(competency=None) ^ Q(milestone=None), name="statuschange_of_one_thing"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "milestone", "at"], name="statuschange_milestone"),
            models.Index(fields=["tenant", "learner", "competency", "at"], name="statuschange_competency"),
        ]

    def __str__(self) -> str:
        return f"{self.from_level} to {self.to_level}"


class Release(TenantModel):
    """What learner and family may see: the level as a teacher released it. Append-only; the newest one counts."""

    RESOURCE = "Current level"
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: newest_release()}

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="releases")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="releases")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    is_withdrawn = models.BooleanField(default=False)
    released_at = models.DateTimeField(default=timezone.now)
    released_by_id = models.BigIntegerField(null=True)
    explanation = models.JSONField(null=True)  # why, as it was when it was released

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "learner", "milestone", "-released_at"], name="release_newest")]

    def __str__(self) -> str:
        return str(self.level)


class LevelOverride(PublicTenantModel):
    """A teacher's judgement: a level with its reason, until a day or until it is ended. Append-only."""

    RESOURCE = "Level override with reason"
    SCOPES = {
        **learner_scopes("learner"),
        "WIN": lambda actor: Q(set_at__gte=timezone.now() - EDIT_WINDOW),
    }

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="overrides")
    competency = TenantForeignKey(Competency, null=True, on_delete=models.PROTECT, related_name="overrides")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="overrides")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    computed_level = models.PositiveSmallIntegerField(choices=LEVELS)  # what the policy said at that moment
    reason = models.TextField()
    until = models.DateField(null=True)  # its last day, the tenant's date
    set_at = models.DateTimeField(default=timezone.now)
    set_by_id = models.BigIntegerField(null=True)  # member; no constraint: the history outlives accounts
    explanation = models.JSONField()  # why the computed level was what it was, frozen

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(competency=None) ^ Q(milestone=None), name="override_of_one_thing"),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "milestone", "-id"], name="override_milestone"),
            models.Index(fields=["tenant", "learner", "competency", "-id"], name="override_competency"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class OverrideEnd(TenantModel):
    """Why an override no longer stands: ended by a person, followed by another one, or its last day is over."""

    RESOURCE = "Level override with reason"
    SCOPES = learner_scopes("override__learner")

    class Cause(models.TextChoices):
        ENDED = "ended", _("Ended")
        FOLLOWED = "followed", _("Followed by another")
        EXPIRED = "expired", _("Its last day is over")

    override = TenantForeignKey(LevelOverride, on_delete=models.PROTECT, related_name="ends")
    cause = models.CharField(max_length=8, choices=Cause)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(default=timezone.now)
    ended_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "override"], name="overrideend_once")]

    def __str__(self) -> str:
        return self.cause


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


class PolicyTrial(PublicTenantModel):
    """What a draft would have meant: who would move from which level to which. Worked out without writing a level.

    The row is the truth of the job: a worker leases it, writes progress, and a killed one is taken up again.
    """

    RESOURCE = "Level calculation policy"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    policy = TenantForeignKey(Policy, on_delete=models.CASCADE, related_name="trials")
    rule = models.JSONField()
    points_possible = models.DecimalField(max_digits=8, decimal_places=2)
    ratings = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)  # levels worked out
    total = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "policy", "-asked_at"], name="policytrial_newest")]

    def __str__(self) -> str:
        return self.state


class TrialMove(TenantModel):
    """One level that a trial would move."""

    RESOURCE = "Current level"
    SCOPES = learner_scopes("learner")

    trial = TenantForeignKey(PolicyTrial, on_delete=models.CASCADE, related_name="moves")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="+")
    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="+")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "trial", "id"], name="trialmove_trial")]

    def __str__(self) -> str:
        return f"{self.from_level} to {self.to_level}"


class ShadowCheck(TenantModel):
    """One run of the shadow check: every status worked out again from the ledger, and how many differed."""

    RESOURCE = "Level calculation policy"

    at = models.DateTimeField(default=timezone.now)
    statuses = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    fixed = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="shadowcheck_newest")]

    def __str__(self) -> str:
        return f"{self.differing} of {self.statuses}"


def newest_release() -> Q:
    """The last word on a learner's milestone, unless that word was to withdraw it."""
    later = Release.objects.filter(
        learner_id=OuterRef("learner_id"), milestone_id=OuterRef("milestone_id"), id__gt=OuterRef("id")
    )
    return Q(~Exists(later), is_withdrawn=False)
