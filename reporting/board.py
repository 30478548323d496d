"""The class board: every learner of a section × every milestone, in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Max, Q, Value, When
from django.utils import timezone

from learners.models import Enrolment, Section
from learners.reach import running
from milestones.models import MilestoneStatus, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.errors import NotFound

PUBLISH = ("Publication to learner and family", "publish, withdraw")
STALLED_AFTER = timedelta(days=21)
DROPPED_WITHIN = timedelta(days=30)
# One corner mark at most, the most urgent one, in this order.
DROPPED, STALLED, PAST_TARGET = "dropped", "stalled", "past_target"


@dataclass(frozen=True, slots=True)
class Column:
    """A milestone of the section. `counts`: learners per level 0…4."""

    id: int
    public_id: UUID
    code: str
    title: str
    heading: str
    due_on: date | None
    is_future: bool
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    level: int
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """A learner; `cells` in the order of the columns."""

    public_id: UUID
    name: str
    cells: tuple[Cell, ...]
    at_meets: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The milestone at which most learners are beginning or developing."""

    column: Column
    learners: int


@dataclass(frozen=True, slots=True)
class Board:
    section_id: UUID
    title: str
    school: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    learners: int
    headings: tuple[str, ...]
    share_at_meets: int | None
    gap: Gap | None
    worked_out_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page asks for: a column group, which rows, and in which order."""

    heading: str = ""
    show: str = "everyone"
    sort: str = "name"


def visible_section(actor: Actor, public_id: UUID, resource: str, action: str = "read") -> Section:
    """The section, if the actor may do it there. Raises NotFound."""
    found = Section.objects.visible_to(actor, resource, action).select_related("school").filter(public_id=public_id)
    section: Section | None = found.first()
    if section is None:
        raise NotFound
    return section


def may_release(actor: Actor, public_id: UUID) -> bool:
    found: bool = Section.objects.visible_to(actor, *PUBLISH).filter(public_id=public_id).exists()
    return found


def class_board(actor: Actor, section_id: UUID, filters: Filters, now: datetime | None = None) -> Board:
    """Five queries at any size. Raises NotFound for a section that the actor may not see."""
    now = now or timezone.now()
    section = visible_section(actor, section_id, "Class grid")
    everything = _planned(section)
    planned = [plan for plan in everything if filters.heading in {"", plan[4]}]
    learners = _learners(section, actor.today)
    statuses, worked_out_at = _statuses([row[0] for row in learners], [row[0] for row in planned], now)
    rows = [_row(learner, planned, statuses, actor.today) for learner in learners]
    columns = tuple(_column(plan, index, rows, actor.today) for index, plan in enumerate(planned))
    return Board(
        section_id=section.public_id,
        title=section.title,
        school=section.school.name,
        columns=columns,
        rows=tuple(_chosen(rows, filters)),
        learners=len(rows),
        headings=tuple(dict.fromkeys(plan[4] for plan in everything)),
        share_at_meets=_share(columns, len(rows)),
        gap=_gap(columns),
        worked_out_at=worked_out_at,
    )


def _planned(section: Section) -> list[tuple[Any, ...]]:
    rows = SectionMilestone.objects.filter(section_id=section.pk, milestone__is_active=True)
    fields = (
        "milestone_id",
        "milestone__public_id",
        "milestone__code",
        "milestone__title",
        "milestone__heading",
        "due_on",
    )
    return list(rows.order_by("position", "id").values_list(*fields))


def _learners(section: Section, today: date) -> list[tuple[int, UUID, str]]:
    rows = Enrolment.objects.filter(running(today), section_id=section.pk, is_withdrawn=False, learner__is_active=True)
    fields = (
        "learner_id",
        "learner__public_id",
        "learner__preferred_name",
        "learner__given_name",
        "learner__family_name",
    )
    named = rows.order_by("learner__folded_name", "learner_id").values_list(*fields)
    return [(pk, public, f"{preferred or given} {family}".strip()) for pk, public, preferred, given, family in named]


def _statuses(
    learner_ids: list[int], milestone_ids: list[int], now: datetime
) -> tuple[dict[tuple[int, int], tuple[int, str]], datetime | None]:
    """({(learner, milestone): (level, mark of its history)}, when the newest was worked out). Two queries.

    The marks are worked out by the database: a thousand timestamps cost more to read than everything else here.
    """
    rows = MilestoneStatus.objects.filter(Q(learner_id__in=learner_ids) & Q(milestone_id__in=milestone_ids))
    mark = Case(
        When(level__lt=F("previous_level"), since__gte=now - DROPPED_WITHIN, then=Value(DROPPED)),
        When(level__in=(Level.BEGINNING, Level.DEVELOPING), since__lt=now - STALLED_AFTER, then=Value(STALLED)),
        default=Value(""),
    )
    found = {
        (learner, milestone): (level, mark)
        for learner, milestone, level, mark in rows.values_list("learner_id", "milestone_id", "level", mark)
    }
    return found, rows.aggregate(newest=Max("computed_at"))["newest"]


def _row(
    learner: tuple[int, UUID, str],
    planned: list[tuple[Any, ...]],
    statuses: dict[tuple[int, int], tuple[int, str]],
    today: date,
) -> Row:
    nothing = (int(Level.NOT_STARTED), "")
    cells = []
    for plan in planned:
        level, mark = statuses.get((learner[0], plan[0]), nothing)
        is_late = level == Level.NOT_STARTED and not mark and plan[5] is not None and plan[5] < today
        cells.append(Cell(level, PAST_TARGET if is_late else mark))
    return Row(
        public_id=learner[1],
        name=learner[2],
        cells=tuple(cells),
        at_meets=sum(cell.level >= Level.MEETS for cell in cells),
        stuck=sum(bool(cell.mark) for cell in cells),
    )


def _column(plan: tuple[Any, ...], index: int, rows: list[Row], today: date) -> Column:
    tally = Counter(row.cells[index].level for row in rows)
    _, public_id, code, title, heading, due_on = plan
    return Column(
        id=plan[0],
        public_id=public_id,
        code=code,
        title=title,
        heading=heading,
        due_on=due_on,
        is_future=due_on is not None and due_on > today,
        counts=tuple(tally[level] for level in range(5)),
    )


def _chosen(rows: list[Row], filters: Filters) -> list[Row]:
    if filters.show == "attention":
        rows = [row for row in rows if row.stuck]
    elif filters.show == "below":
        rows = [row for row in rows if any(cell.level < Level.MEETS for cell in row.cells)]
    if filters.sort == "stuck":
        return sorted(rows, key=lambda row: (-row.stuck, row.at_meets))
    if filters.sort == "meets":
        return sorted(rows, key=lambda row: -row.at_meets)
    return rows


def _share(columns: tuple[Column, ...], learners: int) -> int | None:
    """Percent of the levels due so far that are at Meets or above."""
    due = [column for column in columns if not column.is_future]
    if not due or not learners:
        return None
    reached = sum(sum(column.counts[Level.MEETS :]) for column in due)
    return round(100 * reached / (learners * len(due)))


def _gap(columns: tuple[Column, ...]) -> Gap | None:
    def between(column: Column) -> int:
        return column.counts[Level.BEGINNING] + column.counts[Level.DEVELOPING]

    widest = max(columns, key=between, default=None)
    return Gap(widest, between(widest)) if widest is not None and between(widest) >= 3 else None
