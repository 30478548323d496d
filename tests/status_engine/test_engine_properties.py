"""What must hold for any evidence: order, repeats, company and more evidence."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import METHODS, EvidenceTable, RollUp, roll_up
from status_engine.prepare import prepare
from tests.status_engine.engine_builders import DAY, METHOD_KEYS, a_policy, many_groups

seeds = st.integers(0, 2**32 - 1)
CHOICES = [
    (method, attempts, order_by)
    for method in METHOD_KEYS
    for attempts, order_by in [("all", "occurred_at"), ("latest_per_task", "due_at"), ("best_per_task", "recorded_at")]
]


def same(one: RollUp, other: RollUp) -> None:
    for name in ("group", "level", "value", "value_unrounded", "pieces", "flags"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def picked(columns: dict[str, np.ndarray], index: np.ndarray) -> EvidenceTable:
    return EvidenceTable(**{name: column[index] for name, column in columns.items()})


@pytest.mark.parametrize(("method", "attempts", "order_by"), CHOICES)
@settings(max_examples=12, deadline=None)
@given(seed=seeds)
def test_the_order_rows_come_in_does_not_matter(method: str, attempts: str, order_by: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = many_groups(rng, 15)
    policy = a_policy(method, attempts=attempts, order_by=order_by)
    shuffled = picked(columns, rng.permutation(len(columns["group"])))
    same(roll_up(policy, EvidenceTable(**columns)), roll_up(policy, shuffled))


@pytest.mark.parametrize(("method", "attempts", "order_by"), CHOICES)
@settings(max_examples=12, deadline=None)
@given(seed=seeds)
def test_one_group_alone_is_that_group_among_many(method: str, attempts: str, order_by: str, seed: int) -> None:
    columns = many_groups(np.random.default_rng(seed), 15)
    policy = a_policy(method, attempts=attempts, order_by=order_by, gates={"meets": {"min_kinds": 2}})
    everyone = roll_up(policy, EvidenceTable(**columns))
    for place, group in enumerate(everyone.group.tolist()):
        alone = roll_up(policy, picked(columns, np.flatnonzero(columns["group"] == group)))
        same(alone, RollUp(*(getattr(everyone, name)[place : place + 1] for name in
                             ("group", "level", "value", "value_unrounded", "pieces", "flags"))))  # fmt: skip


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_row_sent_twice_counts_once(method: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = many_groups(rng, 10)
    rows = len(columns["group"])
    twice = np.concatenate((np.arange(rows), rng.integers(0, rows, 8)))
    policy = a_policy(method)
    same(roll_up(policy, EvidenceTable(**columns)), roll_up(policy, picked(columns, twice)))


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_more_evidence_never_lowers_the_highest(seed: int) -> None:
    columns = many_groups(np.random.default_rng(seed), 10)
    columns["task"] = np.arange(len(columns["task"]))
    by_time = np.argsort(columns["occurred_at"], kind="stable")
    policy = a_policy("highest")
    before = roll_up(policy, picked(columns, by_time[: len(by_time) // 2]), columns["group"])
    after = roll_up(policy, picked(columns, by_time), columns["group"])
    assert (after.level >= before.level).all()
    assert not (np.nan_to_num(after.value, nan=-1) < np.nan_to_num(before.value, nan=-1)).any()


@pytest.mark.parametrize("method", [key for key in METHOD_KEYS if key != "n_times"])
@settings(max_examples=20, deadline=None)
@given(seed=seeds, meets_at=st.integers(205, 385).map(lambda cents: cents / 100), mastery_at=st.sampled_from([4, None]))
def test_asking_for_more_never_raises_a_level(method: str, seed: int, meets_at: float, mastery_at: int | None) -> None:
    """Not n_times, whose value is the mean of the pieces at meets and rises with the cut by its own definition; and
    without pass marks of the tasks, which pull values along with the cut by theirs."""
    columns = many_groups(np.random.default_rng(seed), 15)
    del columns["pass_mark"]
    evidence = EvidenceTable(**columns)
    easy = roll_up(a_policy(method, meets_at=meets_at, mastery_at=mastery_at), evidence)
    hard = roll_up(a_policy(method, meets_at=meets_at + 0.1, mastery_at=mastery_at), evidence)
    assert (hard.level <= easy.level).all()


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_the_value_is_the_sum_of_the_shares(method: str, seed: int) -> None:
    """Or the shares are equal marks on the pieces a method looked at, where its value is no sum of them."""
    policy = a_policy(method)
    pieces = prepare(policy, EvidenceTable(**many_groups(np.random.default_rng(seed), 15))).pieces
    if pieces is None:
        return
    value = METHODS[method].value(pieces, policy.parameters, policy.scale)
    shares = METHODS[method].shares(pieces, policy.parameters, policy.scale)
    has_value = ~np.isnan(value)
    np.testing.assert_allclose(np.add.reduceat(shares, pieces.start), has_value.astype(float), atol=1e-12)
    if METHODS[method].is_sum:
        total = np.add.reduceat(shares * pieces.value, pieces.start)
        np.testing.assert_allclose(total[has_value], value[has_value], atol=1e-12)
    else:
        parts = np.maximum.reduceat(shares, pieces.start)[pieces.owner]
        assert np.isin(shares / parts, (0.0, 1.0)).all()


def test_groups_asked_for_come_back_and_no_others() -> None:
    evidence = EvidenceTable(group=[5, 9, 2], score=[4, 1, 3], possible=[5, 5, 5])
    found = roll_up(a_policy(), evidence, groups=[9, 1, 2, 9])
    assert found.group.tolist() == [1, 2, 9]
    assert found.level.tolist() == [0, 3, 1]
    assert found.pieces.tolist() == [0, 1, 1]
    assert len(roll_up(a_policy(), evidence, groups=[])) == 0


def test_undated_evidence_is_the_oldest_and_ties_go_by_recorded_then_id() -> None:
    def latest(**columns: Any) -> float:
        given_columns = {"group": [1, 1], "score": [1, 4], "possible": [5, 5], **columns}
        return float(roll_up(a_policy("latest"), EvidenceTable(**given_columns)).value[0])

    undated = int(np.iinfo(np.int64).min)
    assert latest(occurred_at=[DAY, undated]) == 1
    assert latest(occurred_at=[DAY, DAY], recorded_at=[9, 3]) == 1
    assert latest(occurred_at=[DAY, DAY], recorded_at=[9, 9], id=[8, 7]) == 1
    assert latest(occurred_at=[DAY, DAY], recorded_at=[9, 9], id=[7, 8]) == 4
    assert latest(occurred_at=np.array(["2026-01-02", "NaT"], "datetime64[us]")) == 1


def test_the_policy_chooses_which_time_orders() -> None:
    evidence = EvidenceTable(
        group=[1, 1], score=[1, 4], possible=[5, 5], occurred_at=[1, 2], due_at=[2, 1], recorded_at=[2, 1]
    )
    assert [roll_up(a_policy("latest", order_by=order), evidence).value[0] for order in (
        "occurred_at", "due_at", "recorded_at")] == [4, 1, 1]  # fmt: skip
