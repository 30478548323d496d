"""From competency levels to milestone levels, for all learners whose competencies moved."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils import timezone

from milestones import bulk
from status_engine import CriteriaRollUp, Rule, roll_up_criteria

RULES = {"all": Rule.ALL, "at_least": Rule.AT_LEAST, "points": Rule.POINTS}
Since = tuple[int, datetime | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone status of a learner, locked: `level` is what it was before."""

    id: int
    learner_id: int
    milestone_id: int
    level: int


@dataclass(frozen=True, slots=True)
class Standard:
    """A criterion with the rule of its milestone."""

    rule: str
    need: float
    competency_id: int
    required_level: int
    points: float
    is_required: bool


def roll_up_milestones(learner_competency_ids: Sequence[int], cause: str) -> int:
    """Work out every milestone that these levels count towards. Returns how many milestone levels moved.

    The milestone rows are locked first and the competency levels read after that: of two writers on different
    competencies of one milestone, the later one sees what the earlier one wrote.
    """
    pairs = bulk.rows(bulk.PAIRS, ids=list(learner_competency_ids)) if learner_competency_ids else []
    if not pairs:
        return 0
    now = timezone.now()
    keys = {"l": [pair[0] for pair in pairs], "m": [pair[1] for pair in pairs]}
    bulk.run(bulk.OPEN_MILESTONES, **keys, now=now)
    rows = sorted((Row(*row) for row in bulk.rows(bulk.LOCK_MILESTONES, **keys)), key=lambda row: row.id)
    criteria: dict[int, list[Standard]] = defaultdict(list)
    for milestone, *criterion in bulk.rows(bulk.CRITERIA, m=sorted(set(keys["m"]))):
        criteria[milestone].append(Standard(*criterion))
    wanted = sorted({one.competency_id for group in criteria.values() for one in group})
    found = bulk.rows(bulk.LEVELS, l=sorted(set(keys["l"])), c=wanted)
    levels: dict[tuple[int, int], Since] = {(row[0], row[1]): (row[2], row[3]) for row in found}
    answer = _roll_up(rows, criteria, levels)
    since = {row.id: _since(row, criteria, levels, now) for row in rows}
    return _write(rows, answer, since, cause)


def _roll_up(
    rows: list[Row], criteria: dict[int, list[Standard]], levels: dict[tuple[int, int], Since]
) -> CriteriaRollUp:
    flat = [
        (row.id, one, levels.get((row.learner_id, one.competency_id), (0, None))[0])
        for row in rows
        for one in criteria[row.milestone_id]
    ]
    first = [criteria[row.milestone_id][0] for row in rows]
    return roll_up_criteria(
        [row.id for row in rows],
        [RULES[one.rule] for one in first],
        [one.need for one in first],
        group=[pk for pk, _, _ in flat],
        level=np.array([level for _, _, level in flat], np.int8),
        required_level=np.array([one.required_level for _, one, _ in flat], np.int8),
        points=np.array([one.points for _, one, _ in flat], np.float64),
        is_required=np.array([one.is_required for _, one, _ in flat], np.bool_),
    )


def _since(
    row: Row, criteria: dict[int, list[Standard]], levels: dict[tuple[int, int], Since], now: datetime
) -> datetime:
    """A milestone moved when the newest of its criteria did."""
    moments = [levels.get((row.learner_id, one.competency_id), (0, None))[1] for one in criteria[row.milestone_id]]
    return max((moment for moment in moments if moment is not None), default=now)


def _write(rows: list[Row], answer: CriteriaRollUp, since: dict[int, datetime], cause: str) -> int:
    levels = [int(level) for level in answer.level]
    bulk.run(
        bulk.WRITE_MILESTONES,
        ids=[row.id for row in rows],
        level=levels,
        met=[int(number) for number in answer.met],
        since=[since[row.id] for row in rows],
    )
    changes = [
        bulk.Change(row.learner_id, None, row.milestone_id, row.level, level, since[row.id], None, None)
        for row, level in zip(rows, levels, strict=True)
        if row.level != level
    ]
    bulk.write_changes(changes, cause)
    return len(changes)
