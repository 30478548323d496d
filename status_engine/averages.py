"""Single pieces and averages of all pieces: the value is always a sum of share x piece (design: status engine §3).

Every function takes (Pieces of p groups, the policy's parameters, the scale). A method gives float64[p], its shares
float64[k], each group's summing to 1. What a share is, is what a method is; most values are worked out shorter.
"""

import numpy as np

from .arrays import Floats, Ints
from .method import Parameters
from .pieces import Pieces
from .scale import Scale


def highest(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The largest piece."""
    return np.maximum.reduceat(pieces.value, pieces.start)


def highest_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """All of it to the newest of the largest pieces."""
    is_top = pieces.value == pieces.spread(highest(pieces, parameters, scale))
    newest = np.maximum.reduceat(np.where(is_top, np.arange(len(pieces)), -1), pieces.start)
    return _whole_share(pieces, newest)


def latest(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The newest piece."""
    return pieces.value[pieces.end - 1]


def latest_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """All of it to the newest piece."""
    return _whole_share(pieces, pieces.end - 1)


def mean(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The arithmetic mean."""
    return np.add.reduceat(pieces.value, pieces.start) / pieces.count


def mean_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The same for every piece of a group."""
    return pieces.spread(1.0 / pieces.count)


def weighted_mean(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean by the evidence's own weights, which are above 0 by the time they are here."""
    total = np.add.reduceat(pieces.value * pieces.weight, pieces.start)
    return total / np.add.reduceat(pieces.weight, pieces.start)


def weighted_mean_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Own weight over the group's sum of weights."""
    total: Floats = np.add.reduceat(pieces.weight, pieces.start)
    return pieces.weight / pieces.spread(total)


def last_vs_rest(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """w x the newest + (1 - w) x the mean of all before it; a single piece stands for itself."""
    weight: float = parameters["weight"]
    newest = latest(pieces, parameters, scale)
    rest = (np.add.reduceat(pieces.value, pieces.start) - newest) / np.maximum(pieces.count - 1, 1)
    return np.where(pieces.count == 1, newest, weight * newest + (1.0 - weight) * rest)


def last_vs_rest_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """w for the newest, the remainder in equal parts; 1 for a single piece."""
    weight: float = parameters["weight"]
    share = pieces.spread((1.0 - weight) / np.maximum(pieces.count - 1, 1))
    share[pieces.end - 1] = np.where(pieces.count == 1, 1.0, weight)
    return share


def ewma(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """y = x for the oldest, then y = (1 - w) x y + w x x for each newer piece, written as one weighted sum."""
    share = ewma_shares(pieces, parameters, scale)
    share *= pieces.value
    return np.add.reduceat(share, pieces.start)


def ewma_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """w x (1 - w)^age, the oldest piece without the leading w.

    The powers are a running product, not `power`, whose last bit depends on the processor: an explanation must come
    out byte for byte the same wherever it is replayed.
    """
    weight: float = parameters["weight"]
    steps = np.full(int(pieces.count.max()), 1.0 - weight)
    steps[0] = 1.0
    power = np.multiply.accumulate(steps)
    share = (power * weight)[pieces.age]
    share[pieces.start] = power[pieces.count - 1]
    return share


def _whole_share(pieces: Pieces, at: Ints) -> Floats:
    share = np.zeros(len(pieces))
    share[at] = 1.0
    return share
