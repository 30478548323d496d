"""The page of one learner and one milestone: the level, why, the evidence, what would change it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from assessments.models import Evidence, LearnerCompetency, standing
from competencies.models import Prerequisite
from learners.models import Learner, Section
from milestones.models import CompetencyStatus, Milestone, MilestoneStatus, SectionMilestone, StatusChange
from milestones.selectors import CriterionReason, milestone_reasons
from reporting.sentences import Reason, reason_of
from tenancy.actor import Actor
from tenancy.errors import NotFound

STAFF_VIEW = ("Evidence version history", "read")
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as listed. `level` is what this piece alone would show."""

    public_id: UUID
    level: int
    title: str
    kind: str
    form: str
    score: str
    occurred_at: datetime
    comment: str
    by: str
    is_withdrawn: bool
    can_change: bool


@dataclass(frozen=True, slots=True)
class Sibling:
    """A milestone of the same section, for the list beside the page."""

    public_id: UUID
    code: str
    title: str
    heading: str
    level: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Need:
    """A competency that comes before those of the milestone, with the learner's level on it."""

    code: str
    statement: str
    level: int


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    before: int
    after: int
    cause: str


@dataclass(frozen=True, slots=True)
class LearnerMilestone:
    learner_id: UUID
    learner_name: str
    grade: str
    initials: str
    milestone_id: UUID
    code: str
    title: str
    heading: str
    due_on: date | None
    level: int
    since: datetime | None
    reasons: tuple[Reason, ...]
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]
    needs: tuple[Need, ...]
    siblings: tuple[Sibling, ...]
    counts: tuple[int, ...]
    section_id: UUID | None
    section_title: str
    computed_at: datetime | None
    is_true_to_ledger: bool


def visible_learner(actor: Actor, public_id: UUID, resource: str, action: str) -> Learner:
    """The learner, if the actor may do it for them. Raises NotFound."""
    learner: Learner | None = Learner.objects.visible_to(actor, resource, action).filter(public_id=public_id).first()
    if learner is None:
        raise NotFound
    return learner


def published_milestone(public_id: UUID) -> Milestone:
    milestone: Milestone | None = Milestone.objects.filter(public_id=public_id, is_active=True).first()
    if milestone is None:
        raise NotFound
    return milestone


def section_of(
    actor: Actor, learner: Learner, wanted: UUID | None, milestone: Milestone | None = None
) -> Section | None:
    """The section through which the page is seen: the one asked for, else any of the learner's that the actor sees."""
    rows = Section.objects.visible_to(actor, "Section", "read").filter(enrolments__learner_id=learner.pk)
    if milestone is not None:
        rows = rows.filter(section_milestones__milestone_id=milestone.pk)
    ordered = sorted(rows.distinct(), key=lambda section: (section.public_id != wanted, section.pk))
    return ordered[0] if ordered else None


def learner_milestone(
    actor: Actor, learner_id: UUID, milestone_id: UUID | None, section_id: UUID | None = None
) -> LearnerMilestone:
    """Everything the page and the side panel show, in a fixed number of queries. Raises NotFound.

    Without a milestone the first one of the learner's section is shown.
    """
    learner = visible_learner(actor, learner_id, *STAFF_VIEW)
    milestone = published_milestone(milestone_id or _first_milestone(actor, learner, section_id))
    section = section_of(actor, learner, section_id, milestone)
    reasons = milestone_reasons(learner.pk, milestone)
    standing_of = _standings(learner)
    level, since, computed_at = standing_of.get(milestone.pk, (0, None, None))
    siblings = _siblings(section, standing_of)
    here = next((s for s in siblings if s.public_id == milestone.public_id), None)
    return LearnerMilestone(
        learner_id=learner.public_id,
        learner_name=learner.name,
        grade=learner.grade,
        initials="".join(part[0] for part in learner.name.split()[:2]).upper(),
        milestone_id=milestone.public_id,
        code=milestone.code,
        title=milestone.title,
        heading=milestone.heading,
        due_on=here.due_on if here else None,
        level=level,
        since=since,
        reasons=tuple(reason_of(reason) for reason in reasons),
        pieces=tuple(_pieces(actor, learner, reasons)),
        changes=tuple(_changes(learner, milestone)),
        needs=tuple(_needs(learner, [reason.competency_id for reason in reasons])),
        siblings=tuple(siblings),
        counts=tuple(sum(s.level == number for s in siblings) for number in range(5)),
        section_id=section.public_id if section else None,
        section_title=section.title if section else "",
        computed_at=computed_at,
        is_true_to_ledger=all(reason.is_true_to_ledger for reason in reasons),
    )


def _first_milestone(actor: Actor, learner: Learner, section_id: UUID | None) -> UUID:
    section = section_of(actor, learner, section_id)
    rows = SectionMilestone.objects.filter(section__enrolments__learner_id=learner.pk, milestone__is_active=True)
    if section is not None:
        rows = rows.order_by("section_id") if section_id is None else rows.filter(section_id=section.pk)
    first = rows.order_by("section_id", "position", "id").values_list("milestone__public_id", flat=True).first()
    if first is None:  # in no section today, or in one without a plan: what there are levels for
        known = MilestoneStatus.objects.filter(learner_id=learner.pk, milestone__is_active=True)
        first = known.order_by("milestone_id").values_list("milestone__public_id", flat=True).first()
    if first is None:
        raise NotFound
    return UUID(str(first))


def _standings(learner: Learner) -> dict[int, tuple[int, datetime, datetime]]:
    """{milestone: level, since when, worked out when} of one learner."""
    rows = MilestoneStatus.objects.filter(learner_id=learner.pk)
    return {pk: (level, since, at) for pk, level, since, at in rows.values_list(
        "milestone_id", "level", "since", "computed_at"
    )}  # fmt: skip


def _needs(learner: Learner, competency_ids: list[int]) -> list[Need]:
    """Prerequisites that are not competencies of the milestone itself. One query."""
    level = CompetencyStatus.objects.filter(learner_id=learner.pk, competency_id=OuterRef("before_id"))
    rows = (
        Prerequisite.objects.filter(after_id__in=competency_ids, is_in_cycle=False)
        .exclude(before_id__in=competency_ids)
        .annotate(level=Coalesce(Subquery(level.values("level")[:1]), 0))
        .order_by("before__tree_order", "before_id")
        .values_list("before__code", "before__short_statement", "before__statement", "level")
    )
    return [Need(code, short or statement, level) for code, short, statement, level in rows.distinct()]


def _siblings(section: Section | None, standing_of: dict[int, tuple[int, datetime, datetime]]) -> list[Sibling]:
    if section is None:
        return []
    fields = (
        "milestone_id",
        "milestone__public_id",
        "milestone__code",
        "milestone__title",
        "milestone__heading",
        "due_on",
    )
    planned = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True).order_by(
        "position", "id"
    )
    nothing = (0, None, None)
    return [
        Sibling(public_id, code, title, heading, standing_of.get(pk, nothing)[0], due_on)
        for pk, public_id, code, title, heading, due_on in planned.values_list(*fields)
    ]


def _pieces(actor: Actor, learner: Learner, reasons: list[CriterionReason]) -> list[Piece]:
    """Newest first. A piece alone is judged by the cuts of its competency's scale."""
    scales = {reason.competency_id: reason.policy.policy.scale for reason in reasons}
    pairs = dict(
        LearnerCompetency.objects.filter(learner_id=learner.pk, competency_id__in=scales).values_list(
            "id", "competency_id"
        )
    )
    rows = list(
        Evidence.objects.filter(standing(), learner_competency_id__in=pairs).order_by("-occurred_at", "-id")[:SHOWN]
    )
    can_change = set(
        Evidence.objects.visible_to(actor, "Evidence", "correct (new version), void")
        .filter(id__in=[row.pk for row in rows])
        .values_list("id", flat=True)
    )
    return [_piece(row, scales[pairs[row.learner_competency_id]], row.pk in can_change) for row in rows]


def _piece(row: Evidence, scale: Any, can_change: bool) -> Piece:
    value = None if row.score is None else float(row.score) / float(row.possible) * scale.points_possible
    withdrawn = row.entry == Evidence.Entry.WITHDRAWN
    return Piece(
        public_id=row.public_id,
        level=level_of_value(value, scale),
        title=row.title or row.task,
        kind=row.get_kind_display(),
        form=row.form,
        score="" if row.score is None else f"{row.score.normalize():f} / {row.possible.normalize():f}",
        occurred_at=row.occurred_at,
        comment=row.comment,
        by="",
        is_withdrawn=withdrawn,
        can_change=can_change and not withdrawn,
    )


def level_of_value(value: float | None, scale: Any) -> int:
    """The level that one value would be by the cuts alone, without gates."""
    if value is None:
        return 0
    cuts = (scale.developing_at, scale.meets_at, scale.mastery_at)
    return 1 + int(sum(cut is not None and round(value, 2) >= cut for cut in cuts))


def _changes(learner: Learner, milestone: Milestone) -> list[Change]:
    rows = StatusChange.objects.filter(Q(learner_id=learner.pk) & Q(milestone_id=milestone.pk))
    fields = ("applies_from", "from_level", "to_level", "cause")
    return [Change(*row) for row in rows.order_by("applies_from", "id").values_list(*fields)]
