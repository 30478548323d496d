"""What teachers set on a milestone of a learner and its competencies, with who, why, until when, and how it ended."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from milestones.models import LevelOverride
from milestones.overrides import ROW
from milestones.past import Moment
from tenancy.actor import Actor
from tenancy.models import Member


@dataclass(frozen=True, slots=True)
class SetLevel:
    """One override as shown. `ended_at` is None while it stands; `of` names the criterion, or is empty."""

    key: int
    public_id: UUID
    level: int
    computed_level: int
    competency_id: int | None
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

    @property
    def stands(self) -> bool:
        return self.ended_at is None


def set_levels(
    actor: Actor, learner_id: int, milestone_id: int, competency_ids: Collection[int], moment: Moment | None = None
) -> list[SetLevel]:
    """Everything that teachers set on the milestone and its competencies, newest first.

    As of a moment: what was set by then, and nothing can be ended. One query where there is nothing, else four.
    """
    found = LevelOverride.objects.filter(learner_id=learner_id)
    if moment is not None:
        found = found.filter(set_at__lte=moment.at)
    rows = list(
        found.filter(Q(milestone_id=milestone_id) | Q(competency_id__in=list(competency_ids)))
        .select_related("competency")
        .prefetch_related("ends")
        .order_by("-id")
    )
    if not rows:
        return []
    may_end = set(
        LevelOverride.objects.visible_to(actor, *ROW)
        .filter(id__in=[row.pk for row in rows], ends=None)
        .values_list("id", flat=True)
    )
    people = _names(rows)
    return [_set_level(row, people, row.pk in may_end and moment is None, moment) for row in rows]


def _names(rows: Iterable[LevelOverride]) -> dict[int | None, str]:
    keys = {row.set_by_id for row in rows} | {end.ended_by_id for row in rows for end in row.ends.all()}
    return {member.pk: member.name for member in Member.objects.filter(id__in=keys - {None})}


def _set_level(row: LevelOverride, people: dict[int | None, str], can_end: bool, moment: Moment | None) -> SetLevel:
    ends = [end for end in row.ends.all() if moment is None or end.ended_at <= moment.at]
    end = ends[0] if ends else None
    return SetLevel(
        key=row.pk,
        public_id=row.public_id,
        level=row.level,
        computed_level=row.computed_level,
        competency_id=row.competency_id,
        reason=row.reason,
        until=row.until,
        set_at=row.set_at,
        by=people.get(row.set_by_id, ""),
        of=row.competency.code if row.competency else "",
        ended_at=end.ended_at if end else None,
        cause=end.get_cause_display() if end else "",
        end_reason=end.reason if end else "",
        ended_by=people.get(end.ended_by_id, "") if end else "",
        can_end=can_end,
    )
