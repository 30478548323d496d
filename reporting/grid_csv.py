"""The class grid as CSV: a line per learner and milestone."""

from milestones.flags import SET_BY_TEACHER
from reporting.csv_cells import csv_text
from reporting.grid_file import GridFile, Line
from status_engine import LEVEL_NAMES

HEAD = (
    "learner", "learner_id", "milestone", "milestone_title", "milestone_id", "target_date", "level", "computed_level",
    "flags", "set_by_teacher", "since", "as_of", "value", "pieces", "reason",
)  # fmt: skip


def grid_csv(file: GridFile) -> str:
    at = file.at.isoformat()
    return csv_text(HEAD, ([*_of_column(line), *_of_stand(line), at, *_of_facts(line)] for line in file.lines))


def _of_column(line: Line) -> list[str]:
    row, column = line.row, line.column
    return [row.name, str(row.public_id), column.code, column.title, str(column.public_id)]


def _of_stand(line: Line) -> list[str]:
    stand = line.stand
    due = stand.due_on.isoformat() if stand.due_on else ""
    since = stand.since.isoformat() if stand.since and stand.level else ""
    is_set = "yes" if SET_BY_TEACHER in line.flags else "no"
    levels = [LEVEL_NAMES[stand.level], LEVEL_NAMES[stand.computed_level]]
    return [due, *levels, " ".join(line.flags), is_set, since]


def _of_facts(line: Line) -> list[str]:
    value = "" if line.facts.value is None else f"{line.facts.value:.2f}"
    return [value, str(line.facts.pieces), line.reason]
