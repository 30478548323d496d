"""Levels, scales, gates and flags: the rules of the design, one by one."""

import numpy as np
import pytest

from status_engine import (
    LEVEL_NAMES,
    EvidenceTable,
    Level,
    PolicyErrors,
    RollUp,
    Scale,
    flag_names,
    level_from_name,
    preview,
    roll_up,
    round_half_away,
)
from tests.status_engine.engine_builders import a_policy, a_row, policy_data, some_rows, table


def level_of(found: RollUp) -> str:
    return LEVEL_NAMES[int(found.level[0])]


def test_names_and_numbers_of_levels() -> None:
    assert LEVEL_NAMES == ("not-started", "beginning", "developing", "meets", "mastery")
    assert [level_from_name(name) for name in LEVEL_NAMES] == list(Level) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="not-started, beginning, developing, meets, mastery"):
        level_from_name("exceeds")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4.125, 4.13), (3.175, 3.18), (2.675, 2.68), (1.005, 1.01), (2.995, 3.0), (2.994, 2.99), (2.9949, 2.99),
        (0.005, 0.01), (0.0, 0.0), (-2.675, -2.68), (-0.001, 0.0), (1.115, 1.12), (8.345, 8.35), (9999.995, 10000.0),
    ],
)  # fmt: skip
def test_rounding_table(value: float, expected: float) -> None:
    assert round_half_away(np.array([value]))[0] == expected


def test_rounding_keeps_missing_values() -> None:
    assert np.isnan(round_half_away(np.array([np.nan]))[0])


@pytest.mark.parametrize(
    ("method", "expected"),
    [("ewma", 3.53), ("last_vs_rest", 3.48), ("mean", 3.0), ("highest", 4.0), ("latest", 4.0), ("weighted_mean", 3.0),
     ("n_times", 3.5)],
)  # fmt: skip
def test_two_three_four(method: str, expected: float) -> None:
    assert roll_up(a_policy(method), table(2, 3, 4)).value[0] == expected


def test_percent_and_fraction_are_the_same_weight() -> None:
    assert a_policy("ewma", weight=65) == a_policy("ewma", weight=0.65) == a_policy("ewma")


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, "beginning"), (1.99, "beginning"), (1.995, "developing"), (2, "developing"), (2.99, "developing"),
     (2.995, "meets"), (3, "meets"), (3.99, "meets"), (4, "mastery"), (7, "mastery")],
)  # fmt: skip
def test_a_value_between_ratings_falls_to_the_lower_one(score: float, expected: str) -> None:
    assert level_of(roll_up(a_policy(gates={"mastery": {}}), table(score))) == expected


def test_no_evidence_is_not_started_and_a_judged_zero_is_evidence() -> None:
    assert level_of(roll_up(a_policy(), table(), groups=[0])) == "not-started"
    assert len(roll_up(a_policy(), table())) == 0
    assert level_of(roll_up(a_policy(), table(0))) == "beginning"
    assert level_of(roll_up(a_policy(), table(None))) == "not-started"


def test_work_handed_in_but_not_judged_is_beginning_and_says_so() -> None:
    waiting = EvidenceTable.from_rows([a_row(None, state="not_judged")])
    found = roll_up(a_policy(), waiting)
    assert (level_of(found), flag_names(int(found.flags[0]))) == ("beginning", ["awaiting_judgement"])
    assert np.isnan(found.value[0])
    both = EvidenceTable.from_rows([a_row(3), a_row(None, 2, state="not_judged")])
    found = roll_up(a_policy(), both)
    assert (level_of(found), flag_names(int(found.flags[0]))) == ("meets", ["awaiting_judgement"])


@pytest.mark.parametrize("state", ["withdrawn", "hidden", "with_hints"])
def test_rows_that_do_not_count_leave_nothing_behind(state: str) -> None:
    found = roll_up(a_policy(), EvidenceTable.from_rows([a_row(5, state=state)]))
    assert (level_of(found), int(found.flags[0])) == ("not-started", 0)


def test_self_assessment_counts_only_where_the_policy_says_so() -> None:
    own = EvidenceTable.from_rows([a_row(5, kind="self_assessment")])
    assert level_of(roll_up(a_policy(), own)) == "not-started"
    assert level_of(roll_up(a_policy(count_self_assessment=True), own)) == "meets"


def test_cuts_come_from_the_ratings() -> None:
    assert Scale.from_ratings(5, [0, 1, 2, 3, 4, 5], 3) == Scale(5, 3, 2, 4)
    assert Scale.from_ratings(5, [0, 3], 3) == Scale(5, 3, 1.5, None)
    assert a_policy(ratings=[1, 2.5, 3, 4.5], developing_at=..., mastery_at=...).scale == Scale(5, 3, 2.5, 4.5)
    assert a_policy(developing_at=..., mastery_at=...).scale == Scale(5, 3, 1.5, None)
    assert a_policy(ratings=[1, 2.5, 3, 4.5], developing_at=1, mastery_at=...).scale == Scale(5, 3, 1, 4.5)


@pytest.mark.parametrize(
    "cuts", [(0, 3, 2, 4), (5, 6, 2, None), (5, 3, 3, 4), (5, 3, 2, 3), (5, 3, 2, 6), (5, 3, 0, 4)]
)
def test_cuts_out_of_order_are_refused(cuts: tuple[float, float, float, float | None]) -> None:
    with pytest.raises(PolicyErrors):
        Scale(*cuts)


def test_mastery_asks_for_two_tasks_unless_told_otherwise() -> None:
    once = roll_up(a_policy(), table(5))
    assert (level_of(once), flag_names(int(once.flags[0]))) == ("meets", ["not_enough_evidence"])
    twice_the_same = EvidenceTable.from_rows([a_row(5, 1, task="essay"), a_row(5, 2, task="essay")])
    assert level_of(roll_up(a_policy(), twice_the_same)) == "meets"
    assert level_of(roll_up(a_policy(), table(5, 1))) == "mastery"
    assert level_of(roll_up(a_policy(gates={"mastery": {}}), table(5))) == "mastery"
    assert level_of(roll_up(a_policy(gates={"mastery": {"min_pieces": 3}}), table(5, 5))) == "meets"
    assert level_of(roll_up(a_policy(gates={"meets": {}}), table(5))) == "meets"


def test_work_without_a_task_stands_for_itself() -> None:
    rows = [a_row(5, 1, task=None), a_row(5, 1, task=None)]
    assert level_of(roll_up(a_policy(), EvidenceTable.from_rows(rows))) == "mastery"


def test_a_failed_meets_gate_leaves_developing() -> None:
    found = roll_up(a_policy(gates={"meets": {"min_pieces": 2}}), table(5))
    assert (level_of(found), flag_names(int(found.flags[0]))) == ("developing", ["not_enough_evidence"])
    found = roll_up(a_policy(gates={"meets": {"min_pieces": 2}}), table(1))
    assert (level_of(found), int(found.flags[0])) == ("beginning", 0)


def test_evidence_of_the_wrong_kind_is_not_too_little_evidence() -> None:
    policy = a_policy(gates={"meets": {"required_kinds": ["summative"]}})
    found = roll_up(policy, table(3, 3))
    assert (level_of(found), int(found.flags[0])) == ("developing", 0)
    with_test = EvidenceTable.from_rows([*some_rows(3), a_row(1, 2, kind="summative")])
    assert level_of(roll_up(policy, with_test)) == "meets"


def test_min_kinds() -> None:
    policy = a_policy(gates={"meets": {"min_kinds": 2}})
    assert level_of(roll_up(policy, table(3, 3))) == "developing"
    mixed = EvidenceTable.from_rows([a_row(3), a_row(3, 2, kind="performance")])
    assert level_of(roll_up(policy, mixed)) == "meets"


def test_without_a_higher_rating_mastery_looks_at_evidence_at_meets_only() -> None:
    policy = a_policy(mastery_at=None)
    assert level_of(roll_up(policy, table(3, 1))) == "meets"
    assert level_of(roll_up(policy, table(3, 1, 3))) == "mastery"
    assert level_of(roll_up(policy, table(1, 1))) == "beginning"


def test_n_times_without_a_value() -> None:
    policy = a_policy("n_times", n=3)
    assert [level_of(roll_up(policy, table(*scores))) for scores in [(1,), (2,), (5, 5), (3, 1, 3, 3)]] == [
        "beginning", "developing", "developing", "meets",
    ]  # fmt: skip
    assert np.isnan(roll_up(policy, table(5, 5)).value[0])


@pytest.mark.parametrize(
    ("score", "pass_mark", "value"),
    [(6, 0.6, 3.0), (3, 0.6, 1.5), (10, 0.6, 5.0), (8, 0.6, 4.0), (10, 1, 3.0), (5, 1, 1.5), (0, 0.6, 0.0),
     (9, 0.8, 4.0)],
)  # fmt: skip
def test_a_pass_mark_falls_on_meets(score: float, pass_mark: float, value: float) -> None:
    row = a_row(score, possible=10, pass_mark=pass_mark)
    assert preview(policy_data(), [row])["value"] == value
    assert preview(policy_data(), [row, {**row, "task": "other", "pass_mark": None, "score": 0}])["value"] == value
