"""The class board: every learner of a section × every milestone, in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from learners.models import Enrolment, Section
from learners.reach import running
from milestones.assigned import due_dates
from milestones.flags import PAST_TARGET, SET_BY_TEACHER
from milestones.past import Moment
from milestones.retired import Retired, retired_in
from reporting.board_cells import NOTHING, Cell, Cells, Plan, cells_now, cells_then, planned_milestones
from reporting.reach import visible_section
from reporting.retired_words import sentences
from status_engine import Level
from tenancy.actor import Actor

PUBLISH = ("Publication to learner and family", "publish, withdraw")
EXPORT = ("Named export, up to 200 learners", "create")
DueDates = dict[tuple[int, int], date]


@dataclass(frozen=True, slots=True)
class Column:
    """A milestone of the section. `counts`: learners per level 0…4; `limits`: days until stalled at level 1 and 2;
    `retired`: a sentence for each competency of it that is no longer in use."""

    id: int
    public_id: UUID
    code: str
    title: str
    heading: str
    due_on: date | None
    is_future: bool
    counts: tuple[int, ...]
    limits: tuple[int, int]
    retired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A learner; `cells` in the order of the columns."""

    id: int
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
    """`due`: {(learner, milestone): the date that holds for that learner}."""

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
    due: DueDates


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page asks for: a column group, which rows, in which order, and as of when (None: now)."""

    heading: str = ""
    show: str = "everyone"
    sort: str = "name"
    moment: Moment | None = None


def may_release(actor: Actor, public_id: UUID) -> bool:
    found: bool = Section.objects.visible_to(actor, *PUBLISH).filter(public_id=public_id).exists()
    return found


def class_board(actor: Actor, section_id: UUID, filters: Filters, now: datetime | None = None) -> Board:
    """Seven queries at any size, some more as of a past day. Raises NotFound for a section out of the actor's sight.

    As of a past day the class is today's, with the levels of that day.
    """
    now, moment = now or timezone.now(), filters.moment
    section = visible_section(actor, section_id, "Class grid")
    everything = planned_milestones(section)
    planned = [plan for plan in everything if filters.heading in {"", plan.heading}]
    learners = _learners(section, actor.today)
    keys = [row[0] for row in learners]
    worked_out_at = None
    if moment is None:
        cells, worked_out_at = cells_now(keys, planned, now)
    else:
        cells = cells_then(keys, planned, moment)
    today = moment.day if moment else actor.today
    due = due_dates(keys, [plan.id for plan in planned], actor.today)
    rows = [_row(learner, planned, cells, due, today) for learner in learners]
    gone = retired_in([plan.id for plan in planned if plan.has_retired])
    columns = tuple(_column(plan, index, rows, today, gone) for index, plan in enumerate(planned))
    return Board(
        section_id=section.public_id,
        title=section.title,
        school=section.school.name,
        columns=columns,
        rows=tuple(_chosen(rows, filters)),
        learners=len(rows),
        headings=tuple(dict.fromkeys(plan.heading for plan in everything)),
        share_at_meets=_share(columns, len(rows)),
        gap=_gap(columns),
        worked_out_at=worked_out_at,
        due=due,
    )


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


def _row(learner: tuple[int, UUID, str], planned: list[Plan], found: Cells, due: DueDates, today: date) -> Row:
    """The date that holds for the learner decides whether the cell is past its target, wherever it comes from."""
    cells = []
    for plan in planned:
        cell = found.get((learner[0], plan.id), NOTHING)
        due_on = due.get((learner[0], plan.id))
        is_late = cell.level == Level.NOT_STARTED and due_on is not None and due_on < today
        if is_late and cell.mark in {"", SET_BY_TEACHER}:
            cell = Cell(cell.level, PAST_TARGET, cell.is_set)
        cells.append(cell)
    return Row(
        id=learner[0],
        public_id=learner[1],
        name=learner[2],
        cells=tuple(cells),
        at_meets=sum(cell.level >= Level.MEETS for cell in cells),
        stuck=sum(cell.mark not in {"", SET_BY_TEACHER} for cell in cells),
    )


def _column(plan: Plan, index: int, rows: list[Row], today: date, gone: dict[int, list[Retired]]) -> Column:
    tally = Counter(row.cells[index].level for row in rows)
    return Column(
        id=plan.id,
        public_id=plan.public_id,
        code=plan.code,
        title=plan.title,
        heading=plan.heading,
        due_on=plan.due_on,
        is_future=plan.due_on is not None and plan.due_on > today,
        counts=tuple(tally[level] for level in range(5)),
        limits=plan.limits,
        retired=sentences(gone.get(plan.id, ())),
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
