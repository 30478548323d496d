"""Milestones and indicators once more, exactly, one at a time. Shares no code with the product."""

from dataclasses import dataclass
from fractions import Fraction

from tests.status_engine.engine_reference_methods import shown

NOT_STARTED, BEGINNING, DEVELOPING, MEETS, MASTERY = range(5)


@dataclass(frozen=True)
class Criterion:
    level: int
    required_level: int = MEETS
    points: Fraction = Fraction(1)
    is_required: bool = False
    is_on_track: bool = False
    judged: bool | None = None  # an indicator's answer; None = judged by the level

    @property
    def is_met(self) -> bool:
        return self.level >= self.required_level if self.judged is None else self.judged

    @property
    def standing(self) -> int:
        return MASTERY if self.judged else self.level


def rule_holds(rule: str, criteria: list[Criterion], needed: Fraction) -> bool:
    if not criteria:
        return False
    met = [one for one in criteria if one.is_met]
    all_required = all(one.is_met for one in criteria if one.is_required)
    return {
        "all": len(met) == len(criteria),
        "any": len(met) >= 1,
        "at_least": len(met) >= needed,
        "points": sum((one.points for one in met), Fraction(0)) >= needed and all_required,
        "lowest": len(met) == len(criteria),
        "weighted": mean_level(criteria) >= MEETS and all_required,
    }[rule]


def mean_level(criteria: list[Criterion]) -> Fraction:
    whole = sum((one.points for one in criteria), Fraction(0))
    weights = [one.points if whole else Fraction(1) for one in criteria]
    added = sum((w * one.standing for w, one in zip(weights, criteria, strict=True)), Fraction(0))
    return shown(added / sum(weights))


def milestone_level(rule: str, criteria: list[Criterion], needed: Fraction, held: bool) -> tuple[int, bool]:
    """(level, only held) of one milestone."""
    if not criteria:
        return NOT_STARTED, False
    computed = computed_level(rule, criteria, needed)
    return (MASTERY, True) if held and computed < MASTERY else (computed, False)


def computed_level(rule: str, criteria: list[Criterion], needed: Fraction) -> int:
    is_met = rule_holds(rule, criteria, needed)
    if not is_met and all(one.level == NOT_STARTED for one in criteria):
        return NOT_STARTED
    highest = MASTERY if any(one.judged is None for one in criteria) else MEETS
    if rule == "lowest":
        return min(highest, max(BEGINNING, min(one.standing for one in criteria)))
    if rule == "weighted":
        level = int(mean_level(criteria))
        return min(highest, max(BEGINNING, level if is_met else min(level, DEVELOPING)))
    required = [one for one in criteria if one.is_required] or criteria
    if is_met:
        return highest if all(one.standing == MASTERY for one in required) else MEETS
    well_on = [one for one in criteria if one.standing >= DEVELOPING or one.is_on_track]
    parts, whole = Fraction(len(well_on)), Fraction(len(criteria))
    points = sum((one.points for one in criteria), Fraction(0))
    if rule == "points" and points:
        parts, whole = sum((one.points for one in well_on), Fraction(0)), points
    return DEVELOPING if 2 * parts >= whole else BEGINNING


@dataclass(frozen=True)
class Reading:
    score: Fraction | None
    possible: Fraction
    at: int


def indicator(
    measure: str, target: Fraction, is_at_most: bool, baseline: Fraction | None, readings: list[Reading]
) -> tuple[Fraction | None, int, bool, bool]:
    """(value, level, is met, is on track) of one indicator."""
    there = sorted((one for one in readings if one.score is not None), key=lambda one: one.at)
    scores = [one.score for one in there if one.score is not None]
    if not scores:
        value = Fraction(0) if measure in ("count", "sum") else None
        is_met = value is not None and is_at_most and value <= target
        return value, NOT_STARTED, is_met, is_met
    raw = {
        "rate": lambda: 100 * sum(scores, Fraction(0)) / sum(one.possible for one in there),
        "count": lambda: Fraction(len(scores)),
        "sum": lambda: sum(scores, Fraction(0)),
        "change": lambda: scores[-1] - (scores[0] if baseline is None else baseline),
    }[measure]()
    value = shown(raw)
    is_met = value <= target if is_at_most else value >= target
    near = value >= target * (Fraction(9, 10) if measure == "rate" else Fraction(1, 2))
    is_on_track = is_met or (not is_at_most and target > 0 and near)
    return value, MEETS if is_met else DEVELOPING if is_on_track else BEGINNING, is_met, is_on_track
