"""Windows, expiry, gates that look around, and prerequisites: what each one means to a teacher."""

from typing import Any

import numpy as np
import pytest

from status_engine import (
    NOWHERE,
    Context,
    EvidenceTable,
    Unmet,
    explain,
    fingerprints,
    flag_names,
    parse_policy,
    policy_to_json,
    preview,
    roll_up,
)
from status_engine.rows import microseconds
from tests.status_engine.engine_builders import a_policy, a_row, day, policy_data, some_rows

NOW = Context(as_of=microseconds(day(31)), term_start=microseconds(day(15)))


def explained(
    rows: list[dict[str, Any]], context: Context = NOW, method: str = "mean", **changes: Any
) -> dict[str, Any]:
    explanation: dict[str, Any] = preview(policy_data(method, **changes), rows, context)["explanation"]
    return explanation


def reasons(found: dict[str, Any]) -> dict[int, str]:
    return {row["id"]: row["reason"] for row in found["ignored"]}


def gate(found: dict[str, Any], code: str) -> dict[str, Any]:
    (condition,) = (one for one in found["conditions"] if one["code"] == code)
    return {name: condition[name] for name in ("needed", "has", "met", "evidence", "blocks", "level")}


def test_what_a_policy_needs_to_know() -> None:
    assert not a_policy().needs_clock
    assert a_policy(window={"days": 9}).needs_clock
    assert a_policy(expires_after=9).needs_clock
    assert a_policy(gates={"meets": {"within_days": 9}}).needs_clock
    assert [a_policy(window={"term": True}).needs_term, a_policy(window={"pieces": 3}).needs_term] == [True, False]
    assert a_policy(gates={"mastery": {"prerequisites_met": "advice"}}).needs_prerequisites
    assert not a_policy().needs_prerequisites


@pytest.mark.parametrize(
    "changes", [{"window": {"days": 9}}, {"expires_after": 9}, {"gates": {"meets": {"within_days": 9}}}]
)
def test_a_policy_that_counts_days_must_be_told_the_day(changes: dict[str, Any]) -> None:
    policy, evidence = a_policy(**changes), EvidenceTable.from_rows(some_rows(3))
    for ask in (roll_up, explain):
        with pytest.raises(ValueError, match=r"as_of was not given"):
            ask(policy, evidence)
    answer = roll_up(policy, evidence, context=NOW)
    with pytest.raises(ValueError, match=r"as_of was not given"):
        fingerprints(policy, evidence, answer, NOWHERE)


@pytest.mark.parametrize(
    ("window", "counted"),
    [({"term": True}, [1, 2]), ({"days": 31}, [0, 1, 2]), ({"days": 16}, [1, 2]), ({"days": 1}, [2]),
     ({"pieces": 1}, [2]), ({"pieces": 5}, [0, 1, 2, 3])],
)  # fmt: skip
def test_windows(window: dict[str, Any], counted: list[int]) -> None:
    rows = [a_row(1, 14), a_row(3, 15), a_row(4, 30), a_row(5, 1, occurred_at=None)]
    found = explained(rows, window=window)
    assert sorted(piece["id"] for piece in found["counted"]) == counted
    assert reasons(found) == {n: "outside_window" for n in range(4) if n not in counted}


def test_a_term_that_is_not_known_leaves_nothing_out() -> None:
    assert len(explained(some_rows(1, 2, 3), NOWHERE, window={"term": True})["counted"]) == 3


def test_evidence_from_before_the_window_alone_is_not_started() -> None:
    found = explained([a_row(5, 1), a_row(None, 2, state="not_judged")], window={"term": True})
    assert (found["level"], found["value"], found["flags"]) == ("not-started", None, [])
    inside = explained([a_row(5, 1), a_row(None, 20, state="not_judged")], window={"term": True})
    assert (inside["level"], inside["flags"]) == ("beginning", ["awaiting_judgement"])


def test_the_newest_pieces_are_chosen_after_folding_and_attempts() -> None:
    quiz = [a_row(1, 3, task="quiz"), a_row(1, 3, task="quiz"), a_row(4, 4, task="quiz")]
    found = explained([a_row(5, 1), a_row(5, 2), *quiz], window={"pieces": 2}, attempts="latest_per_task")
    assert [piece["id"] for piece in found["counted"]] == [1, 4]
    assert reasons(found) == {0: "outside_window", 2: "not_latest_attempt", 3: "not_latest_attempt"}


def test_the_best_attempt_is_the_best_one_inside_the_window() -> None:
    rows = [a_row(5, 1, task="quiz"), a_row(3, 20, task="quiz"), a_row(2, 21, task="quiz")]
    found = explained(rows, window={"term": True}, attempts="best_per_task")
    assert (found["value"], reasons(found)) == (3.0, {0: "outside_window", 2: "not_best_attempt"})


def test_an_attempt_that_goes_on_into_the_window_is_inside_as_a_whole() -> None:
    rows = [a_row(5, 14, task="quiz", attempt=1), a_row(1, 16, task="quiz", attempt=1)]
    found = explained(rows, window={"term": True})
    assert (found["value"], len(found["counted"][0]["items"])) == (3.0, 2)


def test_expired_pieces_count_for_the_value_but_not_for_gates() -> None:
    rows = [a_row(4, 1), a_row(4, 30)]
    assert explained(rows)["level"] == "mastery"
    found = explained(rows, expires_after=10)
    assert (found["level"], found["value"], found["flags"]) == ("meets", 4.0, ["not_enough_evidence"])
    assert [piece["expired"] for piece in found["counted"]] == [True, False]
    assert gate(found, "min_tasks") == {
        "needed": 2, "has": 1, "met": False, "evidence": [1], "blocks": True, "level": "mastery",
    }  # fmt: skip


def test_another_form_of_a_task_is_independent_and_the_same_form_is_not() -> None:
    gates = {"mastery": {"min_forms": 2}}

    def level(*forms: str | None) -> str:
        rows = [a_row(4, n, task="quiz", form=form) for n, form in enumerate(forms, start=1)]
        return str(explained(rows, gates=gates)["level"])

    assert [level("A", "A"), level("A", "B"), level(None, None), level("A", None)] == [
        "meets", "mastery", "meets", "mastery",
    ]  # fmt: skip
    loose = [a_row(4, 1, task=None, form="A"), a_row(4, 2, task=None, form="A"), a_row(4, 3, task="t", form="A")]
    assert explained(loose[:2], gates=gates)["level"] == "meets"
    assert explained(loose, gates=gates)["level"] == "mastery"
    assert explained([a_row(4, 1, task=None), a_row(4, 2, task=None)], gates=gates)["level"] == "mastery"
    step = explained(loose[:1], gates=gates)["change"]
    assert (step["count"], step["new_form"], step["to"]) == (1, True, "mastery")


def test_k_of_the_newest_n() -> None:
    gates = {"meets": {"k_of_last_n_at_or_above": {"k": 2, "n": 3}}}
    found = explained(some_rows(5, 5, 5, 2, 3), gates=gates)
    assert (found["level"], found["flags"]) == ("mastery", [])
    found = explained(some_rows(5, 5, 5, 2, 2.9), gates=gates)
    assert (found["level"], found["value"], found["flags"]) == ("developing", 3.98, [])
    assert gate(found, "k_of_last_n_at_or_above") == {
        "needed": {"k": 2, "n": 3, "level": "meets"}, "has": 1, "met": False, "evidence": [2], "blocks": True,
        "level": "meets",
    }  # fmt: skip
    at_developing = {"mastery": {"k_of_last_n_at_or_above": {"k": 3, "n": 3, "level": "developing"}}}
    assert explained(some_rows(5, 5, 5, 2, 3), gates=at_developing)["level"] == "mastery"
    own_cut = {"mastery": {"k_of_last_n_at_or_above": {"k": 3, "n": 3}}}
    assert explained(some_rows(5, 5, 5, 2, 3), gates=own_cut)["level"] == "meets"


def test_a_recent_piece() -> None:
    gates = {"meets": {"within_days": 10}}
    found = explained([a_row(4, 20), a_row(4, 1)], gates=gates)
    assert (found["level"], gate(found, "within_days")["has"], gate(found, "within_days")["evidence"]) == (
        "developing", 11, [],
    )  # fmt: skip
    found = explained([a_row(4, 21), a_row(4, 1)], gates=gates)
    assert (found["level"], gate(found, "within_days")["has"], gate(found, "within_days")["evidence"]) == (
        "mastery", 10, [0],
    )  # fmt: skip
    assert gate(explained([a_row(4, occurred_at=None)], gates=gates), "within_days")["has"] is None


def with_open(count: int) -> Context:
    return Context(as_of=NOW.as_of, unmet=Unmet(np.array([0]), np.array([count])))


def test_open_prerequisites_hold_back_where_they_are_a_gate() -> None:
    gates = {"meets": {"prerequisites_met": True}}
    found = explained(some_rows(4, 4), with_open(2), gates=gates)
    assert (found["level"], found["flags"], found["context"]["open_prerequisites"]) == ("developing", [], 2)
    assert gate(found, "prerequisites_met") == {
        "needed": 0, "has": 2, "met": False, "evidence": [], "blocks": True, "level": "meets",
    }  # fmt: skip
    assert found["change"] == {"code": "prerequisites_first", "count": 2, "to": "meets", "then": None}
    assert explained(some_rows(4, 4), with_open(0), gates=gates)["level"] == "mastery"
    low = explained(some_rows(1), with_open(1), method="latest", gates=gates)
    assert low["change"]["to"] == "developing"
    low = explained(some_rows(2), with_open(1), method="latest", gates=gates)
    assert (low["change"]["code"], low["change"]["then"]["at_least"]) == ("prerequisites_first", 3.0)


def test_open_prerequisites_are_only_shown_where_they_are_advice() -> None:
    found = explained(some_rows(4, 4), with_open(2), gates={"meets": {"prerequisites_met": "advice"}})
    shown = gate(found, "prerequisites_met")
    assert (found["level"], shown["met"], shown["blocks"], shown["has"]) == ("mastery", False, False, 2)


def test_each_group_has_its_own_prerequisites() -> None:
    evidence = EvidenceTable(group=[5, 7, 9], score=[4, 4, 4], possible=[5, 5, 5])
    policy = a_policy(gates={"meets": {"prerequisites_met": True}})
    context = Context(unmet=Unmet(np.array([5, 8]), np.array([1, 3])))
    assert roll_up(policy, evidence, context=context).level.tolist() == [2, 3, 3]
    assert roll_up(policy, evidence, [9, 5, 1], context).level.tolist() == [0, 2, 3]
    empty = EvidenceTable.from_rows([])
    found = explain(policy, empty, context, group=8)
    assert (found["context"]["open_prerequisites"], found["level"]) == (3, "not-started")


@pytest.mark.parametrize(
    ("group", "count", "message"),
    [
        ([2, 1], [1, 1], "ascending"),
        ([1, 1], [1, 1], "ascending"),
        ([1], [-1], "0 or above"),
        ([1], [1, 2], "one count"),
    ],
)
def test_prerequisites_out_of_order_are_refused(group: list[int], count: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Unmet(np.array(group), np.array(count))


def test_new_settings_survive_json() -> None:
    policy = a_policy(
        "bkt", window={"days": 30}, expires_after=200, hold_at_mastery=True, stalled_after=21,
        gates={"meets": {"k_of_last_n_at_or_above": {"k": 1, "n": 2, "level": "developing"}, "within_days": 30},
               "mastery": {"prerequisites_met": "advice", "min_forms": 2}},
    )  # fmt: skip
    assert parse_policy(policy_to_json(policy)) == policy
    for window in ({"term": True}, {"pieces": 4}):
        assert policy_to_json(a_policy(window=window))["window"] == window
    assert policy_to_json(a_policy(gates={"meets": {"prerequisites_met": True}}))["gates"]["meets"] == {
        "prerequisites_met": True
    }


def test_flags_have_names() -> None:
    assert flag_names(15) == ["not_enough_evidence", "awaiting_judgement", "met_before", "set_by_teacher"]
