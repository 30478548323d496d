"""From a figure to names, for those who may see them: classes of a school, and who is stalled there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone

from learners.models import Enrolment, Learner, Section
from learners.reach import running
from milestones.flags import is_stalled, stall_limits
from milestones.models import MilestoneStatus, SectionMilestone
from reporting.models import ALL_GRADES, SectionCount
from reporting.reports.page import milestones_of
from reporting.reports.scope import Scope
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import NotFound

DRILL = ("Drill-down from aggregate to named learners", "read")
SEVERAL, MOST = 2, 200


@dataclass(frozen=True, slots=True)
class ClassRow:
    public_id: UUID
    title: str
    grades: str
    counts: tuple[int, ...]
    percent: int
    stalled: int


@dataclass(frozen=True, slots=True)
class StalledLearner:
    public_id: UUID
    name: str
    grade: str
    milestones: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Names:
    """stalled: on two or more milestones, the most first; `more` of them are not listed."""

    classes: tuple[ClassRow, ...]
    stalled: tuple[StalledLearner, ...]
    more: int


def names_of(actor: Actor, scope: Scope) -> Names:
    """Seven queries and an entry in the audit trail. Raises NotFound without a school."""
    school = scope.school
    if school is None:
        raise NotFound
    sections = Section.objects.visible_to(actor).filter(school_id=school.pk, is_active=True)
    milestones = list(milestones_of(scope).filter(is_active=True).values_list("id", flat=True))
    enrolled = Enrolment.objects.filter(
        running(actor.today), section_id__in=sections.values("id"), is_withdrawn=False, learner__is_active=True
    )
    if scope.grade != ALL_GRADES:
        enrolled = enrolled.filter(learner__grade=scope.grade)
    stalled = _stalled(actor, school.pk, milestones, enrolled)
    where: dict[int, set[int]] = {}
    for learner, section in enrolled.filter(learner_id__in=list(stalled)).values_list("learner_id", "section_id"):
        where.setdefault(section, set()).add(learner)
    classes = _classes(sections, enrolled, milestones, {key: len(found) for key, found in where.items()})
    listed = sorted(stalled, key=lambda key: (-stalled[key][0], stalled[key][1], key))[:MOST]
    people = Learner.objects.visible_to(actor, *DRILL).in_bulk(listed)
    record_audit(actor, "report.names_seen", target=school, detail={"learners": len(people)})
    rows = [
        StalledLearner(people[key].public_id, people[key].name, people[key].grade, *stalled[key])
        for key in listed
        if key in people
    ]
    return Names(classes, tuple(rows), len(stalled) - len(listed))


def _stalled(actor: Actor, school: int, milestones: list[int], enrolled: Any) -> dict[int, tuple[int, datetime]]:
    """{learner: (on how many milestones of the school's plans, since when at the longest)}. Two queries."""
    planned = SectionMilestone.objects.filter(section__school_id=school, section__is_active=True)
    limits = stall_limits(list(planned.filter(milestone_id__in=milestones).values_list("milestone_id", flat=True)))
    rows = MilestoneStatus.objects.filter(
        is_stalled(limits, timezone.now()), learner_id__in=enrolled.values("learner_id")
    )
    several = rows.values("learner_id").annotate(n=Count("id"), first=Min("since")).filter(n__gte=SEVERAL)
    return {key: (n, first) for key, n, first in several.values_list("learner_id", "n", "first")}


def _classes(sections: Any, enrolled: Any, milestones: list[int], stalled: dict[int, int]) -> tuple[ClassRow, ...]:
    counts: dict[int, list[int]] = {}
    rows = SectionCount.objects.filter(
        Q(section__in=enrolled.values("section_id")), milestone__in=milestones, section__in=sections.values("id")
    )
    for section, *levels in rows.values_list("section", "n0", "n1", "n2", "n3", "n4"):
        counts[section] = [a + b for a, b in zip(counts.get(section, [0] * 5), levels, strict=True)]
    found = []
    for one in sections.filter(id__in=list(counts)).order_by("title", "id"):
        levels = counts[one.pk]
        percent = round(100 * sum(levels[3:]) / sum(levels)) if sum(levels) else 0
        found.append(ClassRow(one.public_id, one.title, one.grades, tuple(levels), percent, stalled.get(one.pk, 0)))
    return tuple(found)
