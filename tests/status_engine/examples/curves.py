"""The arithmetic behind curves and probabilities, step by step."""

from collections.abc import Callable
from math import exp, log

from .averages import SCORES, Worked, X
from .story import PARAMETERS
from .words import listed, plain, table

COUNT = len(X)
PLACES = [float(place) for place in range(1, COUNT + 1)]


def power_law() -> Worked:
    """Least squares of ln x on ln i, written as sums."""
    a, b, steps = _power()
    value = a * COUNT**b
    return [*steps, f"At the newest piece: {plain(a)} × {COUNT}^{plain(b)} = {plain(value)}"], value


def best_fit() -> Worked:
    average = sum(X) / COUNT
    base, slope = _line(PLACES, X)
    a, b, _ = _power()
    curves = {
        f"average, {plain(average)} throughout": [average] * COUNT,
        f"straight line, {plain(base)} + {plain(slope)} × place": [base + slope * place for place in PLACES],
        f"learning curve, {plain(a)} × place^{plain(b)}": [a * place**b for place in PLACES],
    }
    away = {name: sum(abs(x - y) for x, y in zip(X, drawn, strict=True)) for name, drawn in curves.items()}
    best = min(away, key=lambda name: away[name])
    rows = [[name, listed(round(one, 2) for one in drawn), plain(away[name]), plain(drawn[-1])]
            for name, drawn in curves.items()]  # fmt: skip
    head = ["curve", "drawn at each piece", "distances added up", "at the newest"]
    return [
        *table(head, rows), "", f"The smallest sum of distances to {SCORES} is that of the {best.split(',')[0]}.",
    ], curves[best][-1]  # fmt: skip


def bkt() -> Worked:
    """Bayes after each piece, then learning; the probability is put on the scale at the end."""
    known, learned, slip, guess = (PARAMETERS["bkt"][name] for name in ("p0", "t", "s", "g"))
    rows = []
    for number, piece in enumerate(X, start=1):
        before, is_right = known, piece >= 3
        hit, miss = (1 - slip, guess) if is_right else (slip, 1 - guess)
        after = before * hit / (before * hit + (1 - before) * miss)
        known = after + (1 - after) * learned
        step = (
            f"{plain(before)} × {plain(hit)} / ({plain(before)} × {plain(hit)} + {plain(1 - before)} × {plain(miss)})"
            f" = {plain(after)}"
        )
        rows.append([str(number), "right" if is_right else "wrong", step, plain(known)])
    low, high, at_low, at_high = next(mark for mark in MARKS if known < mark[1])
    value = at_low + (known - low) / (high - low) * (at_high - at_low)
    return [
        *table(["piece", "shown", "what it says (Bayes)", "and with what was learned"], rows),
        "",
        f"{plain(known)} lies between {low} ({at_low} points) and {high} ({at_high} points).",
        f"{at_low} + ({plain(known)} - {low}) / {plain(high - low)} × {at_high - at_low} = {plain(value)}",
        "Rounded down: nothing shows as done before it is.",
    ], int(value * 100) / 100


MARKS = ((0.0, 0.5, 0, 2), (0.5, 0.95, 2, 3), (0.95, 0.99, 3, 4), (0.99, 1.0, 4, 5))
"""(from, to, points at from, points at to): probability 0.5 is developing, 0.95 meets, 0.99 mastery."""


def _power() -> tuple[float, float, list[str]]:
    """(a, b, the steps)."""
    u, v = [log(place) for place in PLACES], [log(x) for x in X]
    base, b = _line(u, v)
    rows = [
        ["place i", *(plain(place) for place in PLACES)],
        ["piece x", *(plain(x) for x in X)],
        ["ln i", *(plain(one) for one in u)],
        ["ln x", *(plain(one) for one in v)],
    ]
    middle_u, middle_v = sum(u) / COUNT, sum(v) / COUNT
    both = sum((one - middle_u) * (other - middle_v) for one, other in zip(u, v, strict=True))
    width = sum((one - middle_u) ** 2 for one in u)
    return exp(base), b, [
        *table(rows[0], rows[1:]),
        "",
        f"Averages: {plain(middle_u)} of ln i, {plain(middle_v)} of ln x.",
        f"Distances from the averages, multiplied with each other and added up: {plain(both)}.",
        f"Distances of ln i from its average, squared and added up: {plain(width)}.",
        f"b = {plain(both)} / {plain(width)} = {plain(b)}",
        f"ln a = {plain(middle_v)} - {plain(b)} × {plain(middle_u)} = {plain(base)}, so a = {plain(exp(base))}",
    ]  # fmt: skip


def _line(x: list[float], y: list[float]) -> tuple[float, float]:
    """(where it begins, how steep it is) of the straight line by least squares."""
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    slope = sum((one - middle_x) * (other - middle_y) for one, other in zip(x, y, strict=True))
    slope /= sum((one - middle_x) ** 2 for one in x)
    return middle_y - slope * middle_x, slope


WORKED: dict[str, Callable[[], Worked]] = {"power_law": power_law, "best_fit": best_fit, "bkt": bkt}
