"""Rules that a tenant, a school or a class makes for itself: made, changed, switched on and off.

What a rule is about (reason, place, action) stays as it was made; its numbers, its words and what it gives may change.
School administrators make rules of their own schools and classes, the district makes rules for everybody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from interventions.models import Protocol, Reason, Resource, Rule
from interventions.models.rules import RULE
from interventions.reasons import NUMBERS, Number
from learners.models import School, Section
from learners.reach import my_school_ids
from milestones.models import Milestone
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.base import TenantQuerySet
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem
from tenancy.rules import RULES

CHANGE = "create, update, enable"
LONGEST_NAME, LONGEST_TEXT = 120, 2000
Action = Rule.Action
GIVES = (Action.RESOURCE, Action.ENRICH)
Problems = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class RulePlace:
    """Where a rule holds: for everybody, or at a school or in a class; and for all milestones or for one."""

    school: School | None = None
    section: Section | None = None
    milestone: Milestone | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"school": self.school, "section": self.section, "milestone": self.milestone}


@dataclass(frozen=True, slots=True)
class RuleSays:
    """What may be changed. numbers: by name, None for what is no number; name: also the subject line of a message."""

    numbers: Mapping[str, int | None] = field(default_factory=dict)
    protocol: Protocol | None = None
    resource: Resource | None = None
    name: str = ""
    text: str = ""


def changes_all(actor: Actor) -> bool:
    """Whether the actor's rules reach the whole tenant."""
    return any("TEN" in RULES[RULE, CHANGE].get(role, ()) for role in actor.roles)


def changeable(actor: Actor) -> TenantQuerySet[Rule]:
    """Rules that the actor may change: reading reaches the rules for everybody too, changing does not."""
    rows: TenantQuerySet[Rule] = Rule.objects.visible_to(actor, RULE, CHANGE)
    schools = my_school_ids(actor)
    return rows if changes_all(actor) else rows.filter(Q(school_id__in=schools) | Q(section__school_id__in=schools))


def create_rule(
    actor: Actor, *, reason: str, action: str, audience: str = "", place: RulePlace, says: RuleSays
) -> Rule:  # fmt: skip
    """Raises Invalid, Refused for a rule for everybody, NotFound for a place out of reach, Conflict where one is."""
    rule = draft_rule(actor, reason=reason, action=action, audience=audience, place=place, says=says)
    text = _("There is a rule for this here already. Change that one.")
    try:
        with transaction.atomic():
            rule.made_by_id = actor.member_id
            rule.save()
            record_audit(actor, "rule.created", target=rule, detail=_detail(rule))
    except IntegrityError as error:
        raise Conflict(text, code="there_already") from error
    return rule


def draft_rule(
    actor: Actor, *, reason: str, action: str, audience: str = "", place: RulePlace, says: RuleSays
) -> Rule:  # fmt: skip
    """The rule as it would be made, not saved. Raises as `create_rule` does."""
    if reason not in Reason.values:
        raise NotFound
    _may(actor, place)
    rule = Rule(reason=reason, action=action, audience=audience if action == Action.NOTICE else "", **place.columns)
    _check(_kind_problems(rule), _place_problems(place), _say(rule, says))
    return rule


def change_rule(actor: Actor, *, rule_id: UUID, version: int, says: RuleSays) -> Rule:
    """Raises NotFound, Invalid, Conflict where somebody was faster."""

    def change(rule: Rule) -> None:
        _check(_say(rule, says))

    return _changed(actor, rule_id, version, "rule.changed", change)


def switch_rule(actor: Actor, *, rule_id: UUID, version: int, is_active: bool) -> Rule:
    """A rule that is off silences the farther ones at its place. Raises NotFound, Conflict."""

    def change(rule: Rule) -> None:
        rule.is_active = is_active

    return _changed(actor, rule_id, version, "rule.switched_on" if is_active else "rule.switched_off", change)


def said(rule: Rule, says: RuleSays) -> Rule:
    """The same rule with other words, for looking at only. Raises Invalid."""
    _check(_say(rule, says))
    return rule


@transaction.atomic
def _changed(actor: Actor, rule_id: UUID, version: int, action: str, change: Callable[[Rule], None]) -> Rule:
    reached: Any = changeable(actor).filter(public_id=rule_id).values("pk")
    rule: Rule | None = Rule.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if rule is None:
        raise NotFound
    if rule.version != version:
        raise Conflict(_("Somebody else changed this rule while you had it open. Look at it again."), code="version")
    before = _detail(rule)
    change(rule)
    rule.version += 1
    rule.save()
    record_audit(actor, action, target=rule, detail={**_detail(rule), "before": before})
    return rule


def _may(actor: Actor, place: RulePlace) -> None:
    if not may_at_all(actor, RULE, CHANGE):
        raise NotFound
    if changes_all(actor):
        return
    school = place.section.school_id if place.section else place.school.pk if place.school else None
    if school is None:
        raise Refused(_("A rule for everybody is made by the district. Choose a school or a class."), code="everybody")
    if school not in set(my_school_ids(actor).values_list("school_id", flat=True)):
        raise NotFound


def _kind_problems(rule: Rule) -> Problems:
    found = []
    if rule.action not in Action.values:
        found.append(problem("action", _("Choose what is to be done from the list")))
    if rule.action == Action.NOTICE and rule.audience not in Rule.Audience.values:
        found.append(problem("audience", _("Choose whom the message goes to")))
    return found


def _place_problems(place: RulePlace) -> Problems:
    one = place.milestone
    if one is None:
        return []
    if one.learner_id is not None:
        raise NotFound
    if one.section_id is not None and (place.section is None or place.section.pk != one.section_id):
        return [problem("milestone", _("This milestone was made for one class. Choose that class above"))]
    return []


def _say(rule: Rule, says: RuleSays) -> Problems:
    """Put the words on the rule; what is wrong with them."""
    found: Problems = []
    params = {}
    for name, number in NUMBERS[rule.reason].items():
        value = says.numbers.get(name)
        if value is None or not number.least <= value <= number.most:
            found.append(problem(name, _range(name, number)))
        else:
            params[name] = value
    rule.params = params
    rule.protocol = says.protocol if rule.action == Action.PLAN else None
    rule.resource = says.resource if rule.action in GIVES else None
    is_notice = rule.action == Action.NOTICE
    rule.name = " ".join(says.name.split()) if is_notice else str(Reason(rule.reason).label)
    rule.text = says.text.strip() if is_notice else ""
    return found + (_message_problems(rule) if is_notice else [])


def _range(name: str, number: Number) -> str:
    asked = {
        "days": _("Enter a whole number of days from %(least)d to %(most)d, like %(like)d"),
        "pieces": _("Enter a whole number of pieces from %(least)d to %(most)d, like %(like)d"),
        "tries": _("Enter a whole number of tries from %(least)d to %(most)d, like %(like)d"),
    }[name]
    return asked % {"least": number.least, "most": number.most, "like": number.default or 21}


def _message_problems(rule: Rule) -> Problems:
    found = []
    if not rule.name or len(rule.name) > LONGEST_NAME or not_storable(rule.name):
        text = _("Enter a subject of at most %(most)d characters, like A hand with what comes next")
        found.append(problem("name", text % {"most": LONGEST_NAME}))
    if not rule.text:
        found.append(problem("text", _("Enter the message, like We will look at {milestone} together on Monday")))
    elif len(rule.text) > LONGEST_TEXT or not_storable(rule.text, has_lines=True):
        text = _("This has %(n)d characters, or one that cannot be kept. Use at most %(most)d")
        found.append(problem("text", text % {"n": len(rule.text), "most": LONGEST_TEXT}))
    return found


def _check(*problems: Problems) -> None:
    found = [one for some in problems for one in some]
    if found:
        raise Invalid(found)


def _detail(rule: Rule) -> dict[str, Any]:
    return {"reason": rule.reason, "action": rule.action, "params": rule.params, "is_active": rule.is_active}
