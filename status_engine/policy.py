"""A school's policy: the method, its parameters, the scale, the gates and which evidence is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks import as_number, as_whole, listed, quote
from .errors import PolicyErrors, Problem
from .gates import Gate, Gates
from .kinds import KIND_NAMES, Kind
from .methods import METHODS
from .scale import Scale

Json = dict[str, Any]

ATTEMPTS: tuple[str, ...] = ("all", "latest_per_task", "best_per_task")
ORDERS: tuple[str, ...] = ("occurred_at", "due_at", "recorded_at")
DEFAULTS: dict[str, float] = {"weight": 0.65}
MAX_TIMES = 100
STALLED_AFTER = (3, 120)


@dataclass(frozen=True)
class Policy:
    """One version of a policy. Equal policies give equal answers; `version` is the caller's own and only passed on.

    parameters: those the method takes, defaults filled in (`weight` 0.65 in (0, 1), percent accepted; `n` 1…100).
    attempts: all | latest_per_task | best_per_task. order_by: occurred_at | due_at | recorded_at.
    hold_at_mastery: a level once earned is kept (see `roll_up_criteria`); stalled_after: days in one level, 3 to 120.
    Both are only carried for callers, who know what was before.
    Raises PolicyErrors.
    """

    method: str
    scale: Scale
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)
    gates: Gates = field(default_factory=Gates)
    attempts: str = "all"
    order_by: str = "occurred_at"
    count_self_assessment: bool = False
    hold_at_mastery: bool = False
    stalled_after: int | None = None
    version: str | int | None = None

    def __post_init__(self) -> None:
        problems = [
            *choice_problems("method", self.method, tuple(METHODS)),
            *choice_problems("attempts", self.attempts, ATTEMPTS),
            *choice_problems("order_by", self.order_by, ORDERS),
            *stalled_problems(self.stalled_after),
        ]
        parameters, wrong = read_parameters(self.method, self.parameters)
        if problems + wrong:
            raise PolicyErrors(problems + wrong)
        object.__setattr__(self, "parameters", parameters)

    @property
    def needs_clock(self) -> bool:
        """Whether a judgement depends on when it is made: `Context.as_of` must be given."""
        return False

    @property
    def needs_term(self) -> bool:
        """Whether a judgement depends on the term: `Context.term_start` is looked at."""
        return False

    @property
    def needs_prerequisites(self) -> bool:
        """Whether a judgement or its explanation depends on prerequisites: `Context.unmet` is looked at."""
        return False


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


def read_parameters(method: object, given: Mapping[str, object]) -> tuple[dict[str, float], list[Problem]]:
    """(the parameters the method takes, what is wrong with those given). An unknown method takes none."""
    known = METHODS.get(method) if isinstance(method, str) else None
    if known is None:
        return {}, []
    problems: list[Problem] = [
        (name, f"{name} is not used by {method}. Leave it out") for name in given if name not in known.parameters
    ]
    values: dict[str, float] = {}
    for name in known.parameters:
        sent = given.get(name, DEFAULTS.get(name))
        value = _weight(sent) if name == "weight" else _times(sent)
        if isinstance(value, str):
            found = f"was {quote(sent)}" if name in given else "is missing"
            problems.append((name, f"{name} {found}. {value}"))
        else:
            values[name] = value
    return values, problems


def _weight(value: object) -> float | str:
    number = as_number(value)
    if number is not None and 0 < number < 1:
        return number
    if number is not None and 1 < number < 100:
        return number / 100
    return "Use a number between 0 and 1, or a percent between 1 and 99"


def _times(value: object) -> float | str:
    number = as_whole(value)
    return number if number is not None and 1 <= number <= MAX_TIMES else f"Use a whole number from 1 to {MAX_TIMES}"


def policy_to_json(policy: Policy) -> Json:
    """The shape `parse_policy` reads, every default written out: `parse_policy(policy_to_json(p)) == p`."""
    return {
        "method": policy.method,
        **policy.parameters,
        **scale_to_json(policy.scale),
        "gates": gates_to_json(policy.gates),
        "attempts": policy.attempts,
        "order_by": policy.order_by,
        "count_self_assessment": policy.count_self_assessment,
        "hold_at_mastery": policy.hold_at_mastery,
        "stalled_after": policy.stalled_after,
        "version": policy.version,
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
        "meets": {gate.code: needed_to_json(gate) for gate in gates.meets},
        "mastery": {gate.code: needed_to_json(gate) for gate in gates.mastery},
    }


def needed_to_json(gate: Gate) -> object:
    """What a gate asks for: a number, or a list of kind names."""
    return gate.needed if isinstance(gate.needed, int) else [KIND_NAMES[kind] for kind in gate.needed]
