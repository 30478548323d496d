"""Every condition of a level with its figures: what was needed, what was there, whether it held (design: §7)."""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Ints
from .gates import GATES, Gate
from .kinds import KIND_NAMES
from .levels import LEVEL_NAMES, Level
from .methods import METHODS
from .pieces import Pieces
from .policy import Json, Policy, needed_to_json
from .rollup import MASTERY_OVER_ALL, Assessed, highest_piece, in_mastery_scope, mastery_scope
from .rounding import lowest_reaching, round_half_away


@dataclass(frozen=True, eq=False)
class Case:
    """One group's pieces (None = no evidence), the id of each, int64[k], and what they came to."""

    policy: Policy
    pieces: Pieces | None
    ids: Ints
    found: Assessed | None

    @property
    def value(self) -> float:
        """The rounded value, NaN where there is none."""
        return float("nan") if self.found is None else float(self.found.value[0])

    def reaching(self, cut: float) -> Ints:
        """Ids of the pieces that show at or above a cut."""
        return self.ids[:0] if self.pieces is None else self.ids[self.pieces.value >= lowest_reaching(cut)]


def level_conditions(case: Case) -> list[Json]:
    """The conditions of developing, meets and mastery, in that order. Without pieces nothing is there or met."""
    policy, scale, pieces = case.policy, case.policy.scale, case.pieces
    everything = np.ones(len(case.ids), dtype=np.bool_)
    seen = everything if pieces is None else in_mastery_scope(policy, pieces)
    return [
        _developing(case),
        _value(case, Level.MEETS, scale.meets_at),
        *_times(case),
        *[_gate(case, gate, Level.MEETS, everything) for gate in policy.gates.meets],
        _value(case, Level.MASTERY, scale.mastery_cut),
        *[_gate(case, gate, Level.MASTERY, seen) for gate in policy.gates.mastery],
    ]


def rounded(value: float) -> float | None:
    """A figure for an explanation: 9 decimals hide the last bits of a float; NaN is None."""
    return None if np.isnan(value) else round(float(value), 9) + 0.0


def _condition(code: str, level: Level, *, needed: object, has: object, is_met: bool, evidence: Ints) -> Json:
    return {"code": code, "level": LEVEL_NAMES[level], "needed": needed, "has": has, "met": is_met,
            "evidence": evidence.tolist()}  # fmt: skip


def _value(case: Case, level: Level, cut: float) -> Json:
    """The rounded value against a cut; the evidence is every piece with a share in the value."""
    evidence = case.ids
    if case.pieces is not None:
        shares = METHODS[case.policy.method].shares
        evidence = evidence[shares(case.pieces, case.policy.parameters, case.policy.scale) > 0]
    has, is_met = rounded(case.value), case.value >= cut
    return _condition("value_at_or_above", level, needed=cut, has=has, is_met=is_met, evidence=evidence)


def _developing(case: Case) -> Json:
    """By the value, or where the method gives none, by the best single piece."""
    cut = case.policy.scale.developing_at
    if case.pieces is None or not np.isnan(case.value):
        return _value(case, Level.DEVELOPING, cut)
    best = float(round_half_away(highest_piece(case.pieces))[0])
    return _condition(
        "piece_at_or_above", Level.DEVELOPING, needed=cut, has=best, is_met=best >= cut, evidence=case.reaching(cut)
    )


def _times(case: Case) -> list[Json]:
    """For methods that ask for a number of successes: how many there are."""
    times = METHODS[case.policy.method].times
    if times is None:
        return []
    needed = int(case.policy.parameters["n"])
    has = 0 if case.pieces is None else int(times(case.pieces, case.policy.scale)[0])
    evidence = case.reaching(case.policy.scale.meets_at)
    return [
        _condition("times_at_or_above", Level.MEETS, needed=needed, has=has, is_met=has >= needed, evidence=evidence)
    ]


def _gate(case: Case, gate: Gate, level: Level, mask: Bools) -> Json:
    """A gate over the pieces it looks at; the evidence is the pieces it could count."""
    measured, evidence, kinds = 0, case.ids[mask], set[int]()
    if case.pieces is not None and len(evidence):
        seen, _ = case.pieces.where(mask)
        measured = int(GATES[gate.code].measure(seen, gate.needed, max(len(seen), gate.target))[0])
        if isinstance(gate.needed, tuple):
            is_wanted = np.isin(seen.kind, gate.needed)
            evidence, kinds = evidence[is_wanted], set(seen.kind[is_wanted].tolist())
    has = [KIND_NAMES[kind] for kind in sorted(kinds)] if isinstance(gate.needed, tuple) else measured
    over = mastery_scope(case.policy) if level is Level.MASTERY else MASTERY_OVER_ALL
    needed, is_met = needed_to_json(gate), measured >= gate.target
    condition = _condition(gate.code, level, needed=needed, has=has, is_met=is_met, evidence=evidence)
    return {**condition, "over": over}
