"""The pieces of evidence of one learner's milestone, as listed and drawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from assessments.models import Evidence, standing
from milestones.past import RECORDED, Moment
from milestones.selectors import CriterionReason
from tenancy.access import NOTHING, visible_q
from tenancy.actor import Actor

SHOWN = 100
CORRECT = ("Evidence", "correct (new version), void")


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
    hints: int
    is_withdrawn: bool
    can_change: bool


def pieces_of(actor: Actor, learner_id: int, reasons: list[CriterionReason], moment: Moment | None) -> list[Piece]:
    """Newest first. A piece alone is judged by the cuts of its competency's scale. Nothing of a past day can change.

    One query.
    """
    scales = {reason.competency_id: reason.policy.policy.scale for reason in reasons}
    of_here = Q(learner_competency__learner_id=learner_id, learner_competency__competency_id__in=list(scales))
    may_change = visible_q(Evidence, actor, *CORRECT) if moment is None else NOTHING
    rows = _standing(moment).filter(of_here).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    listed = rows.select_related("learner_competency").order_by("-occurred_at", "-id")[:SHOWN]
    return [_piece(row, scales[row.learner_competency.competency_id], row.may_change) for row in listed]


def _standing(moment: Moment | None) -> QuerySet[Evidence]:
    rows: QuerySet[Evidence] = Evidence.objects.all()
    if moment is None:
        return rows.filter(standing())
    if moment.by == RECORDED:
        later = Evidence.objects.filter(supersedes_id=OuterRef("id"), recorded_at__lte=moment.at)
        return rows.filter(~Exists(later), recorded_at__lte=moment.at)
    return rows.filter(standing(), occurred_at__lte=moment.at)


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
        hints=row.hints,
        is_withdrawn=withdrawn,
        can_change=can_change and not withdrawn,
    )


def level_of_value(value: float | None, scale: Any) -> int:
    """The level that one value would be by the cuts alone, without gates."""
    if value is None:
        return 0
    cuts = (scale.developing_at, scale.meets_at, scale.mastery_at)
    return 1 + int(sum(cut is not None and round(value, 2) >= cut for cut in cuts))
