"""What becomes of rows: folded by attempt, chosen among attempts, dropped for a reason."""

from typing import Any

import pytest

from status_engine import EvidenceTable, explain, preview
from tests.status_engine.engine_builders import a_policy, a_row, day, policy_data, some_rows


def explained(rows: list[dict[str, Any]], method: str = "mean", **changes: Any) -> dict[str, Any]:
    return explain(a_policy(method, **changes), EvidenceTable.from_rows(rows))


def ids(rows: Any) -> list[int]:
    assert isinstance(rows, list)
    return [row["id"] for row in rows]


def reasons(explanation: dict[str, Any]) -> dict[int, str]:
    rows = explanation["ignored"]
    assert isinstance(rows, list)
    return {row["id"]: row["reason"] for row in rows}


def test_items_of_one_attempt_are_one_piece() -> None:
    quiz = [a_row(score, task="quiz", possible=possible) for score, possible in ((1, 1), (0, 1), (2, 2))]
    found = explained([*quiz, a_row(1, 2)])
    assert [piece["value"] for piece in found["counted"]] == [3.75, 1.0]
    assert [item["id"] for item in found["counted"][0]["items"]] == [0, 1, 2]
    assert found["value"] == 2.38


@pytest.mark.parametrize(
    ("first", "second", "pieces"),
    [
        ({"attempt": 1}, {"attempt": 1}, 1),
        ({"attempt": 1}, {"attempt": 2}, 2),
        ({"attempt": "a", "occurred_at": day(1)}, {"attempt": "a", "occurred_at": day(9)}, 1),
        ({}, {}, 1),
        ({"occurred_at": day(1)}, {"occurred_at": day(2)}, 2),
        ({"attempt": 1}, {}, 2),
        ({"occurred_at": None}, {"occurred_at": None}, 1),
        ({"task": None}, {"task": None}, 2),
        ({"task": "essay"}, {"task": "report"}, 2),
    ],
)
def test_same_task_and_attempt_or_else_same_time(first: dict[str, Any], second: dict[str, Any], pieces: int) -> None:
    rows = [a_row(2, task="quiz") | first, a_row(4, task="quiz") | second]
    for order_by in ("occurred_at", "due_at", "recorded_at"):
        assert len(explained(rows, order_by=order_by)["counted"]) == pieces


def test_a_folded_piece_weighs_as_much_as_its_heaviest_item() -> None:
    quiz = [a_row(5, 1, task="quiz"), a_row(5, 1, task="quiz"), a_row(5, 1, task="quiz")]
    assert explained([*quiz, a_row(1, 2)], "weighted_mean")["value"] == 3.0


def test_an_unjudged_item_leaves_the_others_of_its_attempt() -> None:
    found = explained([a_row(3, task="quiz"), a_row(None, task="quiz", state="not_judged")])
    assert (found["value"], found["flags"]) == (3.0, ["awaiting_judgement"])


@pytest.mark.parametrize(
    ("attempts", "value", "ignored"),
    [
        ("all", 2.67, {}),
        ("latest_per_task", 2.0, {0: "not_latest_attempt"}),
        ("best_per_task", 3.0, {1: "not_best_attempt"}),
    ],
)
def test_which_attempts_count(attempts: str, value: float, ignored: dict[int, str]) -> None:
    rows = [a_row(4, 1, task="quiz"), a_row(2, 2, task="quiz"), a_row(2, 3, task="essay")]
    found = explained(rows, attempts=attempts)
    assert (found["value"], reasons(found)) == (value, ignored)


def test_of_equally_good_attempts_the_newest_counts() -> None:
    rows = [a_row(3, 1, task="quiz", possible=4), a_row(6, 2, task="quiz", possible=8), a_row(1, 3)]
    assert ids(explained(rows, attempts="best_per_task")["counted"]) == [1, 2]
    last_bit_apart = [a_row(0.49, 1, task="quiz", possible=7), a_row(7, 2, task="quiz", possible=100)]
    assert ids(explained(last_bit_apart, attempts="best_per_task")["counted"]) == [1]


def test_all_items_of_an_attempt_that_does_not_count_are_ignored() -> None:
    rows = [a_row(5, 1, task="quiz"), a_row(5, 1, task="quiz"), a_row(1, 2, task="quiz")]
    assert reasons(explained(rows, attempts="latest_per_task")) == {0: "not_latest_attempt", 1: "not_latest_attempt"}


def test_every_row_that_does_not_count_has_a_reason() -> None:
    rows = [
        a_row(4, 1), a_row(None, 2), a_row(4, 3, state="withdrawn"), a_row(4, 4, state="hidden"),
        a_row(4, 5, kind="self_assessment"), a_row(None, 6, state="not_judged"),
        a_row(None, 7, kind="self_assessment", state="not_judged"), a_row(4, 8, state="with_hints"),
        a_row(4, 9, kind="self_assessment", state="with_hints"),
    ]  # fmt: skip
    found = explained(rows)
    assert ids(found["counted"]) == [0]
    assert reasons(found) == {
        1: "null", 2: "withdrawn", 3: "hidden", 4: "self_assessment", 5: "not_judged", 6: "self_assessment",
        7: "with_hints", 8: "self_assessment",
    }  # fmt: skip


def test_of_a_test_only_the_items_with_hints_are_left_out() -> None:
    quiz = [a_row(1, task="quiz", possible=1), a_row(1, task="quiz", possible=1, state="with_hints")]
    found = explained([*quiz, a_row(0, task="quiz", possible=1)])
    assert ([piece["value"] for piece in found["counted"]], reasons(found)) == ([2.5], {1: "with_hints"})


def test_a_repeated_row_is_named() -> None:
    evidence = EvidenceTable(group=[1, 1], id=[7, 7], score=[4, 4], possible=[5, 5], occurred_at=[3, 3])
    assert reasons(explain(a_policy(), evidence)) == {7: "duplicate"}


def test_points_above_possible_are_kept() -> None:
    found = preview(policy_data(gates={"mastery": {}}), some_rows(6))
    assert (found["value"], found["level"]) == (6.0, "mastery")
