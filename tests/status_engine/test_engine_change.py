"""What would change a level: fed back it does, and nothing smaller that was tried does."""

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
    explain,
    level_from_name,
    preview,
    roll_up,
)
from tests.status_engine.engine_builders import (
    DAY,
    METHOD_KEYS,
    a_row,
    around,
    drawn_policy,
    one_group,
    policy_data,
)

seeds = st.integers(0, 2**32 - 1)


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
