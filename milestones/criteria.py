"""From competency levels to milestone levels, for all learners whose competencies moved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from milestones import bulk
from status_engine import Rule, roll_up_criteria

RULES = {"all": Rule.ALL, "at_least": Rule.AT_LEAST, "points": Rule.POINTS}


def roll_up_milestones(learner_competency_ids: Sequence[int], cause: str) -> int:
    """Work out every milestone that these levels count towards. Returns how many milestone levels moved.

    The milestone rows are locked first and the competency levels read after that: of two writers on different
    competencies of one milestone, the later one sees what the earlier one wrote.
    """
    if not learner_competency_ids:
        return 0
    now = timezone.now()
    ids = list(learner_competency_ids)
    bulk.run(bulk.OPEN_MILESTONES, ids=ids, now=now)
    locked = {row[0]: row for row in bulk.rows(bulk.LOCK_MILESTONES, ids=ids)}
    if not locked:
        return 0
    rows = bulk.rows(bulk.CRITERIA, ids=list(locked), now=now)
    rules, needs = {row[0]: RULES[row[1]] for row in rows}, {row[0]: row[2] for row in rows}
    order = sorted(rules)
    answer = roll_up_criteria(
        order,
        [rules[pk] for pk in order],
        [needs[pk] for pk in order],
        group=[row[0] for row in rows],
        level=np.array([row[6] for row in rows], np.int8),
        required_level=np.array([row[3] for row in rows], np.int8),
        points=np.array([row[4] for row in rows], np.float64),
        is_required=np.array([row[5] for row in rows], np.bool_),
    )
    since = _since(rows)
    levels = {int(pk): int(level) for pk, level in zip(answer.group, answer.level, strict=True)}
    bulk.run(
        bulk.WRITE_MILESTONES,
        ids=order,
        level=[levels[pk] for pk in order],
        met=[int(value) for value in answer.met],
        since=[since[pk] for pk in order],
    )
    changes = [
        bulk.Change(locked[pk][1], None, locked[pk][2], locked[pk][3], levels[pk], since[pk], None, None)
        for pk in order
        if locked[pk][3] != levels[pk]
    ]
    bulk.write_changes(changes, cause)
    return len(changes)


def _since(rows: list[tuple[Any, ...]]) -> dict[int, datetime]:
    """A milestone moved when the newest of its criteria did."""
    newest: dict[int, datetime] = {}
    for row in rows:
        if row[6]:
            newest[row[0]] = max(newest.get(row[0], row[7]), row[7])
    return {row[0]: newest.get(row[0], row[7]) for row in rows}
