"""Protocols: steps to try one after the other, each with another approach. Made, changed, switched off.

A plan carries the steps as they were when it was proposed, so changing a protocol changes no plan that stands.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from interventions.models import Protocol, ProtocolStep
from interventions.models.library import LIBRARY
from interventions.reasons import Number
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

READ, CREATE, UPDATE = "read", "create", "update, retire"
LONGEST, LONGEST_TEXT, MOST_STEPS = 120, 2000, 8
NUMBERS = {"sessions": Number(3, 1, 40), "minutes": Number(15, 5, 240), "days": Number(14, 1, 180)}
Problems = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class StepSays:
    """One step as it was typed. key: what its fields are called on the form; -1 for what is no number."""

    key: str
    approach: str
    how: str = ""
    sessions: int = -1
    minutes: int = -1
    days: int = -1


def steps_of(steps: Iterable[ProtocolStep]) -> list[dict[str, Any]]:
    """What a plan carries of its protocol, in order."""
    names = ("position", "approach", "how", "sessions", "minutes", "days")
    return [{name: getattr(step, name) for name in names} for step in sorted(steps, key=lambda one: one.position)]


def create_protocol(actor: Actor, *, name: str, summary: str, steps: Sequence[StepSays]) -> Protocol:
    """Raises Invalid, NotFound without the right."""
    if not may_at_all(actor, LIBRARY, CREATE):
        raise NotFound
    protocol = Protocol(made_by_id=actor.member_id)
    _check(_say(protocol, name, summary), _steps_problems(steps))
    return _saved(actor, protocol, steps, "protocol.created")


def change_protocol(
    actor: Actor, *, protocol_id: UUID, version: int, name: str, summary: str, steps: Sequence[StepSays]
) -> Protocol:
    """Plans that stand keep the steps they have. Raises NotFound, Invalid, Conflict where somebody was faster."""
    with transaction.atomic():
        protocol = _locked(actor, protocol_id, version)
        _check(_say(protocol, name, summary), _steps_problems(steps))
        return _saved(actor, protocol, steps, "protocol.changed")


@transaction.atomic
def switch_protocol(actor: Actor, *, protocol_id: UUID, version: int, is_active: bool) -> Protocol:
    """One that is off is offered no longer; plans by it go on. Raises NotFound, Conflict."""
    protocol = _locked(actor, protocol_id, version)
    protocol.is_active = is_active
    protocol.version += 1
    protocol.save()
    record_audit(actor, "protocol.switched_on" if is_active else "protocol.switched_off", target=protocol)
    return protocol


def _saved(actor: Actor, protocol: Protocol, steps: Sequence[StepSays], action: str) -> Protocol:
    if protocol.pk is not None:
        protocol.version += 1
    try:
        with transaction.atomic():
            protocol.save()
            ProtocolStep.objects.filter(protocol=protocol).delete()
            ProtocolStep.objects.bulk_create(
                ProtocolStep(
                    protocol=protocol, position=position, approach=_one_line(one.approach), how=one.how.strip(),
                    sessions=one.sessions, minutes=one.minutes, days=one.days,
                )
                for position, one in enumerate(steps, 1)
            )  # fmt: skip
            record_audit(actor, action, target=protocol, detail={"steps": len(steps)})
    except IntegrityError as error:
        text = _("There is a protocol “%(name)s” already. Give this one another name") % {"name": protocol.name}
        raise Invalid([problem("name", text, "taken")]) from error
    return protocol


def _locked(actor: Actor, protocol_id: UUID, version: int) -> Protocol:
    reached: Any = Protocol.objects.visible_to(actor, LIBRARY, UPDATE).filter(public_id=protocol_id).values("pk")
    protocol: Protocol | None = Protocol.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if protocol is None:
        raise NotFound
    if protocol.version != version:
        raise Conflict(
            _("Somebody else changed this protocol while you had it open. Look at it again."), code="version"
        )
    return protocol


def _say(protocol: Protocol, name: str, summary: str) -> Problems:
    protocol.name, protocol.summary = _one_line(name), summary.strip()
    found = []
    if not protocol.name or len(protocol.name) > LONGEST or not_storable(protocol.name):
        text = _("Enter a name of at most %(most)d characters, like Three ways into fractions")
        found.append(problem("name", text % {"most": LONGEST}))
    return found + _text_problems("summary", protocol.summary)


def _steps_problems(steps: Sequence[StepSays]) -> Problems:
    if not steps:
        return [problem("", _("Enter at least one step: say what is tried first"))]
    if len(steps) > MOST_STEPS:
        return [problem("", _("These are %(n)d steps. Use at most %(most)d") % {"n": len(steps), "most": MOST_STEPS})]
    seen: set[str] = set()
    found: Problems = []
    for one in steps:
        approach = _one_line(one.approach)
        if not approach or len(approach) > LONGEST or not_storable(approach):
            text = _("Say in at most %(most)d characters what is tried, like Fraction strips in a group of three")
            found.append(problem(f"{one.key}_approach", text % {"most": LONGEST}))
        elif approach.casefold() in seen:
            text = _("“%(approach)s” is tried in a step before. Each step tries something else")
            found.append(problem(f"{one.key}_approach", text % {"approach": approach}))
        seen.add(approach.casefold())
        found += _text_problems(f"{one.key}_how", one.how.strip())
        found += _number_problems(one)
    return found


def _number_problems(one: StepSays) -> Problems:
    asked: dict[str, Callable[[], str]] = {
        "sessions": lambda: _("Enter a whole number of sessions from %(least)d to %(most)d, like %(like)d"),
        "minutes": lambda: _("Enter a whole number of minutes from %(least)d to %(most)d, like %(like)d"),
        "days": lambda: _("Enter a whole number of days from %(least)d to %(most)d, like %(like)d"),
    }
    found = []
    for name, number in NUMBERS.items():
        value = getattr(one, name)
        if not number.least <= value <= number.most:
            values = {"least": number.least, "most": number.most, "like": number.default}
            found.append(problem(f"{one.key}_{name}", asked[name]() % values))
    return found


def _text_problems(name: str, text: str) -> Problems:
    if len(text) <= LONGEST_TEXT and not not_storable(text, has_lines=True):
        return []
    values = {"n": len(text), "most": LONGEST_TEXT}
    return [problem(name, _("This has %(n)d characters, or one that cannot be kept. Use at most %(most)d") % values)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check(*problems: Problems) -> None:
    found = [one for some in problems for one in some]
    if found:
        raise Invalid(found)
