"""The status engine once more, slowly and exactly: one learner, Fractions, the words of the design and no NumPy.

It shares no code with the product. Where the product states a tolerance (a value within TIE below a half is a half),
the reference states the same rule exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

TIE = Fraction(1, 2**30)


@dataclass(frozen=True)
class Row:
    """A judged row, decimals as text or whole numbers so that nothing is lost."""

    id: int
    score: Fraction
    possible: Fraction
    at: int
    task: str | None = None
    attempt: int | None = None
    weight: Fraction = Fraction(1)
    pass_mark: Fraction | None = None
    kind: str = "formative"


@dataclass(frozen=True)
class Rules:
    """A policy in exact numbers."""

    method: str
    points: Fraction = Fraction(5)
    developing_at: Fraction = Fraction(2)
    meets_at: Fraction = Fraction(3)
    mastery_at: Fraction | None = Fraction(4)
    weight: Fraction = Fraction(65, 100)
    n: int = 5
    attempts: str = "all"
    meets_gates: dict[str, int] = field(default_factory=dict)
    mastery_gates: dict[str, int] = field(default_factory=lambda: {"min_tasks": 2})


def half_away(value: Fraction) -> Fraction:
    """Two decimals, half away from zero."""
    size = Fraction(floor(abs(value) * 100 + Fraction(1, 2)), 100)
    return size if value >= 0 else -size


def shown(value: Fraction) -> Fraction:
    """What a reader sees: as above, a value within TIE below a half being the half."""
    return half_away(value + TIE if value >= 0 else value - TIE)


def on_scale(row: Row, rules: Rules) -> Fraction:
    part, meets = row.score / row.possible, rules.meets_at / rules.points
    if row.pass_mark is not None:
        mark = row.pass_mark
        if mark == 1 or part <= mark:
            return part * meets / mark * rules.points
        return (meets + (part - mark) * (1 - meets) / (1 - mark)) * rules.points
    return part * rules.points


def fold(rows: list[Row]) -> list[Row]:
    """Items of one attempt at one task become one piece, at the place of the newest of them."""
    blocks: dict[Any, list[Row]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.id)):
        if row.task is None:
            key: Any = ("alone", row.id)
        elif row.attempt is None:
            key = ("time", row.task, row.at)
        else:
            key = ("attempt", row.task, row.attempt)
        blocks.setdefault(key, []).append(row)
    folded = []
    for items in blocks.values():
        last = items[-1]
        marks = [item.pass_mark for item in items if item.pass_mark is not None]
        folded.append(Row(
            last.id, total(i.score for i in items), total(i.possible for i in items), last.at, last.task, last.attempt,
            max(i.weight for i in items), max(marks) if marks else None, last.kind,
        ))  # fmt: skip
    return sorted(folded, key=lambda one: (one.at, one.id))


def total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def pieces(rows: list[Row], rules: Rules) -> list[tuple[Fraction, Row]]:
    """(value, piece), oldest first."""
    found = [(on_scale(row, rules), row) for row in fold(rows)]
    if rules.attempts == "all":
        return found
    kept: dict[Any, int] = {}
    for place, (value, row) in enumerate(found):
        key = row.task if row.task is not None else ("alone", row.id)
        if rules.attempts == "latest_per_task" or key not in kept or value >= found[kept[key]][0]:
            kept[key] = place
    return [found[place] for place in sorted(kept.values())]


def value_of(found: list[tuple[Fraction, Row]], rules: Rules) -> Fraction | None:
    x = [value for value, _ in found]
    w = rules.weight
    if rules.method == "highest":
        return max(x)
    if rules.method == "latest":
        return x[-1]
    if rules.method == "mean":
        return total(x) / len(x)
    if rules.method == "weighted_mean":
        weights = [row.weight for _, row in found]
        return total(a * b for a, b in zip(weights, x, strict=True)) / total(weights)
    if rules.method == "last_vs_rest":
        return x[0] if len(x) == 1 else w * x[-1] + (1 - w) * sum(x[:-1]) / (len(x) - 1)
    if rules.method == "ewma":
        y = x[0]
        for newer in x[1:]:
            y = (1 - w) * y + w * newer
        return y
    meeting = [value for value in x if shown(value) >= rules.meets_at]
    return total(meeting) / len(meeting) if len(meeting) >= rules.n else None


def has_enough(found: list[Row], gates: dict[str, int]) -> bool:
    measures = {
        "min_pieces": len(found),
        "min_tasks": len({row.task if row.task is not None else ("alone", row.id) for row in found}),
        "min_kinds": len({row.kind for row in found}),
    }
    return all(measures[code] >= needed for code, needed in gates.items())


def answer(rows: list[Row], rules: Rules) -> tuple[int, Fraction | None, bool]:
    """(level 0…4, rounded value, not enough evidence) of judged rows."""
    found = pieces(rows, rules)
    if not found:
        return 0, None, False
    raw = value_of(found, rules)
    if raw is None:
        return (2 if shown(max(value for value, _ in found)) >= rules.developing_at else 1), None, False
    value = shown(raw)
    if value < rules.meets_at:
        return (2 if value >= rules.developing_at else 1), value, False
    if not has_enough([row for _, row in found], rules.meets_gates):
        return 2, value, True
    if value < (rules.meets_at if rules.mastery_at is None else rules.mastery_at):
        return 3, value, False
    seen = [row for one, row in found if rules.mastery_at is not None or shown(one) >= rules.meets_at]
    enough = has_enough(seen, rules.mastery_gates)
    return (4 if enough else 3), value, not enough
