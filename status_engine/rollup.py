"""The roll-up: from evidence to level, value and flags, for all groups at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Codes, Counts, Floats, Ints, Masks
from .context import NOWHERE, Context
from .errors import PolicyErrors
from .gates import check_gates
from .levels import Flag, Level
from .methods import METHODS
from .pieces import Pieces
from .policy import Policy
from .prepare import Prepared, prepare
from .rounding import lowest_reaching, round_half_away
from .sight import Sight
from .table import EvidenceTable


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
    order; rows in order by (group, the policy's time) are not sorted again. Raises ValueError where the policy needs
    to know when (`policy.needs_clock`) and the context does not say it.
    """
    check_context(policy, context)
    if groups is None:
        return _fill(policy, prepare(policy, evidence, context), None, context)
    wanted = np.unique(np.asarray(groups, dtype=np.int64))
    is_wanted = np.isin(evidence.group, wanted)
    chosen = evidence if is_wanted.all() else evidence.rows(np.flatnonzero(is_wanted))
    return _fill(policy, prepare(policy, chosen, context), wanted, context)


def check_context(policy: Policy, context: Context) -> None:
    """Raises PolicyErrors (a ValueError) where a policy that counts days is not told when the judgement is made."""
    if policy.needs_clock and context.as_of is None:
        raise PolicyErrors([("as_of", "as_of was not given, but the policy counts days. Give the moment of judgement")])


def _fill(policy: Policy, prepared: Prepared, wanted: Ints | None, context: Context) -> RollUp:
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
        still_open = context.open_prerequisites(group[at]) if policy.needs_prerequisites else None
        found = assess(policy, prepared.pieces, context, still_open)
        level[at], value[at], unrounded[at] = found.level, found.value, found.value_unrounded
        count[at] = prepared.pieces.count
        flags[at] |= found.flags
    return RollUp(group, level, value, unrounded, count, flags)


def assess(policy: Policy, pieces: Pieces, context: Context = NOWHERE, still_open: Ints | None = None) -> Assessed:
    """Value, level and flags of groups that have pieces. The rounded value is compared with the cuts.

    still_open: int64[p], open prerequisites of each group, for policies that ask for them.
    """
    scale = policy.scale
    unrounded = METHODS[policy.method].value(pieces, policy.parameters, scale)
    value = round_half_away(unrounded)
    level = np.where(value >= scale.developing_at, np.int8(Level.DEVELOPING), np.int8(Level.BEGINNING))
    has_none = np.isnan(value)
    if has_none.any():
        # Evidence without a value (too few successes) is developing where a single piece shows that much.
        level[has_none & (highest_piece(pieces) >= lowest_reaching(scale.developing_at))] = Level.DEVELOPING
    is_short = np.zeros(len(value), dtype=np.bool_)
    is_there = np.ones(len(value), dtype=np.bool_)
    for reached, gates in ((Level.MEETS, policy.gates.meets), (Level.MASTERY, policy.gates.mastery)):
        is_there &= value >= scale.cut_of(reached)
        if not is_there.any():
            break
        verdict = check_gates(gates, sight_of(policy, pieces, reached, context, still_open))
        is_short |= is_there & verdict.is_short
        is_there &= verdict.holds
        level[is_there] = reached
    return Assessed(unrounded, value, level, np.where(is_short, np.int16(Flag.NOT_ENOUGH_EVIDENCE), np.int16(0)))


def highest_piece(pieces: Pieces) -> Floats:
    """The best piece of each group: float64[p]."""
    return np.maximum.reduceat(pieces.value, pieces.start)


def sight_of(
    policy: Policy, pieces: Pieces, level: Level, context: Context, still_open: Ints | None, is_exact: bool = False
) -> Sight:
    """What the gates of one level look at."""
    fresh_since = None if policy.expires_after is None else context.days_ago(policy.expires_after)
    return Sight(pieces, level, policy.scale, fresh_since, context, still_open, is_exact)
