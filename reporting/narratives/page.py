"""What a teacher sees while writing about a learner: the facts beside the words. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from assessments.models import Evidence, standing
from interventions.models import SupportPlan
from interventions.models.plans import CASE
from learners.models import Learner, Section, Term
from milestones.models import (
    NARRATIVE,
    PERSONAL,
    Criterion,
    Milestone,
    MilestoneStatus,
    Narrative,
    Phrase,
    Release,
    SectionMilestone,
    StatusChange,
)
from milestones.models.narratives import LIBRARY
from tenancy.actor import Actor
from tenancy.errors import NotFound

READ, WRITE = (NARRATIVE, "read"), (NARRATIVE, "write")
PHRASES, KEEP, DROP = (LIBRARY, "read"), (LIBRARY, "create"), (LIBRARY, "update, retire")
FIRST_LOOK_BACK, TERM_OVER = timedelta(days=90), timedelta(days=120)
MOST = 60


@dataclass(frozen=True, slots=True)
class Fact:
    """A milestone: level now, at the last narrative (None: there was none), and as the family sees it (None: not)."""

    title: str
    heading: str
    level: int
    before: int | None
    released: int | None

    @property
    def is_up(self) -> bool:
        return self.before is not None and self.level > self.before

    @property
    def is_down(self) -> bool:
        return self.before is not None and self.level < self.before

    @property
    def is_unreleased(self) -> bool:
        return self.level > 0 and self.released != self.level


@dataclass(frozen=True, slots=True)
class Facts:
    """Since `since`: the last released narrative about the subject, or 90 days ago."""

    since: datetime
    is_first: bool
    milestones: tuple[Fact, ...]
    moves_up: int
    moves_down: int
    pieces: int
    newest: datetime | None
    goals: tuple[str, ...]
    plans: tuple[tuple[str, str, date | None], ...]


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    public_id: UUID
    text: str
    filled: str
    is_shared: bool
    is_mine: bool


def narratives_of(actor: Actor, learner: Learner) -> list[Narrative]:
    """Drafts and released ones, newest first. One query."""
    rows = Narrative.objects.visible_to(actor, *READ).filter(learner=learner).select_related("term", "replaces")
    return list(rows.order_by("-written_at", "-id")[:MOST])


def visible_narrative(actor: Actor, narrative_id: UUID) -> Narrative:
    """Raises NotFound."""
    rows = Narrative.objects.visible_to(actor, *WRITE).select_related("learner", "section", "term", "replaces")
    found: Narrative | None = rows.filter(public_id=narrative_id).first()
    if found is None:
        raise NotFound
    return found


def sections_to_write_for(actor: Actor, learner: Learner) -> list[Section]:
    """The learner's classes that the actor sees, those with a plan first. One query."""
    rows = Section.objects.visible_to(actor, "Section", "read").filter(
        enrolments__learner=learner, enrolments__is_withdrawn=False
    )
    planned = Exists(SectionMilestone.objects.filter(section_id=OuterRef("pk")))
    return list(rows.filter(is_active=True).annotate(has_plan=planned).distinct().order_by("-has_plan", "title", "id"))


def terms_to_write_for(today: date) -> list[Term]:
    """Running ones and those just over, the shortest and newest first. One query."""
    rows = Term.objects.filter(is_active=True, starts_on__lte=today, ends_on__gte=today - TERM_OVER)
    return sorted(rows, key=lambda one: (one.ends_on < today, one.ends_on - one.starts_on, -one.ends_on.toordinal()))


def facts_of(actor: Actor, learner: Learner, section: Section | None) -> Facts:
    """Eight queries."""
    last = _last(actor, learner, section)
    since = last.released_at if last and last.released_at else timezone.now() - FIRST_LOOK_BACK
    planned = Q(milestone__section_milestones__section=section) if section else Q()
    rows = MilestoneStatus.objects.visible_to(actor, "Current level").filter(
        planned, learner=learner, milestone__is_active=True
    )
    stands = rows.distinct().order_by("milestone__heading", "milestone__code", "milestone_id")
    found = list(stands.values_list("milestone_id", "milestone__title", "milestone__heading", "level")[:MOST])
    keys = [row[0] for row in found]
    moves = StatusChange.objects.filter(learner=learner, milestone_id__in=keys, at__gte=since)
    counted = moves.aggregate(
        up=Count("id", filter=Q(to_level__gt=F("from_level"))), down=Count("id", filter=Q(to_level__lt=F("from_level")))
    )
    asked = Criterion.objects.filter(milestone_id__in=keys).values("competency_id")
    pieces = Evidence.objects.visible_to(actor, "Evidence", "read").filter(
        standing(), learner_competency__learner=learner, occurred_at__gte=since,
        learner_competency__competency_id__in=asked,
    )  # fmt: skip
    dates = list(
        pieces.exclude(entry=Evidence.Entry.WITHDRAWN).order_by("-occurred_at").values_list("occurred_at")[:500]
    )
    released = _released(learner, keys)
    before = last.levels if last else {}
    return Facts(
        since=since, is_first=last is None,
        milestones=tuple(
            Fact(title, heading, level, before.get(str(key), 0) if last else None, released.get(key))
            for key, title, heading, level in found
        ),
        moves_up=counted["up"], moves_down=counted["down"], pieces=len(dates), newest=dates[0][0] if dates else None,
        goals=_goals(actor, learner), plans=_plans(actor, learner),
    )  # fmt: skip


def phrases_of(actor: Actor, learner: Learner | None = None) -> list[OwnPhrase]:
    """The bank: own sentences first, then shared ones. One query."""
    name = (learner.preferred_name or learner.given_name) if learner else "{learner}"
    rows = Phrase.objects.visible_to(actor, *PHRASES).order_by("text", "id")
    found = [
        OwnPhrase(
            row.public_id, row.text, row.text.replace("{learner}", name), row.is_shared,
            row.made_by_id == actor.member_id,
        )
        for row in rows[:400]
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.is_mine)


def with_phrase(text: str, phrases: Sequence[OwnPhrase], wanted: str | None) -> str:
    """The text with a sentence of the bank at its end."""
    added = next((one.filled for one in phrases if str(one.public_id) == wanted), "")
    return f"{text.rstrip()} {added}".strip() if added else text


def _last(actor: Actor, learner: Learner, section: Section | None) -> Narrative | None:
    rows = Narrative.objects.visible_to(actor, *READ).filter(learner=learner, released_at__isnull=False)
    found: Narrative | None = rows.filter(section=section).order_by("-released_at", "-id").first()
    return found


def _released(learner: Learner, keys: Sequence[int]) -> dict[int, int]:
    rows = Release.objects.filter(learner=learner, milestone_id__in=keys).order_by("id")
    newest = {row[0]: row[1:] for row in rows.values_list("milestone_id", "level", "is_withdrawn")}
    return {key: level for key, (level, is_withdrawn) in newest.items() if not is_withdrawn}


def _goals(actor: Actor, learner: Learner) -> tuple[str, ...]:
    rows = Milestone.objects.visible_to(actor, PERSONAL).filter(learner=learner, ended_on=None, proposal="confirmed")
    return tuple(rows.order_by("title", "id").values_list("title", flat=True)[:10])


def _plans(actor: Actor, learner: Learner) -> tuple[tuple[str, str, date | None], ...]:
    rows = SupportPlan.objects.visible_to(actor, CASE).filter(learner=learner, state=SupportPlan.State.RUNNING)
    found = rows.order_by("review_on", "id").values_list("milestone__title", "approach", "review_on")
    return tuple(found[:10])
