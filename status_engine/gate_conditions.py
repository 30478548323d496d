"""A gate in an explanation: what it asked for, what was there, which pieces it counted."""

import numpy as np

from .arrays import Bools
from .case import Case, condition
from .context import DAY
from .gates import GATES, Gate, in_last, measured
from .kinds import KIND_NAMES, NODATE
from .levels import LEVEL_NAMES, Level
from .needed import Days, LastN, Prerequisites, to_json
from .policy import Json
from .sight import ALL, Looks, Sight, scope_of


def gate_condition(case: Case, gate: Gate, level: Level) -> Json:
    """needed and has by gate: a number and how many there are; kinds and those of them there; {"k", "n", "level"} and
    how many of the newest n reach it; days and the age in days of the newest piece (null = undated or none); for
    prerequisites 0 and how many are open."""
    sight = case.sight(level)
    looks = GATES[gate.code].looks
    evidence = case.ids[:0] if sight is None else case.ids[_counted(gate, sight)]
    is_met = sight is not None and int(measured(gate, sight)[0]) >= gate.target
    if looks is Looks.AT_GROUP:
        is_met = case.still_open == 0
    shown = condition(
        gate.code, level, needed=_needed(gate, level), has=_has(case, gate, sight), is_met=is_met, evidence=evidence
    )
    over = scope_of(case.policy.scale, level) if looks is Looks.AT_SCOPE else ALL
    return {**shown, "over": over, "blocks": gate.blocks}


def _needed(gate: Gate, level: Level) -> object:
    if isinstance(gate.needed, Prerequisites):
        return 0
    if isinstance(gate.needed, LastN):
        asked = level if gate.needed.level is None else gate.needed.level
        return {"k": gate.needed.k, "n": gate.needed.n, "level": LEVEL_NAMES[asked]}
    return to_json(gate.needed)


def _has(case: Case, gate: Gate, sight: Sight | None) -> object:
    if isinstance(gate.needed, Prerequisites):
        return case.still_open
    if isinstance(gate.needed, Days):
        return None if sight is None else _days_since_newest(sight)
    if isinstance(gate.needed, tuple):
        kinds = set() if sight is None else set(sight.pieces.kind[_counted(gate, sight)].tolist())
        return [KIND_NAMES[kind] for kind in sorted(kinds)]
    return 0 if sight is None else int(measured(gate, sight)[0])


def _days_since_newest(sight: Sight) -> int | None:
    """Begun days since the newest piece in scope, so that the figure is at most the limit when the gate holds."""
    newest = int(sight.pieces.moments[_seen(Looks.AT_SCOPE, sight)].max(initial=NODATE))
    return None if newest == NODATE else max(-((newest - sight.context.now) // DAY), 0)


def _seen(looks: Looks, sight: Sight) -> Bools:
    """bool[k]: the pieces a gate looks at."""
    if looks is Looks.AT_GROUP:
        return np.zeros(len(sight.pieces), dtype=np.bool_)
    mask = sight.mask(is_scoped=looks is Looks.AT_SCOPE)
    return np.ones(len(sight.pieces), dtype=np.bool_) if mask is None else mask


def _counted(gate: Gate, sight: Sight) -> Bools:
    """bool[k]: the pieces it looks at and could count."""
    counted = _seen(GATES[gate.code].looks, sight)
    if isinstance(gate.needed, tuple):
        return counted & np.isin(sight.pieces.kind, gate.needed)
    if isinstance(gate.needed, Days):
        return counted & (sight.pieces.moments >= sight.context.days_ago(gate.needed.days))
    if isinstance(gate.needed, LastN) and counted.any():
        looked_at, _ = sight.pieces.where(counted)
        counted = counted.copy()
        counted[counted] = in_last(looked_at, gate, sight)
    return counted
