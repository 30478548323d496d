"""A 95 % interval for the difference of two proportions.

Wilson's score interval for each (E. B. Wilson, Journal of the American Statistical Association 22, 1927, 209-212),
joined as R. G. Newcombe does (Statistics in Medicine 17, 1998, 873-890, method 10). It stays within -1 and 1 and holds
for small numbers, unlike the usual one.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # the 97.5 % point of the normal distribution


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares, between -1 and 1, with the ends of its interval."""

    value: float
    low: float
    high: float


def wilson(count: int, total: int) -> tuple[float, float]:
    """The interval of a share. total > 0."""
    share, square = count / total, Z * Z
    middle = count + square / 2
    spread = Z * sqrt(square / 4 + total * share * (1 - share))
    return max(0.0, (middle - spread) / (total + square)), min(1.0, (middle + spread) / (total + square))


def newcombe(count: int, total: int, other_count: int, other_total: int) -> Difference:
    """Of the first share less the second one. Both totals > 0."""
    share, other = count / total, other_count / other_total
    low, high = wilson(count, total)
    other_low, other_high = wilson(other_count, other_total)
    value = share - other
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return Difference(value, max(-1.0, value - down), min(1.0, value + up))
