"""What teachers write about a learner in a subject, the phrases they write with, and words for families."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.models import CURRICULUM
from learners.models import Learner, Section, Term
from learners.reach import learner_scopes
from milestones.models.milestones import Milestone
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

NARRATIVE = "Feedback to learner"
GOAL_NOTE = "Learner goal and reflection"
LIBRARY = "Rubric and task in the library"


class Narrative(PublicTenantModel):
    """A teacher's words about one learner in one subject and term: a draft until it is released to the family.

    What was released stays as it is. A correction is a new row that `replaces` it; once that one is released, learner
    and family see it in place of the other. `levels`: {milestone: level} as released when it was written.
    """

    RESOURCE = NARRATIVE
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: newest_words()}

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="narratives")
    section = TenantForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="narratives")
    term = TenantForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="narratives")
    subject = models.CharField(max_length=255)
    text = models.TextField()
    language = models.CharField(max_length=10, default="en")
    replaces = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    levels = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    written_by_id = models.BigIntegerField(null=True)
    written_by_name = models.CharField(max_length=320, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "replaces"], name="narrative_one_correction", condition=~Q(replaces=None)
            ),
        ]
        indexes = [models.Index(fields=["tenant", "learner", "-written_at"], name="narrative_learner")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.text[:40]}"


def newest_words() -> Q:
    """Released, and no released row corrects it."""
    corrected = Narrative.objects.filter(replaces_id=OuterRef("id"), released_at__isnull=False)
    return Q(~Exists(corrected), released_at__isnull=False)


def own_or_shared(actor: Actor, resource: str) -> Q:
    return Q(is_shared=True) | Q(made_by_id=actor.member_id)


class Phrase(PublicTenantModel):
    """A sentence of the comment bank: the teacher's own, or shared with everybody who writes in the tenant."""

    RESOURCE = LIBRARY
    SCOPES = {"MINE": lambda actor: Q(made_by_id=actor.member_id)}
    LIMIT = staticmethod(own_or_shared)

    text = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.text[:40]


class HomeWords(TenantModel):
    """A milestone in words for families, one row per language: what it means, how to help, what to ask the child."""

    RESOURCE = CURRICULUM

    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="home_words")
    language = models.CharField(max_length=10, default="en")
    title = models.CharField(max_length=200, blank=True)
    meaning = models.TextField(blank=True)
    help = models.TextField(blank=True)
    ask = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "milestone", "language"], name="homewords_once")]

    def __str__(self) -> str:
        return f"{self.milestone_id} ({self.language})"


class GoalNote(PublicTenantModel):
    """Beside a learner's goal: an own step to tick, how it is going, or what was learned from it.

    The family reads what the learner shares.
    """

    RESOURCE = GOAL_NOTE
    SCOPES = {**learner_scopes("learner"), "PUB": lambda actor: Q(is_shared=True)}

    class Kind(models.TextChoices):
        STEP = "step", _("A step of my own")
        CHECK_IN = "check_in", _("How it is going")
        REFLECTION = "reflection", _("What I learned")

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="goal_notes")
    milestone = TenantForeignKey(Milestone, on_delete=models.CASCADE, related_name="goal_notes")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=timezone.now)
    written_by_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "learner", "milestone"], name="goalnote_learner")]

    def __str__(self) -> str:
        return self.text[:40]
