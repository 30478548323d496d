"""Every condition of a level with its figures: what was needed, what was there, whether it held (design: §7)."""

import numpy as np

from .case import Case, condition, rounded
from .gate_conditions import gate_condition
from .levels import Level
from .methods import METHODS
from .policy import Json
from .rollup import highest_piece
from .rounding import round_half_away


def level_conditions(case: Case) -> list[Json]:
    """The conditions of developing, meets and mastery, in that order. Without pieces nothing is there or met.

    {"code", "level", "needed", "has", "met", "evidence": ids}; those of gates also say what they are "over" and
    whether they "block" the level: advice does not.
    """
    policy, scale = case.policy, case.policy.scale
    return [
        _developing(case),
        _value(case, Level.MEETS, scale.meets_at),
        *_figure(case),
        *[gate_condition(case, gate, Level.MEETS) for gate in policy.gates.meets],
        _value(case, Level.MASTERY, scale.mastery_cut),
        *[gate_condition(case, gate, Level.MASTERY) for gate in policy.gates.mastery],
    ]


def _value(case: Case, level: Level, cut: float) -> Json:
    """The rounded value against a cut; the evidence is every piece with a share in the value."""
    evidence = case.ids
    if case.pieces is not None:
        shares = METHODS[case.policy.method].shares
        evidence = evidence[shares(case.pieces, case.policy.parameters, case.policy.scale) > 0]
    has, is_met = rounded(case.value), case.value >= cut
    return condition("value_at_or_above", level, needed=cut, has=has, is_met=is_met, evidence=evidence)


def _developing(case: Case) -> Json:
    """By the value, or where the method gives none, by the best single piece."""
    cut = case.policy.scale.developing_at
    if case.pieces is None or not np.isnan(case.value):
        return _value(case, Level.DEVELOPING, cut)
    best = float(round_half_away(highest_piece(case.pieces))[0])
    return condition(
        "piece_at_or_above", Level.DEVELOPING, needed=cut, has=best, is_met=best >= cut, evidence=case.reaching(cut)
    )


def _figure(case: Case) -> list[Json]:
    """For methods that wait for a number of their own (successes, a probability): how much is there."""
    figure, policy = METHODS[case.policy.method].figure, case.policy
    if figure is None:
        return []
    needed, has = figure.needed(policy.parameters), 0.0
    if case.pieces is not None:
        has = float(figure.measure(case.pieces, policy.parameters, policy.scale)[0])
    evidence = case.reaching(policy.scale.meets_at)
    return [condition(figure.code, Level.MEETS, needed=needed, has=has, is_met=has >= needed, evidence=evidence)]
