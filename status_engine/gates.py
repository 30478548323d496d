"""Gates: what must hold beside the value before a level is given (design: status engine §4).

A gate is one small function over arrays and one line in GATES. It measures how much of what it asks for a group has;
the gate holds when that reaches its target.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Codes, Ints
from .checks import as_whole, listed, quote
from .kinds import KIND_NAMES, Kind
from .pieces import Pieces

Needed = int | tuple[Kind, ...]
MAX_NEEDED = 100


@dataclass(frozen=True)
class Gate:
    """One gate of a policy. needed: how many, or which kinds."""

    code: str
    needed: Needed

    @property
    def target(self) -> int:
        """What the measure must reach."""
        return self.needed if isinstance(self.needed, int) else len(self.needed)


@dataclass(frozen=True)
class Gates:
    """The gates of meets and of mastery. Mastery asks for two independent tasks unless the policy says otherwise."""

    meets: tuple[Gate, ...] = ()
    mastery: tuple[Gate, ...] = (Gate("min_tasks", 2),)


@dataclass(frozen=True)
class GateRule:
    """measure(pieces, needed, cap) -> int64[p], exact up to cap (a sum that is large enough need not be finished).

    is_amount: a failure means too little evidence, rather than evidence of the wrong sort.
    parse(value, countable kinds) -> what a policy sent as `needed`, or the message that says what is wrong.
    """

    measure: Callable[[Pieces, Needed, int], Ints]
    is_amount: bool
    parse: Callable[[object, tuple[Kind, ...]], Needed | str]


@dataclass(frozen=True, eq=False)
class Verdict:
    """holds: bool[p], every gate holds; is_short: bool[p], at least one gate about the amount of evidence failed."""

    holds: Bools
    is_short: Bools


def count_pieces(pieces: Pieces, needed: Needed, cap: int) -> Ints:
    """All pieces."""
    return pieces.count


def count_tasks(pieces: Pieces, needed: Needed, cap: int) -> Ints:
    """Distinct tasks, counted without sorting: the next larger code per group, as often as the cap asks."""
    current = np.minimum.reduceat(pieces.task, pieces.start)
    top = np.maximum.reduceat(pieces.task, pieces.start)
    found = np.ones(len(pieces.start), dtype=np.int64)
    for step in range(1, cap):
        if step > 1:
            is_larger = pieces.task > np.repeat(current, pieces.count)
            larger = np.where(is_larger, pieces.task, np.repeat(top, pieces.count))
            current = np.minimum.reduceat(larger, pieces.start)
        is_open = current < top
        if not is_open.any():
            break
        found += is_open
    return found


def count_kinds(pieces: Pieces, needed: Needed, cap: int) -> Ints:
    """Distinct kinds."""
    present: Ints = np.bitwise_count(kinds_present(pieces)).astype(np.int64)
    return present


def count_required(pieces: Pieces, needed: Needed, cap: int) -> Ints:
    """How many of the required kinds are there."""
    wanted = sum(1 << kind for kind in needed) if isinstance(needed, tuple) else 0
    present: Ints = np.bitwise_count(kinds_present(pieces) & np.int8(wanted)).astype(np.int64)
    return present


def kinds_present(pieces: Pieces) -> Codes:
    """int8[p]: bit `1 << kind` set for each kind a group has."""
    bits = np.left_shift(np.int8(1), pieces.kind)
    return np.bitwise_or.reduceat(bits, pieces.start)


def check_gates(gates: tuple[Gate, ...], pieces: Pieces) -> Verdict:
    """All gates of one level over p groups. Pieces: those the gates look at."""
    holds = np.ones(len(pieces.start), dtype=np.bool_)
    is_short = np.zeros(len(pieces.start), dtype=np.bool_)
    for gate in gates:
        rule = GATES[gate.code]
        met = rule.measure(pieces, gate.needed, gate.target) >= gate.target
        holds &= met
        if rule.is_amount:
            is_short |= ~met
    return Verdict(holds, is_short)


def parse_amount(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A whole number of pieces or tasks."""
    number = as_whole(value)
    if number is None or not 1 <= number <= MAX_NEEDED:
        return f"was {quote(value)}. Use a whole number from 1 to {MAX_NEEDED}, or leave it out"
    return number


def parse_kind_amount(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A whole number of kinds, no more than can count."""
    number = as_whole(value)
    if number is None or not 1 <= number <= len(kinds):
        return f"was {quote(value)}. Use a whole number from 1 to {len(kinds)}, the kinds that count, or leave it out"
    return number


def parse_kinds(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A list of kinds that can count; order and repeats do not matter."""
    allowed = [KIND_NAMES[kind] for kind in kinds]
    names = list(value) if isinstance(value, (list, tuple)) else []
    if not names or any(name not in allowed for name in names):
        return f"was {quote(value)}. Use a list with at least one of: {listed(allowed)}"
    return tuple(sorted({Kind(KIND_NAMES.index(name)) for name in names}))


GATES: dict[str, GateRule] = {
    "min_pieces": GateRule(count_pieces, True, parse_amount),
    "min_tasks": GateRule(count_tasks, True, parse_amount),
    "min_kinds": GateRule(count_kinds, True, parse_kind_amount),
    "required_kinds": GateRule(count_required, False, parse_kinds),
}
