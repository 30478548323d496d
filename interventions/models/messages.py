"""Messages from staff to a learner or a guardian: in the app, by e-mail, and the log of both."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.queue import Alert
from learners.models import Learner
from learners.reach import learner_scopes, my_children_ids
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

MESSAGE = "Message about a learner"


class Audience(models.TextChoices):
    LEARNER = "learner", _("Learner")
    GUARDIAN = "guardian", _("Guardian")
    STAFF = "staff", _("Staff")


class MessageTemplate(PublicTenantModel):
    """Words to start from. {learner}, {milestone} and {teacher} are filled in before the teacher reads it over."""

    RESOURCE = "Rubric and task in the library"
    SCOPES = {"MINE": lambda actor: Q(made_by_id=actor.member_id)}

    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=8, choices=Audience)
    reason = models.CharField(max_length=16, blank=True)  # the code of the alert it answers; empty: any
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=150)
    body = models.TextField()
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name", "language"], name="messagetemplate_name"),
        ]

    def __str__(self) -> str:
        return self.name


def mine(actor: Actor) -> Q:
    """Written to the actor; about a child only while the guardian link holds."""
    return Q(recipient_id=actor.member_id) & (~Q(audience=Audience.GUARDIAN) | Q(learner_id__in=my_children_ids(actor)))


class Message(PublicTenantModel):
    """One message to one person about one learner. In the app at once; by e-mail outside of the quiet hours.

    key: what keeps a rule or a digest from writing the same message twice; empty for what a person wrote.
    """

    RESOURCE = MESSAGE
    SCOPES = {**learner_scopes("learner"), "MINE": mine}

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the morning")
        SENT = "sent", _("Sent")
        IN_APP = "in_app", _("In the app only")
        FAILED = "failed", _("Not delivered")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="messages")
    recipient = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="messages")
    audience = models.CharField(max_length=8, choices=Audience)
    subject = models.CharField(max_length=150)
    body = models.TextField()
    alert = TenantForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by_id = models.BigIntegerField(null=True)  # None: a rule did
    send_after = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "key", "recipient"], name="message_key", condition=~Q(key="")),
        ]
        indexes = [
            models.Index(fields=["tenant", "learner", "written_at"], name="message_learner"),
            models.Index(fields=["tenant", "recipient", "written_at"], name="message_recipient"),
            models.Index(fields=["tenant", "send_after"], name="message_waiting", condition=Q(state="waiting")),
            models.Index(fields=["tenant", "recipient"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject


class DigestChoice(TenantModel):
    """What a member wants by e-mail: messages (yes, until they say no), and for teachers the day's queue at an hour of
    the school (no, until they ask for it). Nobody has a row until they choose."""

    RESOURCE = MESSAGE

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="digest_choices")
    wants_messages = models.BooleanField(default=True, db_default=True)
    is_on = models.BooleanField(default=False)
    hour = models.PositiveSmallIntegerField(default=7)
    sent_on = models.DateField(null=True)  # the school's day of the last one

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member"], name="digestchoice_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="digestchoice_hour"),
        ]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"
