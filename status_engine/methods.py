"""All methods by key: how counted pieces become one value (design: status engine §3).

A method is one small function over arrays and one line here. Next to the value stands the share each piece has in it,
which is what an explanation shows; the tests hold the two together. Keys are our own: vendors' words differ, and both
`last_vs_rest` and `ewma` are called "decaying average" in the field.
"""

from .averages import (
    ewma,
    ewma_shares,
    highest,
    highest_shares,
    last_vs_rest,
    last_vs_rest_shares,
    latest,
    latest_shares,
    mean,
    mean_shares,
    weighted_mean,
    weighted_mean_shares,
)
from .curves import best_fit, curve_of_best_fit, curve_of_power_law, power_law
from .method import Figure, Method, looked_at
from .progress import (
    KNOWN,
    bkt,
    m_of_n,
    m_of_n_shares,
    n_times,
    n_times_shares,
    probability_known,
    right_of_newest,
    times_at_meets,
    workings_of_bkt,
)
from .ranked import drop_lowest_shares, mean_of_top_shares, median_shares, mode_shares

TIMES = Figure("times_at_or_above", lambda parameters: float(parameters["n"]), times_at_meets)
RIGHT = Figure("times_at_or_above", lambda parameters: float(parameters["m"]), right_of_newest)
PROBABILITY = Figure("probability_at_or_above", lambda parameters: KNOWN, probability_known)

METHODS: dict[str, Method] = {
    "highest": Method(highest, highest_shares),
    "latest": Method(latest, latest_shares),
    "mean": Method(mean, mean_shares),
    "weighted_mean": Method(weighted_mean, weighted_mean_shares),
    "last_vs_rest": Method(last_vs_rest, last_vs_rest_shares, ("weight",)),
    "ewma": Method(ewma, ewma_shares, ("weight",)),
    "n_times": Method(n_times, n_times_shares, ("n",), figure=TIMES),
    "m_of_n": Method(m_of_n, m_of_n_shares, ("m", "n"), is_sum=False, figure=RIGHT),
    "mode": Method.of_shares(mode_shares, ("tie",)),
    "median": Method.of_shares(median_shares, optional=("r",)),
    "mean_of_top": Method.of_shares(mean_of_top_shares, ("r",)),
    "drop_lowest": Method.of_shares(drop_lowest_shares, ("d",)),
    "power_law": Method(power_law, looked_at, is_sum=False, workings=curve_of_power_law),
    "best_fit": Method(best_fit, looked_at, is_sum=False, workings=curve_of_best_fit),
    "bkt": Method(bkt, looked_at, ("p0", "t", "s", "g"), is_sum=False, figure=PROBABILITY, workings=workings_of_bkt),
}
