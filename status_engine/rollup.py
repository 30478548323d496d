"""The roll-up: from evidence to level, value and flags, for all groups at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Codes, Counts, Floats, Ints, Masks
from .context import NOWHERE, Context
from .gates import GATES, Verdict, check_gates
from .levels import Flag, Level
from .methods import METHODS
from .pieces import Pieces
from .policy import Policy
from .prepare import Prepared, prepare
from .rounding import lowest_reaching, round_half_away
from .table import EvidenceTable

MASTERY_OVER_ALL, MASTERY_OVER_MEETS = "all", "at_or_above_meets"


@dataclass(frozen=True, eq=False)
class RollUp:
    """One row per group.

    group: int64, ascending; level: int8 of Level; value: float64 in points of the scale, 2 decimals, NaN where there
    is none; value_unrounded: float64; pieces: int32, how many counted; flags: int16 of Flag.
    """

    group: Ints
    level: Codes
    value: Floats
    value_unrounded: Floats
    pieces: Counts
    flags: Masks

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True, eq=False)
class Assessed:
    """What the pieces of p groups come to: value before and after rounding, level int8[p], flags int16[p]."""

    value_unrounded: Floats
    value: Floats
    level: Codes
    flags: Masks


def roll_up(
    policy: Policy, evidence: EvidenceTable, groups: npt.ArrayLike | None = None, context: Context = NOWHERE
) -> RollUp:
    """Level, value and flags of every group in the evidence, or of exactly the groups asked for.

    groups: ids; those without evidence come back as not started, evidence of others is left out. Rows may come in any
    order; rows in order by (group, the policy's time) are not sorted again.
    """
    if groups is None:
        return _fill(policy, prepare(policy, evidence), None)
    wanted = np.unique(np.asarray(groups, dtype=np.int64))
    is_wanted = np.isin(evidence.group, wanted)
    chosen = evidence if is_wanted.all() else evidence.rows(np.flatnonzero(is_wanted))
    return _fill(policy, prepare(policy, chosen), wanted)


def _fill(policy: Policy, prepared: Prepared, wanted: Ints | None) -> RollUp:
    """Figures of groups with a piece placed among all groups."""
    group = prepared.groups if wanted is None else wanted
    known = np.searchsorted(group, prepared.groups) if wanted is not None else np.arange(len(group))
    flags = np.zeros(len(group), dtype=np.int16)
    flags[known[prepared.is_awaiting]] = Flag.AWAITING_JUDGEMENT
    level = np.where(flags, np.int8(Level.BEGINNING), np.int8(Level.NOT_STARTED))
    value, unrounded = np.full(len(group), np.nan), np.full(len(group), np.nan)
    count = np.zeros(len(group), dtype=np.int32)
    if prepared.pieces is not None:
        at = known[prepared.present]
        found = assess(policy, prepared.pieces)
        level[at], value[at], unrounded[at] = found.level, found.value, found.value_unrounded
        count[at] = prepared.pieces.count
        flags[at] |= found.flags
    return RollUp(group, level, value, unrounded, count, flags)


def assess(policy: Policy, pieces: Pieces) -> Assessed:
    """Value, level and flags of groups that have pieces. The rounded value is compared with the cuts."""
    scale = policy.scale
    unrounded = METHODS[policy.method].value(pieces, policy.parameters, scale)
    value = round_half_away(unrounded)
    level = np.where(value >= scale.developing_at, np.int8(Level.DEVELOPING), np.int8(Level.BEGINNING))
    has_none = np.isnan(value)
    if has_none.any():
        # Evidence without a value (too few successes) is developing where a single piece shows that much.
        level[has_none & (highest_piece(pieces) >= lowest_reaching(scale.developing_at))] = Level.DEVELOPING
    is_meets = value >= scale.meets_at
    meets = check_gates(policy.gates.meets, pieces)
    is_short = is_meets & meets.is_short
    is_meets &= meets.holds
    level[is_meets] = Level.MEETS
    is_mastery = is_meets & (value >= scale.mastery_cut)
    mastery = mastery_verdict(policy, pieces)
    is_short |= is_mastery & mastery.is_short
    level[is_mastery & mastery.holds] = Level.MASTERY
    return Assessed(unrounded, value, level, np.where(is_short, np.int16(Flag.NOT_ENOUGH_EVIDENCE), np.int16(0)))


def highest_piece(pieces: Pieces) -> Floats:
    """The best piece of each group: float64[p]."""
    return np.maximum.reduceat(pieces.value, pieces.start)


def mastery_scope(policy: Policy) -> str:
    """Which pieces mastery's gates look at: all, or on a scale that ends at meets those at or above it."""
    return MASTERY_OVER_MEETS if policy.scale.mastery_at is None else MASTERY_OVER_ALL


def in_mastery_scope(policy: Policy, pieces: Pieces) -> Bools:
    """bool[k]: the pieces mastery's gates look at."""
    if mastery_scope(policy) == MASTERY_OVER_ALL:
        return np.ones(len(pieces), dtype=np.bool_)
    return pieces.value >= lowest_reaching(policy.scale.meets_at)


def mastery_verdict(policy: Policy, pieces: Pieces) -> Verdict:
    """Mastery's gates over the pieces they look at; a group none of whose pieces they look at fails them."""
    if mastery_scope(policy) == MASTERY_OVER_ALL:
        return check_gates(policy.gates.mastery, pieces)
    seen, groups = pieces.where(in_mastery_scope(policy, pieces))
    holds = np.zeros(len(pieces.start), dtype=np.bool_)
    is_short = np.full(len(pieces.start), any(GATES[gate.code].is_amount for gate in policy.gates.mastery))
    if len(groups):
        verdict = check_gates(policy.gates.mastery, seen)
        holds[groups], is_short[groups] = verdict.holds, verdict.is_short
    return Verdict(holds, is_short)
