"""Gates: what must hold beside the value before a level is given (design: status engine §4).

A gate is one small function over arrays and one line in GATES. It measures how much of what it asks for a group has;
the gate holds when that reaches its target.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Codes, Ints
from .kinds import Kind
from .needed import (
    Days,
    LastN,
    Needed,
    Prerequisites,
    parse_age,
    parse_amount,
    parse_kind_amount,
    parse_kinds,
    parse_last_n,
    parse_prerequisites,
)
from .pieces import Pieces
from .rounding import lowest_reaching
from .sight import Looks, Sight


@dataclass(frozen=True)
class Gate:
    """One gate of a policy. needed: what it asks for, of the type its code goes with."""

    code: str
    needed: Needed

    @property
    def target(self) -> int:
        """What the measure must reach."""
        if isinstance(self.needed, LastN):
            return self.needed.k
        if isinstance(self.needed, (Days, Prerequisites)):
            return 1
        return self.needed if isinstance(self.needed, int) else len(self.needed)

    @property
    def blocks(self) -> bool:
        """Whether a level is kept back by it. Advice is only shown."""
        return self.needed is not Prerequisites.ADVICE


@dataclass(frozen=True)
class Gates:
    """The gates of meets and of mastery. Mastery asks for two independent tasks unless the policy says otherwise."""

    meets: tuple[Gate, ...] = ()
    mastery: tuple[Gate, ...] = (Gate("min_tasks", 2),)

    @property
    def all(self) -> tuple[Gate, ...]:
        """Those of both levels."""
        return self.meets + self.mastery

    def without(self, code: str) -> "Gates":
        """The same but for the gates of one code."""
        left = ([gate for gate in level if gate.code != code] for level in (self.meets, self.mastery))
        return Gates(*(tuple(gates) for gates in left))


Measure = Callable[[Pieces, Gate, Sight], Ints]


@dataclass(frozen=True)
class GateRule:
    """measure(pieces, gate, sight) -> int64[groups of pieces], exact up to the gate's target.

    parse(value, countable kinds) -> what a policy sent as `needed`, or the message that says what is wrong.
    is_amount: a failure means too little evidence, rather than evidence of the wrong sort.
    """

    measure: Measure
    parse: Callable[[object, tuple[Kind, ...]], Needed | str]
    is_amount: bool = False
    looks: Looks = Looks.AT_SCOPE


@dataclass(frozen=True, eq=False)
class Verdict:
    """holds: bool[p], every gate holds; is_short: bool[p], at least one gate about the amount of evidence failed."""

    holds: Bools
    is_short: Bools


def count_pieces(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """All pieces."""
    return pieces.count


def count_tasks(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """Distinct tasks, counted without sorting: the next larger code per group, as often as the target asks."""
    current = np.minimum.reduceat(pieces.task, pieces.start)
    top = np.maximum.reduceat(pieces.task, pieces.start)
    found = np.ones(len(pieces.start), dtype=np.int64)
    for step in range(1, sight.up_to(pieces, gate.target)):
        if step > 1:
            is_larger = pieces.task > pieces.spread(current)
            larger = np.where(is_larger, pieces.task, pieces.spread(top))
            current = np.minimum.reduceat(larger, pieces.start)
        is_open = current < top
        if not is_open.any():
            break
        found += is_open
    return found


def count_forms(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """Distinct (task, form): an attempt at a form that was seen before shows nothing independent.

    Attempts at a task without a form are attempts at one form of it. A piece without both stands for itself.
    """
    form = pieces.forms
    task = np.where((pieces.task < 0) & (form >= 0), -1, pieces.task)
    order = np.lexsort((form, task, pieces.owner))
    task, form = task[order], form[order]
    is_new = np.ones(len(order), dtype=np.int64)
    is_new[1:] = (task[1:] != task[:-1]) | (form[1:] != form[:-1])
    is_new[pieces.start] = 1
    return np.add.reduceat(is_new, pieces.start)


def count_kinds(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """Distinct kinds."""
    present: Ints = np.bitwise_count(kinds_present(pieces)).astype(np.int64)
    return present


def count_required(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """How many of the required kinds are there."""
    wanted = sum(1 << kind for kind in gate.needed) if isinstance(gate.needed, tuple) else 0
    present: Ints = np.bitwise_count(kinds_present(pieces) & np.int8(wanted)).astype(np.int64)
    return present


def kinds_present(pieces: Pieces) -> Codes:
    """int8[p]: bit `1 << kind` set for each kind a group has."""
    bits = np.left_shift(np.int8(1), pieces.kind)
    return np.bitwise_or.reduceat(bits, pieces.start)


def count_last(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """How many of the newest n pieces reach the cut."""
    return np.add.reduceat(in_last(pieces, gate, sight), pieces.start, dtype=np.int64)


def in_last(pieces: Pieces, gate: Gate, sight: Sight) -> Bools:
    """bool[k]: one of the newest n pieces, and at the cut or above."""
    if not isinstance(gate.needed, LastN):
        raise TypeError(f"{gate.code} asked for {gate.needed!r}. Use LastN")
    cut = sight.scale.cut_of(sight.level if gate.needed.level is None else gate.needed.level)
    is_last: Bools = (pieces.age < gate.needed.n) & (pieces.value >= lowest_reaching(cut))
    return is_last


def count_recent(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """Pieces that are young enough. Undated ones are the oldest of all."""
    if not isinstance(gate.needed, Days):
        raise TypeError(f"{gate.code} asked for {gate.needed!r}. Use Days")
    is_recent = pieces.moments >= sight.context.days_ago(gate.needed.days)
    return np.add.reduceat(is_recent, pieces.start, dtype=np.int64)


def prerequisites_are_met(pieces: Pieces, gate: Gate, sight: Sight) -> Ints:
    """1 where no prerequisite is open."""
    if sight.open_prerequisites is None:
        raise ValueError("open prerequisites were not counted, but a gate asks for them")
    is_met: Ints = (sight.open_prerequisites == 0).astype(np.int64)
    return is_met


def measured(gate: Gate, sight: Sight) -> Ints:
    """int64[p]: how much of what a gate asks for each group has; 0 where it has no piece the gate looks at."""
    rule = GATES[gate.code]
    seen = sight.seen(rule.looks)
    if seen is None:
        return rule.measure(sight.pieces, gate, sight)
    pieces, groups = seen
    found = sight.no_groups()
    if len(groups):
        found[groups] = rule.measure(pieces, gate, sight)
    return found


def check_gates(gates: tuple[Gate, ...], sight: Sight) -> Verdict:
    """All gates of one level over p groups."""
    holds = np.ones(len(sight.pieces.start), dtype=np.bool_)
    is_short = np.zeros(len(sight.pieces.start), dtype=np.bool_)
    for gate in gates:
        if not gate.blocks:
            continue
        met = measured(gate, sight) >= gate.target
        holds &= met
        if GATES[gate.code].is_amount:
            is_short |= ~met
    return Verdict(holds, is_short)


GATES: dict[str, GateRule] = {
    "min_pieces": GateRule(count_pieces, parse_amount, is_amount=True),
    "min_tasks": GateRule(count_tasks, parse_amount, is_amount=True),
    "min_forms": GateRule(count_forms, parse_amount, is_amount=True),
    "min_kinds": GateRule(count_kinds, parse_kind_amount, is_amount=True),
    "required_kinds": GateRule(count_required, parse_kinds),
    "k_of_last_n_at_or_above": GateRule(count_last, parse_last_n, looks=Looks.AT_RUN),
    "within_days": GateRule(count_recent, parse_age),
    "prerequisites_met": GateRule(prerequisites_are_met, parse_prerequisites, looks=Looks.AT_GROUP),
}
