"""Digests: everything a level or its explanation rests on changes them, nothing else does."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import NODATE, Context, EvidenceTable, Policy, Unmet, fingerprints, roll_up
from tests.status_engine.engine_builders import DAY, a_policy, many_groups

NAMES = {"task": ("essay", "quiz", "lab"), "form": ("A", "B"), "attempt": (1, 2)}
NOW = Context(as_of=30 * DAY)


def columns() -> dict[str, Any]:
    return {
        "group": [4, 4, 9], "id": [1, 2, 3], "score": [3.0, 4.0, 2.0], "possible": [5.0, 5.0, 5.0],
        "weight": [1.0, 2.0, 1.0], "occurred_at": [DAY, 2 * DAY, DAY], "recorded_at": [DAY, 2 * DAY, DAY],
        "due_at": [NODATE, 3 * DAY, NODATE], "task": [0, 1, 1], "attempt": [0, 0, 0], "form": [0, 1, 0],
        "kind": np.array([0, 1, 0], np.int8), "pass_mark": [np.nan, 0.6, np.nan], "state": np.array([0, 0, 0], np.int8),
        "names": NAMES,
    }  # fmt: skip


def digests(policy: Policy, context: Context = NOW, **changes: Any) -> list[str]:
    evidence = EvidenceTable(**{**columns(), **changes})
    return fingerprints(policy, evidence, roll_up(policy, evidence, context=context), context)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 5), ("score", 4.5), ("possible", 6.0), ("weight", 2.5), ("occurred_at", 2 * DAY + 1),
        ("recorded_at", 2 * DAY + 1), ("due_at", NODATE), ("task", 2), ("attempt", 1), ("form", 0), ("form", -1),
        ("kind", 2), ("pass_mark", 0.7), ("pass_mark", np.nan), ("state", 1), ("score", np.nan),
    ],
)  # fmt: skip
def test_every_column_of_a_row_counts(name: str, value: float) -> None:
    """Also where level, value and flags stay as they are: the explanation would differ."""
    before = digests(a_policy("highest"))
    changed = list(columns()[name])
    changed[1] = value
    change: dict[str, Any] = {name: np.array(changed, np.asarray(columns()[name]).dtype)}
    after = digests(a_policy("highest"), **change)
    assert after[0] != before[0]
    assert after[1] == before[1]


@pytest.mark.parametrize("name", ["task", "form", "attempt"])
def test_names_count_and_their_codes_do_not(name: str) -> None:
    before = digests(a_policy())
    other = {**NAMES, name: tuple(f"other {one}" for one in NAMES[name])}
    assert digests(a_policy(), names=other)[0] != before[0]
    last = len(NAMES[name]) - 1
    swapped: dict[str, Any] = {name: [last - code for code in columns()[name]]}
    assert digests(a_policy(), names={**NAMES, name: NAMES[name][::-1]}, **swapped) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"meets_at": 2.5}, {"method": "latest"}, {"order_by": "due_at"}, {"attempts": "best_per_task"},
        {"gates": {"meets": {"min_pieces": 1}}}, {"window": {"pieces": 9}}, {"expires_after": 400},
        {"count_self_assessment": True}, {"hold_at_mastery": True}, {"version": 2},
    ],
)  # fmt: skip
def test_every_setting_of_the_policy_counts(changes: dict[str, Any]) -> None:
    policy = a_policy(**{"method": "highest", **changes}) if "method" not in changes else a_policy(changes["method"])
    assert not set(digests(policy)) & set(digests(a_policy("highest")))


def test_of_the_context_only_what_the_policy_looks_at_counts() -> None:
    there = Context(NOW.as_of, 0, Unmet(np.array([9]), np.array([0])))
    later = Context(40 * DAY, 1, Unmet(np.array([9]), np.array([2])))
    assert digests(a_policy(), there) == digests(a_policy(), later)
    days, term = a_policy(window={"days": 90}), a_policy(window={"term": True})
    assert digests(days, there) != digests(days, later)
    assert digests(term, there) != digests(term, later)
    advice = a_policy(gates={"meets": {"prerequisites_met": "advice"}})
    first, second = digests(advice, there), digests(advice, later)
    assert (first[0] == second[0], first[1] == second[1]) == (True, False)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_and_company_do_not_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given_columns = many_groups(rng, 12)
    policy, evidence = a_policy("ewma"), EvidenceTable(**given_columns)
    answer = roll_up(policy, evidence)
    together = fingerprints(policy, evidence, answer)
    shuffled = evidence.rows(rng.permutation(len(evidence)))
    assert fingerprints(policy, shuffled, roll_up(policy, shuffled)) == together
    for group, digest in zip(answer.group.tolist(), together, strict=True):
        alone = evidence.rows(np.flatnonzero(evidence.group == group))
        assert fingerprints(policy, alone, roll_up(policy, alone)) == [digest]
    assert len(set(together)) == len(together)
