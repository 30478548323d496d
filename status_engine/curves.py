"""Methods that draw a line through the pieces and read it off at the newest one (design: status engine §3).

The pieces of a group are at i = 1 … k. The value is no sum of the pieces, so shares are marks of what was looked at.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Floats
from .averages import mean
from .method import Parameters
from .pieces import Pieces
from .rounding import TIE
from .scale import Scale

FLOOR = 0.01
"""Points that stand for a zero (or less) where a logarithm is taken: the smallest value two decimals can show."""
FEWEST = 3
"""A curve needs three pieces. Through two of them every line passes exactly, and the newest one would decide alone."""
CURVES = ("mean", "line", "power")


@dataclass(frozen=True, eq=False)
class _Fit:
    """A curve per group. answer: float64[p], its value at the newest piece; error: float64[p], the sum of the absolute
    distances of all pieces."""

    answer: Floats
    error: Floats


def power_law(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """a x k^b, with ln a and b from least squares of ln x on ln i; kept within 0 and the scale's points.

    Pieces below 0.01 points count as 0.01. Fewer than three pieces: their mean. Source: the power law of practice
    (Newell and Rosenbloom 1981), used for true scores by Marzano, "Transforming Classroom Grading" (2000).
    """
    fitted = np.clip(_power(pieces).answer, 0.0, scale.points_possible)
    return np.where(_has_curve(pieces), fitted, mean(pieces, parameters, scale))


def best_fit(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean, the straight line or the power curve, whichever has the least total absolute error, at the newest.

    The line is least squares of x on i; both curves are kept within 0 and the scale's points. Of equally good ones the
    simpler counts: the mean, then the line. Fewer than three pieces: their mean. Source: the design; the three curves
    are those Marzano (2000) compares.
    """
    fits = _fits(pieces, parameters, scale)
    answers = np.stack([fit.answer for fit in fits])
    answers[1:] = np.clip(answers[1:], 0.0, scale.points_possible)
    return answers[_chosen(pieces, fits), np.arange(len(pieces.start))]


def curve_of_best_fit(pieces: Pieces, parameters: Parameters, scale: Scale) -> dict[str, object]:
    """{"curve": "mean" | "line" | "power"} of one group."""
    return {"curve": CURVES[int(_chosen(pieces, _fits(pieces, parameters, scale))[0])]}


def curve_of_power_law(pieces: Pieces, parameters: Parameters, scale: Scale) -> dict[str, object]:
    """{"curve": "mean" | "power"} of one group."""
    return {"curve": "power" if bool(_has_curve(pieces)[0]) else "mean"}


def _has_curve(pieces: Pieces) -> Bools:
    return pieces.count >= FEWEST


def _fits(pieces: Pieces, parameters: Parameters, scale: Scale) -> list[_Fit]:
    """The fits in the order of CURVES."""
    average = mean(pieces, parameters, scale)
    return [_Fit(average, _distance(pieces, pieces.spread(average))), _line(pieces), _power(pieces)]


def _chosen(pieces: Pieces, fits: list[_Fit]) -> npt.NDArray[np.intp]:
    """Index into CURVES per group. A later curve must be better by more than the noise of the arithmetic."""
    best = fits[0].error.copy()
    chosen = np.zeros(len(best), dtype=np.intp)
    for number, fit in enumerate(fits[1:], start=1):
        is_better = _has_curve(pieces) & (fit.error < best - TIE)
        best[is_better], chosen[is_better] = fit.error[is_better], number
    return chosen


def _line(pieces: Pieces) -> _Fit:
    fitted = _least_squares(pieces, _position(pieces), pieces.value)
    return _Fit(fitted[pieces.end - 1], _distance(pieces, fitted))


def _power(pieces: Pieces) -> _Fit:
    fitted = np.exp(_least_squares(pieces, np.log(_position(pieces)), np.log(np.maximum(pieces.value, FLOOR))))
    return _Fit(fitted[pieces.end - 1], _distance(pieces, fitted))


def _position(pieces: Pieces) -> Floats:
    """float64[k]: 1 for the oldest piece of a group, counting up."""
    return (pieces.spread(pieces.count) - pieces.age).astype(np.float64)


def _distance(pieces: Pieces, fitted: Floats) -> Floats:
    return np.add.reduceat(np.abs(pieces.value - fitted), pieces.start)


def _least_squares(pieces: Pieces, x: Floats, y: Floats) -> Floats:
    """float64[k]: the straight line through (x, y) of each group, at every x. One piece alone lies on its line."""
    count = pieces.count
    middle_x, middle_y = np.add.reduceat(x, pieces.start) / count, np.add.reduceat(y, pieces.start) / count
    away = x - pieces.spread(middle_x)
    width = np.add.reduceat(away * away, pieces.start)
    slope = np.add.reduceat(away * (y - pieces.spread(middle_y)), pieces.start) / np.where(width > 0, width, 1.0)
    return pieces.spread(middle_y) + pieces.spread(slope) * away
