"""What recognition shows, and to whom. Nothing is counted, ranked or compared; nothing unreleased is celebrated."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from learners.models import Enrolment, Learner, School, Section
from learners.reach import running
from milestones.models import RECOGNITION, CelebrationRule, Certificate, Release, ShoutOut
from milestones.recognition import celebrated_from
from status_engine import Level
from tenancy.actor import DST, Actor
from tenancy.errors import NotFound

READ, SAY, MODERATE = (RECOGNITION, "read"), (RECOGNITION, "say"), (RECOGNITION, "moderate, issue certificate")
SET_RULES = (RECOGNITION, "set rules")
CELEBRATED_FOR = timedelta(days=14)
MOST_CELEBRATIONS, MOST, MOST_SCHOOLS = 3, 40, 200


@dataclass(frozen=True, slots=True)
class Celebration:
    """A level that was reached and released in the last 14 days. `reason`: of the teacher who set it, if one did."""

    title: str
    description: str
    level: int
    since: datetime
    reason: str

    @property
    def is_set(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Word:
    """A good word. `state` is for staff only."""

    public_id: UUID
    learner: str
    learner_id: UUID
    text: str
    by: str
    is_from_peer: bool
    is_from_home: bool
    state: str
    state_name: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class CertificateRow:
    public_id: UUID
    title: str
    level: int
    reached_on: date
    issued_at: datetime
    issued_by: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a learner and the family see. `name`: how the learner is called."""

    name: str
    celebrations: tuple[Celebration, ...]
    words: tuple[Word, ...]
    certificates: tuple[CertificateRow, ...]

    @property
    def has_words(self) -> bool:
        """From somebody at school."""
        return any(not one.is_from_home for one in self.words)


@dataclass(frozen=True, slots=True)
class LearnerPage:
    """What staff see of one learner. `ready`: (public id, title, level) that a certificate can be issued for."""

    words: tuple[Word, ...]
    certificates: tuple[CertificateRow, ...]
    ready: tuple[tuple[UUID, str, int], ...]
    may_say: bool
    may_issue: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """level None: never. `is_own`: the school has a rule of its own."""

    school: str
    level: int | None
    is_own: bool


def recognition_of(actor: Actor, learner_id: UUID) -> Recognition:
    """For the learner's own page and the family's: `learner_id` was looked up by that page. Four queries."""
    rows = Learner.objects.filter(public_id=learner_id).annotate(least=celebrated_from("home_school_id"))
    found = rows.values_list("id", "least", "preferred_name", "given_name").first()
    if found is None:
        raise NotFound
    key, least, preferred, given = found
    celebrations = _celebrations(actor, key, least)
    return Recognition(preferred or given, celebrations, tuple(_words(actor, key)), tuple(_certificates(actor, key)))


def _celebrations(actor: Actor, learner: int, least: int) -> tuple[Celebration, ...]:
    """Newest first. A level counts from the release that first showed it or a higher one without a break."""
    same = Release.objects.filter(learner_id=learner, milestone_id=OuterRef("milestone_id"))
    broken = same.filter(Q(level__lt=OuterRef("level")) | Q(is_withdrawn=True), id__lt=OuterRef("id")).order_by("-id")
    first = same.filter(id__gt=OuterRef("break_id"), id__lte=OuterRef("id")).order_by("id")
    rows = (
        Release.objects.visible_to(actor, "Current level", "read")
        .filter(learner_id=learner, level__gte=max(least, Level.BEGINNING), milestone__is_active=True)
        .annotate(break_id=Coalesce(Subquery(broken.values("id")[:1]), 0))
        .annotate(shown_since=Subquery(first.values("released_at")[:1]))
        .filter(shown_since__gte=timezone.now() - CELEBRATED_FOR)
        .order_by("-shown_since", "-level", "-id")
    )
    reason = Coalesce(KT("explanation__override__reason"), Value(""), output_field=TextField())
    fields = ("milestone__title", "milestone__description", "level", "shown_since")
    return tuple(Celebration(*values) for values in rows.values_list(*fields, reason)[:MOST_CELEBRATIONS])


def _words(actor: Actor, learner: int) -> list[Word]:
    rows = ShoutOut.objects.visible_to(actor, *READ).filter(learner_id=learner).select_related("learner")
    return [_word(row) for row in rows.order_by("-said_at", "-id")[:MOST]]


def _word(row: ShoutOut) -> Word:
    return Word(
        row.public_id, row.learner.name, row.learner.public_id, row.text, row.by_name, row.is_from_peer,
        row.is_from_home, row.state, row.get_state_display(), row.said_at,
    )  # fmt: skip


def _certificates(actor: Actor, learner: int) -> list[CertificateRow]:
    rows = Certificate.objects.visible_to(actor, *READ).filter(learner_id=learner).order_by("-issued_at", "-id")[:MOST]
    return [
        CertificateRow(
            row.public_id, row.milestone_title, row.level, row.reached_on, row.issued_at, row.issued_by_name,
            row.withdrawn_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def visible_learner(actor: Actor, learner_id: UUID, row: tuple[str, str]) -> Learner:
    """The learner, if the actor may do it for them. Raises NotFound."""
    rows = Learner.objects.visible_to(actor, *row).filter(is_active=True)
    found: Learner | None = rows.filter(public_id=learner_id).first()
    if found is None:
        raise NotFound
    return found


def learner_page(actor: Actor, learner: Learner) -> LearnerPage:
    """Five queries."""
    may_issue = Learner.objects.visible_to(actor, *MODERATE).filter(pk=learner.pk).exists()
    return LearnerPage(
        words=tuple(_words(actor, learner.pk)),
        certificates=tuple(_certificates(actor, learner.pk)),
        ready=tuple(_ready(learner)) if may_issue else (),
        may_say=Learner.objects.visible_to(actor, *SAY).filter(pk=learner.pk).exists(),
        may_issue=may_issue,
    )


def _ready(learner: Learner) -> list[tuple[UUID, str, int]]:
    """Milestones whose released level is at Meets or above, and that have no certificate of that level."""
    later = Release.objects.filter(learner_id=learner.pk, milestone_id=OuterRef("milestone_id")).order_by("-id")
    newest = Release.objects.filter(learner_id=learner.pk, id=Subquery(later.values("id")[:1]), is_withdrawn=False)
    there = Certificate.objects.filter(
        learner_id=learner.pk, milestone_id=OuterRef("milestone_id"), level=OuterRef("level"), withdrawn_at=None
    )
    rows = newest.filter(level__gte=Level.MEETS, milestone__is_active=True)
    rows = rows.annotate(certificate=Subquery(there.values("id")[:1])).filter(certificate=None)
    fields = ("milestone__public_id", "milestone__title", "level")
    return list(rows.order_by("milestone__title", "id").values_list(*fields)[:MOST])


def classmates(actor: Actor) -> list[tuple[str, str]]:
    """(public id, name) of those who share a class with the learner today."""
    rows = Learner.objects.visible_to(actor, *SAY).filter(is_active=True).order_by("folded_name", "id")
    return [(str(row.public_id), row.name) for row in rows]


def visible_section(actor: Actor, section_id: UUID) -> Section:
    """A class whose good words the actor may let through. Raises NotFound."""
    rows = Section.objects.visible_to(actor, *MODERATE).filter(is_active=True)
    section: Section | None = rows.filter(public_id=section_id).first()
    if section is None:
        raise NotFound
    return section


def words_of_class(actor: Actor, section: Section) -> tuple[list[Word], list[Word]]:
    """(peers' words that wait, oldest first; peers' words of the last 14 days that were read). Two queries."""
    enrolled = Enrolment.objects.filter(running(actor.today), section_id=section.pk, is_withdrawn=False)
    rows = ShoutOut.objects.visible_to(actor, *MODERATE).filter(
        learner_id__in=enrolled.values("learner_id"), is_from_peer=True
    )
    rows = rows.select_related("learner")
    waiting = rows.filter(state=ShoutOut.State.WAITING).order_by("said_at", "id")[:MOST]
    read = rows.filter(moderated_at__gte=timezone.now() - CELEBRATED_FOR).order_by("-moderated_at", "-id")[:MOST]
    return [_word(row) for row in waiting], [_word(row) for row in read]


def visible_word(actor: Actor, shout_out_id: UUID) -> ShoutOut:
    """A good word that the actor may let through. Raises NotFound."""
    rows = ShoutOut.objects.visible_to(actor, *MODERATE).select_related("learner")
    found: ShoutOut | None = rows.filter(public_id=shout_out_id).first()
    if found is None:
        raise NotFound
    return found


def visible_certificate(actor: Actor, certificate_id: UUID, row: tuple[str, str]) -> Certificate:
    """A certificate that stands. Raises NotFound for a withdrawn one, too."""
    rows = Certificate.objects.visible_to(actor, *row).filter(withdrawn_at=None)
    found: Certificate | None = rows.select_related("learner__home_school").filter(public_id=certificate_id).first()
    if found is None:
        raise NotFound
    return found


def schools_to_set(actor: Actor) -> list[School]:
    """Schools whose rule the actor may set."""
    rows = School.objects.visible_to(actor, *SET_RULES).filter(is_active=True, sections__is_active=True).distinct()
    return list(rows.order_by("name", "id")[:MOST_SCHOOLS])


def may_set_all(actor: Actor) -> bool:
    return actor.has(DST)


def rules_of(schools: list[School]) -> tuple[int | None, list[RuleRow]]:
    """(the level for all schools, the schools with the level that holds for each). One query."""
    found = dict(CelebrationRule.objects.order_by("id").values_list("school_id", "level"))
    of_all = found.get(None, int(Level.MEETS))
    return of_all, [RuleRow(one.name, found.get(one.pk, of_all), one.pk in found) for one in schools]
