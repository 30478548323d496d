"""Methods: how counted pieces become one value (design: status engine §3).

A method is one small function over arrays and one line in METHODS. Next to the value stands the share each piece has
in it, which is what an explanation shows; the tests hold the two together (the value is the sum of share x piece).
Both functions take (Pieces of p groups, the policy's parameters, the scale) and neither loops over groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints
from .pieces import Pieces
from .rounding import lowest_reaching
from .scale import Scale

Parameters = Mapping[str, float]
Compute = Callable[[Pieces, Parameters, Scale], Floats]


@dataclass(frozen=True)
class Method:
    """value: -> float64[p], NaN where the pieces give none. shares: -> float64[k], each group's summing to 1 or 0.

    times: how many pieces count towards the parameter `n`, int64[p], for methods that ask for a number of successes.
    """

    value: Compute
    shares: Compute
    parameters: tuple[str, ...] = ()
    times: Callable[[Pieces, Scale], Ints] | None = None


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
    return pieces.weight / pieces.spread(np.add.reduceat(pieces.weight, pieces.start))


def last_vs_rest(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """w x the newest + (1 - w) x the mean of all before it; a single piece stands for itself."""
    weight, newest = parameters["weight"], latest(pieces, parameters, scale)
    rest = (np.add.reduceat(pieces.value, pieces.start) - newest) / np.maximum(pieces.count - 1, 1)
    return np.where(pieces.count == 1, newest, weight * newest + (1.0 - weight) * rest)


def last_vs_rest_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """w for the newest, the remainder in equal parts; 1 for a single piece."""
    weight = parameters["weight"]
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
    weight = parameters["weight"]
    steps = np.full(int(pieces.count.max()), 1.0 - weight)
    steps[0] = 1.0
    power = np.multiply.accumulate(steps)
    share = (power * weight)[pieces.age]
    share[pieces.start] = power[pieces.count - 1]
    return share


def times_at_meets(pieces: Pieces, scale: Scale) -> Ints:
    """How many pieces of each group show at meets or above: int64[p]."""
    return np.add.reduceat(pieces.value >= lowest_reaching(scale.meets_at), pieces.start, dtype=np.int64)


def n_times(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean of the pieces at meets or above once there are n of them; before that no value."""
    meets = pieces.value >= lowest_reaching(scale.meets_at)
    times = np.add.reduceat(meets, pieces.start, dtype=np.int64)
    total = np.add.reduceat(pieces.value * meets, pieces.start)
    return np.where(times >= parameters["n"], total / np.maximum(times, 1), np.nan)


def n_times_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Equal parts to the pieces at meets or above; nothing to anyone before there are n."""
    times = times_at_meets(pieces, scale)
    share = pieces.spread(np.where(times >= parameters["n"], 1.0 / np.maximum(times, 1), 0.0))
    return np.where(pieces.value >= lowest_reaching(scale.meets_at), share, 0.0)


def _whole_share(pieces: Pieces, at: Ints) -> Floats:
    share = np.zeros(len(pieces))
    share[at] = 1.0
    return share


METHODS: dict[str, Method] = {
    "highest": Method(highest, highest_shares),
    "latest": Method(latest, latest_shares),
    "mean": Method(mean, mean_shares),
    "weighted_mean": Method(weighted_mean, weighted_mean_shares),
    "last_vs_rest": Method(last_vs_rest, last_vs_rest_shares, ("weight",)),
    "ewma": Method(ewma, ewma_shares, ("weight",)),
    "n_times": Method(n_times, n_times_shares, ("n",), times_at_meets),
}
