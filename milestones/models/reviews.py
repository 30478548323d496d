"""Review sessions: what a team looks at this month, and what it decided."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner, School
from learners.reach import team_scopes
from milestones.models.milestones import Milestone
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

REVIEW = "Review session"


class ReviewCadence(TenantModel):
    """How often a school looks at its milestones. The job prepares the next session on its day."""

    RESOURCE = REVIEW
    SCOPES = team_scopes()

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")

    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="review_cadences")
    every = models.CharField(max_length=7, choices=Every, default=Every.MONTH)
    next_on = models.DateField()
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "school"], name="reviewcadence_once")]

    def __str__(self) -> str:
        return self.every


class ReviewSession(PublicTenantModel):
    """A prepared list for one school and day; that pair keeps the job from preparing it twice."""

    RESOURCE = REVIEW
    SCOPES = team_scopes()

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        OPEN = "open", _("Running")
        CLOSED = "closed", _("Closed")

    school = TenantForeignKey(School, on_delete=models.PROTECT, related_name="review_sessions")
    title = models.CharField(max_length=200)
    for_day = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    notes = models.TextField(blank=True)
    prepared_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "school", "for_day"], name="reviewsession_once"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewItem(PublicTenantModel):
    """A milestone with low mastery, or a learner with several stalled milestones, with one decision."""

    RESOURCE = REVIEW

    class Decision(models.TextChoices):
        KEEP = "keep", _("Keep as it is")
        RETEACH = "reteach", _("Teach it again")
        CHANGE = "change", _("Change the milestone")
        SPLIT = "split", _("Split the milestone")
        RUBRIC = "rubric", _("Change the rubric")
        FORM = "form", _("Make a new form")

    session = TenantForeignKey(ReviewSession, on_delete=models.CASCADE, related_name="items")
    milestone = TenantForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="review_items")
    learner = TenantForeignKey(Learner, null=True, on_delete=models.PROTECT, related_name="review_items")
    facts = models.JSONField(default=dict)  # the figures it was put on the list for, as they were that day
    position = models.PositiveSmallIntegerField(default=0)
    decision = models.CharField(max_length=7, choices=Decision, blank=True)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(milestone=None) ^ Q(learner=None), name="reviewitem_of_one_thing"),
        ]
        indexes = [
            models.Index(fields=["tenant", "session", "position"], name="reviewitem_session"),
            models.Index(fields=["tenant", "milestone"], name="reviewitem_milestone"),
        ]

    def __str__(self) -> str:
        return self.decision or "open"


class FollowUp(PublicTenantModel):
    """What somebody promised to do after a decision, by when."""

    RESOURCE = REVIEW

    item = TenantForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="follow_ups")
    text = models.CharField(max_length=300)
    owner = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="follow_ups")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "owner", "due_on"], name="followup_owner")]

    def __str__(self) -> str:
        return self.text
