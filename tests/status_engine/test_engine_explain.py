"""Explanations: they agree with the roll-up, replay to the same bytes, and the next step they name works."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import (
    LEVEL_NAMES,
    Context,
    EvidenceTable,
    Kind,
    Level,
    Policy,
    RollUp,
    Unmet,
    canonical_json,
    digest,
    explain,
    flag_names,
    level_from_name,
    parse_policy,
    policy_to_json,
    preview,
    roll_up,
)
from tests.status_engine.engine_builders import (
    DAY,
    METHOD_KEYS,
    a_policy,
    a_row,
    day,
    many_groups,
    policy_data,
    some_rows,
)

seeds = st.integers(0, 2**32 - 1)
GATES: list[dict[str, Any] | None] = [
    None,
    {"meets": {"min_pieces": 3}, "mastery": {"min_tasks": 3, "min_kinds": 2}},
    {"meets": {"required_kinds": ["summative", "performance"]}, "mastery": {"required_kinds": ["observation"]}},
    {"meets": {"min_kinds": 3}, "mastery": {}},
    {"meets": {"within_days": 3, "min_forms": 2}, "mastery": {"k_of_last_n_at_or_above": {"k": 2, "n": 3}}},
    {"meets": {"prerequisites_met": "advice"}, "mastery": {"prerequisites_met": True, "min_forms": 3}},
    {"meets": {"prerequisites_met": True, "k_of_last_n_at_or_above": {"k": 2, "n": 2, "level": "developing"}}},
]
WINDOWS: list[dict[str, Any] | None] = [None, None, {"term": True}, {"days": 3}, {"pieces": 3}]


def one_group(seed: int) -> EvidenceTable:
    columns = many_groups(np.random.default_rng(seed), 1)
    return EvidenceTable(**columns)


def drawn_policy(method: str, seed: int) -> Policy:
    rng = np.random.default_rng(seed)
    changes: dict[str, Any] = {
        "attempts": str(rng.choice(["all", "latest_per_task", "best_per_task"])),
        "order_by": str(rng.choice(["occurred_at", "due_at", "recorded_at"])),
        "mastery_at": 4 if rng.random() < 0.7 else None,
        "count_self_assessment": bool(rng.random() < 0.2),
    }
    changes["window"] = WINDOWS[int(rng.integers(0, len(WINDOWS)))]
    changes["expires_after"] = 2 if rng.random() < 0.2 else None
    gates = GATES[int(rng.integers(0, len(GATES)))]
    return a_policy(method, **changes, **({} if gates is None else {"gates": gates}))


def around(evidence: EvidenceTable, seed: int) -> Context:
    """The evening after the last piece, a term that began after the first ones, and perhaps open prerequisites."""
    still_open = int(np.random.default_rng(seed).integers(0, 3))
    return Context(6 * DAY, 2 * DAY, Unmet(evidence.group[:1], np.array([still_open])))


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_explanation_and_roll_up_agree(method: str, seed: int) -> None:
    policy, evidence = drawn_policy(method, seed), one_group(seed)
    context = around(evidence, seed)
    found, explanation = roll_up(policy, evidence, None, context), explain(policy, evidence, context)
    assert explanation["level"] == LEVEL_NAMES[int(found.level[0])]
    assert explanation["flags"] == flag_names(int(found.flags[0]))
    assert explanation["value"] == (None if np.isnan(found.value[0]) else found.value[0])
    assert len(explanation["counted"]) == found.pieces[0]
    rows = {item["id"] for piece in explanation["counted"] for item in piece["items"]}
    ignored = {row["id"] for row in explanation["ignored"]}
    assert rows | ignored == set(evidence.id.tolist())
    assert not rows & ignored
    met = {
        level: all(c["met"] for c in explanation["conditions"] if c["level"] == level and c.get("blocks", True))
        for level in LEVEL_NAMES
    }
    reached = explanation["level"]
    if explanation["counted"]:
        assert (reached == "mastery") == (met["meets"] and met["mastery"])
        assert (reached in ("meets", "mastery")) == met["meets"]
        assert (reached == "beginning") == (not met["developing"])


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_explanation_replays_to_the_same_bytes(method: str, seed: int) -> None:
    policy, evidence = drawn_policy(method, seed), one_group(seed)
    first = explain(policy, evidence, around(evidence, seed))
    again = explain(
        parse_policy(json.loads(json.dumps(policy_to_json(policy)))),
        evidence.rows(np.random.default_rng(seed).permutation(len(evidence))),
        around(evidence, seed),
    )
    assert canonical_json(first) == canonical_json(again)
    assert list(first) == list(again)
    assert digest(first) == digest(json.loads(canonical_json(first)))


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=40, deadline=None)
@given(seed=seeds, any_kind=st.sampled_from([Kind.FORMATIVE, Kind.INDICATOR, Kind.PERFORMANCE]))
def test_the_next_step_really_raises_the_level(method: str, seed: int, any_kind: Kind) -> None:
    """Fed back it reaches the level it names; fewer pieces, or as many at a lower cut, do not."""
    policy, evidence = drawn_policy(method, seed), one_group(seed)
    context = around(evidence, seed)
    explanation = explain(policy, evidence, context)
    change = explanation["change"]
    if explanation["level"] == "mastery":
        assert change is None
        return
    assert explanation["next_level"] == LEVEL_NAMES[level_from_name(explanation["level"]) + 1]
    target = level_from_name(explanation["next_level"])
    if change["code"] == "prerequisites_first":
        still_open = explanation["context"]["open_prerequisites"]
        assert (change["to"], change["count"]) == (explanation["next_level"], still_open)
        change, closed, context = change["then"], context, replace(context, unmet=None)
        before = roll_up(policy, evidence, None, context).level[0]
        if change is None:
            assert before >= target
            return
        assert before < target
        if change["code"] == "more_evidence":
            assert with_step(policy, evidence, change, any_kind, closed).level[0] < target
    if change["code"] == "none_within":
        assert change == {"code": "none_within", "count": 5}
        if not any(one["code"] in ("min_kinds", "required_kinds") for one in explanation["conditions"]):
            for value in ladder(policy, target):
                step = {"count": 5, "at_least": value, "kinds": []}
                assert with_step(policy, evidence, step, any_kind, context).level[0] < target
        return
    assert change["to"] == explanation["next_level"]
    assert with_step(policy, evidence, change, any_kind, context).level[0] >= target
    smaller = [(count, value) for count in range(1, change["count"] + 1) for value in ladder(policy, target)
               if count < change["count"] or value < change["at_least"]]  # fmt: skip
    for count, value in smaller:
        step = {**change, "count": count, "at_least": value, "kinds": change["kinds"][:count]}
        assert with_step(policy, evidence, step, Kind.FORMATIVE, context).level[0] < target


def ladder(policy: Policy, target: Level) -> list[float]:
    """The cuts from a level on, and full points."""
    scale = policy.scale
    highest = scale.meets_at if scale.mastery_at is None else scale.mastery_at
    return sorted({0.0 if target == 1 else 5.0, *[2.0, 3.0, highest, 5.0][max(target - 2, 0) :]})


def with_step(
    policy: Policy, evidence: EvidenceTable, change: dict[str, Any], any_kind: Kind, context: Context
) -> RollUp:
    count = int(change["count"])
    kinds = [Kind[name.upper()] for name in change["kinds"]] + [any_kind] * count
    moment = 30 * DAY + np.arange(count)
    added = {
        "group": np.full(count, evidence.group[0]), "id": 1000 + np.arange(count),
        "score": np.full(count, change["at_least"]), "possible": np.full(count, policy.scale.points_possible),
        "occurred_at": moment, "recorded_at": moment, "due_at": moment, "task": 1000 + np.arange(count),
        "kind": np.array(kinds[:count], np.int8), "weight": np.ones(count), "attempt": np.full(count, -1),
        "form": np.full(count, -1), "pass_mark": np.full(count, np.nan), "state": np.zeros(count, np.int8),
    }  # fmt: skip
    columns: dict[str, Any] = {name: np.concatenate((getattr(evidence, name), more)) for name, more in added.items()}
    return roll_up(policy, EvidenceTable(**columns), None, context)


def test_one_more_task_for_mastery() -> None:
    change = preview(policy_data(), [a_row(4)])["explanation"]["change"]
    assert change == {
        "code": "more_evidence", "count": 1, "at_least": 4.0, "kind": None, "kinds": [], "new_task": True,
        "new_form": False, "to": "mastery",
    }  # fmt: skip


def test_a_missing_kind_is_named() -> None:
    gates = {"meets": {"min_pieces": 2, "required_kinds": ["summative"]}}
    change = preview(policy_data(gates=gates), [a_row(3)])["explanation"]["change"]
    assert (change["count"], change["at_least"], change["kind"], change["to"]) == (1, 3.0, "summative", "meets")


def test_a_kind_mastery_asks_for_is_named() -> None:
    gates = {"mastery": {"required_kinds": ["summative"], "min_kinds": 3}}
    change = preview(policy_data(gates=gates), [a_row(4)])["explanation"]["change"]
    assert (change["count"], change["kinds"], change["to"]) == (2, ["summative", "performance"], "mastery")


def test_the_lowest_value_that_will_do_is_named() -> None:
    change = preview(policy_data(points_possible=8), [a_row(2, possible=8)])["explanation"]["change"]
    assert (change["count"], change["at_least"], change["to"]) == (1, 3.0, "meets")


def test_a_learner_without_evidence_needs_any_piece() -> None:
    explanation = preview(policy_data(), [])["explanation"]
    assert (explanation["level"], explanation["value"], explanation["counted"]) == ("not-started", None, [])
    assert (explanation["change"]["at_least"], explanation["change"]["to"]) == (0.0, "beginning")
    assert not any(condition["met"] for condition in explanation["conditions"])


def test_nothing_within_five_pieces() -> None:
    low = [a_row(0, 1, task=None, id=number) for number in range(40)]
    assert preview(policy_data("mean"), low)["explanation"]["change"] == {"code": "none_within", "count": 5}


def test_the_worked_example_in_full() -> None:
    explanation = preview(policy_data("ewma", version="7"), some_rows(2, 3, 4))["explanation"]
    assert list(explanation) == [
        "level", "next_level", "value", "value_unrounded", "workings", "policy", "context", "weights", "counted",
        "ignored", "conditions", "flags", "change",
    ]  # fmt: skip
    assert (explanation["value"], explanation["value_unrounded"]) == (3.53, 3.5275)
    assert [piece["weight"] for piece in explanation["counted"]] == [0.1225, 0.2275, 0.65]
    assert explanation["counted"][2] == {
        "id": 2, "task": "task 3", "attempt": None, "form": None, "kind": "formative",
        "occurred_at": "2026-03-03T09:00:00.000000+00:00", "recorded_at": None, "due_at": None, "value": 4.0,
        "weight": 0.65, "expired": False, "row_weight": 1.0, "pass_mark": None,
        "items": [{"id": 2, "score": 4.0, "possible": 5.0}],
    }  # fmt: skip
    assert explanation["policy"]["version"] == "7"
    assert [(c["code"], c["level"], c["needed"], c["has"], c["met"]) for c in explanation["conditions"]] == [
        ("value_at_or_above", "developing", 2.0, 3.53, True),
        ("value_at_or_above", "meets", 3.0, 3.53, True),
        ("value_at_or_above", "mastery", 4.0, 3.53, False),
        ("min_tasks", "mastery", 2, 3, True),
    ]


def test_conditions_of_a_method_that_counts_successes() -> None:
    conditions = preview(policy_data("n_times", n=3), some_rows(5, 1, 5))["explanation"]["conditions"]
    found = {(c["code"], c["level"]): (c["needed"], c["has"], c["met"], c["evidence"]) for c in conditions}
    assert found["times_at_or_above", "meets"] == (3, 2, False, [0, 2])
    assert found["piece_at_or_above", "developing"] == (2.0, 5.0, True, [0, 2])


def test_conditions_name_kinds() -> None:
    gates = {"meets": {"required_kinds": ["performance", "summative"]}}
    rows = [a_row(3), a_row(3, 2, kind="summative")]
    (gate,) = (c for c in preview(policy_data(gates=gates), rows)["explanation"]["conditions"]
               if c["code"] == "required_kinds")  # fmt: skip
    assert (gate["needed"], gate["has"], gate["met"], gate["evidence"]) == (
        ["summative", "performance"], ["summative"], False, [1],
    )  # fmt: skip


def test_several_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="one at a time"):
        explain(a_policy(), EvidenceTable(group=[1, 2], score=[1, 2], possible=[5, 5]))


def test_times_are_shown_in_utc() -> None:
    row = a_row(3, occurred_at="2026-03-01T23:30:00-05:00")
    (piece,) = preview(policy_data(), [row])["counted"]
    assert piece["occurred_at"] == "2026-03-02T04:30:00.000000+00:00"
    assert preview(policy_data(), [a_row(3, occurred_at=day(1).replace("+00:00", "Z"))])["counted"]


def test_canonical_json_is_stable_and_strict() -> None:
    assert canonical_json({"b": 3.0, "a": ["é", None, True, 2.5]}) == '{"a":["é",null,true,2.5],"b":3}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})
    assert len(digest({})) == 16
