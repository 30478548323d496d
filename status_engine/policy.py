"""A school's policy: the method, its parameters, the scale, the gates and which evidence is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks import as_whole, listed, quote
from .errors import PolicyErrors, Problem
from .gates import Gates
from .kinds import Kind
from .methods import METHODS
from .needed import Days, Prerequisites, to_json
from .parameters import read_parameters
from .scale import Scale
from .window import DAYS, TERM, Window, parse_days

Json = dict[str, Any]

ATTEMPTS: tuple[str, ...] = ("all", "latest_per_task", "best_per_task")
ORDERS: tuple[str, ...] = ("occurred_at", "due_at", "recorded_at")
STALLED_AFTER = (3, 120)


@dataclass(frozen=True)
class Policy:
    """One version of a policy. Equal policies give equal answers; `version` is the caller's own and only passed on.

    parameters: those the method takes, defaults filled in (see `parameters.PARAMETERS`).
    attempts: all | latest_per_task | best_per_task. order_by: occurred_at | due_at | recorded_at.
    window: pieces outside do not count. expires_after: pieces that are older, in days, count for the value, not for
    gates.
    hold_at_mastery: a level once earned is kept (see `roll_up_criteria`); stalled_after: days in one level, 3 to 120.
    Both are only carried for callers, who know what was before.
    Raises PolicyErrors.
    """

    method: str
    scale: Scale
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    gates: Gates = field(default_factory=Gates)
    attempts: str = "all"
    order_by: str = "occurred_at"
    count_self_assessment: bool = False
    window: Window | None = None
    expires_after: int | None = None
    hold_at_mastery: bool = False
    stalled_after: int | None = None
    version: str | int | None = None

    def __post_init__(self) -> None:
        problems = [
            *choice_problems("method", self.method, tuple(METHODS)),
            *choice_problems("attempts", self.attempts, ATTEMPTS),
            *choice_problems("order_by", self.order_by, ORDERS),
            *stalled_problems(self.stalled_after),
            *expiry_problems(self.expires_after),
        ]
        parameters, wrong = read_parameters(self.method, self.parameters)
        if problems + wrong:
            raise PolicyErrors(problems + wrong)
        object.__setattr__(self, "parameters", parameters)

    @property
    def needs_clock(self) -> bool:
        """Whether a judgement depends on when it is made: `Context.as_of` must be given."""
        has_days = any(isinstance(gate.needed, Days) for gate in self.gates.all)
        is_of_days = self.window is not None and self.window.unit == DAYS
        return has_days or is_of_days or self.expires_after is not None

    @property
    def needs_term(self) -> bool:
        """Whether a judgement depends on the term: `Context.term_start` is looked at."""
        return self.window is not None and self.window.unit == TERM

    @property
    def needs_prerequisites(self) -> bool:
        """Whether a judgement or its explanation depends on prerequisites: `Context.unmet` is looked at."""
        return any(isinstance(gate.needed, Prerequisites) for gate in self.gates.all)

    @property
    def needs_forms(self) -> bool:
        """Whether a gate tells forms of a task apart."""
        return any(gate.code == "min_forms" for gate in self.gates.all)


def countable_kinds(count_self_assessment: bool) -> tuple[Kind, ...]:
    """The kinds of evidence that may count."""
    return tuple(kind for kind in Kind if count_self_assessment or kind is not Kind.SELF_ASSESSMENT)


def choice_problems(name: str, value: object, allowed: tuple[str, ...]) -> list[Problem]:
    """The problem of a value that is none of the allowed names, or nothing."""
    if isinstance(value, str) and value in allowed:
        return []
    return [(name, f"{name} was {quote(value)}. Use one of: {listed(allowed)}")]


def stalled_problems(value: object) -> list[Problem]:
    """The problem of a number of days that is out of range, or nothing. None means the caller's own default."""
    low, high = STALLED_AFTER
    days = as_whole(value)
    if value is None or (days is not None and low <= days <= high):
        return []
    wrong = f"stalled_after was {quote(value)}. Use a whole number of days from {low} to {high}, or leave it out"
    return [("stalled_after", wrong)]


def expiry_problems(value: object) -> list[Problem]:
    """The problem of a number of days that is out of range, or nothing. None means that nothing expires."""
    days = None if value is None else parse_days(value)
    return [("expires_after", f"expires_after {days}")] if isinstance(days, str) else []


def policy_to_json(policy: Policy) -> Json:
    """The shape `parse_policy` reads, every default written out: `parse_policy(policy_to_json(p)) == p`."""
    return {
        "method": policy.method,
        **policy.parameters,
        **scale_to_json(policy.scale),
        **settings_to_json(policy),
        "version": policy.version,
    }


def settings_to_json(policy: Policy) -> Json:
    """What every method has: gates, which attempts count, window, expiry, hold and when somebody is stalled."""
    return {
        "gates": gates_to_json(policy.gates),
        "attempts": policy.attempts,
        "order_by": policy.order_by,
        "count_self_assessment": policy.count_self_assessment,
        "window": None if policy.window is None else policy.window.to_json(),
        "expires_after": policy.expires_after,
        "hold_at_mastery": policy.hold_at_mastery,
        "stalled_after": policy.stalled_after,
    }


def scale_to_json(scale: Scale) -> Json:
    """The scale's four numbers by name."""
    return {
        "points_possible": scale.points_possible,
        "developing_at": scale.developing_at,
        "meets_at": scale.meets_at,
        "mastery_at": scale.mastery_at,
    }


def gates_to_json(gates: Gates) -> Json:
    """{"meets": {code: needed}, "mastery": {code: needed}}, kinds by name."""
    return {
        "meets": {gate.code: to_json(gate.needed) for gate in gates.meets},
        "mastery": {gate.code: to_json(gate.needed) for gate in gates.mastery},
    }
