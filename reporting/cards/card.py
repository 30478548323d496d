"""One learner's report of a term: what was released by its end, in words, with what the levels mean.

Released levels only, as they stood when the term ended; what was taken back since is not shown, to nobody. The same
figures stand on the page and in the PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from learners.models import Learner, Term
from milestones.models import NARRATIVE, Narrative, Release, newest_release
from milestones.models.narratives import newest_words
from reporting.levels import WORDS, LevelWords
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant
from tenancy.selectors import zone

READ = ("Report card, transcript", "read")
KINDS = ("gradingPeriod", "term", "semester", "schoolYear")  # the shortest period first


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    title: str
    word: LevelWords
    level: int
    on: date


@dataclass(frozen=True, slots=True)
class Part:
    """Milestones under one heading."""

    title: str
    lines: tuple[Line, ...]
    at_goal: int


@dataclass(frozen=True, slots=True)
class Words:
    """What a teacher wrote about the term, once it was released."""

    heading: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Card:
    learner: Learner
    term: Term
    terms: tuple[Term, ...]
    is_over: bool
    as_of: date
    parts: tuple[Part, ...]
    words: tuple[Words, ...]
    school: str

    @property
    def title(self) -> str:
        return _("Report card") if self.is_over else _("Progress report")


def terms_of(today: date) -> tuple[Term, ...]:
    """Terms that have begun: those that run first, the newest first, of one day's the shortest. One query."""
    rows = Term.objects.filter(is_active=True, starts_on__lte=today)
    return tuple(sorted(rows, key=lambda one: (one.ends_on < today, -one.starts_on.toordinal(), _rank(one), one.pk)))


def _rank(term: Term) -> int:
    return KINDS.index(term.kind) if term.kind in KINDS else len(KINDS)


def choose_term(terms: tuple[Term, ...], wanted: UUID | None) -> Term:
    """The one asked for, else the one that runs. Raises NotFound where there is none."""
    for term in terms:
        if wanted is None or term.public_id == wanted:
            return term
    raise NotFound


def card_of(actor: Actor, tenant: Tenant, learner: Learner, wanted: UUID | None = None) -> Card:
    """Four queries. The learner is one whom the actor may see. Raises NotFound without a term."""
    terms = terms_of(actor.today)
    term = choose_term(terms, wanted)
    return Card(
        learner=learner, term=term, terms=terms, is_over=term.ends_on < actor.today,
        as_of=min(term.ends_on, actor.today), parts=_parts(actor, tenant, learner, term),
        words=_words(actor, learner, term),
        school=learner.home_school.name if learner.home_school else tenant.name,
    )  # fmt: skip


def _parts(actor: Actor, tenant: Tenant, learner: Learner, term: Term) -> tuple[Part, ...]:
    end = end_of(term, tenant)
    of_learner = Release.objects.filter(learner_id=learner.pk)
    shown = Release.objects.visible_to(actor, *READ).filter(newest_release(), learner_id=learner.pk)
    later = of_learner.filter(milestone_id=OuterRef("milestone_id"), id__gt=OuterRef("id"), released_at__lt=end)
    rows = of_learner.filter(~Exists(later), milestone_id__in=shown.values("milestone_id"), released_at__lt=end)
    found = rows.filter(is_withdrawn=False).select_related("milestone")
    ordered = found.order_by("milestone__heading", "milestone__code", "milestone_id")
    time_zone = zone(tenant.time_zone)
    parts = []
    for heading, group in groupby(ordered, key=lambda row: str(row.milestone.heading)):
        lines = tuple(
            Line(
                row.milestone.code, row.milestone.title, WORDS[row.level], row.level,
                row.released_at.astimezone(time_zone).date(),
            )
            for row in group
        )  # fmt: skip
        parts.append(Part(heading, lines, sum(line.level >= Level.MEETS for line in lines)))
    return tuple(parts)


def _words(actor: Actor, learner: Learner, term: Term) -> tuple[Words, ...]:
    """What teachers released about the term, by subject; a correction in place of what it corrects. One query."""
    rows = Narrative.objects.visible_to(actor, NARRATIVE, "read").filter(newest_words(), learner=learner, term=term)
    return tuple(Words(one.subject, one.text, one.written_by_name) for one in rows.order_by("subject", "id"))


def end_of(term: Term, tenant: Tenant) -> datetime:
    """The midnight at which the term is over, where the school is."""
    return datetime.combine(term.ends_on + timedelta(days=1), time(), zone(tenant.time_zone))
