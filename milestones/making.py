"""Milestones made by a teacher for a class, or by the district for everybody: criteria, check-list, steps and date."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import Section
from milestones.checklists import checklist_items
from milestones.models import Criterion, Milestone, MilestoneStep
from milestones.plans import Asked, create_milestone, plan_milestones
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem


@dataclass(frozen=True, slots=True)
class Making:
    """What a milestone is to be. `items`: lines of a check-list; `steps`: milestones on the way to a long-term goal."""

    title: str
    description: str = ""
    kind: str = Milestone.Kind.ACADEMIC
    horizon: str = Milestone.Horizon.SHORT
    heading: str = ""
    rule: str = Milestone.Rule.ALL
    need: Decimal | None = None
    asked: Sequence[Asked] = ()
    items: Sequence[str] = ()
    steps: Sequence[Milestone] = field(default=())


@transaction.atomic
def make_milestone(actor: Actor, *, making: Making, section: Section | None, due_on: date | None = None) -> Milestone:
    """Make it and, for a section, plan it there. Raises Invalid naming each field and what to use.

    A long-term goal without criteria of its own asks for what its steps ask for.
    """
    criteria = [*making.asked, *checklist_items(actor, items=making.items)]
    if not criteria and making.horizon == Milestone.Horizon.LONG:
        criteria = _of_steps(making.steps)
    _check(criteria, making)
    frameworks = {one.competency.framework_id for one in criteria}
    milestone = create_milestone(
        actor, title=making.title, criteria=criteria, rule=making.rule, need=making.need,
        description=making.description, kind=making.kind, horizon=making.horizon,
        heading=making.heading, section=section, made_by_id=actor.member_id,
        framework_id=frameworks.pop() if len(frameworks) == 1 else None,
    )  # fmt: skip
    _set_steps(milestone, making.steps)
    if section is not None:
        plan_milestones(actor, section=section, milestones=[(milestone, due_on)])
    return milestone


@transaction.atomic
def edit_milestone(actor: Actor, *, milestone: Milestone, making: Making) -> Milestone:
    """New words and steps. What it asks for moves with the bar (`milestones.bars`), never here."""
    if not making.title.strip():
        raise Invalid([problem("title", _("Enter a title that says what learners do"))])
    row: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    row.title, row.description, row.kind = making.title, making.description, making.kind
    row.horizon, row.heading = making.horizon, making.heading
    row.save()
    _set_steps(row, making.steps)
    record_audit(actor, "milestone.edited", target=row)
    return row


def _set_steps(milestone: Milestone, steps: Sequence[Milestone]) -> None:
    MilestoneStep.objects.filter(goal_id=milestone.pk).delete()
    if milestone.horizon == Milestone.Horizon.LONG:
        rows = [MilestoneStep(goal=milestone, step=one, position=n) for n, one in enumerate(steps) if one != milestone]
        MilestoneStep.objects.bulk_create(rows)


def _of_steps(steps: Sequence[Milestone]) -> list[Asked]:
    """What the steps ask for, each competency once, at the highest level that one of them asks for."""
    rows = Criterion.objects.filter(milestone_id__in=[one.pk for one in steps], measure="").select_related("competency")
    highest: dict[int, Asked] = {}
    for row in rows.order_by("required_level", "id"):
        highest[row.competency_id] = Asked(row.competency, Level(row.required_level))
    return list(highest.values())


def _check(criteria: Sequence[Asked], making: Making) -> None:
    problems = []
    if not making.title.strip():
        problems.append(problem("title", _("Enter a title that says what learners do")))
    if not criteria:
        problems.append(problem("criteria", _("Choose what it asks for: a competency, a figure or a check-list")))
    keys = [one.competency.pk for one in criteria]
    if len(set(keys)) < len(keys):
        problems.append(problem("criteria", _("One competency is chosen twice. Choose each only once")))
    if problems:
        raise Invalid(problems)
