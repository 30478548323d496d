"""The counters beside a direct count: each cell that differs, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from reporting.summaries import keeping, sql
from reporting.summaries.cube import Rows
from reporting.summaries.groups import groups_now, kept_rows
from tenancy.context import tenant_context

SECTIONS = """
SELECT section, school, milestone, grade, n0, n1, n2, n3, n4 FROM reporting_sectioncount WHERE tenant_id = %(tenant)s
"""
Lines = Iterator[str]


@dataclass(frozen=True, slots=True)
class Verified:
    """cells: how many were looked at; lines: one for each that differs; waiting: marks that explain differences.

    groups: rows of groups of learners that are otherwise now: they are counted by the night, what moved since differs.
    """

    cells: int
    lines: tuple[str, ...]
    waiting: int
    groups: int


def verify_counts(tenant_id: int) -> Verified:
    """Nothing is written."""
    with tenant_context(tenant_id):
        today, rows = keeping.today_here(), keeping.read()
        waiting = int(keeping.fetch("SELECT count(*) FROM reporting_countmark WHERE tenant_id = %(tenant)s")[0][0])
        with keeping.whole_sets():
            counted = keeping.fetch(sql.base(is_whole=True), today=today)
            classes = keeping.fetch(sql.by_section(is_whole=True), today=today)
        kept = {(row[0], row[2]): row[1:] for row in keeping.fetch(SECTIONS)}
        lines = [*_of_cells(rows, counted), *_of_classes(kept, classes), *_of_sums(rows)]
        with keeping.whole_sets():
            groups = _groups_that_differ(today)
    return Verified(len(rows) + len(kept), tuple(lines), waiting, groups)


def _groups_that_differ(today: date) -> int:
    now, kept = groups_now(today, keeping.facts().limit), kept_rows()
    nothing = np.zeros(6, np.int64)
    return sum(not np.array_equal(now.get(key, nothing), kept.get(key, nothing)) for key in now.keys() | kept.keys())


def _of_cells(rows: Rows, counted: list[tuple[Any, ...]]) -> Lines:
    chosen = rows.rows((rows.school > 0) & (rows.grade != "*") & (rows.milestone > 0) & (rows.learners > 0))
    keys = zip(chosen.school.tolist(), chosen.grade.tolist(), chosen.milestone.tolist(), strict=True)
    kept = dict(zip(keys, map(tuple, chosen.levels.tolist()), strict=True))
    truth = {(row[0], row[1], row[2]): row[3:] for row in counted}
    nothing = (0,) * 5
    for key in sorted(kept.keys() | truth.keys()):
        if kept.get(key, nothing) != truth.get(key, nothing):
            place = f'school {key[0]}, grade "{key[1]}", milestone {key[2]}'
            yield f"{place}: {_said(kept.get(key, nothing))} kept, {_said(truth.get(key, nothing))} counted"


def _of_classes(kept: dict[Any, tuple[Any, ...]], counted: list[tuple[Any, ...]]) -> Lines:
    truth = {(row[0], row[2]): row[1:] for row in counted}
    for key in sorted(kept.keys() | truth.keys()):
        if kept.get(key) != truth.get(key):
            yield f"class {key[0]}, milestone {key[1]}: {kept.get(key)} kept, {truth.get(key)} counted"


def _of_sums(rows: Rows) -> Lines:
    """Sums and what may be shown, worked out anew from the cells that are kept."""
    differing = keeping.changed(rows, keeping.wanted(rows))
    columns = (differing.school, differing.grade, differing.framework, differing.kind, differing.milestone)
    for n in range(len(differing)):
        school, grade, framework, kind, milestone = (str(np.asarray(column)[n]) for column in columns)
        place = f'school {school}, grade "{grade}", framework {framework}, kind "{kind}", milestone {milestone}'
        counts = _said(tuple(differing.levels[n].tolist()))
        yield f"sum of {place}: should be {counts}, {'shown' if differing.is_shown[n] else 'hidden'}"


def _said(counts: tuple[int, ...]) -> str:
    return "/".join(map(str, counts))
