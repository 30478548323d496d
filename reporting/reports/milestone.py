"""One milestone over the schools: who is where, the trend, how long levels last."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from milestones.models import Milestone
from reporting.models import ALL_GRADES
from reporting.reports.groups import Group, added, group_of, may_show, rows_now, rows_on
from reporting.reports.page import Stays, Trend, grade_order, stays_of, trend_of
from reporting.reports.scope import Scope
from tenancy.actor import Actor
from tenancy.errors import NotFound


@dataclass(frozen=True, slots=True)
class MilestoneReport:
    milestone: Milestone
    total: Group | None
    schools: tuple[Group, ...]
    grades: tuple[Group, ...]
    trend: Trend
    stays: Stays


def milestone_report(actor: Actor, scope: Scope, milestone_id: UUID) -> MilestoneReport:
    """Nine queries at any size. Raises NotFound for a milestone that the reader does not see, and for personal ones."""
    rows = Milestone.objects.visible_to(actor).filter(public_id=milestone_id, learner=None)
    milestone: Milestone | None = rows.select_related("framework").first()
    if milestone is None:
        raise NotFound
    where = {"milestone": milestone.pk, "school__in": [*scope.keys, *scope.schools]}
    found, before = rows_now(**where), rows_on(scope.before, **where, grade=scope.grade)
    limit = scope.limit
    here = [one for one in found if one.school in scope.keys and one.grade == scope.grade]
    whole = added(here, limit)
    then = added([one for key, one in before.items() if key[0] in scope.keys], limit)
    schools = []
    for key, school in scope.schools.items():
        for row in found:
            if row.school == key and row.grade == scope.grade and row.learners:
                address = f"{reverse('mastery_report')}?{scope.with_school(school).query}"
                old = before.get((key, scope.grade, milestone.pk))
                schools.append(group_of(row, limit, school.name, old, address=address))
    grades = []
    for grade in sorted({one.grade for one in found if one.school in scope.keys} - {ALL_GRADES}, key=grade_order):
        row_of = added([one for one in found if one.school in scope.keys and one.grade == grade], limit)
        if row_of is not None and (row_of.learners or row_of.school == 0):
            grades.append(group_of(row_of, limit, grade or "–"))
    is_shown = whole is not None and may_show(whole, limit)
    return MilestoneReport(
        milestone, group_of(whole, limit, "", then) if whole else None, tuple(schools), tuple(grades),
        trend_of(scope, milestone.pk), stays_of(scope, [milestone.pk] if is_shown else []),
    )  # fmt: skip
