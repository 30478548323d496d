"""The class grid as a file: a line per learner and milestone, with the filters and the day of the page."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from learners.models import Section
from milestones.flags import SET_BY_TEACHER, STALLED_AFTER, Stand, flags_of
from milestones.history import stands_as_of
from milestones.models import MilestoneStatus
from milestones.past import Moment
from reporting.board import EXPORT, Board, Column, Filters, class_board
from reporting.board_cells import stall_limits
from reporting.csv_cells import csv_text
from reporting.reach import visible_section
from status_engine import LEVEL_NAMES
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Refused

MOST_LEARNERS = 200
HEAD = (
    "learner", "learner_id", "milestone", "milestone_title", "milestone_id", "target_date", "level", "computed_level",
    "flags", "set_by_teacher", "since", "as_of",
)  # fmt: skip
NOWHERE = Stand(0, 0, 0, None, 0, None, STALLED_AFTER)
Stands = dict[tuple[int, int], Stand]


def grid_csv(actor: Actor, section_id: UUID, filters: Filters) -> str:
    """Raises NotFound out of reach, Refused for a class too large for this kind of export. It is noted in the audit."""
    section: Section = visible_section(actor, section_id, *EXPORT)
    board = class_board(actor, section_id, filters)
    if len(board.rows) > MOST_LEARNERS:
        raise Refused(f"The class has {len(board.rows)} learners. Export up to {MOST_LEARNERS}: choose fewer rows")
    moment = filters.moment
    stands = _stands_then(board, moment) if moment else _stands_now(board)
    now, today = (moment.at, moment.day) if moment else (timezone.now(), actor.today)
    record_audit(actor, "grid.exported", target=section, detail={"learners": len(board.rows)})
    lines = []
    for row in board.rows:
        for column in board.columns:
            stand = stands.get((row.id, column.id), NOWHERE)
            dated = replace(stand, due_on=board.due.get((row.id, column.id)))
            flags = flags_of(dated, now, today)
            lines.append([row.name, str(row.public_id), *_of_column(column), *_of_stand(dated, flags), now.isoformat()])
    return csv_text(HEAD, lines)


def _of_column(column: Column) -> list[str]:
    return [column.code, column.title, str(column.public_id)]


def _of_stand(stand: Stand, flags: list[str]) -> list[str]:
    due = stand.due_on.isoformat() if stand.due_on else ""
    since = stand.since.isoformat() if stand.since and stand.level else ""
    is_set = "yes" if SET_BY_TEACHER in flags else "no"
    return [due, LEVEL_NAMES[stand.level], LEVEL_NAMES[stand.computed_level], " ".join(flags), is_set, since]


def _stands_now(board: Board) -> Stands:
    limits = stall_limits(board.columns)
    rows = MilestoneStatus.objects.filter(
        Q(learner_id__in=[row.id for row in board.rows]) & Q(milestone_id__in=[column.id for column in board.columns])
    ).values_list("learner_id", "milestone_id", "level", "computed_level", "previous_level", "since", "flags")
    return {
        (learner, milestone): Stand(
            level, computed, previous, since, flags, None, limits.get((milestone, level), STALLED_AFTER)
        )
        for learner, milestone, level, computed, previous, since, flags in rows
    }


def _stands_then(board: Board, moment: Moment) -> Stands:
    limits = stall_limits(board.columns)
    return stands_as_of([row.id for row in board.rows], [column.id for column in board.columns], moment, limits)
