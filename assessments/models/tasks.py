"""Assessments, their equivalent forms, the attempts of learners, and scores on rubrics."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import RUBRIC, Competency, Rubric, RubricCriterion
from learners.models import Learner, Section
from learners.reach import learner_scopes, section_scopes
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

ASSESSMENT = "Assessment, its forms and attempts"


class Assessment(PublicTenantModel):
    """A task that shows one or more competencies: of one section, or (section empty) of the tenant's library.

    Its evidence carries the task key "assessment:<public id>", so all attempts at it are one task to the engine.
    """

    RESOURCE = ASSESSMENT
    SCOPES = section_scopes("section")

    class Purpose(models.TextChoices):
        FORMATIVE = "formative", _("Formative")
        SUMMATIVE = "summative", _("Summative")
        PERFORMANCE = "performance", _("Performance task")

    class Method(models.TextChoices):
        QUIZ = "quiz", _("Quiz")
        EXIT_TICKET = "exit_ticket", _("Exit ticket")
        PROJECT = "project", _("Project")
        PRESENTATION = "presentation", _("Presentation")
        CONVERSATION = "conversation", _("Conversation")
        OBSERVATION = "observation", _("Observation")
        PORTFOLIO = "portfolio", _("Portfolio")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    section = TenantForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="assessments")
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    purpose = models.CharField(max_length=11, choices=Purpose)
    method = models.CharField(max_length=12, choices=Method)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    rubric = TenantForeignKey(Rubric, null=True, on_delete=models.PROTECT, related_name="assessments")
    possible = models.DecimalField(max_digits=9, decimal_places=3, null=True)  # points; empty = scored by level
    pass_mark = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # a share of the points
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    is_practice = models.BooleanField(default=False)  # shown, never counted
    due_on = models.DateField(null=True)
    max_attempts = models.PositiveSmallIntegerField(null=True)  # empty = as many as there are fresh forms
    cool_down_hours = models.PositiveSmallIntegerField(default=0)  # between judging and the next attempt
    is_other_method_on_retry = models.BooleanField(default=False)
    needs_second_marking = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False)  # in the library, to copy and adapt
    copied_from = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    made_by_id = models.BigIntegerField(null=True)  # member; no constraint: the task outlives accounts
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(possible=None) | Q(possible__gt=0), name="assessment_possible_positive"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="assessment_weight_positive"),
            models.CheckConstraint(
                condition=Q(pass_mark=None) | Q(pass_mark__gt=0, pass_mark__lte=1), name="assessment_pass_mark_share"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "section"], name="assessment_section")]

    def __str__(self) -> str:
        return self.title

    @property
    def task(self) -> str:
        """What the ledger calls this task."""
        return f"assessment:{self.public_id}"


class AssessmentCompetency(TenantModel):
    """A competency that the task shows."""

    RESOURCE = ASSESSMENT

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="alignments")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="alignments")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment", "competency"], name="assessmentcompetency_once")
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="assessmentcompetency_comp")]

    def __str__(self) -> str:
        return f"{self.assessment_id} shows {self.competency_id}"


class Form(PublicTenantModel):
    """An equivalent form (A, B, C …): the same competencies with other questions."""

    RESOURCE = ASSESSMENT
    SCOPES = section_scopes("assessment__section")

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="forms")
    name = models.CharField(max_length=20)
    method = models.CharField(max_length=12, choices=Assessment.Method, blank=True)  # empty = as the assessment
    instructions = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "assessment", "name"], name="form_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Attempt(PublicTenantModel):
    """One learner's try at one form. The row says where it stands; what it showed is in the ledger.

    assigned → handed in → awaiting judgement (begun, or waiting for the second marker) → judged → released, and from
    awaiting back to needs revision → handed in. `version` refuses the slower of two writers.
    """

    RESOURCE = ASSESSMENT
    SCOPES = learner_scopes("learner")

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        HANDED_IN = "handed_in", _("Handed in")
        AWAITING = "awaiting", _("Awaiting judgement")
        NEEDS_REVISION = "needs_revision", _("Needs revision")
        JUDGED = "judged", _("Judged")
        RELEASED = "released", _("Released")
        CANCELLED = "cancelled", _("Cancelled")

    assessment = TenantForeignKey(Assessment, on_delete=models.PROTECT, related_name="attempts")
    form = TenantForeignKey(Form, on_delete=models.PROTECT, related_name="attempts")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=14, choices=State, default=State.ASSIGNED)
    assigned_at = models.DateTimeField(default=timezone.now)
    handed_in_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)  # how long the learner worked
    hints = models.PositiveSmallIntegerField(default=0)
    answers_digest = models.CharField(max_length=64, blank=True)  # equal answers have equal digests
    work = models.TextField(blank=True)  # what the learner handed in as text, or a link to it
    feedback = models.TextField(blank=True)
    part = models.JSONField(default=dict)  # saved before it is judged: {"levels": {competency: level}, "points"}
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "assessment", "learner", "number"], name="attempt_number"),
        ]
        indexes = [models.Index(fields=["tenant", "learner", "assigned_at"], name="attempt_learner")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.number}"


class RubricScore(TenantModel):
    """One marker's level on one criterion. Append-only: of a marker's scores in a round the newest counts."""

    RESOURCE = "Evidence"
    SCOPES = learner_scopes("learner")

    class Round(models.TextChoices):
        FIRST = "first", _("First marking")
        SECOND = "second", _("Second marking")
        SELF = "self", _("Self-assessment")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="rubric_scores")
    attempt = TenantForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="scores")
    criterion = TenantForeignKey(RubricCriterion, on_delete=models.PROTECT, related_name="scores")
    round = models.CharField(max_length=6, choices=Round, default=Round.FIRST)
    level = models.PositiveSmallIntegerField()  # beginning 1 … mastery 4
    comment = models.TextField(blank=True)
    scored_at = models.DateTimeField(default=timezone.now)
    scored_by_id = models.BigIntegerField(null=True)  # member; no constraint: the record outlives accounts

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="rubricscore_level")]
        indexes = [
            models.Index(fields=["tenant", "attempt", "criterion"], name="rubricscore_attempt"),
            models.Index(fields=["tenant", "learner", "criterion", "-id"], name="rubricscore_learner"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class CalibrationPiece(PublicTenantModel):
    """A sample of work without a name that several teachers score on one rubric, beside an agreed score."""

    RESOURCE = RUBRIC

    rubric = TenantForeignKey(Rubric, on_delete=models.CASCADE, related_name="calibration_pieces")
    title = models.CharField(max_length=200)
    work = models.TextField()
    is_open = models.BooleanField(default=True)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "rubric"], name="calibrationpiece_rubric")]

    def __str__(self) -> str:
        return self.title


class CalibrationScore(TenantModel):
    """One teacher's level on one criterion of a sample; the agreed one where `is_agreed`."""

    RESOURCE = RUBRIC

    piece = TenantForeignKey(CalibrationPiece, on_delete=models.CASCADE, related_name="scores")
    criterion = TenantForeignKey(RubricCriterion, on_delete=models.CASCADE, related_name="calibration_scores")
    scored_by_id = models.BigIntegerField()
    is_agreed = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "piece", "criterion", "scored_by_id", "is_agreed"], name="calibrationscore_once"
            ),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="calibrationscore_level"),
        ]

    def __str__(self) -> str:
        return str(self.level)


class RetryRequest(PublicTenantModel):
    """A learner asks to be assessed again. Closed when an attempt is assigned or a teacher answers."""

    RESOURCE = ASSESSMENT
    SCOPES = learner_scopes("learner")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="retry_requests")
    competency = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="retry_requests")
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    answer = models.TextField(blank=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "learner", "competency"], condition=Q(closed_at=None), name="retryrequest_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.competency_id}"
