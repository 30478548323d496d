"""Information sessions: families of a school are told something together; who wants to come, and who came."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from learners.models import Enrolment, Learner, School, Section
from learners.reach import my_children_ids, my_school_ids, running
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

INFO_SESSION = "Information session"


def for_my_children(actor: Actor) -> Q:
    """Sessions for a child of the actor's: of its school, or of its grade or class where some are named."""
    children = Learner.objects.filter(id__in=my_children_ids(actor), is_active=True)
    named = InfoAudience.objects.filter(session_id=OuterRef("pk"))
    places = Enrolment.objects.filter(running(actor.today), learner__in=children, is_withdrawn=False)
    of_grade = children.filter(home_school_id=OuterRef("session__school_id"), grade=OuterRef("grade"))
    return (
        Q(~Exists(named), school_id__in=children.values("home_school_id"))
        | Q(Exists(named.filter(section_id__in=places.values("section_id"))))
        | Q(Exists(named.filter(Exists(of_grade)).exclude(grade="")))
    )


class InfoSession(PublicTenantModel):
    """What, when, where, and in which languages. For all families of the school, unless `audiences` name some.

    `capacity` 0: as many as want to come. Nothing is deleted: a session that does not take place is called off.
    """

    RESOURCE = INFO_SESSION
    SCOPES = {"LINK": for_my_children, "SCH": lambda actor: Q(school_id__in=my_school_ids(actor))}

    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="info_sessions")
    title = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=500, blank=True)
    languages = models.CharField(max_length=120, blank=True)  # as people say it: "English, Spanish, Arabic"
    capacity = models.PositiveIntegerField(default=0)
    called_off_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "school", "starts_at"], name="infosession_next")]

    def __str__(self) -> str:
        return self.title


class InfoAudience(TenantModel):
    """A grade of the school or a class that the session is for."""

    RESOURCE = INFO_SESSION

    session = TenantForeignKey(InfoSession, on_delete=models.CASCADE, related_name="audiences")
    grade = models.CharField(max_length=20, blank=True)
    section = TenantForeignKey(Section, null=True, on_delete=models.CASCADE, related_name="info_audiences")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "session"], name="infoaudience_session")]

    def __str__(self) -> str:
        return self.grade or str(self.section_id)


class InfoAnswer(TenantModel):
    """One guardian: whether they come and with how many, and how many came. `comes` None: said nothing."""

    RESOURCE = INFO_SESSION
    SCOPES = {"MINE": lambda actor: Q(member_id=actor.member_id)}

    session = TenantForeignKey(InfoSession, on_delete=models.CASCADE, related_name="answers")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="info_answers")
    comes = models.BooleanField(null=True)
    people = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    came = models.PositiveSmallIntegerField(null=True)  # None: nobody looked; 0: not there
    marked_at = models.DateTimeField(null=True)
    marked_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "session", "member"], name="infoanswer_once")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.comes}"
