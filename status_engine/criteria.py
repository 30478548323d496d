"""Milestones from their criteria, for many (milestone, learner) groups at once (design: status engine §5)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Codes, Counts, Floats, Ints, Scalar
from .errors import EvidenceErrors, Problem
from .levels import Level

CLOSE = 1e-9
"""Sums of decimal points end some 1e-15 beside their true value; ten times 0.1 must reach 1."""


class Rule(IntEnum):
    """When a milestone is met. ANY is AT_LEAST 1."""

    ALL = 0
    ANY = 1
    AT_LEAST = 2
    POINTS = 3


@dataclass(frozen=True, eq=False)
class CriteriaRollUp:
    """One row per group asked for. group: int64, ascending; level: int8 of Level; is_met: bool, the rule holds;

    criteria, met: int32, how many there are and how many are met; points: float64, the points of those met.
    """

    group: Ints
    level: Codes
    is_met: Bools
    criteria: Counts
    met: Counts
    points: Floats


@dataclass(frozen=True, eq=False)
class _Milestones:
    """Per group, ids ascending."""

    ids: Ints
    rule: Codes
    needed: Floats


@dataclass(frozen=True, eq=False)
class _Criteria:
    """Per criterion, in any order."""

    group: Ints
    level: Codes
    required_level: Codes
    points: Floats
    is_required: Bools
    is_on_track: Bools

    @property
    def is_met(self) -> Bools:
        """bool[n]: the learner's level is at or above the one required."""
        return self.level >= self.required_level


@dataclass(frozen=True, eq=False)
class _Sums:
    """Adds up a figure per criterion for each of g groups."""

    place: Ints
    groups: int

    def of(self, figure: Bools | Floats) -> Floats:
        """bool or float64[n] -> float64[g]."""
        return np.bincount(self.place, weights=figure, minlength=self.groups).astype(np.float64)


def roll_up_criteria(
    groups: npt.ArrayLike, rule: npt.ArrayLike, needed: npt.ArrayLike = 1.0, *,
    group: npt.ArrayLike, level: npt.ArrayLike, required_level: npt.ArrayLike = Level.MEETS,
    points: npt.ArrayLike = 1.0, is_required: npt.ArrayLike = False, is_on_track: npt.ArrayLike = False,
) -> CriteriaRollUp:  # fmt: skip
    """Levels of milestones.

    Per milestone and learner (length g, or one value for all): groups: int ids, each once; rule: codes of Rule;
    needed: how many criteria (AT_LEAST) or points (POINTS), otherwise not looked at. Per criterion (length n, any
    order, or one value for all): group: the id it belongs to, one of groups; level: the learner's; required_level:
    beginning or above; points: 0 or above; is_required; is_on_track: work goes as planned.

    POINTS is met when the points of met criteria reach what is needed and every required criterion is met. A group
    without criteria is never met and not started. Mastery: the rule is met and all required criteria are at mastery;
    all criteria, where none is marked as required. Raises EvidenceErrors for values out of range, ValueError for
    lengths that do not fit.
    """
    ids = np.asarray(groups, dtype=np.int64).reshape(-1)
    order = np.argsort(ids, kind="stable")
    milestones = _Milestones(ids[order], _filled(rule, np.int8, ids)[order], _filled(needed, np.float64, ids)[order])
    owner = np.asarray(group, dtype=np.int64).reshape(-1)
    criteria = _Criteria(
        owner, _filled(level, np.int8, owner), _filled(required_level, np.int8, owner),
        _filled(points, np.float64, owner), _filled(is_required, np.bool_, owner),
        _filled(is_on_track, np.bool_, owner),
    )  # fmt: skip
    _check(milestones, criteria)
    sums = _Sums(np.searchsorted(milestones.ids, owner), len(ids))
    is_met = _rule_holds(milestones, criteria, sums)
    met = criteria.is_met
    return CriteriaRollUp(
        group=milestones.ids, level=_levels(milestones, criteria, sums, is_met), is_met=is_met,
        criteria=sums.of(np.ones(len(owner))).astype(np.int32), met=sums.of(met).astype(np.int32),
        points=sums.of(np.where(met, criteria.points, 0.0)),
    )  # fmt: skip


def _filled(value: npt.ArrayLike, dtype: type[Scalar], like: Ints) -> npt.NDArray[Scalar]:
    return np.broadcast_to(np.asarray(value, dtype), like.shape)


def _rule_holds(milestones: _Milestones, criteria: _Criteria, sums: _Sums) -> Bools:
    """bool[g]: each milestone's rule. Over no criteria none holds."""
    rule, met = milestones.rule, criteria.is_met
    count = sums.of(np.ones(len(met)))
    least = np.select([rule == Rule.ALL, rule == Rule.ANY], [count, np.ones(len(rule))], milestones.needed)
    earned = sums.of(np.where(met, criteria.points, 0.0))
    is_complete = sums.of(criteria.is_required & ~met) == 0
    by_points = (earned >= milestones.needed - CLOSE) & is_complete
    holds: Bools = (count > 0) & np.where(rule == Rule.POINTS, by_points, sums.of(met) >= least)
    return holds


def _levels(milestones: _Milestones, criteria: _Criteria, sums: _Sums, is_met: Bools) -> Codes:
    """int8[g]: the first that fits of not started, mastery, meets, developing; else beginning."""
    level, worth = criteria.level, criteria.points
    is_well_on = (level >= Level.DEVELOPING) | criteria.is_on_track
    is_weighed = (milestones.rule == Rule.POINTS) & (sums.of(worth) > 0)
    share = np.where(is_weighed, sums.of(np.where(is_well_on, worth, 0.0)), sums.of(is_well_on))
    whole = np.where(is_weighed, sums.of(worth), sums.of(np.ones(len(level))))
    has_none_required = sums.of(criteria.is_required) == 0
    counts_for_mastery = criteria.is_required | has_none_required[sums.place]
    is_mastered = is_met & (sums.of(counts_for_mastery & (level < Level.MASTERY)) == 0)
    is_untouched = sums.of(level > Level.NOT_STARTED) == 0
    order = (Level.NOT_STARTED, Level.MASTERY, Level.MEETS, Level.DEVELOPING)
    holds = [is_untouched, is_mastered, is_met, 2 * share >= whole - CLOSE]
    return np.select(holds, [np.int8(one) for one in order], np.int8(Level.BEGINNING)).astype(np.int8)


def _check(milestones: _Milestones, criteria: _Criteria) -> None:
    ids, rule, level, required = milestones.ids, milestones.rule, criteria.level, criteria.required_level
    repeated = np.zeros(len(ids), dtype=np.bool_)
    repeated[1:] = ids[1:] == ids[:-1]
    limits: list[tuple[str, npt.NDArray[np.generic], Bools, str]] = [
        ("groups", ids, repeated, "Give each group once"),
        ("rule", rule, (rule < 0) | (rule >= len(Rule)), "Use a code of Rule"),
        ("needed", milestones.needed, _is_unusable(milestones), "Use a number above 0, a whole one for AT_LEAST"),
        ("group", criteria.group, ~np.isin(criteria.group, ids), "Use one of groups"),
        ("level", level, (level < 0) | (level > Level.MASTERY), "Use a code of Level"),
        ("required_level", required, (required < 1) | (required > Level.MASTERY), "Use beginning (1) to mastery (4)"),
        ("points", criteria.points, ~((criteria.points >= 0) & (criteria.points <= 1e9)), "Use a number from 0 to 1e9"),
    ]
    problems: list[Problem] = []
    for name, column, is_wrong, fix in limits:
        if is_wrong.any():
            at = int(np.argmax(is_wrong))
            problems.append((f"{name}[{at}]", f"{name} was {column[at]}. {fix}"))
    if problems:
        raise EvidenceErrors(problems)


def _is_unusable(milestones: _Milestones) -> Bools:
    """Where a rule asks for nothing, for no number, or for a part of a criterion."""
    rule, needed = milestones.rule, milestones.needed
    is_number = np.isfinite(needed) & (needed > 0)
    unusable: Bools = ((rule == Rule.POINTS) & ~is_number) | (
        (rule == Rule.AT_LEAST) & ~(is_number & (needed == np.floor(needed)))
    )
    return unusable
