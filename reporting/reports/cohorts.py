"""Classes that try something out beside the other classes of the same schools on the same milestones.

Says the difference and never the cause. Classes are shown as sums only, of units of their own: in each grade of a
school classes under the limit are hidden, with the next smallest where they are few together (`reporting.suppression`);
classes of several grades, and of grades that are hidden, are left out on both sides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from learners.models import Section
from reporting.models import Cohort, CohortPlace, LevelCount, SectionCount
from reporting.reports.charts import Line
from reporting.reports.groups import Group, Row, group_of
from reporting.reports.scope import Scope
from reporting.summaries.keeping import fetch
from reporting.suppression import hide
from tenancy.actor import Actor

COLUMNS = ("section", "school", "milestone", "grade", "n0", "n1", "n2", "n3", "n4")
MOVES = """
SELECT s.id, sm.milestone_id, c.from_level, c.to_level, count(*) FROM learners_section s
JOIN milestones_sectionmilestone sm ON sm.tenant_id = s.tenant_id AND sm.section_id = s.id
JOIN learners_enrolment e ON e.tenant_id = s.tenant_id AND e.section_id = s.id AND NOT e.is_withdrawn
  AND (e.begins_on IS NULL OR e.begins_on <= %(today)s) AND (e.ends_on IS NULL OR e.ends_on >= %(today)s)
JOIN milestones_statuschange c
  ON c.tenant_id = s.tenant_id AND c.learner_id = e.learner_id AND c.milestone_id = sm.milestone_id
WHERE s.tenant_id = %(tenant)s AND s.school_id = ANY(%(schools)s) AND c.applies_from >= %(since)s GROUP BY 1, 2, 3, 4
"""

DAILY = (
    MOVES.replace("SELECT s.id", "SELECT (c.applies_from AT TIME ZONE t.time_zone)::date, s.id")
    .replace("WHERE s.tenant_id", "JOIN tenancy_tenant t ON t.id = s.tenant_id WHERE s.tenant_id")
    .replace("GROUP BY 1, 2, 3, 4", "GROUP BY 1, 2, 3, 4, 5")
)
WEEKS = 13


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One place of the roll-out plan."""

    public_id: UUID
    title: str
    school: str
    begins_on: date
    has_begun: bool


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """pilot, others: now; ahead: points the pilot is ahead, now and at the start, None where it cannot be said."""

    cohort: Cohort
    plan: tuple[PlanRow, ...]
    pilot: Group | None
    others: Group | None
    started_on: date | None
    ahead: int | None
    ahead_at_start: int | None
    classes: int
    left_out: int

    @property
    def behind(self) -> int:
        return -(self.ahead or 0)

    @property
    def is_ready(self) -> bool:
        """The target is reached."""
        share = self.pilot.percent if self.pilot and not self.pilot.hidden else None
        return self.cohort.target is not None and share is not None and share >= self.cohort.target


def cohorts_of(actor: Actor) -> list[Cohort]:
    return list(Cohort.objects.filter(is_active=True).order_by("name"))


def figures_of(actor: Actor, scope: Scope, cohort: Cohort) -> CohortFigures:
    """Six queries at any size."""
    places = list(CohortPlace.objects.filter(cohort=cohort).select_related("section", "school").order_by("begins_on"))
    places = [one for one in places if _school(one) in scope.schools]
    begun = [one for one in places if one.begins_on <= scope.today]
    schools = sorted({_school(one) for one in begun})
    rows = _units(scope, schools)
    is_pilot = _in_pilot(rows, begun)
    milestones = {row[2] for row, inside in zip(rows, is_pilot, strict=True) if inside}
    beside = [row[2] in milestones for row in rows]
    start = min((one.begins_on for one in begun), default=None)
    pilot = [row for row, inside in zip(rows, is_pilot, strict=True) if inside]
    others = [row for row, inside, same in zip(rows, is_pilot, beside, strict=True) if same and not inside]
    now = (_group(scope, pilot, cohort.name), _group(scope, others, ""))
    then: tuple[Group | None, Group | None] = (None, None)
    if start is not None:
        back = _back(schools, scope.today, start)
        then = (_group(scope, _then(pilot, back), ""), _group(scope, _then(others, back), ""))
    known = {row[0] for row in rows}
    meant = {one.section_id for one in begun if one.section_id is not None}
    return CohortFigures(
        cohort, tuple(_plan_row(one, scope) for one in places), *now, start, _ahead(*now), _ahead(*then),
        len({row[0] for row in pilot}), len(meant - known),
    )  # fmt: skip


def lines_of(scope: Scope, cohort: Cohort) -> tuple[Line, ...]:
    """Pilot and others week by week, of the learners who are there today. Five queries."""
    pilot, others = _sides(scope, cohort)
    schools = sorted({row[1] for row in (*pilot, *others)})
    moves = fetch(DAILY, schools=schools, today=scope.today, since=scope.today - timedelta(weeks=WEEKS))
    lines = []
    for name, rows in ((cohort.name, pilot), (_("Other classes"), others)):
        points = []
        for weeks in range(WEEKS, -1, -1):
            day = scope.today - timedelta(weeks=weeks)
            later = ((section, milestone, old, new, n) for at, section, milestone, old, new, n in moves if at > day)
            group = _group(scope, _then(rows, _change(later)), name)
            if group is not None and not group.hidden and not group.cap and group.percent is not None:
                points.append((day, group.percent))
        lines.append(Line(name, tuple(points)))
    return tuple(lines)


def _sides(scope: Scope, cohort: Cohort) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Units of the pilot that has begun, and of the others on the same milestones. Three queries."""
    begun = [
        one for one in CohortPlace.objects.filter(cohort=cohort, begins_on__lte=scope.today).select_related("section")
        if _school(one) in scope.schools
    ]  # fmt: skip
    rows = _units(scope, sorted({_school(one) for one in begun}))
    is_pilot = _in_pilot(rows, begun)
    milestones = {row[2] for row, inside in zip(rows, is_pilot, strict=True) if inside}
    pilot = [row for row, inside in zip(rows, is_pilot, strict=True) if inside]
    return pilot, [row for row, inside in zip(rows, is_pilot, strict=True) if not inside and row[2] in milestones]


def _school(place: CohortPlace) -> int:
    section: Section | None = place.section
    key: int = section.school_id if section is not None else place.school_id  # type: ignore[assignment]
    return key


def _plan_row(place: CohortPlace, scope: Scope) -> PlanRow:
    title = place.section.title if place.section is not None else place.grade
    return PlanRow(
        place.public_id, title, scope.schools[_school(place)].name, place.begins_on, place.begins_on <= scope.today
    )


def _units(scope: Scope, schools: Sequence[int]) -> list[tuple[Any, ...]]:
    """Rows of classes that may be added up. Two queries."""
    found = list(SectionCount.objects.filter(school__in=[0, *schools]).order_by("id").values_list(*COLUMNS))
    cells = LevelCount.objects.filter(
        school__in=[0, *schools], milestone__gt=0, is_shown=True, learners__gte=scope.limit
    )
    shown = set(cells.values_list("school", "grade", "milestone"))
    found = [row for row in found if row[3] != "*" and (row[1], row[3], row[2]) in shown and sum(row[4:])]
    keys: dict[tuple[Any, ...], int] = {}
    group = np.array([keys.setdefault((row[1], row[3], row[2]), len(keys)) for row in found], np.int64)
    hidden = hide(group, np.array([sum(row[4:]) for row in found], np.int64), scope.limit)
    return [row for row, is_hidden in zip(found, hidden.tolist(), strict=True) if not is_hidden]


def _in_pilot(rows: Sequence[tuple[Any, ...]], begun: Sequence[CohortPlace]) -> list[bool]:
    sections = {one.section_id for one in begun if one.section_id is not None}
    grades = {(one.school_id, one.grade) for one in begun if one.section_id is None}
    return [row[0] in sections or (row[1], row[3]) in grades for row in rows]


def _group(scope: Scope, rows: Sequence[tuple[Any, ...]], title: str) -> Group | None:
    if not rows:
        return None
    counts = tuple(sum(column) for column in list(zip(*rows, strict=True))[4:9])
    largest: dict[int, int] = {}
    for row in rows:
        largest[row[0]] = max(largest.get(row[0], 0), sum(row[4:9]))
    return group_of(Row(0, "*", 0, sum(largest.values()), counts, is_shown=True), scope.limit, title)


def _back(schools: list[int], today: date, since: date) -> dict[tuple[int, int], list[int]]:
    """{(class, milestone): what has to be added to each level to have the counts of that morning}. One query."""
    return _change(fetch(MOVES, schools=schools, today=today, since=since))


def _change(moves: Iterable[tuple[Any, ...]]) -> dict[tuple[int, int], list[int]]:
    change: dict[tuple[int, int], list[int]] = {}
    for section, milestone, old, new, n in moves:
        levels = change.setdefault((section, milestone), [0] * 5)
        levels[old] += n
        levels[new] -= n
    return change


def _then(rows: Sequence[tuple[Any, ...]], back: dict[tuple[int, int], list[int]]) -> list[tuple[Any, ...]]:
    nothing = [0] * 5
    return [
        (*row[:4], *(max(n + d, 0) for n, d in zip(row[4:9], back.get((row[0], row[2]), nothing), strict=True)))
        for row in rows
    ]


def _ahead(pilot: Group | None, others: Group | None) -> int | None:
    if pilot is None or others is None or pilot.percent is None or others.percent is None:
        return None
    return None if pilot.cap or others.cap else pilot.percent - others.percent


def next_start(today: date) -> date:
    """The Monday after today: a good day to begin."""
    return today + timedelta(days=7 - today.weekday())
