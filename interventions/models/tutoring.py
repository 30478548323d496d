"""Peer tutoring: one learner explains, one learns, both agreed. No points and no ranking."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner, Section
from learners.reach import learner_ids_in_sections, learner_ids_of_schools, my_learner_ids, my_school_ids
from milestones.models import Milestone
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, Scopes
from tenancy.fields import TenantForeignKey

PEER = "Peer tutoring"


def pair_scopes() -> Scopes:
    """A learner sees the pairs they are one of; staff need both learners in reach."""

    def both(learner_ids: object) -> Q:
        return Q(tutor_id__in=learner_ids, learner_id__in=learner_ids)

    def of_learner(actor: Actor) -> Q:
        mine = my_learner_ids(actor)
        return Q(tutor_id__in=mine) | Q(learner_id__in=mine)

    return {
        "SELF": of_learner,
        "SEC": lambda actor: both(learner_ids_in_sections(actor)),
        "SCH": lambda actor: both(learner_ids_of_schools(actor, my_school_ids(actor))),
    }


class PeerPair(PublicTenantModel):
    """Proposed by a teacher; begins when both learners have agreed, ends when one of the three says so."""

    RESOURCE = PEER
    SCOPES = pair_scopes()

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        RUNNING = "running", _("Running")
        DECLINED = "declined", _("Not now")
        ENDED = "ended", _("Ended")

    section = TenantForeignKey(Section, on_delete=models.PROTECT, related_name="peer_pairs")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="peer_pairs")
    tutor = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="tutors_in")
    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="learns_in")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    tutor_agreed_at = models.DateTimeField(null=True)
    learner_agreed_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)  # member who said "not now" or ended it
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(tutor=F("learner")), name="peerpair_two_people"),
            models.UniqueConstraint(
                fields=["tenant", "milestone", "learner"], name="peerpair_one_open",
                condition=Q(state__in=["asked", "running"]),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "tutor", "state"], name="peerpair_tutor")]

    def __str__(self) -> str:
        return self.state


class PeerSession(PublicTenantModel):
    """One meeting of a pair. Append-only."""

    RESOURCE = PEER

    pair = TenantForeignKey(PeerPair, on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    what = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "pair", "on"], name="peersession_pair")]

    def __str__(self) -> str:
        return f"{self.on}: {self.minutes} min"
