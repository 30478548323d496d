"""The mastery report: figures, by school or class of ages, trend, time in level. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from milestones.models import Milestone
from reporting.models import ALL_GRADES, CountRun, LevelDay
from reporting.reports.charts import Box, Line, stays_chart, trend_chart
from reporting.reports.groups import COLUMNS, Group, Row, added, group_of, may_show, percent_of, rows_now, rows_on
from reporting.reports.scope import Scope
from reporting.reports.stays import WAY, boxes_of
from reporting.suppression import HIGH, cap

MOST_SCHOOLS = 50


@dataclass(frozen=True, slots=True)
class Trend:
    chart: SafeString
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Stays:
    chart: SafeString
    boxes: tuple[Box, ...]
    way: Box | None


@dataclass(frozen=True, slots=True)
class Report:
    """total: None where nothing is counted yet. schools: empty where one is chosen. at: when it was counted."""

    total: Group | None
    schools: tuple[Group, ...]
    grades: tuple[Group, ...]
    grade_names: tuple[str, ...]
    trend: Trend
    stays: Stays
    at: datetime | None

    @property
    def lowest_schools(self) -> tuple[Group, ...]:
        """All of them by name; of more than a page holds those with the lowest share, lowest first."""
        if len(self.schools) <= MOST_SCHOOLS:
            return self.schools
        return tuple(sorted(self.schools, key=lambda one: (bool(one.hidden), one.percent or 0))[:MOST_SCHOOLS])

    @property
    def left_out(self) -> int:
        """How many schools a page does not hold."""
        return max(len(self.schools) - MOST_SCHOOLS, 0)

    @property
    def comparable(self) -> int:
        """Schools of which it can be said whether they reach a target."""
        return sum(not one.hidden for one in self.schools)

    def reaching(self, target: int) -> int:
        """How many of them have at least so many percent at Meets or above."""
        at_ends = {"low": 0, "high": HIGH}  # of small groups nothing more precise is said, whatever the target
        return sum(not one.hidden and at_ends.get(one.cap, one.percent or 0) >= target for one in self.schools)

    @property
    def developing(self) -> Box | None:
        return next((one for one in self.stays.boxes if one.level == 2), None)


def mastery_report(scope: Scope) -> Report:
    """Eight queries at any size."""
    rows = rows_now(**scope.topic, school__in=scope.keys)
    whole = added([one for one in rows if one.grade == scope.grade], scope.limit)
    before = rows_on(scope.before, **scope.topic, school__in=scope.keys, grade=scope.grade)
    total = None
    if whole is not None:
        total = group_of(whole, scope.limit, "", added(list(before.values()), scope.limit))
    grades = {one.grade for one in rows if one.grade != ALL_GRADES and one.learners}
    run = CountRun.objects.first()
    schools = schools_of(scope) if scope.school is None and len(scope.schools) > 1 else ()
    return Report(
        total,
        schools,
        _grades(scope, rows),
        tuple(sorted(grades, key=grade_order)),
        trend_of(scope, now=[one for one in rows if one.grade == scope.grade]),
        stays_of(scope),
        run.at if run else None,
    )


def schools_of(scope: Scope) -> tuple[Group, ...]:
    """Each school that has somebody here. Two queries."""
    where = {**scope.topic, "grade": scope.grade, "school__in": list(scope.schools)}
    before = rows_on(scope.before, **where)
    rows = {one.school: one for one in rows_now(**where) if one.learners}
    found = []
    for key, school in scope.schools.items():
        if key in rows:
            row, then = rows[key], before.get((key, scope.grade, 0))
            address = f"{reverse('mastery_report')}?{scope.with_school(school).query}"
            found.append(group_of(row, scope.limit, school.name, then, address=address))
    return tuple(found)


def _grades(scope: Scope, rows: Sequence[Row]) -> tuple[Group, ...]:
    by_grade: dict[str, list[Row]] = {}
    for one in rows:
        if one.grade != ALL_GRADES and (one.learners or one.school == 0):
            by_grade.setdefault(one.grade, []).append(one)
    found = []
    for grade in sorted(by_grade, key=grade_order):
        row = added(by_grade[grade], scope.limit)
        if row is not None:
            address = f"{reverse('mastery_report')}?{scope.with_grade(grade).query}" if grade else ""
            found.append(group_of(row, scope.limit, grade or _("No grade"), address=address))
    return tuple(found)


def grade_order(grade: str) -> tuple[int, str]:
    """K and pre-school first, then by number."""
    digits = "".join(one for one in grade if one.isdigit())
    return (int(digits[:6]) if digits else -1, grade)


def trend_of(
    scope: Scope, milestone: int = 0, now: Sequence[Row] | None = None, marks: Sequence[tuple[date, str]] = ()
) -> Trend:
    """Share at Meets or above on the days that were kept, and today. Two queries, one where `now` is known."""
    where = {**scope.topic, "grade": scope.grade, "school__in": scope.keys}
    if milestone:
        where |= {"framework": 0, "kind": "", "milestone": milestone}
    by_school: dict[int, list[tuple[date, Row]]] = {}
    for day, *found in LevelDay.objects.filter(**where).order_by("school", "day").values_list("day", *COLUMNS):
        row = Row(found[0], found[1], found[4], found[5], tuple(found[6:11]), found[11])
        by_school.setdefault(row.school, []).append((day, row))
    for row in rows_now(**where) if now is None else now:
        by_school.setdefault(row.school, []).append((scope.today, row))
    days = sorted({day for rows in by_school.values() for day, _row in rows})
    points = []
    for day in days:
        held = [[row for at, row in rows if at <= day][-1:] for rows in by_school.values()]
        together = added([row for rows in held for row in rows], scope.limit)
        if together is not None and may_show(together, scope.limit):
            percent = percent_of(together)
            if not cap(together.learners, percent):
                points.append((day, percent))
    line = Line(_("At Meets or above"), tuple(points))
    return Trend(trend_chart("trend", _("Share at Meets or above"), [line], marks), (line,))


def stays_of(scope: Scope, milestones: Sequence[int] | None = None) -> Stays:
    """Of milestones whose sums may be shown here; of all grades. Two queries."""
    if milestones is None:
        milestones = shown_milestones(scope)
    boxes = boxes_of(scope, milestones)
    levels = tuple(box for level, box in boxes.items() if level != WAY)
    chart = stays_chart("stays", _("Days spent in a level before moving up"), levels)
    return Stays(chart, levels, boxes.get(WAY))


def shown_milestones(scope: Scope) -> list[int]:
    """Milestones of the topic of which something may be shown in each of the places. One query."""
    rows = rows_now(school__in=scope.keys, grade=ALL_GRADES, milestone__in=milestones_of(scope).values("id"))
    hidden = {one.milestone for one in rows if one.learners and not may_show(one, scope.limit)}
    return sorted({one.milestone for one in rows if may_show(one, scope.limit)} - hidden)


def milestones_of(scope: Scope) -> QuerySet[Milestone, Milestone]:
    """The milestones of the topic."""
    rows: QuerySet[Milestone, Milestone] = Milestone.objects.filter(learner=None)
    if scope.framework is not None:
        rows = rows.filter(framework_id=scope.framework.pk)
    return rows.filter(kind=scope.kind) if scope.kind else rows
