"""What teachers set on a milestone of a learner and its competencies, with who, why, until when, and how it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from milestones.models import LevelOverride, OverrideEnd
from milestones.overrides import ROW
from milestones.past import Moment
from tenancy.access import NOTHING, visible_q
from tenancy.actor import Actor
from tenancy.selectors import member_names

END = ("end_cause", "end_reason", "ended_at", "ended_by_id")


@dataclass(frozen=True, slots=True)
class SetLevel:
    """One override as shown. `ended_at` is None while it stands; `of` names the criterion, or is empty.

    `is_kept`: nobody judged, it was met before the goal of the milestone was changed.
    """

    key: int
    public_id: UUID
    level: int
    computed_level: int
    reason: str
    until: date | None
    set_at: datetime
    by: str
    of: str
    ended_at: datetime | None
    cause: str
    end_reason: str
    ended_by: str
    can_end: bool
    is_kept: bool = False

    @property
    def stands(self) -> bool:
        return self.ended_at is None


def set_levels(
    actor: Actor, learner_id: int, milestone_id: int, competency_ids: Collection[int], moment: Moment | None = None
) -> list[SetLevel]:
    """Everything that teachers set on the milestone and its competencies, newest first.

    As of a moment: what was set by then, and nothing can be ended. One query where there is nothing, else two.
    """
    found = LevelOverride.objects.filter(Q(milestone_id=milestone_id) | Q(competency_id__in=list(competency_ids)))
    if moment is not None:
        found = found.filter(set_at__lte=moment.at)
    may_end = visible_q(LevelOverride, actor, *ROW) if moment is None else NOTHING
    end = {name: F(f"ends__{name.removeprefix('end_')}") for name in END}  # an override has at most one end
    rows: list[Any] = list(
        found.filter(learner_id=learner_id)
        .select_related("competency")
        .annotate(may_end=ExpressionWrapper(may_end, BooleanField()), **end)
        .order_by("-id")
    )
    people = member_names({row.set_by_id for row in rows} | {row.ended_by_id for row in rows})
    return [_set_level(row, people, moment) for row in rows]


def _set_level(row: Any, people: dict[int | None, str], moment: Moment | None) -> SetLevel:
    """`row`: an override with the fields of its end, empty where it stands, and `may_end`."""
    is_over = row.ended_at is not None and (moment is None or row.ended_at <= moment.at)
    return SetLevel(
        key=row.pk,
        public_id=row.public_id,
        level=row.level,
        computed_level=row.computed_level,
        reason=row.reason,
        until=row.until,
        set_at=row.set_at,
        by=people.get(row.set_by_id, ""),
        of=row.competency.code if row.competency else "",
        ended_at=row.ended_at if is_over else None,
        cause=str(OverrideEnd.Cause(row.end_cause).label) if is_over else "",
        end_reason=row.end_reason if is_over else "",
        ended_by=people.get(row.ended_by_id, "") if is_over else "",
        can_end=row.may_end and row.ended_at is None,
        is_kept=row.kind == LevelOverride.Kind.EARLIER_BAR,
    )
