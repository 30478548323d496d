"""Bad policies and bad evidence: each mistake named, all of them at once, with the way to put it right."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest

from status_engine import (
    EvidenceErrors,
    EvidenceTable,
    Kind,
    Policy,
    PolicyError,
    PolicyErrors,
    Scale,
    parse_policy,
    policy_to_json,
    preview,
)
from tests.status_engine.engine_builders import METHOD_KEYS, a_policy, a_row, policy_data


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"weight": 120}, "weight", "weight was 120. Use a number between 0 and 1, or a percent between 1 and 99"),
        ({"weight": 0}, "weight", "weight was 0."),
        ({"weight": 1}, "weight", "weight was 1."),
        ({"weight": -0.5}, "weight", "weight was -0.5."),
        ({"weight": True}, "weight", "weight was True."),
        ({"weight": "65"}, "weight", "weight was '65'."),
        ({"weight": float("nan")}, "weight", "weight was nan."),
        ({"weight": 10**400}, "weight", "Use a number between 0 and 1"),
        ({"method": "sum"}, "method", "method was 'sum'. Use one of: highest, latest, mean"),
        ({"method": ...}, "method", "method is missing"),
        ({"method": ["ewma"]}, "method", "method was ['ewma']"),
        ({"method": "highest", "weight": 0.5}, "weight", "weight is not used by highest"),
        ({"n": 3}, "n", "n is not used by ewma"),
        ({"points_possible": 0}, "points_possible", "points_possible was 0. Use a number above 0, at most 10000"),
        ({"points_possible": ...}, "points_possible", "points_possible is missing"),
        ({"meets_at": 6}, "meets_at", "meets_at was 6. Use a number above 0, at most the points possible, 5"),
        ({"meets_at": ...}, "meets_at", "meets_at is missing"),
        ({"developing_at": 3}, "developing_at", "developing_at was 3. Use a number above 0 and below meets_at, 3"),
        ({"mastery_at": 3}, "mastery_at", "mastery_at was 3. Use a number above meets_at, 3"),
        ({"mastery_at": 5.5}, "mastery_at", "at most the points possible, 5"),
        ({"ratings": []}, "ratings", "ratings was []"),
        ({"ratings": [1, "two", 9]}, "ratings", "ratings held 'two', 9. Use numbers from 0 to 5"),
        ({"attempts": "first"}, "attempts", "attempts was 'first'. Use one of: all, latest_per_task, best_per_task"),
        ({"order_by": "id"}, "order_by", "order_by was 'id'. Use one of: occurred_at, due_at, recorded_at"),
        ({"count_self_assessment": 1}, "count_self_assessment", "count_self_assessment was 1. Use true or false"),
        ({"version": 1.5}, "version", "version was 1.5"),
        ({"wieght": 0.5}, "wieght", "'wieght' is not a key of a policy"),
        ({"gates": []}, "gates", "gates was []"),
        ({"gates": {"developing": {}}}, "gates.developing", "'developing' has no gates. Use only: meets, mastery"),
        ({"gates": {"meets": 2}}, "gates.meets", "gates.meets was 2"),
        ({"gates": {"meets": {"max_forms": 2}}}, "gates.meets.max_forms", "'max_forms' is not a gate"),
        ({"gates": {"meets": {"min_pieces": 0}}}, "gates.meets.min_pieces", "min_pieces was 0. Use a whole number"),
        ({"gates": {"meets": {"min_pieces": 2.5}}}, "gates.meets.min_pieces", "min_pieces was 2.5"),
        ({"gates": {"mastery": {"min_kinds": 6}}}, "gates.mastery.min_kinds", "from 1 to 5"),
        ({"gates": {"mastery": {"required_kinds": "summative"}}}, "gates.mastery.required_kinds", "Use a list"),
        ({"gates": {"mastery": {"required_kinds": ["self_assessment"]}}}, "gates.mastery.required_kinds",
         "at least one of: formative, summative, performance, observation, indicator"),
        ({"gates": {"meets": {"within_days": 0}}}, "gates.meets.within_days", "number of days from 1 to 3660"),
        ({"gates": {"meets": {"prerequisites_met": False}}}, "gates.meets.prerequisites_met", 'Use true, or "advice"'),
        ({"gates": {"meets": {"k_of_last_n_at_or_above": 2}}}, "gates.meets.k_of_last_n_at_or_above", '"k": 1 to n'),
        ({"gates": {"meets": {"k_of_last_n_at_or_above": {"k": 3, "n": 2}}}}, "gates.meets.k_of_last_n_at_or_above",
         '"k": 1 to n'),
        ({"gates": {"meets": {"k_of_last_n_at_or_above": {"k": 1, "n": 2, "level": "best"}}}},
         "gates.meets.k_of_last_n_at_or_above", "one of: developing, meets, mastery"),
        ({"gates": {"meets": {"min_forms": True}}}, "gates.meets.min_forms", "min_forms was True"),
        ({"window": {"days": 0}}, "window", 'window was {\'days\': 0}. Use {"term": true}, {"days": 1 to 3660}'),
        ({"window": {"term": False}}, "window", "window was {'term': False}"),
        ({"window": {"days": 3, "pieces": 3}}, "window", "window was"),
        ({"window": "term"}, "window", "window was 'term'"),
        ({"expires_after": 0}, "expires_after", "expires_after was 0. Use a whole number of days from 1 to 3660"),
        ({"stalled_after": 2}, "stalled_after", "stalled_after was 2. Use a whole number of days from 3 to 120"),
        ({"stalled_after": 121}, "stalled_after", "stalled_after was 121"),
        ({"hold_at_mastery": "yes"}, "hold_at_mastery", "hold_at_mastery was 'yes'. Use true or false"),
    ],
)  # fmt: skip
def test_each_bad_setting_is_named(changes: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(PolicyErrors) as caught:
        a_policy("ewma", **changes)
    assert [name for name, _ in caught.value.errors] == [field]
    assert message in caught.value.errors[0][1]


def test_n_is_asked_for_and_checked() -> None:
    with pytest.raises(PolicyErrors, match=r"n is missing\. Use a whole number from 1 to 100"):
        a_policy("n_times", n=None)
    with pytest.raises(PolicyErrors, match="n was 0"):
        a_policy("n_times", n=0)


@pytest.mark.parametrize(
    ("method", "changes", "field", "message"),
    [
        ("m_of_n", {"m": 4}, "m", "m was 4. Use a whole number from 1 to n, 3"),
        ("m_of_n", {"m": 0}, "m", "m was 0. Use a whole number from 1 to 100"),
        ("m_of_n", {"n": ...}, "n", "n is missing"),
        ("mode", {"tie": "lowest"}, "tie", "tie was 'lowest'. Use one of: latest, highest"),
        ("median", {"r": 0}, "r", "r was 0. Use a whole number from 1 to 100"),
        ("mean_of_top", {"r": ...}, "r", "r is missing"),
        ("drop_lowest", {"d": 1.5}, "d", "d was 1.5"),
        ("bkt", {"p0": 0}, "p0", "p0 was 0. Use a number from 0.01 to 0.99"),
        ("bkt", {"t": 1}, "t", "t was 1. Use a number from 0 to 0.99"),
        ("bkt", {"s": 0.5, "g": 0.5}, "s", "s was 0.5 and g 0.5. Use two numbers that are together below 1"),
        ("bkt", {"s": 0.3, "g": 0.8}, "s", "together below 1"),
        ("bkt", {"g": ...}, "g", "g is missing"),
        ("power_law", {"r": 3}, "r", "r is not used by power_law"),
    ],
)
def test_parameters_have_ranges(method: str, changes: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(PolicyErrors) as caught:
        a_policy(method, **changes)
    assert [name for name, _ in caught.value.errors] == [field]
    assert message in caught.value.errors[0][1]


def test_defaults_of_parameters() -> None:
    assert a_policy("mode").parameters == {"tie": "latest"}
    assert a_policy("median").parameters == {}


def test_all_mistakes_come_at_once() -> None:
    with pytest.raises(PolicyErrors) as caught:
        parse_policy({"method": "ewma", "weight": 0, "meets_at": "3", "attempts": "x", "colour": 1})
    assert [field for field, _ in caught.value.errors] == [
        "colour", "weight", "points_possible", "meets_at", "attempts",
    ]  # fmt: skip
    assert isinstance(caught.value, PolicyError)
    assert caught.value.field == "colour"
    with pytest.raises(PolicyErrors, match="policy was"):
        parse_policy(cast("Any", ["ewma"]))


def test_a_policy_built_by_hand_is_held_to_the_same_rules() -> None:
    scale = Scale(5, 3, 2, 4)
    assert Policy(method="ewma", scale=scale) == a_policy("ewma")
    assert hash(Policy(method="ewma", scale=scale)) == hash(a_policy("ewma"))
    with pytest.raises(PolicyErrors, match="method was 'x'"):
        Policy(method="x", scale=scale)
    with pytest.raises(PolicyErrors, match="weight was 2000"):
        Policy(method="ewma", scale=scale, parameters={"weight": 2000})


@pytest.mark.parametrize("method", METHOD_KEYS)
def test_policies_survive_json(method: str) -> None:
    gates = {"meets": {"required_kinds": ["summative", "performance"], "min_pieces": 2}, "mastery": {}}
    policy = a_policy(method, gates=gates, mastery_at=None, version=3, order_by="due_at")
    assert parse_policy(policy_to_json(policy)) == policy


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        (a_row(3, possible=0), "evidence[1].possible", "possible was 0. Use a number above 0"),
        (a_row(3, possible=-1), "evidence[1].possible", "possible was -1"),
        (a_row(3, possible=None), "evidence[1].possible", "possible is missing"),
        (a_row(3, possible=float("inf")), "evidence[1].possible", "possible was inf"),
        (a_row(float("nan")), "evidence[1].score", "score was nan"),
        (a_row(1e12), "evidence[1].score", "score was 1000000000000.0"),
        ({"possible": 5}, "evidence[1].score", "score is missing"),
        (a_row(3, weight=0), "evidence[1].weight", "weight was 0. Use a number above 0"),
        (a_row(3, occurred_at="2026-03-01T09:00:00"), "evidence[1].occurred_at", "Use ISO 8601 with an offset"),
        (a_row(3, occurred_at="2026-03-01"), "evidence[1].occurred_at", "Use ISO 8601 with an offset"),
        (a_row(3, occurred_at="soon"), "evidence[1].occurred_at", "Use ISO 8601 with an offset"),
        (a_row(3, occurred_at=datetime(2026, 3, 1)), "evidence[1].occurred_at", "offset"),  # noqa: DTZ001
        (a_row(3, due_at="0001-01-01T00:00:00+05:00"), "evidence[1].due_at", "in the years 1900 to 2199"),
        (a_row(3, kind="exam"), "evidence[1].kind", "Use one of: formative, summative"),
        (a_row(3, state="gone"), "evidence[1].state", "Use one of: counted, withdrawn, hidden, not_judged"),
        (a_row(3, pass_mark=1.5), "evidence[1].pass_mark", "above 0 and at most 1"),
        (a_row(3, pass_mark=0), "evidence[1].pass_mark", "leave it out if the task has no pass mark"),
        (a_row(3, task=" "), "evidence[1].task", "Use text or a whole number"),
        (a_row(3, attempt=True), "evidence[1].attempt", "Use text or a whole number"),
        (a_row(3, id=-4), "evidence[1].id", "id was -4"),
        (a_row(3, id=0), "evidence[1].id", "id was 0, which evidence[0] has"),
        (a_row(3, grade=4), "evidence[1].grade", "'grade' is not a key of evidence"),
        (a_row(3, group=4), "evidence[1].group", "a preview is about one learner"),
        ("row", "evidence[1]", "the row was 'row'. Use an object"),
    ],
)
def test_each_bad_row_is_named(row: Any, field: str, message: str) -> None:
    with pytest.raises(EvidenceErrors) as caught:
        preview(policy_data(), [a_row(1, id=0), row])
    assert [name for name, _ in caught.value.errors] == [field]
    assert message in caught.value.errors[0][1]


def test_rows_may_be_mappings_or_dataclasses_of_many_learners() -> None:
    @dataclass
    class Piece:
        score: Decimal
        possible: int
        occurred_at: datetime
        group: int
        kind: str = "summative"

    moment = datetime(2026, 3, 1, tzinfo=UTC)
    found = EvidenceTable.from_rows([Piece(Decimal("3.25"), 5, moment, 8), {"score": None, "group": 9, "id": 40}])
    assert (found.group.tolist(), found.id.tolist(), found.score[0]) == ([8, 9], [41, 40], 3.25)
    assert found.kind.tolist() == [Kind.SUMMATIVE, Kind.FORMATIVE]


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"possible": [5, 0]}, "possible[1]"),
        ({"score": [np.inf, 1]}, "score[0]"),
        ({"weight": [1, 0]}, "weight[1]"),
        ({"pass_mark": [np.nan, 2]}, "pass_mark[1]"),
        ({"kind": np.array([0, 6], np.int8)}, "kind[1]"),
        ({"state": np.array([-1, 0], np.int8)}, "state[0]"),
        ({"kind": [0, 300]}, "kind"),
    ],
)
def test_each_bad_column_is_named(columns: dict[str, Any], field: str) -> None:
    with pytest.raises(EvidenceErrors) as caught:
        EvidenceTable(**{"group": [1, 1], "score": [1, 2], "possible": [5, 5], **columns})
    assert [name for name, _ in caught.value.errors] == [field]


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TypeError, match="one dimension of 2 rows"):
        EvidenceTable(group=[1, 1], score=[1], possible=[5, 5])
    with pytest.raises(TypeError, match="task held float64"):
        EvidenceTable(group=[1], score=[1], possible=[5], task=[1.5])
    with pytest.raises(TypeError, match="unknown columns: colour"):
        EvidenceTable(group=[1], score=[1], possible=[5], colour=[1])
