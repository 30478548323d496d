"""The arithmetic behind averages and ordered pieces, step by step as one would write it on paper."""

from collections.abc import Callable

from .story import PARAMETERS, STORY, parameters_of
from .words import listed, plain, summed, table, times

Worked = tuple[list[str], float]
"""(the steps, what they come to)."""
X = [float(piece.score) for piece in STORY]
SCORES = listed(X)


def highest() -> Worked:
    return [f"The largest of {SCORES} is {plain(max(X))}."], max(X)


def latest() -> Worked:
    return [f"The newest of {SCORES} is {plain(X[-1])}, the {STORY[-1].task}."], X[-1]


def mean() -> Worked:
    return _mean_of(X)


def weighted_mean() -> Worked:
    weights = [piece.weight for piece in STORY]
    total, whole = sum(w * x for w, x in zip(weights, X, strict=True)), sum(weights)
    products = " + ".join(f"{w} × {plain(x)}" for w, x in zip(weights, X, strict=True))
    return [
        f"Weights {listed(weights)}, added up {whole}.",
        f"{products} = {plain(total)}; {plain(total)} / {whole} = {plain(total / whole)}",
    ], total / whole


def last_vs_rest() -> Worked:
    weight = parameters_of("last_vs_rest")["weight"]
    rest = sum(X[:-1]) / len(X[:-1])
    value = weight * X[-1] + (1 - weight) * rest
    return [
        f"All before the newest: ({summed(X[:-1])}) / {len(X) - 1} = {plain(rest)}",
        f"{plain(weight)} × {plain(X[-1])} + {plain(1 - weight)} × {plain(rest)} = {plain(value)}",
    ], value


def ewma() -> Worked:
    weight = parameters_of("ewma")["weight"]
    value, rows = X[0], [["1", f"the first piece stands for itself: {plain(X[0])}", plain(X[0])]]
    for number, piece in enumerate(X[1:], start=2):
        step = f"{plain(1 - weight)} × {plain(value)} + {plain(weight)} × {plain(piece)}"
        value = (1 - weight) * value + weight * piece
        rows.append([str(number), step, plain(value)])
    return table(["piece", "worked out", "value so far"], rows), value


def n_times() -> Worked:
    needed = PARAMETERS["n_times"]["n"]
    right = [x for x in X if x >= 3]
    steps, value = _mean_of(right)
    return [
        f"At meets (3) or above: {listed(right)}, that is {times(len(right))}; {times(needed)} is asked for.",
        *steps,
    ], value


def m_of_n() -> Worked:
    """Right pieces among the newest n, first at the cut of meets, then, once done, at the cut of mastery."""
    m, n = (PARAMETERS["m_of_n"][name] for name in ("m", "n"))
    newest = X[-n:]
    right, beyond = (sum(x >= cut for x in newest) for cut in (3, 4))
    value = 3 + beyond / m
    return [
        f"The newest {n} are {listed(newest)}. At meets (3) or above: {right}; {m} are asked for. Done: at least 3.00.",
        f"Counted anew at the cut of mastery (4): {beyond} of {m}. 3 + {beyond} / {m} × (4 - 3) = {plain(value)}.",
        "Rounded down: nothing shows as done before it is.",
    ], int(value * 100) / 100


def mode() -> Worked:
    often = {x: X.count(x) for x in sorted(set(X))}
    most = max(often.values())
    tied = [x for x in often if often[x] == most]
    value = next(x for x in reversed(X) if x in tied)
    counts = ", ".join(f"{plain(x)} {times(count)}" for x, count in often.items())
    return [f"{counts}. Of those shown {times(most)} ({listed(tied)}) the one shown last is {plain(value)}."], value


def median() -> Worked:
    ordered = sorted(X)
    value = ordered[len(X) // 2]
    return [f"In order of size: {listed(ordered)}. The middle one is the fourth, {plain(value)}."], value


def mean_of_top() -> Worked:
    count = PARAMETERS["mean_of_top"]["r"]
    best = sorted(X, reverse=True)[:count]
    steps, value = _mean_of(best)
    return [f"The best {count} are {listed(best)}.", *steps], value


def drop_lowest() -> Worked:
    count = PARAMETERS["drop_lowest"]["d"]
    ordered = sorted(X)
    steps, value = _mean_of(ordered[count:])
    return [f"The lowest {count}, {listed(ordered[:count], ' and ')}, are left out.", *steps], value


def _mean_of(values: list[float]) -> Worked:
    total, count = sum(values), len(values)
    return [f"{summed(values)} = {plain(total)}; {plain(total)} / {count} = {plain(total / count)}"], total / count


WORKED: dict[str, Callable[[], Worked]] = {
    one.__name__: one
    for one in (
        highest, latest, mean, weighted_mean, last_vs_rest, ewma, n_times, m_of_n, mode, median, mean_of_top,
        drop_lowest,
    )
}  # fmt: skip
