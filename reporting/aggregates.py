"""Levels by school, grade and milestone, with small groups hidden on the server. The app's only raw SQL.

Suppression (access rules, section 8): a group of fewer learners than the tenant's limit is hidden; if only one group
of a table is hidden, the next smallest is hidden too, so that it cannot be worked out by subtraction; shares near 0 and
100 % of groups under 40 are shown as "5 % or less" and "95 % or more".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from learners.models import School
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.errors import NotFound

CAP_BELOW = 40
QUERY = """
WITH due AS (
  SELECT DISTINCT e.learner_id, sm.milestone_id, s.school_id, l.grade
  FROM learners_enrolment e
  JOIN learners_section s ON s.tenant_id = e.tenant_id AND s.id = e.section_id AND s.is_active
  JOIN learners_learner l ON l.tenant_id = e.tenant_id AND l.id = e.learner_id AND l.is_active
  JOIN milestones_sectionmilestone sm ON sm.tenant_id = e.tenant_id AND sm.section_id = s.id
  WHERE e.tenant_id = %(tenant)s AND s.school_id = ANY(%(schools)s) AND NOT e.is_withdrawn
    AND (e.begins_on IS NULL OR e.begins_on <= %(today)s) AND (e.ends_on IS NULL OR e.ends_on >= %(today)s)
)
SELECT grouping(d.school_id, d.grade, d.milestone_id), sc.name, d.grade, m.code, m.title, m.heading,
  count(DISTINCT d.learner_id), count(*) FILTER (WHERE coalesce(t.level, 0) = 0), count(*) FILTER (WHERE t.level = 1),
  count(*) FILTER (WHERE t.level = 2), count(*) FILTER (WHERE t.level = 3), count(*) FILTER (WHERE t.level = 4)
FROM due d
JOIN learners_school sc ON sc.tenant_id = %(tenant)s AND sc.id = d.school_id
JOIN milestones_milestone m ON m.tenant_id = %(tenant)s AND m.id = d.milestone_id AND m.is_active
LEFT JOIN milestones_milestonestatus t
  ON t.tenant_id = %(tenant)s AND t.learner_id = d.learner_id AND t.milestone_id = d.milestone_id
GROUP BY GROUPING SETS ((d.school_id, sc.name), (d.grade), (d.milestone_id, m.code, m.title, m.heading), ())
ORDER BY 1, sc.name, d.grade, m.heading, m.code, m.title
"""
BY_SCHOOL, BY_GRADE, BY_MILESTONE, ALL = 3, 5, 6, 7


@dataclass(frozen=True, slots=True)
class Group:
    """`counts`: learners × milestones per level 0…4, empty when hidden. `percent`: at Meets or above."""

    title: str
    subtitle: str
    learners: int
    counts: tuple[int, ...]
    percent: int | None
    is_hidden: bool = False
    is_small: bool = False
    cap: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    total: Group | None
    schools: tuple[Group, ...]
    grades: tuple[Group, ...]
    milestones: tuple[Group, ...]
    limit: int


def mastery_report(actor: Actor, limit: int) -> Report:
    """Two queries at any size. `limit`: smallest group that is shown. Raises NotFound without a school in reach."""
    schools = list(School.objects.visible_to(actor, "School or district aggregate").values_list("id", flat=True))
    if not schools:
        raise NotFound
    rows = _rows(schools, actor.today)

    def groups(kind: int) -> tuple[Group, ...]:
        return suppress([_group(row) for row in rows if row[0] == kind], limit)

    total = suppress([_group(row) for row in rows if row[0] == ALL], limit)
    return Report(total[0] if total else None, groups(BY_SCHOOL), groups(BY_GRADE), groups(BY_MILESTONE), limit)


def _rows(school_ids: list[int], today: date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"tenant": current_tenant_id(), "schools": school_ids, "today": today})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [row for row in found if row[6]]


def _group(row: tuple[Any, ...]) -> Group:
    titles = {
        BY_SCHOOL: (row[1], ""),
        BY_GRADE: (row[2], ""),
        BY_MILESTONE: (f"{row[3]} {row[4]}".strip(), row[5]),
        ALL: ("", ""),
    }
    title, subtitle = titles[row[0]]
    counts = tuple(int(n) for n in row[7:12])
    return Group(title, subtitle, row[6], counts, round(100 * sum(counts[3:]) / sum(counts)))


def suppress(groups: Sequence[Group], limit: int) -> tuple[Group, ...]:
    """Hide what is too small, and one more where a single hidden group could be worked out. Order is kept."""
    small = [group.learners < limit for group in groups]
    hidden = list(small)
    if sum(hidden) == 1 and len(groups) > 1:
        shown = [i for i, is_hidden in enumerate(hidden) if not is_hidden]
        hidden[min(shown, key=lambda i: groups[i].learners)] = True
    return tuple(
        replace(group, learners=0, counts=(), percent=None, is_hidden=True, is_small=small[i])
        if hidden[i]
        else _capped(group)
        for i, group in enumerate(groups)
    )


def _capped(group: Group) -> Group:
    if group.percent is None or group.learners >= CAP_BELOW:
        return group
    if group.percent <= 5:
        return replace(group, cap="low")
    return replace(group, cap="high") if group.percent >= 95 else group
