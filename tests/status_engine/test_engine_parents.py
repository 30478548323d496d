"""Milestones and indicators against the exact reference, and what the rules mean in cases a teacher knows."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import (
    CriteriaRollUp,
    EvidenceErrors,
    IndicatorRollUp,
    Level,
    Measure,
    Rule,
    roll_up_criteria,
    roll_up_indicators,
)
from tests.status_engine.engine_reference_parents import (
    Criterion,
    Reading,
    indicator,
    mean_level,
    milestone_level,
    rule_holds,
)

N, B, D, M, X = Level
tenths = st.integers(0, 30).map(lambda n: Fraction(n, 10))
CRITERIA = st.lists(
    st.builds(
        Criterion, level=st.integers(0, 4), required_level=st.integers(1, 4), points=tenths, is_required=st.booleans(),
        is_on_track=st.booleans(), judged=st.sampled_from([None, None, None, True, False]),
    ),
    max_size=7,
)  # fmt: skip
MILESTONES = st.lists(
    st.tuples(st.sampled_from(list(Rule)), CRITERIA, st.integers(1, 40), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=400, deadline=None)
@given(milestones=MILESTONES)
def test_milestones_agree_with_exact_reference(milestones: list[tuple[Rule, list[Criterion], int, bool]]) -> None:
    needs = [Fraction(n, 10) if rule is Rule.POINTS else Fraction(1 + n // 10) for rule, _, n, _ in milestones]
    flat = [(number, one) for number, (_, criteria, _, _) in enumerate(milestones) for one in criteria]
    found = roll_up_criteria(
        range(len(milestones)), [rule for rule, *_ in milestones], [float(need) for need in needs],
        [held for *_, held in milestones],
        group=np.array([number for number, _ in flat], np.int64), level=[one.level for _, one in flat],
        required_level=[one.required_level for _, one in flat], points=[float(one.points) for _, one in flat],
        is_required=[one.is_required for _, one in flat], is_on_track=[one.is_on_track for _, one in flat],
        is_judged=[one.judged is not None for _, one in flat], is_met=[bool(one.judged) for _, one in flat],
    )  # fmt: skip
    for number, (rule, criteria, _, held) in enumerate(milestones):
        name, need = rule.name.lower(), needs[number]
        expected = milestone_level(name, criteria, need, held)
        assert (int(found.level[number]), bool(found.is_held[number])) == expected
        assert bool(found.is_met[number]) == rule_holds(name, criteria, need)
        assert int(found.met[number]) == sum(one.is_met for one in criteria)
        if rule is Rule.WEIGHTED and criteria:
            assert found.value[number] == float(mean_level(criteria))
        else:
            assert np.isnan(found.value[number])


scores = st.integers(-300, 3000).map(lambda n: Fraction(n, 100))
READINGS = st.lists(
    st.builds(
        Reading, score=st.none() | scores, possible=st.sampled_from([Fraction(1), Fraction(7, 2), Fraction(30)]),
        at=st.integers(0, 10**9),
    ),
    max_size=6, unique_by=lambda one: one.at,
)  # fmt: skip
INDICATORS = st.lists(
    st.tuples(st.sampled_from(list(Measure)), scores, st.booleans(), st.none() | scores, READINGS),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(indicators=INDICATORS)
def test_indicators_agree_with_exact_reference(indicators: list[tuple[Measure, Any, bool, Any, list[Reading]]]) -> None:
    flat = [(number, one) for number, (*_, readings) in enumerate(indicators) for one in readings]
    found = roll_up_indicators(
        range(len(indicators)), [one[0] for one in indicators], [float(one[1]) for one in indicators],
        [one[2] for one in indicators], [float("nan") if one[3] is None else float(one[3]) for one in indicators],
        group=np.array([number for number, _ in flat], np.int64),
        score=[float("nan") if one.score is None else float(one.score) for _, one in flat],
        possible=[float(one.possible) for _, one in flat], occurred_at=[one.at for _, one in flat],
    )  # fmt: skip
    for number, (measure, target, is_at_most, baseline, readings) in enumerate(indicators):
        value, *rest = indicator(measure.name.lower(), target, is_at_most, baseline, readings)
        got = float(found.value[number])
        assert (None if np.isnan(got) else Fraction(round(got * 100), 100)) == value
        assert [int(found.level[number]), bool(found.is_met[number]), bool(found.is_on_track[number])] == rest
        assert found.pieces[number] == sum(one.score is not None for one in readings)


def milestone(rule: Rule, *levels: Level, **columns: Any) -> CriteriaRollUp:
    return roll_up_criteria([1], rule, group=[1] * len(levels), level=list(levels), **columns)


def level(*args: Any, **columns: Any) -> Level:
    return Level(int(milestone(*args, **columns).level[0]))


def test_lowest_and_weighted() -> None:
    assert [level(Rule.LOWEST, X, one) for one in (N, B, D, M, X)] == [B, B, D, M, X]
    assert level(Rule.LOWEST, N, N) == N
    assert bool(milestone(Rule.LOWEST, X, M).is_met[0])
    assert (level(Rule.WEIGHTED, X, D), milestone(Rule.WEIGHTED, X, D).value[0]) == (M, 3.0)
    assert (level(Rule.WEIGHTED, X, D, points=[1, 3]), milestone(Rule.WEIGHTED, X, D, points=[1, 3]).value[0]) == (
        D,
        2.5,
    )
    assert level(Rule.WEIGHTED, X, D, is_required=[False, True]) == D
    assert (level(Rule.WEIGHTED, N, B), level(Rule.WEIGHTED, X, X)) == (B, X)


def test_a_mean_just_below_three_shows_and_counts_as_three() -> None:
    found = milestone(Rule.WEIGHTED, *[M] * 299, D, points=[1.0] * 300)
    assert (found.value[0], int(found.level[0])) == (3.0, M)


@pytest.mark.parametrize("rule", list(Rule))
def test_mastery_is_kept_where_the_policy_holds_on_to_it(rule: Rule) -> None:
    now = milestone(rule, D, B, held=True)
    assert (int(now.level[0]), bool(now.is_held[0]), bool(now.is_met[0])) == (X, True, False)
    again = milestone(rule, X, X, held=True)
    assert (int(again.level[0]), bool(again.is_held[0])) == (X, False)
    empty = milestone(rule, held=True)
    assert (int(empty.level[0]), bool(empty.is_held[0])) == (N, False)


def test_indicators_within_milestones() -> None:
    incidents = {"is_judged": [False, True], "is_met": [False, True]}
    assert level(Rule.ALL, N, N, **incidents) == N
    assert level(Rule.ALL, M, N, **incidents) == M
    assert level(Rule.ALL, X, N, **incidents) == X
    assert level(Rule.LOWEST, X, N, **incidents) == X
    assert level(Rule.ALL, X, M, is_judged=[False, True], is_met=False) == D
    assert level(Rule.ALL, M, is_judged=True, is_met=True) == M
    assert level(Rule.ANY, N, N, **incidents) == M


def one(measure: Measure, target: float, *pieces: float, **columns: Any) -> IndicatorRollUp:
    times = range(len(pieces))
    return roll_up_indicators(
        [1], measure, target, group=np.full(len(pieces), 1), score=pieces, possible=1.0, occurred_at=times, **columns
    )


def test_indicators_a_teacher_knows() -> None:
    attendance = one(Measure.RATE, 95, *[1.0] * 19, 0.0)
    assert (attendance.value[0], bool(attendance.is_met[0])) == (95.0, True)
    assert Level(int(one(Measure.RATE, 95, *[1.0] * 9, 0.0).level[0])) == D
    assert Level(int(one(Measure.RATE, 95, 1.0, 0.0).level[0])) == B
    two = one(Measure.COUNT, 2, 1.0, 1.0, is_at_most=True)
    assert (two.value[0], bool(two.is_met[0])) == (2.0, True)
    three = one(Measure.COUNT, 2, 1.0, 1.0, 1.0, is_at_most=True)
    assert (bool(three.is_met[0]), bool(three.is_on_track[0]), int(three.level[0])) == (False, False, B)
    none = one(Measure.COUNT, 2, is_at_most=True)
    assert (none.value[0], bool(none.is_met[0]), int(none.level[0]), int(none.pieces[0])) == (0.0, True, N, 0)
    assert np.isnan(one(Measure.RATE, 95).value[0])
    gain = one(Measure.CHANGE, 10, 50, 62)
    assert (gain.value[0], bool(gain.is_met[0])) == (12.0, True)
    assert one(Measure.CHANGE, 10, 50, 62, baseline=55).value[0] == 7.0


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"measure": 4}, "measure[0]"), ({"target": float("nan")}, "target[0]"), ({"groups": [1, 1]}, "groups[1]"),
     ({"group": [2]}, "group[0]"), ({"possible": 0}, "possible[0]"), ({"score": float("inf")}, "score[0]"),
     ({"baseline": float("inf")}, "baseline[0]")],
)  # fmt: skip
def test_bad_columns_of_indicators_are_named(columns: dict[str, Any], field: str) -> None:
    right: dict[str, Any] = {
        "groups": [1], "measure": 0, "target": 1, "group": [1], "score": [1], "possible": [1], "occurred_at": [0],
    }  # fmt: skip
    with pytest.raises(EvidenceErrors) as caught:
        roll_up_indicators(**{**right, **columns})
    assert [name for name, _ in caught.value.errors] == [field]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_indicator_alone_is_that_indicator_among_many(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, rows = rng.permutation(50)[:10], 60
    given_columns: dict[str, Any] = {"measure": rng.integers(0, 4, 10), "target": rng.integers(0, 90, 10) / 1.0,
                                     "is_at_most": rng.random(10) < 0.4}  # fmt: skip
    columns = {
        "group": groups[rng.integers(0, 10, rows)], "score": rng.integers(0, 100, rows) / 7.0,
        "possible": rng.choice([1.0, 10.0], rows), "occurred_at": rng.permutation(rows),
    }  # fmt: skip
    together = roll_up_indicators(groups, **given_columns, **columns)
    for number, group in enumerate(groups.tolist()):
        mask = columns["group"] == group
        alone = roll_up_indicators([group], *(column[number] for column in given_columns.values()),
                                   **{name: column[mask] for name, column in columns.items()})  # fmt: skip
        place = int(np.flatnonzero(together.group == group)[0])
        for name in ("value", "level", "is_met", "is_on_track", "pieces"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[place], err_msg=name)
