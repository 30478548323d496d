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
from learners.signals import places_changed
from milestones.criteria import roll_up_milestone_pairs
from milestones.models import CompetencyStatus, Criterion, Milestone, SectionMilestone
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

NEEDING = ("at_least", "points")  # rules with a number
MOST = Decimal(99_999)
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion to be: a competency at a level, worth some points, required or not; or an indicator.

    With a `measure` (rate, count, sum, change) the figures recorded for the competency must reach the target, or stay
    at or below it: a rate in percent, a change from `baseline` (by default from the first figure of the period).
    """

    competency: Competency
    level: Level = Level.MEETS
    points: Decimal = Decimal(1)
    is_required: bool = False
    measure: str = ""
    target: Decimal | None = None
    is_at_most: bool = False
    baseline: Decimal | None = None
    period: str = "all"


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
    problems = problems_of(criteria, rule, need)
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
                measure=one.measure,
                target=one.target,
                is_at_most=one.is_at_most,
                baseline=one.baseline,
                period=one.period,
                position=position,
            )
            for position, one in enumerate(criteria)
        ]
    )
    record_audit(actor, "milestone.created", target=milestone, detail={"criteria": len(criteria)})
    roll_up_existing(milestone)
    return milestone


def roll_up_existing(milestone: Milestone) -> None:
    """Learners may have shown it before anybody asked for it."""
    competencies = milestone.criteria.values("competency_id")
    shown = CompetencyStatus.objects.filter(competency_id__in=competencies, level__gt=Level.NOT_STARTED)
    if milestone.learner_id is not None:
        shown = shown.filter(learner_id=milestone.learner_id)
    learners = list(shown.order_by("learner_id").values_list("learner_id", flat=True).distinct())
    for start in range(0, len(learners), AT_ONCE):
        pairs = [(learner, milestone.pk) for learner in learners[start : start + AT_ONCE]]
        roll_up_milestone_pairs(pairs, "milestone")


def problems_of(criteria: Sequence[Asked], rule: str, need: Decimal | None) -> list[dict[str, str]]:
    """What is wrong with what a milestone shall ask for: a rule that could never or always be met."""

    if not criteria:
        return [problem("criteria", "A milestone without criteria is never met. Add at least one competency")]
    if rule not in Milestone.Rule.values:
        return [problem("rule", f'rule was "{rule}". Use one of {", ".join(Milestone.Rule.values)}')]
    found = []
    if any(not Level.BEGINNING <= one.level <= Level.MASTERY for one in criteria):
        found.append(problem("criteria", "A criterion asks for a level from beginning to mastery"))
    found += [problem("criteria", text) for one in criteria for text in _indicator_problems(one)]
    if rule not in NEEDING:
        return found
    most = Decimal(len(criteria)) if rule == "at_least" else sum((one.points for one in criteria), Decimal(0))
    if need is None or not 0 < need <= most:
        found.append(problem("need", f"need was {need}. Use a number above 0, up to {most}"))
    if rule == "at_least" and need is not None and need != int(need):
        found.append(problem("need", f"need was {need}. Use a whole number of criteria"))
    return found


def _indicator_problems(one: Asked) -> list[str]:
    """What is wrong with the measure and the target of a criterion."""
    known = Criterion.Measure.values
    if not one.measure:
        return [] if one.target is None else ["target was given without a measure. Add one, or leave the target out"]
    if one.measure not in known:
        return [f'measure was "{one.measure}". Use one of {", ".join(known)}']
    if one.target is None:
        return ["target is missing. An indicator needs a number to reach, like 95"]
    found = []
    if abs(one.target) > MOST or (one.measure != "change" and one.target < 0):
        found.append(f"target was {one.target}. Use a number from 0 to {MOST}")
    if one.measure == "rate" and one.target > 100:
        found.append(f"target was {one.target}. A rate goes from 0 to 100 percent")
    if one.baseline is not None and one.measure != "change":
        found.append(f"baseline was {one.baseline}. Only a change has one. Leave it out")
    if one.period not in Criterion.Period.values:
        found.append(f'period was "{one.period}". Use one of {", ".join(Criterion.Period.values)}')
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
    places_changed.send(sender=SectionMilestone, school_ids=[section.school_id])
    record_audit(actor, "section.planned", target=section, detail={"milestones": len(milestones)})
