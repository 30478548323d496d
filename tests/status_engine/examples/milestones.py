"""The blocks about milestones: each rule, what holds mastery, each measure of an indicator."""

from dataclasses import dataclass
from typing import Any

from status_engine import LEVEL_NAMES, Level, Measure, Rule, roll_up_criteria, roll_up_indicators

from .words import plain, table, yes

BE, DE, ME, MA = Level.BEGINNING, Level.DEVELOPING, Level.MEETS, Level.MASTERY
NS = Level.NOT_STARTED


@dataclass(frozen=True)
class Case:
    """Levels of the criteria; each asks for meets. points, required: one per criterion, or the same for all."""

    levels: tuple[Level, ...]
    needed: float = 1
    points: tuple[float, ...] | float = 1
    required: tuple[bool, ...] | bool = False


CASES: dict[Rule, tuple[Case, ...]] = {
    Rule.ALL: (Case((ME, ME, DE)), Case((MA, ME, ME)), Case((MA, MA, MA)), Case((BE, BE, DE)), Case((NS, NS, NS))),
    Rule.ANY: (Case((BE, BE, DE)), Case((BE, ME, NS))),
    Rule.AT_LEAST: (Case((ME, DE, BE), 2), Case((ME, MA, BE), 2)),
    Rule.POINTS: (
        Case((DE, ME, ME), 4, (3, 2, 2), (True, False, False)),
        Case((ME, ME, DE), 4, (3, 2, 2), (True, False, False)),
    ),
    Rule.LOWEST: (Case((MA, ME, DE)), Case((MA, MA, ME))),
    Rule.WEIGHTED: (Case((MA, DE), points=(1, 3)), Case((MA, DE), points=(3, 1))),
}


def rule_block(rule: Rule) -> list[str]:
    rows = []
    for case in CASES[rule]:
        found = _rolled(rule, case)
        value = f"; mean {found.value[0]:.2f}" if rule is Rule.WEIGHTED else ""
        earned = f"; {plain(float(found.points[0]))} of {plain(case.needed)} points" if rule is Rule.POINTS else ""
        met = f"{found.met[0]} of {found.criteria[0]}{earned}{value}"
        rows.append([_criteria(case), met, yes(bool(found.is_met[0])), f"**{LEVEL_NAMES[found.level[0]]}**"])
    return table(["criteria", "met", "rule holds", "milestone"], rows)


def held_block() -> list[str]:
    """Mastery once reached, before and after one criterion falls back."""
    case = Case((MA, MA, DE))
    rows = []
    for name, held in (("follows its criteria", False), ("holds mastery", True)):
        found = _rolled(Rule.ALL, case, held=held)
        flag = ", flag `met_before`" if found.is_held[0] else ""
        rows.append([name, _criteria(case), f"**{LEVEL_NAMES[found.level[0]]}**{flag}"])
    return table(["policy", "criteria now, mastery before", "milestone"], rows)


@dataclass(frozen=True)
class Reading:
    """What was counted, in words and as (score, possible) a row."""

    words: str
    rows: tuple[tuple[float, float], ...]
    target: float
    at_most: bool = False
    baseline: float = float("nan")


MEASURES: dict[Measure, tuple[Reading, ...]] = {
    Measure.RATE: (
        Reading("present on 19 of 20 days", ((9, 10), (10, 10)), 95),
        Reading("present on 18 of 20 days", ((8, 10), (10, 10)), 95),
        Reading("present on 16 of 20 days", ((8, 10), (8, 10)), 95),
    ),
    Measure.COUNT: (
        Reading("no incident", (), 2, at_most=True),
        Reading("three incidents", ((1, 1),) * 3, 2, at_most=True),
    ),
    Measure.SUM: (
        Reading("8 and 6 hours of service", ((8, 1), (6, 1)), 20),
        Reading("8, 6 and 6 hours", ((8, 1), (6, 1), (6, 1)), 20),
    ),
    Measure.CHANGE: (
        Reading("words a minute: 46, then 47", ((46, 1), (47, 1)), 10, baseline=40),
        Reading("46, then 51", ((46, 1), (51, 1)), 10, baseline=40),
    ),
}


def indicators_block() -> list[str]:
    rows = []
    for measure, readings in MEASURES.items():
        for reading in readings:
            found = roll_up_indicators(
                [0], measure, reading.target, reading.at_most, reading.baseline,
                group=[0] * len(reading.rows), score=[score for score, _ in reading.rows],
                possible=[possible for _, possible in reading.rows], occurred_at=range(len(reading.rows)),
            )  # fmt: skip
            target = f"{'at most' if reading.at_most else 'at least'} {plain(reading.target)}"
            baseline = "" if reading.baseline != reading.baseline else f", from a baseline of {plain(reading.baseline)}"
            rows.append([
                f"`{measure.name.lower()}`", reading.words, target + baseline, plain(float(found.value[0])),
                yes(bool(found.is_met[0])), yes(bool(found.is_on_track[0])), LEVEL_NAMES[found.level[0]],
            ])  # fmt: skip
    return table(["measure", "what was recorded", "target", "figure", "met", "on track", "counts as"], rows)


def _rolled(rule: Rule, case: Case, *, held: bool = False) -> Any:
    count = len(case.levels)
    return roll_up_criteria(
        [0], rule, case.needed, held, group=[0] * count, level=[int(one) for one in case.levels],
        points=case.points, is_required=case.required,
    )  # fmt: skip


def _criteria(case: Case) -> str:
    """The levels, with points and "required" where they differ between criteria."""
    points = case.points if isinstance(case.points, tuple) else (None,) * len(case.levels)
    required = case.required if isinstance(case.required, tuple) else (False,) * len(case.levels)
    each = zip(case.levels, points, required, strict=True)
    return ", ".join(LEVEL_NAMES[one] + _worth(worth, is_required=must) for one, worth, must in each)


def _worth(points: float | None, *, is_required: bool) -> str:
    if points is None:
        return ""
    return f" ({points:g} point{'' if points == 1 else 's'}{', required' if is_required else ''})"
