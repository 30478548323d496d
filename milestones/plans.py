"""Writes of milestones: what they ask for, and which sections work towards them when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from competencies.models import Competency
from learners.models import Section
from milestones.models import Criterion, Milestone, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion to be: a competency at a level, worth some points, required or not."""

    competency: Competency
    level: Level = Level.MEETS
    points: Decimal = Decimal(1)
    is_required: bool = False


@transaction.atomic
def create_milestone(
    actor: Actor,
    *,
    title: str,
    criteria: Sequence[Asked],
    rule: str = "all",
    need: Decimal | None = None,
    **fields: Any,
) -> Milestone:
    """A milestone with its criteria. Raises Invalid for a rule that could never or always be met."""
    problems = _problems(criteria, rule, need)
    if problems:
        raise Invalid(problems)
    milestone: Milestone = Milestone.objects.create(title=title, rule=rule, need=need, **fields)
    Criterion.objects.bulk_create(
        [
            Criterion(
                milestone=milestone,
                competency=one.competency,
                required_level=int(one.level),
                points=one.points,
                is_required=one.is_required,
                position=position,
            )
            for position, one in enumerate(criteria)
        ]
    )
    record_audit(actor, "milestone.created", target=milestone, detail={"criteria": len(criteria)})
    return milestone


def _problems(criteria: Sequence[Asked], rule: str, need: Decimal | None) -> list[dict[str, str]]:
    def problem(field: str, message: str) -> dict[str, str]:
        return {"field": field, "code": "invalid", "message": message}

    if not criteria:
        return [problem("criteria", "A milestone without criteria is never met. Add at least one competency")]
    if rule not in Milestone.Rule.values:
        return [problem("rule", f'rule was "{rule}". Use one of {", ".join(Milestone.Rule.values)}')]
    found = []
    if any(not Level.BEGINNING <= one.level <= Level.MASTERY for one in criteria):
        found.append(problem("criteria", "A criterion asks for a level from beginning to mastery"))
    most = Decimal(len(criteria)) if rule == "at_least" else sum((one.points for one in criteria), Decimal(0))
    if rule != "all" and (need is None or not 0 < need <= most):
        found.append(problem("need", f"need was {need}. Use a number above 0, up to {most}"))
    if rule == "at_least" and need is not None and need != int(need):
        found.append(problem("need", f"need was {need}. Use a whole number of criteria"))
    return found


@transaction.atomic
def plan_milestones(actor: Actor, *, section: Section, milestones: Sequence[tuple[Milestone, date | None]]) -> None:
    """Append (milestone, target date) to what a section works towards, in this order; planned ones get the new date."""
    newest = SectionMilestone.objects.filter(section_id=section.pk).aggregate(last=Max("position"))["last"]
    start = 0 if newest is None else newest + 1
    SectionMilestone.objects.bulk_create(
        [
            SectionMilestone(section=section, milestone=milestone, due_on=due_on, position=start + n)
            for n, (milestone, due_on) in enumerate(milestones)
        ],
        update_conflicts=True,
        unique_fields=["tenant", "section", "milestone"],
        update_fields=["due_on"],
    )
    record_audit(actor, "section.planned", target=section, detail={"milestones": len(milestones)})
