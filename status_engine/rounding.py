"""Two decimals, half away from zero, on decimal values, in float64.

A float cannot hold most decimals: 2.675 is stored as 2.67499999…, and a sum of weighted pieces ends some 1e-15 beside
its true value, so `round` would show 2.67 for a learner whose teacher works out 2.68. The rule here: **a value less
than TIE below a half counts as the half.** TIE (2**-30, about 1e-9) is far above the error float64 can gather over
thousands of pieces on scales up to 10,000 points (about 1e-11), and far below anything two decimals can mean. It is a
power of two so that no short decimal lies on the edge of the band itself.
"""

import math

import numpy as np

from .arrays import Floats

TIE = 2.0**-30


def round_half_away(value: Floats) -> Floats:
    """Rounded to 2 decimals, half away from zero; NaN stays NaN. Same shape.

    The result is the double nearest to the decimal, so it compares exactly with a cut written with 2 decimals.
    """
    cents = np.floor((np.abs(value) + TIE) * 100.0 + 0.5)
    return np.copysign(cents / 100.0, value) + 0.0


def lowest_reaching(cut: float) -> float:
    """The smallest unrounded value whose rounded value is at or above `cut` (cut > 0).

    Lets one comparison over raw values answer "does this piece show at or above the cut?" without rounding them all.
    """
    cents = math.ceil(round(cut * 100.0, 6))
    return (cents - 0.5) / 100.0 - TIE
