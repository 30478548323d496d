"""Putting points on the scale (design: status engine §2)."""

import numpy as np

from .arrays import Floats, is_constant
from .scale import Scale


def scale_points(score: Floats, possible: Floats, pass_mark: Floats, scale: Scale) -> Floats:
    """score / possible x the scale's points, bent so that a task's own pass mark falls on meets. All float64[k].

    p = score / possible; m = meets / points; a = the pass mark, NaN = none: f(p) = p m / a up to a, and
    m + (p - a)(1 - m) / (1 - a) above it; p m / a throughout where a = 1. So f(a) = m and f(1) = 1.
    """
    top, meets = scale.points_possible, scale.meets_at
    value = score if bool((possible == top).all()) else score * top / possible
    if not len(score) or (is_constant(pass_mark) and np.isnan(pass_mark[0])):
        return value
    is_plain = np.isnan(pass_mark)
    if is_plain.all():
        return value
    part = score / possible
    is_whole = pass_mark == 1.0
    below = part * meets / pass_mark
    above = meets + (part - pass_mark) * (top - meets) / np.where(is_whole, 1.0, 1.0 - pass_mark)
    aligned = np.where((part <= pass_mark) | is_whole, below, above)
    return np.where(is_plain, value, aligned)
