"""Methods that judge each piece right (at meets or above) or wrong and wait until enough is shown (design: §3).

m_of_n and bkt measure how far a learner is, not points. Their measure is put on the scale so that its own marks fall on
the cuts, and rounded down, so that nothing shows as done before it is.
"""

import numpy as np

from .arrays import Bools, Floats
from .method import Parameters
from .pieces import Pieces
from .rounding import TIE, lowest_reaching
from .scale import Scale

HALFWAY = 0.5
"""m_of_n: half of what is asked for is developing."""
KNOWN = 0.95
"""bkt: known, hence meets, at this probability (Corbett and Anderson 1995)."""
SURELY_KNOWN = 0.99
"""bkt: mastery."""
MORE_LIKELY_THAN_NOT = 0.5
"""bkt: developing."""


def is_right(pieces: Pieces, cut: float) -> Bools:
    """bool[k]: the piece shows at the cut or above."""
    return pieces.value >= lowest_reaching(cut)


def times_at_meets(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """How many pieces of each group show at meets or above: float64[p]."""
    return np.add.reduceat(is_right(pieces, scale.meets_at), pieces.start, dtype=np.float64)


def n_times(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """The mean of the pieces at meets or above once there are n of them; before that no value.

    Source: the "n number of times" calculation of outcomes in Canvas.
    """
    meets = is_right(pieces, scale.meets_at)
    times = np.add.reduceat(meets, pieces.start, dtype=np.int64)
    total = np.add.reduceat(pieces.value * meets, pieces.start)
    return np.where(times >= parameters["n"], total / np.maximum(times, 1), np.nan)


def n_times_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Equal parts to the pieces at meets or above; nothing to anyone before there are n."""
    times = times_at_meets(pieces, parameters, scale)
    share = pieces.spread(np.where(times >= parameters["n"], 1.0 / np.maximum(times, 1.0), 0.0))
    return np.where(is_right(pieces, scale.meets_at), share, 0.0)


def m_of_n(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """m pieces right among the newest n. Progress c/m: 0 is 0 points, a half is developing, 1 is meets.

    From there on progress is counted anew at the mastery cut: m of the newest n there is mastery. On a scale without
    such a cut the value stays at meets, and the gates decide. Source: the "m of n" mastery model of exercises in
    Kolibri.
    """
    asked = parameters["m"]
    progress = np.minimum(right_of_newest(pieces, parameters, scale) / asked, 1.0)
    beyond = np.minimum(_newest_reaching(pieces, int(parameters["n"]), scale.mastery_cut) / asked, 1.0)
    reached = progress + np.where(progress < 1.0, 0.0, beyond)
    cuts = (0.0, scale.developing_at, scale.meets_at, scale.mastery_cut)
    return _down(np.interp(reached, (0.0, HALFWAY, 1.0, 2.0), cuts))


def m_of_n_shares(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Equal marks on the newest n pieces: those looked at."""
    size = np.minimum(pieces.count, int(parameters["n"]))
    return np.where(pieces.age < pieces.spread(size), pieces.spread(1.0 / size), 0.0)


def right_of_newest(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """float64[p]: how many of the newest n pieces show at meets or above."""
    return _newest_reaching(pieces, int(parameters["n"]), scale.meets_at)


def _newest_reaching(pieces: Pieces, newest: int, cut: float) -> Floats:
    return np.add.reduceat(is_right(pieces, cut) & (pieces.age < newest), pieces.start, dtype=np.float64)


def bkt(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Bayesian knowledge tracing: the probability that the skill is known, put on the scale.

    Probability 0 is 0 points, 0.5 developing, 0.95 meets, 0.99 mastery (where the scale has it), 1 full points, evenly
    in between. Source: Corbett and Anderson 1995, "Knowledge tracing", User Modeling and User-Adapted Interaction 4.
    """
    marks = [(0.0, 0.0), (MORE_LIKELY_THAN_NOT, scale.developing_at), (KNOWN, scale.meets_at)]
    if scale.mastery_at is not None:
        marks.append((SURELY_KNOWN, scale.mastery_at))
    marks.append((1.0, scale.points_possible))
    chances, points = zip(*marks, strict=True)
    return _down(np.interp(probability_known(pieces, parameters, scale), chances, points))


def probability_known(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """float64[p], 9 decimals: p0 at first; after each piece Bayes with slip s and guess g, then learning with t.

    right: p (1 - s) / (p (1 - s) + (1 - p) g); wrong: p s / (p s + (1 - p) (1 - g)); then p + (1 - p) t. Worked out
    as the logarithm of the odds, which neither sticks at 1 nor overflows however many pieces there are. The loop is
    over the position within a group; groups with more pieces come first, so that those still in it are a slice.
    """
    p0, t, s, g = (float(parameters[name]) for name in ("p0", "t", "s", "g"))
    step = np.where(is_right(pieces, scale.meets_at), np.log((1.0 - s) / g), np.log(s / (1.0 - g)))
    learns, forgets_nothing = np.log(t) if t > 0 else -np.inf, np.log1p(-t)
    order = np.argsort(-pieces.count, kind="stable")
    start, count = pieces.start[order], pieces.count[order]
    odds = np.full(len(order), np.log(p0 / (1.0 - p0)))
    still_in = np.searchsorted(-count, -np.arange(1, int(count[0]) + 1), side="right")
    for position, groups in enumerate(still_in.tolist()):
        after = odds[:groups] + step[start[:groups] + position]
        odds[:groups] = np.logaddexp(after, learns) - forgets_nothing
    found = np.empty(len(order))
    with np.errstate(over="ignore"):
        found[order] = 1.0 / (1.0 + np.exp(-odds))
    return np.round(found, 9)


def workings_of_bkt(pieces: Pieces, parameters: Parameters, scale: Scale) -> dict[str, object]:
    """{"probability": of one group}."""
    return {"probability": float(probability_known(pieces, parameters, scale)[0])}


def _down(value: Floats) -> Floats:
    """Two decimals, rounded down; a value less than TIE below them counts as them."""
    return np.floor((value + TIE) * 100.0) / 100.0
