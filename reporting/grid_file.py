"""What a file of the class grid holds: a line per learner and milestone, with the filters and the day of the page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Section
from milestones.flags import STALLED_AFTER, Stand, flags_of
from milestones.history import stands_with_past
from milestones.models import MilestoneStatus
from milestones.past import Moment
from milestones.selectors import criteria_of
from reporting.board import EXPORT, Board, Column, Filters, Row, class_board
from reporting.board_cells import stall_limits
from reporting.grid_reasons import Facts, Knowns, facts_of, known_now, known_then, reason_line
from reporting.reach import visible_section
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Refused

MOST_LEARNERS = 200
NOWHERE = Stand(0, 0, 0, None, 0, None, STALLED_AFTER)
Stands = dict[tuple[int, int], Stand]


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    column: Column
    stand: Stand
    flags: tuple[str, ...]
    facts: Facts
    reason: str


@dataclass(frozen=True, slots=True)
class GridFile:
    """`at`: as of when. The lines follow the rows and columns of the board."""

    board: Board
    at: datetime
    lines: tuple[Line, ...]


def grid_file(actor: Actor, section_id: UUID, filters: Filters) -> GridFile:
    """Raises NotFound out of reach, Refused for a class too large for this kind of export. It is noted in the audit."""
    section: Section = visible_section(actor, section_id, *EXPORT)
    board = class_board(actor, section_id, filters)
    if len(board.rows) > MOST_LEARNERS:
        text = _("The class has %(n)d learners. Export up to %(most)d: choose fewer rows")
        raise Refused(text % {"n": len(board.rows), "most": MOST_LEARNERS})
    moment = filters.moment
    criteria = criteria_of({column.id for column in board.columns})
    competencies = {one.competency_id for some in criteria.values() for one in some}
    stands, knowns = _then(board, moment) if moment else _now(board, competencies)
    now, today = (moment.at, moment.day) if moment else (timezone.now(), actor.today)
    record_audit(actor, "grid.exported", target=section, detail={"learners": len(board.rows)})
    facts = {
        (row.id, column.id): facts_of(row.id, criteria[column.id], knowns)
        for row in board.rows
        for column in board.columns
    }
    return GridFile(board, now, tuple(_lines(board, stands, facts, partial(flags_of, now=now, today=today))))


def _lines(
    board: Board, stands: Stands, facts: dict[tuple[int, int], Facts], flagged: Callable[[Stand], list[str]]
) -> Iterator[Line]:
    for row in board.rows:
        for column in board.columns:
            pair = (row.id, column.id)
            stand = replace(stands.get(pair, NOWHERE), due_on=board.due.get(pair))
            flags = tuple(flagged(stand))
            yield Line(row, column, stand, flags, facts[pair], reason_line(stand, flags, facts[pair]))


def _now(board: Board, competencies: set[int]) -> tuple[Stands, Knowns]:
    """Two queries."""
    limits, learners = stall_limits(board.columns), [row.id for row in board.rows]
    rows = MilestoneStatus.objects.filter(
        Q(learner_id__in=learners) & Q(milestone_id__in=[column.id for column in board.columns])
    ).values_list("learner_id", "milestone_id", "level", "computed_level", "previous_level", "since", "flags")
    stands = {
        (learner, milestone): Stand(
            level, computed, previous, since, flags, None, limits.get((milestone, level), STALLED_AFTER)
        )
        for learner, milestone, level, computed, previous, since, flags in rows
    }
    return stands, known_now(learners, competencies)


def _then(board: Board, moment: Moment) -> tuple[Stands, Knowns]:
    limits, learners = stall_limits(board.columns), [row.id for row in board.rows]
    stands, past = stands_with_past(learners, [column.id for column in board.columns], moment, limits)
    return stands, known_then(past)
