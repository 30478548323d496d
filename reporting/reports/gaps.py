"""Milestones that do not land, each with what the figures say: planned by nobody, not assessed, low, uneven.

| reading | when |
|---|---|
| planned by no class | in use, and no class of the schools looked at works towards it |
| not assessed | fewer than half of the classes that plan it have a level of anybody |
| taught, not landing | at least four in five of the classes have, and fewer than 40 % are at Meets or above |
| uneven | the schools lie more than 25 points apart |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, IntegerField, Max, Min, Value, When
from django.urls import reverse

from milestones.models import Milestone
from reporting.models import ALL_GRADES, LevelCount
from reporting.reports.groups import Group, Row, added, group_of, rows_now, rows_on
from reporting.reports.page import milestones_of
from reporting.reports.scope import Scope
from reporting.suppression import CAP_BELOW

NOT_ASSESSED, NOT_LANDING, UNEVEN, FINE = "not_assessed", "not_landing", "uneven", ""
HALF, EVERYWHERE, LOW, APART = 0.5, 0.8, 40, 25
MOST_UNPLANNED = 50
Spreads = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Gap:
    """A milestone with its levels here. apart: points between the schools that lie furthest apart."""

    public_id: UUID
    group: Group
    reading: str
    apart: int | None = None


@dataclass(frozen=True, slots=True)
class Gaps:
    """rows: lowest share first, then those of which nothing is shown; unplanned: titles."""

    rows: tuple[Gap, ...]
    unplanned: tuple[str, ...]

    @property
    def lowest(self) -> tuple[Gap, ...]:
        return tuple(one for one in self.rows if not one.group.hidden)[:5]


def gaps_of(scope: Scope) -> Gaps:
    """Five queries at any size."""
    known = {one.pk: one for one in milestones_of(scope).filter(is_active=True).order_by("heading", "code", "id")}
    here = {"school__in": scope.keys, "milestone__in": list(known)}
    by_milestone: dict[int, list[Row]] = {}
    classes: dict[int, list[Row]] = {}
    for row in rows_now(**here, grade__in={scope.grade, ALL_GRADES}):
        if row.grade == scope.grade:
            by_milestone.setdefault(row.milestone, []).append(row)
        if row.grade == ALL_GRADES:  # classes are counted once, whatever the grades of their learners
            classes.setdefault(row.milestone, []).append(row)
    before: dict[int, list[Row]] = {}
    for row in rows_on(scope.before, **here, grade=scope.grade).values():
        before.setdefault(row.milestone, []).append(row)
    apart, found = _apart(scope, list(known)), []
    for key, one in known.items():
        row_here = added([row for row in by_milestone.get(key, []) if row.learners], scope.limit)
        if row_here is not None:
            found.append(_gap(scope, one, row_here, classes[key], before.get(key, []), apart.get(key)))
    found.sort(key=lambda gap: (bool(gap.group.hidden), gap.group.percent or 0))
    planned = {key for key, rows in classes.items() if any(row.learners for row in rows)}
    unplanned = [one for key, one in known.items() if key not in planned and one.section_id is None]
    return Gaps(tuple(found), tuple(f"{one.code} {one.title}".strip() for one in unplanned[:MOST_UNPLANNED]))


def _gap(
    scope: Scope, milestone: Milestone, row: Row, classes: Sequence[Row], before: Sequence[Row], apart: int | None
) -> Gap:
    sections, assessed = sum(one.sections for one in classes), sum(one.assessed for one in classes)
    then = added(before, scope.limit)
    address = reverse("milestone_report", args=[milestone.public_id])
    title = f"{milestone.code} {milestone.title}".strip()
    group = group_of(row, scope.limit, title, then, subtitle=milestone.heading, address=f"{address}?{scope.query}")
    counts = Group(title, sections=sections, assessed=assessed)
    return Gap(milestone.public_id, _with_classes(group, counts), _reading(group, sections, assessed, apart), apart)


def _with_classes(group: Group, counts: Group) -> Group:
    if group.hidden:
        return group
    return Group(
        group.title, group.subtitle, group.address, group.learners, group.counts, group.percent, group.cap,
        group.change, group.stalled, counts.sections, counts.assessed,
    )  # fmt: skip


def _reading(group: Group, sections: int, assessed: int, apart: int | None) -> str:
    if group.hidden or group.percent is None:
        return FINE
    if sections and assessed < HALF * sections:
        return NOT_ASSESSED
    if assessed >= EVERYWHERE * sections and group.percent < LOW:
        return NOT_LANDING
    return UNEVEN if apart is not None and apart > APART else FINE


def _apart(scope: Scope, milestones: Sequence[int]) -> Spreads:
    """{milestone: points between the highest and the lowest school}, of schools that may be shown. One query."""
    all_of = F("n0") + F("n1") + F("n2") + F("n3") + F("n4")
    share = Case(When(learners__gte=CAP_BELOW, then=(F("n3") + F("n4")) * 100 / all_of), default=Value(None),
                 output_field=IntegerField())  # fmt: skip
    rows = LevelCount.objects.filter(
        school__in=list(scope.schools), grade=scope.grade, milestone__in=milestones, is_shown=True,
        learners__gte=scope.limit,
    ).values("milestone")  # fmt: skip
    found = rows.annotate(low=Min(share), high=Max(share)).values_list("milestone", "low", "high")
    return {key: high - low for key, low, high in found if low is not None and high is not None}
