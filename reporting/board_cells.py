"""What stands in the cells of the class board: the milestones of a section, and the levels on them, now or then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Case, Exists, F, Max, OuterRef, Q, Value, When

from learners.models import Section
from milestones.flags import (
    DROPPED,
    SET_BIT,
    SET_BY_TEACHER,
    STALLED,
    flags_of,
    has_dropped,
    is_stalled,
    stall_limit,
)
from milestones.history import stands_as_of
from milestones.models import Criterion, MilestoneStatus, SectionMilestone
from milestones.past import Moment
from status_engine import Level


@dataclass(frozen=True, slots=True)
class Cell:
    """One corner mark at most, the most urgent: dropped, stalled, past its target date, set by a teacher."""

    level: int
    mark: str
    is_set: bool = False


NOTHING = Cell(int(Level.NOT_STARTED), "")
Cells = dict[tuple[int, int], Cell]


@dataclass(frozen=True, slots=True)
class Plan:
    """A milestone of the section; `limits`: days after which a learner at level 1 or 2 counts as stalled;
    `has_retired`: it asks for something that is no longer in use."""

    id: int
    public_id: UUID
    code: str
    title: str
    heading: str
    due_on: date | None
    limits: tuple[int, int]
    has_retired: bool


def planned_milestones(section: Section) -> list[Plan]:
    retired = Q(competency__is_retired=True)
    rows = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True).annotate(
        beginning=stall_limit("milestone_id", "milestone__framework_id", Level.BEGINNING),
        developing=stall_limit("milestone_id", "milestone__framework_id", Level.DEVELOPING),
        has_retired=Exists(Criterion.objects.filter(retired, milestone_id=OuterRef("milestone_id"))),
    )
    fields = ("milestone_id", *(f"milestone__{name}" for name in ("public_id", "code", "title", "heading")), "due_on")
    found: Iterable[tuple[Any, ...]] = rows.order_by("position", "id").values_list(
        *fields, "beginning", "developing", "has_retired"
    )
    return [_plan(*row) for row in found]


def _plan(
    key: int, public_id: UUID, code: str, title: str, heading: str, due_on: date | None, beginning: int,
    developing: int, has_retired: bool,
) -> Plan:  # fmt: skip
    return Plan(key, public_id, code, title, heading, due_on, (beginning, developing), has_retired)


class Limited(Protocol):
    """A milestone with its limits."""

    @property
    def id(self) -> int: ...
    @property
    def limits(self) -> tuple[int, int]: ...


def stall_limits(planned: Iterable[Limited]) -> dict[tuple[int, int], int]:
    """{(milestone, level 1 or 2): days}."""
    return {(plan.id, level): days for plan in planned for level, days in enumerate(plan.limits, Level.BEGINNING)}


def cells_now(learner_ids: list[int], planned: list[Plan], now: datetime) -> tuple[Cells, datetime | None]:
    """({(learner, milestone): cell}, when the newest was worked out). Two queries.

    The marks are worked out by the database: a thousand timestamps cost more to read than everything else here.
    """
    milestones = [plan.id for plan in planned]
    rows = MilestoneStatus.objects.filter(Q(learner_id__in=learner_ids) & Q(milestone_id__in=milestones))
    mark = Case(
        When(has_dropped(now), then=Value(DROPPED)),
        When(is_stalled(stall_limits(planned), now), then=Value(STALLED)),
        default=Value(""),
    )
    found = rows.values_list("learner_id", "milestone_id", "level", mark, F("flags").bitand(SET_BIT))
    cells = {
        (learner, milestone): Cell(level, mark or (SET_BY_TEACHER if is_set else ""), bool(is_set))
        for learner, milestone, level, mark, is_set in found
    }
    return cells, rows.aggregate(newest=Max("computed_at"))["newest"]


def cells_then(learner_ids: list[int], planned: list[Plan], moment: Moment) -> Cells:
    stands = stands_as_of(learner_ids, [plan.id for plan in planned], moment, stall_limits(planned))
    urgent = (DROPPED, STALLED, SET_BY_TEACHER)
    return {
        pair: Cell(stand.level, next((flag for flag in urgent if flag in flags), ""), SET_BY_TEACHER in flags)
        for pair, stand in stands.items()
        for flags in [flags_of(stand, moment.at, moment.day)]
    }
