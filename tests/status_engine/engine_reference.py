"""The status engine once more, slowly and exactly: one learner, Fractions, the words of the design and no NumPy.

It shares no code with the product. Where the product states a tolerance (a value within TIE below a half is a half),
the reference states the same rule exactly. Times are whole days; None is undated.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.status_engine.engine_reference_methods import Scored, Settings, shown, value_of


@dataclass(frozen=True)
class Row:
    """A judged row, decimals as text or whole numbers so that nothing is lost."""

    id: int
    score: Fraction
    possible: Fraction
    at: int | None
    task: str | None = None
    attempt: int | None = None
    form: str | None = None
    weight: Fraction = Fraction(1)
    pass_mark: Fraction | None = None
    kind: str = "formative"


@dataclass(frozen=True)
class Rules(Settings):
    """A policy in exact numbers, with what is known when it is applied."""

    attempts: str = "all"
    meets_gates: dict[str, Any] = field(default_factory=dict)
    mastery_gates: dict[str, Any] = field(default_factory=lambda: {"min_tasks": 2})
    window: dict[str, Any] | None = None
    expires_after: int | None = None
    today: int = 0
    term_start: int | None = None
    still_open: int = 0


@dataclass(frozen=True)
class Answer:
    level: int
    value: Fraction | None
    is_short: bool
    pieces: int


def on_scale(row: Row, rules: Rules) -> Fraction:
    part, meets = row.score / row.possible, rules.meets_at / rules.points
    if row.pass_mark is not None:
        mark = row.pass_mark
        if mark == 1 or part <= mark:
            return part * meets / mark * rules.points
        return (meets + (part - mark) * (1 - meets) / (1 - mark)) * rules.points
    return part * rules.points


def by_age(row: Row) -> tuple[float, int]:
    return (float("-inf") if row.at is None else row.at, row.id)


def fold(rows: list[Row]) -> list[Row]:
    """Items of one attempt at one task become one piece, at the place of the newest of them."""
    blocks: dict[Any, list[Row]] = {}
    for row in sorted(rows, key=by_age):
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
            last.id, sum((i.score for i in items), Fraction(0)), sum((i.possible for i in items), Fraction(0)), last.at,
            last.task, last.attempt, last.form, max(i.weight for i in items), max(marks) if marks else None, last.kind,
        ))  # fmt: skip
    return sorted(folded, key=by_age)


def is_since(row: Row, day: int | None) -> bool:
    return day is None or (row.at is not None and row.at >= day)


def pieces(rows: list[Row], rules: Rules) -> list[tuple[Fraction, Row]]:
    """(value, piece) that count, oldest first."""
    found = [(on_scale(row, rules), row) for row in fold(rows)]
    window = rules.window or {}
    if "term" in window:
        found = [one for one in found if is_since(one[1], rules.term_start)]
    if "days" in window:
        found = [one for one in found if is_since(one[1], rules.today - window["days"])]
    if rules.attempts != "all":
        kept: dict[Any, int] = {}
        for place, (value, row) in enumerate(found):
            key = row.task if row.task is not None else ("alone", row.id)
            if rules.attempts == "latest_per_task" or key not in kept or value >= found[kept[key]][0]:
                kept[key] = place
        found = [found[place] for place in sorted(kept.values())]
    return found[-window["pieces"] :] if "pieces" in window else found


def gate_holds(code: str, needed: Any, found: list[tuple[Fraction, Row]], rules: Rules, level: str) -> bool:
    """One gate over the pieces that have not expired."""
    cuts = {"developing": rules.developing_at, "meets": rules.meets_at, "mastery": rules.mastery_cut}
    fresh_since = None if rules.expires_after is None else rules.today - rules.expires_after
    fresh = [one for one in found if is_since(one[1], fresh_since)]
    if code == "prerequisites_met":
        return needed == "advice" or rules.still_open == 0
    if code == "k_of_last_n_at_or_above":
        cut = cuts[needed.get("level", level)]
        return sum(shown(value) >= cut for value, _ in fresh[-needed["n"] :]) >= int(needed["k"])
    if level == "mastery" and rules.mastery_at is None:
        fresh = [one for one in fresh if shown(one[0]) >= rules.meets_at]
    seen = [row for _, row in fresh]
    if code == "within_days":
        return any(is_since(row, rules.today - needed) for row in seen)
    if code == "required_kinds":
        return set(needed) <= {row.kind for row in seen}
    distinct: dict[str, set[Any]] = {
        "min_pieces": {row.id for row in seen},
        "min_tasks": {row.task if row.task is not None else ("alone", row.id) for row in seen},
        "min_forms": {
            (row.task, row.form) if row.task is not None or row.form is not None else ("alone", row.id) for row in seen
        },
        "min_kinds": {row.kind for row in seen},
    }
    return len(distinct[code]) >= int(needed)


def passes(gates: dict[str, Any], found: list[tuple[Fraction, Row]], rules: Rules, level: str) -> tuple[bool, bool]:
    """(all gates hold, one about the amount of evidence fails)."""
    failing = [code for code, needed in gates.items() if not gate_holds(code, needed, found, rules, level)]
    return not failing, any(code.startswith("min_") for code in failing)


def answer(rows: list[Row], rules: Rules) -> Answer:
    """Level 0…4, rounded value, whether evidence is too little, pieces that counted, of judged rows."""
    found = pieces(rows, rules)
    if not found:
        return Answer(0, None, False, 0)
    raw = value_of([Scored(value, row.weight) for value, row in found], rules)
    if raw is None:
        best = shown(max(value for value, _ in found))
        return Answer(2 if best >= rules.developing_at else 1, None, False, len(found))
    value = shown(raw)
    if value < rules.meets_at:
        return Answer(2 if value >= rules.developing_at else 1, value, False, len(found))
    holds, is_short = passes(rules.meets_gates, found, rules, "meets")
    if not holds:
        return Answer(2, value, is_short, len(found))
    if value < rules.mastery_cut:
        return Answer(3, value, False, len(found))
    holds, is_short = passes(rules.mastery_gates, found, rules, "mastery")
    return Answer(4 if holds else 3, value, is_short, len(found))
