"""Methods that put pieces in order of size or count equal ones: mode, median, best ones (design: status engine §3)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Floats, Ints, group_starts
from .method import Parameters
from .pieces import Pieces
from .rounding import round_half_away
from .scale import Scale


def mode_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The most frequent rating, pieces that show the same two decimals having the same rating.

    Equal parts to the pieces of that rating. Of equally frequent ratings: tie "latest", the one shown last; tie
    "highest", the largest. Source: the statistical mode.
    """
    rating = round_half_away(pieces.value)
    order = np.lexsort((rating, pieces.owner))
    owner, sorted_rating = pieces.owner[order], rating[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = (owner[1:] != owner[:-1]) | (sorted_rating[1:] != sorted_rating[:-1])
    first = np.flatnonzero(is_first)
    end = np.append(first[1:], len(order))
    size, newest = end - first, order[end - 1]
    tie = sorted_rating[first] if parameters["tie"] == "highest" else newest
    ranking = np.lexsort((tie, size, owner[first]))
    best = ranking[np.append(group_starts(owner[first][ranking])[1:], len(ranking)) - 1]
    part = np.zeros(len(first))
    part[best] = 1.0 / size[best]
    share = np.empty(len(order))
    share[order] = np.repeat(part, size)
    return share


def median_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The middle one of the newest r pieces (of all without r), half each to the middle two of an even number.

    Source: the statistical median.
    """
    age = pieces.age
    size = np.minimum(pieces.count, parameters.get("r", len(pieces)))
    place = _place(pieces, age < pieces.spread(size))
    lower, upper = pieces.count - size + (size - 1) // 2, pieces.count - size + size // 2
    return np.where(place == pieces.spread(lower), 0.5, 0.0) + np.where(place == pieces.spread(upper), 0.5, 0.0)


def mean_of_top_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean of the r largest pieces; of all where there are fewer. Of equal pieces the newer ones count.

    Source: "the best three count" in school practice.
    """
    return _top(pieces, np.minimum(pieces.count, int(parameters["r"])))


def drop_lowest_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean without the d smallest pieces; the best one is always kept. Of equal pieces the older are dropped.

    Source: "drop lowest" of gradebooks (Canvas: assignment group rules).
    """
    return _top(pieces, np.maximum(pieces.count - int(parameters["d"]), 1))


def _top(pieces: Pieces, kept: Ints) -> Floats:
    """Equal parts to the largest `kept` (int64[p]) pieces of each group."""
    is_kept = _place(pieces) >= pieces.spread(pieces.count - kept)
    return np.where(is_kept, pieces.spread(1.0 / kept), 0.0)


def _place(pieces: Pieces, is_in: Bools | None = None) -> Ints:
    """int64[k]: how many pieces of the group are smaller, or as large and older. Those not in come before all others.

    Nine decimals, because 3/4 and 6/8 of a scale may differ in the last bit and are equally large.
    """
    keys: list[npt.NDArray[Any]] = [np.round(pieces.value, 9), pieces.owner]
    if is_in is not None:
        keys.insert(1, is_in)
    order = np.lexsort(keys)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - pieces.spread(pieces.start)
    return place
