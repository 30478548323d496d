"""Milestones made by a teacher for a class, or by the district for everybody: criteria, check-list, steps and date."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import Section
from milestones.checklists import checklist_items
from milestones.models import Criterion, Milestone, MilestoneStep, MilestoneWording
from milestones.plans import Asked, create_milestone, plan_milestones
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem


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


WORDS = ("title", "description", "kind", "horizon", "heading")


def seen_of(milestone: Milestone) -> str:
    """What a page remembers of the words, to notice that somebody was faster. Sixteen hexadecimal digits."""
    words = "\x00".join(str(getattr(milestone, name)) for name in WORDS)
    return sha256(words.encode()).hexdigest()[:16]


@transaction.atomic
def edit_milestone(actor: Actor, *, milestone: Milestone, making: Making, seen: str | None = None) -> Milestone:
    """New words and steps; the old words are kept. What it asks for moves with the bar (`milestones.bars`), never here.

    Raises Invalid, Conflict where somebody changed the words since `seen` or the milestone has ended.
    """
    if not making.title.strip():
        raise Invalid([problem("title", _("Enter a title that says what learners do"))])
    row: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    if not row.is_active:
        raise Conflict(_("This milestone has ended already. Look at what took its place."))
    if seen is not None and seen != seen_of(row):
        raise Conflict(_("Somebody else changed this milestone while you did"), code="edited")
    changed = [name for name in WORDS if getattr(row, name) != getattr(making, name)]
    if changed:
        before = {name: getattr(row, name) for name in WORDS}
        MilestoneWording.objects.create(milestone=row, ended_by_id=actor.member_id, **before)
    for name in changed:
        setattr(row, name, getattr(making, name))
    if changed:
        row.save(update_fields=changed)
    if _set_steps(row, making.steps):
        changed.append("steps")
    if changed:
        record_audit(actor, "milestone.edited", target=row, detail={"fields": changed})
    return row


def _set_steps(milestone: Milestone, steps: Sequence[Milestone]) -> bool:
    """Exactly these, in this order, and none for a short-term step. Whether that is something new."""
    is_long = milestone.horizon == Milestone.Horizon.LONG
    wanted = [one.pk for one in steps if one != milestone] if is_long else []
    known = MilestoneStep.objects.filter(goal_id=milestone.pk)
    if list(known.order_by("position", "id").values_list("step_id", flat=True)) == wanted:
        return False
    known.delete()
    rows = [MilestoneStep(goal=milestone, step_id=one, position=n) for n, one in enumerate(wanted)]
    MilestoneStep.objects.bulk_create(rows)
    return True


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
