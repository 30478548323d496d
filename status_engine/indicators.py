"""Indicators: a measured figure against a target, such as attendance of 95 % or at most two incidents (design: §5)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Codes, Counts, Floats, Ints, filled
from .checks import check_columns, repeats
from .levels import Level
from .rounding import round_half_away

ON_TRACK = 0.5
"""A figure that has come half the way to its target is on track…"""
ON_TRACK_RATE = 0.9
"""…but a rate is about as high in the middle of a term as at its end, so it has to be near: 90 % of the target."""


class Measure(IntEnum):
    """What is read off the rows of a group.

    RATE: 100 x sum of score / sum of possible, in percent. COUNT: rows. SUM: sum of score. CHANGE: the newest score
    minus the baseline.
    """

    RATE = 0
    COUNT = 1
    SUM = 2
    CHANGE = 3


@dataclass(frozen=True, eq=False)
class IndicatorRollUp:
    """One row per group asked for. group: int64, ascending; value: float64, 2 decimals, NaN where nothing is measured;

    level: int8 of Level, meets at most (an indicator knows no mastery); is_met, is_on_track: bool; pieces: int32.
    """

    group: Ints
    value: Floats
    level: Codes
    is_met: Bools
    is_on_track: Bools
    pieces: Counts


@dataclass(frozen=True, eq=False)
class _Targets:
    """Per group, ids ascending."""

    ids: Ints
    measure: Codes
    target: Floats
    is_at_most: Bools
    baseline: Floats


@dataclass(frozen=True, eq=False)
class _Readings:
    """Per row that has a score, ordered by group, then time."""

    place: Ints
    score: Floats
    possible: Floats


def roll_up_indicators(
    groups: npt.ArrayLike, measure: npt.ArrayLike, target: npt.ArrayLike, is_at_most: npt.ArrayLike = False,
    baseline: npt.ArrayLike = float("nan"), *,
    group: npt.ArrayLike, score: npt.ArrayLike, possible: npt.ArrayLike, occurred_at: npt.ArrayLike,
) -> IndicatorRollUp:  # fmt: skip
    """Figures and levels of indicators.

    Per indicator and learner (length g, or one value for all): groups: int ids, each once; measure: codes of Measure;
    target in the unit of the measure; is_at_most: met at or below the target, otherwise at or above it; baseline:
    score CHANGE starts from, NaN = the oldest row. Per row (length n, any order; only rows that count): group;
    score, NaN = left out; possible > 0, looked at by RATE; occurred_at: int64 microseconds.

    The rounded value is compared. No rows are not started and not met, except that a COUNT or SUM of none is 0 and so
    meets an "at most": no incident is at most two. On track (and developing): met, or for a target
    above 0 to be reached, half of it (90 % for RATE). An "at most" that is passed is off track. Raises EvidenceErrors
    for values out of range.
    """
    ids = np.asarray(groups, dtype=np.int64).reshape(-1)
    order = np.argsort(ids, kind="stable")
    targets = _Targets(
        ids[order], filled(measure, np.int8, ids)[order], filled(target, np.float64, ids)[order],
        filled(is_at_most, np.bool_, ids)[order], filled(baseline, np.float64, ids)[order],
    )  # fmt: skip
    owner = np.asarray(group, dtype=np.int64).reshape(-1)
    points, whole = filled(score, np.float64, owner), filled(possible, np.float64, owner)
    _check(targets, owner, points, whole)
    in_order = np.lexsort((filled(occurred_at, np.int64, owner), owner))
    in_order = in_order[~np.isnan(points[in_order])]
    readings = _Readings(np.searchsorted(targets.ids, owner[in_order]), points[in_order], whole[in_order])
    pieces = np.bincount(readings.place, minlength=len(ids))
    value = round_half_away(_values(targets, readings, pieces))
    return _judged(targets, value, pieces.astype(np.int32))


def _values(targets: _Targets, readings: _Readings, pieces: Ints) -> Floats:
    """float64[g], NaN where nothing is measured."""
    place, measure, groups = readings.place, targets.measure, len(targets.ids)
    total = np.bincount(place, weights=readings.score, minlength=groups)
    whole = np.bincount(place, weights=readings.possible, minlength=groups)
    values = np.select([measure == Measure.COUNT, measure == Measure.SUM], [pieces.astype(np.float64), total], np.nan)
    rates = np.flatnonzero((measure == Measure.RATE) & (pieces > 0))
    values[rates] = 100.0 * total[rates] / whole[rates]
    changes = np.flatnonzero((measure == Measure.CHANGE) & (pieces > 0))
    end = np.cumsum(pieces)[changes]
    oldest, newest = readings.score[end - pieces[changes]], readings.score[end - 1]
    baseline = targets.baseline[changes]
    values[changes] = newest - np.where(np.isnan(baseline), oldest, baseline)
    return values


def _judged(targets: _Targets, value: Floats, pieces: Counts) -> IndicatorRollUp:
    """The figure against its target. Comparisons with NaN are False, so nothing measured is nothing met."""
    target, at_most = targets.target, targets.is_at_most
    is_met = np.where(at_most, value <= target, value >= target) & ((pieces > 0) | at_most)
    part = np.where(targets.measure == Measure.RATE, ON_TRACK_RATE, ON_TRACK)
    is_on_track = is_met | (~at_most & (pieces > 0) & (target > 0) & (value >= part * target))
    holds = [pieces == 0, is_met, is_on_track]
    level = np.select(holds, [Level.NOT_STARTED, Level.MEETS, Level.DEVELOPING], Level.BEGINNING)
    return IndicatorRollUp(targets.ids, value, level.astype(np.int8), is_met, is_on_track, pieces)


def _check(targets: _Targets, owner: Ints, score: Floats, possible: Floats) -> None:
    ids, measure = targets.ids, targets.measure
    check_columns([
        ("groups", ids, repeats(ids), "Give each group once"),
        ("measure", measure, (measure < 0) | (measure >= len(Measure)), "Use a code of Measure"),
        ("target", targets.target, ~np.isfinite(targets.target), "Use a number"),
        ("baseline", targets.baseline, np.isinf(targets.baseline), "Use a number, or leave it out"),
        ("group", owner, ~np.isin(owner, ids), "Use one of groups"),
        ("score", score, np.isinf(score), "Use a number, or null"),
        ("possible", possible, ~((possible > 0) & np.isfinite(possible)), "Use a number above 0"),
    ])  # fmt: skip
