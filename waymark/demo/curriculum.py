"""Policies, milestones and plans of the sample tenants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from competencies.models import Competency, Framework
from competencies.statements import plain
from learners.models import Enrolment, Section
from milestones.models import Milestone
from milestones.plans import Asked, create_milestone, plan_milestones
from tenancy.actor import Actor
from waymark.demo.evidence import Assignment, Step
from waymark.demo.frameworks import short

NEWER_COUNTS = {
    "method": "ewma",
    "weight": 0.65,
    "mastery_at": 3.6,
    "gates": {"meets": {"min_pieces": 3, "min_kinds": 2}, "mastery": {"min_tasks": 3, "required_kinds": ["summative"]}},
}
AVERAGE = {"method": "mean", "mastery_at": 3.6, "gates": {"meets": {"min_pieces": 2}, "mastery": {"min_tasks": 4}}}
THREE_TIMES = {"method": "n_times", "n": 3, "mastery_at": 3.6, "gates": {"mastery": {"min_tasks": 4, "min_kinds": 2}}}
MOST = 18


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone of a section with the competencies that count towards it."""

    milestone: Milestone
    competencies: tuple[Competency, ...]
    due_on: date


def tree(framework: Framework) -> list[Competency]:
    """All competencies in tree order with their parents attached: one query, joined here."""
    rows = list(Competency.objects.filter(framework_id=framework.pk).order_by("tree_order"))
    by_id = {row.pk: row for row in rows}
    for row in rows:
        row.framework = framework
        row.parent = by_id.get(row.parent_id) if row.parent_id else None
    return rows


def standards(rows: Iterable[Competency], grade: str) -> list[Competency]:
    """The standards of a grade in tree order, at most MOST."""
    wanted = [row for row in rows if row.item_type == "Standard" and row.code.startswith(f"{grade}.")]
    return wanted[:MOST]


def plan(actor: Actor, competencies: Sequence[Competency], start: date, weeks: float, **values: Any) -> list[Planned]:
    """A milestone per competency, due one after the other over `weeks`, and one over each of the two largest groups."""
    step = timedelta(weeks=weeks) / max(len(competencies), 1)
    planned = []
    for n, one in enumerate(competencies, 1):
        milestone = _milestone(actor, (one,), one.short_statement or one.statement, one.code, **values)
        planned.append(Planned(milestone, (one,), start + step * n))
    groups = [(parent, list(group)) for parent, group in groupby(competencies, key=lambda one: one.parent) if parent]
    largest = sorted((g for g in groups if len(g[1]) >= 3), key=lambda g: -len(g[1]))[:2]
    for number, (parent, members) in enumerate(largest):
        is_points = number > 0
        rule = {"rule": "points" if is_points else "at_least", "need": Decimal(len(members) - (not is_points))}
        due = max(one.due_on for one in planned if one.competencies[0] in members)
        title = f"{'All' if is_points else 'Most'} of {parent.code}: {short(parent.statement, 30)}"
        planned.append(
            Planned(_milestone(actor, tuple(members), title, parent.code, **rule, **values), tuple(members), due)
        )
    return planned


def _milestone(actor: Actor, competencies: tuple[Competency, ...], title: str, code: str, **values: Any) -> Milestone:
    first = competencies[0]
    heading = (first.parent.parent or first.parent).statement if first.parent else first.framework.title
    whole = plain(first.statement)
    description = whole[:1000] if len(competencies) == 1 and whole.rstrip(".") != title else ""
    is_points = values.get("rule") == "points"
    criteria = [
        Asked(one, points=Decimal(2 if is_points and n == 0 else 1), is_required=is_points and n == 0)
        for n, one in enumerate(competencies)
    ]
    fields = {"code": code[:40], "heading": heading[:120], "framework": first.framework, "description": description}
    return create_milestone(actor, title=title[:200], criteria=criteria, **fields, **values)


def assign(actor: Actor, section: Section, planned: Iterable[Planned]) -> None:
    """The milestones of a section: grouped by heading, within it by target date."""
    ordered = sorted(planned, key=lambda one: (one.milestone.heading, one.due_on))
    plan_milestones(actor, section=section, milestones=[(one.milestone, one.due_on) for one in ordered])


def assignments(
    section: Section, planned: Iterable[Planned], zone: ZoneInfo, sequence: Sequence[Step]
) -> list[Assignment]:
    """What the section's learners work on: each competency once, up to the day of its own milestone."""
    learners = tuple(
        Enrolment.objects.filter(section_id=section.pk)
        .order_by("learner__sourced_id")
        .values_list("learner_id", flat=True)
    )
    return [
        Assignment(
            one.competencies[0].pk,
            one.competencies[0].code,
            learners,
            datetime.combine(one.due_on, time(12), tzinfo=zone),
            sequence,
        )
        for one in planned
        if len(one.competencies) == 1
    ]
