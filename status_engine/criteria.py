"""Milestones from their criteria, for many (milestone, learner) groups at once (design: status engine §5)."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Codes, Counts, Floats, Ints, filled
from .checks import check_columns, repeats
from .levels import Level
from .rounding import round_half_away

CLOSE = 1e-9
"""Sums of decimal points end some 1e-15 beside their true value; ten times 0.1 must reach 1."""


class Rule(IntEnum):
    """When a milestone is met. ANY is AT_LEAST 1."""

    ALL = 0
    ANY = 1
    AT_LEAST = 2
    POINTS = 3
    LOWEST = 4
    WEIGHTED = 5


@dataclass(frozen=True, eq=False)
class CriteriaRollUp:
    """One row per group asked for. group: int64, ascending; level: int8 of Level; is_met: bool, the rule holds;

    criteria, met: int32, how many there are and how many are met; points: float64, the points of those met; value:
    float64, for WEIGHTED the mean level number (2 decimals), else NaN; is_held: bool, the level is mastery only
    because it was before: `level` and flag MET_BEFORE go together, while is_met says how it stands today.
    """

    group: Ints
    level: Codes
    is_met: Bools
    criteria: Counts
    met: Counts
    points: Floats
    value: Floats
    is_held: Bools


@dataclass(frozen=True, eq=False)
class _Milestones:
    """Per group, ids ascending."""

    ids: Ints
    rule: Codes
    needed: Floats
    is_held: Bools


@dataclass(frozen=True, eq=False)
class _Criteria:
    """Per criterion, in any order. place: int64[n], where its group stands among the g groups."""

    place: Ints
    groups: int
    level: Codes
    required_level: Codes
    points: Floats
    is_required: Bools
    is_on_track: Bools
    is_judged: Bools
    is_met: Bools

    @cached_property
    def standing(self) -> Codes:
        """int8[n]: the level that counts. An indicator that is met holds nobody back from mastery."""
        return np.where(self.is_judged & self.is_met, np.int8(Level.MASTERY), self.level).astype(np.int8)

    def sums(self, figure: Bools | Floats) -> Floats:
        """A figure per criterion added up for each group: bool or float64[n] -> float64[g]."""
        return np.bincount(self.place, weights=figure, minlength=self.groups).astype(np.float64)

    @cached_property
    def count(self) -> Floats:
        """float64[g]: criteria of each group."""
        return self.sums(np.ones(len(self.place)))

    @cached_property
    def lowest(self) -> Codes:
        """int8[g]: the lowest level that counts; not started for a group without criteria."""
        found = np.full(self.groups, np.int8(Level.MASTERY), dtype=np.int8)
        np.minimum.at(found, self.place, self.standing)
        return np.where(self.count > 0, found, np.int8(Level.NOT_STARTED)).astype(np.int8)

    @cached_property
    def mean(self) -> Floats:
        """float64[g]: mean level number by points, 2 decimals; equal parts where no criterion has points."""
        worth = np.where(self.sums(self.points)[self.place] > 0, self.points, 1.0)
        whole = self.sums(worth)
        return round_half_away(self.sums(worth * self.standing) / np.where(whole > 0, whole, 1.0))


def roll_up_criteria(
    groups: npt.ArrayLike, rule: npt.ArrayLike, needed: npt.ArrayLike = 1.0, held: npt.ArrayLike = False, *,
    group: npt.ArrayLike, level: npt.ArrayLike, required_level: npt.ArrayLike = Level.MEETS,
    points: npt.ArrayLike = 1.0, is_required: npt.ArrayLike = False, is_on_track: npt.ArrayLike = False,
    is_judged: npt.ArrayLike = False, is_met: npt.ArrayLike = False,
) -> CriteriaRollUp:  # fmt: skip
    """Levels of milestones.

    Per milestone and learner (length g, or one value for all): groups: int ids, each once; rule: codes of Rule;
    needed: how many criteria (AT_LEAST) or points (POINTS), otherwise not looked at; held: mastery was reached before
    and the policy holds on to it. Per criterion (length n, any order, or one value for all): group: the id it belongs
    to, one of groups; level: the learner's; required_level: beginning or above; points: 0 or above; is_required;
    is_on_track: work goes as planned; is_judged: judged elsewhere (an indicator, see `roll_up_indicators`): then
    is_met says whether it is met, and required_level is not looked at. is_met of other criteria is not looked at.

    POINTS is met when the points of met criteria reach what is needed and every required criterion is met. LOWEST is
    met when every criterion is; its level is the lowest one, an indicator that is met holding nothing down. WEIGHTED
    is met when the mean level number by points is 3.00 or more and every required criterion is met; its level is the
    whole part of that mean. Both are at least beginning once any criterion is started. A group without criteria is
    never met and not started, held or not.

    Mastery (other rules): the rule is met and all required criteria are at mastery; all criteria, where none is
    marked as required. Indicators know no mastery: a milestone of nothing else goes to meets. Raises EvidenceErrors
    for values out of range, ValueError for lengths that do not fit.
    """
    ids = np.asarray(groups, dtype=np.int64).reshape(-1)
    order = np.argsort(ids, kind="stable")
    milestones = _Milestones(ids[order], filled(rule, np.int8, ids)[order], filled(needed, np.float64, ids)[order],
                             filled(held, np.bool_, ids)[order])  # fmt: skip
    owner = np.asarray(group, dtype=np.int64).reshape(-1)
    levels, required = filled(level, np.int8, owner), filled(required_level, np.int8, owner)
    judged = filled(is_judged, np.bool_, owner)
    criteria = _Criteria(
        np.searchsorted(milestones.ids, owner), len(ids), levels, required, filled(points, np.float64, owner),
        filled(is_required, np.bool_, owner), filled(is_on_track, np.bool_, owner), judged,
        np.where(judged, filled(is_met, np.bool_, owner), levels >= required),
    )  # fmt: skip
    _check(milestones, criteria, owner)
    holds = _rule_holds(milestones, criteria)
    computed = _levels(milestones, criteria, holds)
    is_held = milestones.is_held & (criteria.count > 0) & (computed < Level.MASTERY)
    return CriteriaRollUp(
        group=milestones.ids, level=np.where(is_held, np.int8(Level.MASTERY), computed).astype(np.int8), is_met=holds,
        criteria=criteria.count.astype(np.int32), met=criteria.sums(criteria.is_met).astype(np.int32),
        points=criteria.sums(np.where(criteria.is_met, criteria.points, 0.0)),
        value=np.where((milestones.rule == Rule.WEIGHTED) & (criteria.count > 0), criteria.mean, np.nan),
        is_held=is_held,
    )  # fmt: skip


def _rule_holds(milestones: _Milestones, criteria: _Criteria) -> Bools:
    """bool[g]: each milestone's rule. Over no criteria none holds."""
    rule, met, count = milestones.rule, criteria.is_met, criteria.count
    needs_all = (rule == Rule.ALL) | (rule == Rule.LOWEST)
    least = np.select([needs_all, rule == Rule.ANY], [count, np.ones(len(rule))], milestones.needed)
    earned = criteria.sums(np.where(met, criteria.points, 0.0))
    is_complete = criteria.sums(criteria.is_required & ~met) == 0
    by_points = (earned >= milestones.needed - CLOSE) & is_complete
    by_mean = (criteria.mean >= Level.MEETS) & is_complete
    holds = np.select([rule == Rule.POINTS, rule == Rule.WEIGHTED], [by_points, by_mean], criteria.sums(met) >= least)
    is_met: Bools = (count > 0) & holds
    return is_met


def _levels(milestones: _Milestones, criteria: _Criteria, is_met: Bools) -> Codes:
    """int8[g]: the level of each milestone, before anything is held."""
    rule = milestones.rule
    is_untouched = criteria.sums(criteria.level > Level.NOT_STARTED) == 0
    has_level = criteria.sums(~criteria.is_judged) > 0
    mean = np.floor(criteria.mean).astype(np.int8)
    by_mean = np.where(is_met, mean, np.minimum(mean, np.int8(Level.DEVELOPING)))
    found = np.select([rule == Rule.LOWEST, rule == Rule.WEIGHTED], [criteria.lowest, by_mean],
                      _stepwise(milestones, criteria, is_met))  # fmt: skip
    found = np.clip(found, Level.BEGINNING, np.where(has_level, Level.MASTERY, Level.MEETS))
    return np.where(is_untouched & ~is_met, Level.NOT_STARTED, found).astype(np.int8)


def _stepwise(milestones: _Milestones, criteria: _Criteria, is_met: Bools) -> Codes:
    """int8[g]: the first that fits of mastery, meets, developing; else beginning."""
    worth = criteria.points
    is_well_on = (criteria.standing >= Level.DEVELOPING) | criteria.is_on_track
    is_weighed = (milestones.rule == Rule.POINTS) & (criteria.sums(worth) > 0)
    share = np.where(is_weighed, criteria.sums(np.where(is_well_on, worth, 0.0)), criteria.sums(is_well_on))
    whole = np.where(is_weighed, criteria.sums(worth), criteria.count)
    has_none_required = criteria.sums(criteria.is_required) == 0
    counts_for_mastery = criteria.is_required | has_none_required[criteria.place]
    is_mastered = is_met & (criteria.sums(counts_for_mastery & (criteria.standing < Level.MASTERY)) == 0)
    holds = [is_mastered, is_met, 2 * share >= whole - CLOSE]
    levels = (Level.MASTERY, Level.MEETS, Level.DEVELOPING)
    return np.select(holds, [np.int8(one) for one in levels], np.int8(Level.BEGINNING))


def _check(milestones: _Milestones, criteria: _Criteria, owner: Ints) -> None:
    ids, rule, level, required = milestones.ids, milestones.rule, criteria.level, criteria.required_level
    points = criteria.points
    check_columns([
        ("groups", ids, repeats(ids), "Give each group once"),
        ("rule", rule, (rule < 0) | (rule >= len(Rule)), "Use a code of Rule"),
        ("needed", milestones.needed, _is_unusable(milestones), "Use a number above 0, a whole one for AT_LEAST"),
        ("group", owner, ~np.isin(owner, ids), "Use one of groups"),
        ("level", level, (level < 0) | (level > Level.MASTERY), "Use a code of Level"),
        ("required_level", required, (required < 1) | (required > Level.MASTERY), "Use beginning (1) to mastery (4)"),
        ("points", points, ~((points >= 0) & (points <= 1e9)), "Use a number from 0 to 1e9"),
    ])  # fmt: skip


def _is_unusable(milestones: _Milestones) -> Bools:
    """Where a rule asks for nothing, for no number, or for a part of a criterion."""
    rule, needed = milestones.rule, milestones.needed
    is_number = np.isfinite(needed) & (needed > 0)
    unusable: Bools = ((rule == Rule.POINTS) & ~is_number) | (
        (rule == Rule.AT_LEAST) & ~(is_number & (needed == np.floor(needed)))
    )
    return unusable
