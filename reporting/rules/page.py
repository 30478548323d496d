"""All rules by reason, the farthest first; and one rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from interventions.book import watch_of
from interventions.models import Reason, Rule
from interventions.models.rules import RULE
from interventions.rules import CHANGE, changeable
from reporting.rules.words import house_sentence, sentence, where
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound

READ = (RULE, "read")
TO_CHANGE = (RULE, CHANGE)
QUEUE = Rule.Action.QUEUE


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in words. before: what it goes before, at its place."""

    public_id: UUID
    sentence: str
    where: str
    is_active: bool
    version: int
    may_change: bool
    before: str


@dataclass(frozen=True, slots=True)
class About:
    """One reason: the house's own rule, and those made here."""

    reason: str
    title: Any
    house: str
    house_holds: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    reasons: tuple[About, ...]
    may_make: bool


def rules_page(actor: Actor) -> RulesPage:
    """Two queries."""
    rules = sorted(_readable(actor), key=lambda rule: (watch_of(rule).nearness, rule.pk))
    mine = _changeable_keys(actor)
    by_reason: dict[str, list[Rule]] = {reason: [] for reason in Reason.values}
    for rule in rules:
        by_reason[rule.reason].append(rule)
    return RulesPage(
        reasons=tuple(_about(reason, some, mine) for reason, some in by_reason.items()),
        may_make=may_at_all(actor, *TO_CHANGE),
    )


def readable_rule(actor: Actor, rule_id: UUID) -> Rule:
    """Raises NotFound."""
    found: Rule | None = _readable(actor).filter(public_id=rule_id).first()
    if found is None:
        raise NotFound
    return found


def changeable_rule(actor: Actor, rule_id: UUID) -> Rule:
    """Raises NotFound."""
    found: Rule | None = _with_names(changeable(actor)).filter(public_id=rule_id).first()
    if found is None:
        raise NotFound
    return found


def line_of(actor: Actor, rule: Rule) -> Line:
    return _line(rule, (), _changeable_keys(actor) if may_at_all(actor, *TO_CHANGE) else set())


def _readable(actor: Actor) -> Any:
    return _with_names(Rule.objects.visible_to(actor, *READ))


def _with_names(rows: Any) -> Any:
    return rows.select_related("school", "section", "milestone", "protocol", "resource")


def _changeable_keys(actor: Actor) -> set[int]:
    return set(changeable(actor).values_list("id", flat=True))


def _about(reason: str, rules: Sequence[Rule], mine: set[int]) -> About:
    ours = next((rule for rule in rules if rule.action == QUEUE and not _is_narrow(rule)), None)
    return About(
        reason=reason,
        title=Reason(reason).label,
        house=house_sentence(reason),
        house_holds=ours is None,
        lines=tuple(_line(rule, rules[:n], mine) for n, rule in enumerate(rules)),
    )


def _line(rule: Rule, farther: Sequence[Rule], mine: set[int]) -> Line:
    return Line(
        public_id=rule.public_id,
        sentence=sentence(rule),
        where=where(rule),
        is_active=rule.is_active,
        version=rule.version,
        may_change=rule.pk in mine,
        before=_before(rule, farther),
    )


def _before(rule: Rule, farther: Sequence[Rule]) -> str:
    """The place of the next farther rule that does the same where this one holds; empty for none."""
    same = [one for one in farther if watch_of(one).does == watch_of(rule).does and _contains(one, rule)]
    return where(same[-1]) if same else ""


def _contains(far: Rule, near: Rule) -> bool:
    """Whether the farther rule holds everywhere where the nearer one does."""
    school = near.section.school_id if near.section else near.school_id
    return (
        far.milestone_id in (None, near.milestone_id)
        and far.section_id in (None, near.section_id)
        and far.school_id in (None, school)
    )


def _is_narrow(rule: Rule) -> bool:
    return any((rule.school_id, rule.section_id, rule.milestone_id))
