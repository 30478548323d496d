"""Milestones from criteria: each rule, the levels in between, and the empty milestone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import CriteriaRollUp, EvidenceErrors, Level, Rule, roll_up_criteria

N, B, D, M, X = Level


def one(rule: Rule, *levels: Level, needed: float = 1, **columns: Any) -> CriteriaRollUp:
    return roll_up_criteria([1], rule, needed, group=[1] * len(levels), level=list(levels), **columns)


def level(*args: Any, **columns: Any) -> Level:
    return Level(int(one(*args, **columns).level[0]))


@pytest.mark.parametrize("rule", list(Rule))
def test_a_rule_over_no_criteria_is_never_met(rule: Rule) -> None:
    found = one(rule)
    assert (found.is_met.tolist(), found.level.tolist(), found.criteria.tolist()) == ([False], [0], [0])


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((N, N), N), ((B, N), B), ((D, N), D), ((D, N, N), B), ((M, N), D), ((M, M), M), ((X, M), M), ((X, X), X),
     ((M, D, D), D)],
)  # fmt: skip
def test_all(levels: tuple[Level, ...], expected: Level) -> None:
    assert level(Rule.ALL, *levels) == expected


def test_any_is_at_least_one() -> None:
    assert level(Rule.ANY, N, N, M) == M
    assert level(Rule.ANY, D, D) == D
    assert level(Rule.AT_LEAST, N, N, M, needed=1) == M


def test_at_least() -> None:
    assert level(Rule.AT_LEAST, M, M, N, needed=2) == M
    assert level(Rule.AT_LEAST, M, N, N, needed=2) == B
    assert level(Rule.AT_LEAST, M, M, needed=3) == D


def test_points_and_required() -> None:
    columns = {"points": [5, 3, 2], "needed": 5}
    assert level(Rule.POINTS, M, N, N, **columns) == M
    assert level(Rule.POINTS, N, M, N, **columns) == B
    assert level(Rule.POINTS, N, M, M, **columns) == M
    assert level(Rule.POINTS, M, N, N, is_required=[False, True, False], **columns) == D
    assert level(Rule.POINTS, X, N, N, is_required=[True, False, False], **columns) == X
    assert level(Rule.POINTS, *[M] * 10, points=0.1, needed=1) == M


def test_each_criterion_asks_for_its_own_level() -> None:
    assert level(Rule.ALL, D, M, required_level=[D, M]) == M
    assert level(Rule.ALL, M, M, required_level=[X, M]) == D


def test_mastery_needs_all_required_criteria_at_mastery() -> None:
    assert level(Rule.ALL, X, M, is_required=[True, False]) == X
    assert level(Rule.ALL, X, M, is_required=[True, True]) == M
    assert level(Rule.ALL, X, D, is_required=[True, False]) == D


def test_on_track_counts_towards_half() -> None:
    assert level(Rule.ALL, B, B) == B
    assert level(Rule.ALL, B, B, is_on_track=[True, False]) == D
    assert level(Rule.ALL, N, N, is_on_track=True) == N


def test_parents_follow_down_as_well_as_up() -> None:
    assert [level(Rule.ALL, M, one_level) for one_level in (D, M, D)] == [D, M, D]


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"level": [5]}, "level[0]"), ({"required_level": 0}, "required_level[0]"), ({"points": -1}, "points[0]"),
     ({"group": [2]}, "group[0]"), ({"needed": 0}, "needed[0]"), ({"needed": 1.5}, "needed[0]"),
     ({"rule": 9}, "rule[0]"), ({"groups": [1, 1]}, "groups[1]")],
)  # fmt: skip
def test_bad_columns_are_named(columns: dict[str, Any], field: str) -> None:
    with pytest.raises(EvidenceErrors) as caught:
        roll_up_criteria(**{"groups": [1], "rule": Rule.AT_LEAST, "needed": 1, "group": [1], "level": [3], **columns})
    assert field in [name for name, _ in caught.value.errors]


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_milestone_alone_is_that_milestone_among_many(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, rows = rng.permutation(40)[:12], 60
    rule, needed = rng.integers(0, len(Rule), 12), rng.integers(1, 4, 12)
    columns = {
        "group": groups[rng.integers(0, 12, rows)], "level": rng.integers(0, 5, rows),
        "required_level": rng.integers(1, 5, rows), "points": rng.integers(0, 4, rows) / 2,
        "is_required": rng.random(rows) < 0.3, "is_on_track": rng.random(rows) < 0.2,
        "is_judged": rng.random(rows) < 0.2, "is_met": rng.random(rows) < 0.5,
    }  # fmt: skip
    together = roll_up_criteria(groups, rule, needed, **columns)
    assert together.group.tolist() == sorted(groups.tolist())
    for number, group in enumerate(groups.tolist()):
        mask = columns["group"] == group
        alone = roll_up_criteria([group], rule[number], needed[number], **{k: v[mask] for k, v in columns.items()})
        place = int(np.flatnonzero(together.group == group)[0])
        for name in ("level", "is_met", "criteria", "met", "points"):
            assert getattr(alone, name)[0] == getattr(together, name)[place]
