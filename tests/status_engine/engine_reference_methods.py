"""The methods exactly: Fractions, and 50-digit decimals where a logarithm is taken. Shares no code with the product."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from statistics import median
from typing import Any

TIE = Fraction(1, 2**30)
PRECISE = Context(prec=50)


@dataclass(frozen=True)
class Settings:
    """Scale, method and parameters in exact numbers."""

    method: str
    points: Fraction = Fraction(5)
    developing_at: Fraction = Fraction(2)
    meets_at: Fraction = Fraction(3)
    mastery_at: Fraction | None = Fraction(4)
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def mastery_cut(self) -> Fraction:
        return self.meets_at if self.mastery_at is None else self.mastery_at


@dataclass(frozen=True)
class Scored:
    """A counted piece: points on the scale and its own weight."""

    value: Fraction
    weight: Fraction


def half_away(value: Fraction) -> Fraction:
    """Two decimals, half away from zero."""
    size = Fraction(floor(abs(value) * 100 + Fraction(1, 2)), 100)
    return size if value >= 0 else -size


def shown(value: Fraction) -> Fraction:
    """What a reader sees: as above, a value within TIE below a half being the half."""
    return half_away(value + TIE if value >= 0 else value - TIE)


def down(value: Fraction) -> Fraction:
    """Two decimals, rounded down; a value within TIE below them counts as them."""
    return Fraction(floor((value + TIE) * 100), 100)


def average(values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)


def value_of(pieces: list[Scored], settings: Settings) -> Fraction | None:
    """The value of pieces, oldest first; None where the method gives none."""
    x = [piece.value for piece in pieces]
    given = settings.parameters
    by_key: dict[str, Callable[[], Fraction | None]] = {
        "highest": lambda: max(x),
        "latest": lambda: x[-1],
        "mean": lambda: average(x),
        "weighted_mean": lambda: sum((p.value * p.weight for p in pieces), Fraction(0)) / sum(p.weight for p in pieces),
        "last_vs_rest": lambda: last_vs_rest(x, given["weight"]),
        "ewma": lambda: ewma(x, given["weight"]),
        "n_times": lambda: n_times(x, given["n"], settings),
        "m_of_n": lambda: m_of_n(x, given["m"], given["n"], settings),
        "mode": lambda: mode(x, given["tie"]),
        "median": lambda: median(x[-given["r"] :] if "r" in given else x),
        "mean_of_top": lambda: average(sorted(x)[-given["r"] :]),
        "drop_lowest": lambda: average(sorted(x)[min(given["d"], len(x) - 1) :]),
        "power_law": lambda: power_law(x, settings),
        "best_fit": lambda: best_fit(x, settings),
        "bkt": lambda: bkt(x, settings),
    }
    return by_key[settings.method]()


def last_vs_rest(x: list[Fraction], w: Fraction) -> Fraction:
    return x[0] if len(x) == 1 else w * x[-1] + (1 - w) * average(x[:-1])


def ewma(x: list[Fraction], w: Fraction) -> Fraction:
    y = x[0]
    for newer in x[1:]:
        y = (1 - w) * y + w * newer
    return y


def n_times(x: list[Fraction], n: int, settings: Settings) -> Fraction | None:
    meeting = [value for value in x if shown(value) >= settings.meets_at]
    return average(meeting) if len(meeting) >= n else None


def m_of_n(x: list[Fraction], m: int, n: int, settings: Settings) -> Fraction:
    """Half the way is developing, all of it meets; from there anew to the mastery cut."""
    newest = x[-n:]
    done = min(Fraction(sum(shown(value) >= settings.meets_at for value in newest), m), Fraction(1))
    if done < 1:
        if done < Fraction(1, 2):
            return down(2 * done * settings.developing_at)
        return down(settings.developing_at + (2 * done - 1) * (settings.meets_at - settings.developing_at))
    beyond = min(Fraction(sum(shown(value) >= settings.mastery_cut for value in newest), m), Fraction(1))
    return down(settings.meets_at + beyond * (settings.mastery_cut - settings.meets_at))


def mode(x: list[Fraction], tie: str) -> Fraction:
    ratings = [shown(value) for value in x]
    counts = Counter(ratings)
    most = max(counts.values())
    often = [rating for rating in ratings if counts[rating] == most]
    return max(often) if tie == "highest" else often[-1]


def fitted_line(u: list[Decimal], y: list[Decimal]) -> list[Decimal]:
    """Least squares by the textbook's normal equations."""
    ctx, n = PRECISE, Decimal(len(u))
    su, sy = total(u), total(y)
    suu, suy = total(ctx.multiply(a, a) for a in u), total(ctx.multiply(a, b) for a, b in zip(u, y, strict=True))
    below = ctx.subtract(ctx.multiply(n, suu), ctx.multiply(su, su))
    slope = ctx.divide(ctx.subtract(ctx.multiply(n, suy), ctx.multiply(su, sy)), below)
    start = ctx.divide(ctx.subtract(sy, ctx.multiply(slope, su)), n)
    return [ctx.add(start, ctx.multiply(slope, a)) for a in u]


def total(values: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for value in values:
        result = PRECISE.add(result, value)
    return result


def decimal(value: Fraction) -> Decimal:
    return PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def power_curve(x: list[Fraction]) -> list[Fraction]:
    logs = [PRECISE.ln(Decimal(i)) for i in range(1, len(x) + 1)]
    fitted = fitted_line(logs, [PRECISE.ln(decimal(max(value, Fraction(1, 100)))) for value in x])
    return [Fraction(PRECISE.exp(one)) for one in fitted]


def straight_line(x: list[Fraction]) -> list[Fraction]:
    fitted = fitted_line([Decimal(i) for i in range(1, len(x) + 1)], [decimal(value) for value in x])
    return [Fraction(one) for one in fitted]


def within(value: Fraction, settings: Settings) -> Fraction:
    return min(max(value, Fraction(0)), settings.points)


def power_law(x: list[Fraction], settings: Settings) -> Fraction:
    return average(x) if len(x) < 3 else within(power_curve(x)[-1], settings)


def best_fit(x: list[Fraction], settings: Settings) -> Fraction:
    if len(x) < 3:
        return average(x)
    middle = average(x)
    best, error = middle, sum(abs(value - middle) for value in x)
    for curve in (straight_line(x), power_curve(x)):
        off = sum(abs(value - fit) for value, fit in zip(x, curve, strict=True))
        if off < error - TIE:
            best, error = within(curve[-1], settings), off
    return best


def bkt(x: list[Fraction], settings: Settings) -> Fraction:
    """0, 0.5, 0.95, 0.99 and 1 are nothing, developing, meets, mastery and full points, evenly in between."""
    p0, t, s, g = (settings.parameters[name] for name in ("p0", "t", "s", "g"))
    p = p0
    for value in x:
        known, unknown = (1 - s, g) if shown(value) >= settings.meets_at else (s, 1 - g)
        p = p * known / (p * known + (1 - p) * unknown)
        p = p + (1 - p) * t
    p = round(p, 9)
    marks = [(Fraction(0), Fraction(0)), (Fraction(1, 2), settings.developing_at)]
    marks.append((Fraction(19, 20), settings.meets_at))
    if settings.mastery_at is not None:
        marks.append((Fraction(99, 100), settings.mastery_at))
    marks.append((Fraction(1), settings.points))
    for (left, low), (right, high) in pairwise(marks):
        if left <= p <= right:
            return down(low + (p - left) / (right - left) * (high - low))
    raise AssertionError(f"a probability of {p}")
