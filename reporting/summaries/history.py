"""The trend of past days from the history of moves: what stands now, with the moves since then taken back.

It is the past of the learners who are due today, so that a trend shows learning and not who came and went. Today's
units are kept (see `reporting.suppression`): a past day shows no group that is hidden now.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from milestones.past import RECORDED
from reporting.models import LevelDay
from reporting.summaries import keeping, sql
from reporting.summaries.cube import Rows, publish
from tenancy.context import tenant_context
from tenancy.models import Tenant

EVERY_DAY, WEEKLY = 14, 7
MOVES = """
SELECT d.school_id, d.grade, d.milestone_id, (c.{moment} AT TIME ZONE %(zone)s)::date, c.from_level, c.to_level,
  count(*)
FROM ({due}) d JOIN milestones_statuschange c
  ON c.tenant_id = %(tenant)s AND c.learner_id = d.learner_id AND c.milestone_id = d.milestone_id
WHERE c.{moment} >= (%(first)s::date)::timestamp AT TIME ZONE %(zone)s GROUP BY 1, 2, 3, 4, 5, 6
"""


@transaction.atomic
def rebuild_days(tenant_id: int, days: int, by: str) -> int:
    """Write the trend of these days anew: each of the last two weeks, before that each seventh. Returns rows."""
    with tenant_context(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        today, cube = keeping.today_here(), keeping.read()
        statement = MOVES.format(moment="at" if by == RECORDED else "applies_from", due=sql.due(is_whole=True))
        with keeping.whole_sets():
            moves = keeping.fetch(statement, today=today, zone=tenant.time_zone, first=today - timedelta(days=days))
        LevelDay.objects.filter(day__gte=today - timedelta(days=days), day__lt=today).delete()
        kept, before = 0, Rows.of([])
        for day in _days(today, days):
            rows = _as_of(cube, moves, day)
            kept += keeping.run(sql.KEEP_DAY, day=day, **keeping.columns(keeping.changed(before, rows)))
            before = rows
        return kept


def _days(today: date, days: int) -> Iterator[date]:
    for back in range(days, 0, -1):
        if back <= EVERY_DAY or back % WEEKLY == 0:
            yield today - timedelta(days=back)


def _as_of(cube: Rows, moves: list[tuple[Any, ...]], day: date) -> Rows:
    """The whole cube at the end of a day."""
    place = (cube.school > 0) & (cube.grade != "*")
    cells, heads = cube.rows(place & (cube.milestone > 0)), cube.rows(place & (cube.milestone == 0))
    keys = zip(cells.school.tolist(), cells.grade.tolist(), cells.milestone.tolist(), strict=True)
    at = {key: n for n, key in enumerate(keys)}
    levels = cells.levels.copy()
    for school, grade, milestone, moved_on, old, new, n in moves:
        cell = at.get((school, grade, milestone))
        if moved_on > day and cell is not None:
            levels[cell, old] += n
            levels[cell, new] -= n
    # Moves that were entered in another order than they happened can take back more than there was, for a while.
    levels = np.maximum(levels, 0)
    return publish(replace(cells, levels=levels), replace(heads, levels=heads.levels * 0), keeping.facts())
