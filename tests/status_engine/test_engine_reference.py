"""The engine against the exact reference, to the last rounded digit and the level."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import EvidenceTable, Flag, roll_up, round_half_away
from tests.status_engine.engine_builders import a_policy
from tests.status_engine.engine_reference import TIE, Row, Rules, answer, half_away, shown

cents = st.integers(0, 1200).map(lambda n: Fraction(n, 100))
possibles = st.sampled_from([Fraction(5), Fraction(4), Fraction(3), Fraction(7), Fraction(1250, 100), Fraction(100)])
PASS_MARKS = [None, None, Fraction(3, 5), Fraction(1), Fraction(1, 4)]
METHOD_KEYS = ("highest", "latest", "mean", "weighted_mean", "last_vs_rest", "ewma", "n_times")
ATTEMPTS = st.sampled_from(["all", "latest_per_task", "best_per_task"])
ratios = st.integers(1, 99).map(lambda n: Fraction(n, 100))


@st.composite
def evidence(draw: st.DrawFn, simple: bool = False) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(1, 12))):
        rows.append(Row(
            id=number, score=draw(cents), possible=draw(possibles), at=number if simple else draw(st.integers(0, 5)),
            task=draw(st.sampled_from([None, "a", "b", "c", "d"])),
            attempt=None if simple else draw(st.sampled_from([None, 1, 2])),
            weight=draw(ratios) * draw(st.sampled_from([1, 4])),
            pass_mark=None if simple else draw(st.sampled_from(PASS_MARKS)),
            kind=draw(st.sampled_from(["formative", "summative", "performance"])),
        ))  # fmt: skip
    return rows


KINDS = ["formative", "summative", "performance"]


def as_table(rows: list[Row]) -> EvidenceTable:
    tasks = ["a", "b", "c", "d"]
    return EvidenceTable(
        group=[7] * len(rows), id=[row.id for row in rows], score=[float(row.score) for row in rows],
        possible=[float(row.possible) for row in rows], occurred_at=[row.at for row in rows],
        task=[-1 if row.task is None else tasks.index(row.task) for row in rows],
        attempt=[-1 if row.attempt is None else row.attempt for row in rows],
        weight=[float(row.weight) for row in rows], kind=[KINDS.index(row.kind) for row in rows],
        pass_mark=[float("nan") if row.pass_mark is None else float(row.pass_mark) for row in rows],
    )  # fmt: skip


def compare(rows: list[Row], rules: Rules, **policy: Any) -> None:
    gates = {"meets": rules.meets_gates, "mastery": rules.mastery_gates}
    parameters: dict[str, Any] = {"n": rules.n} if rules.method == "n_times" else {}
    if rules.method in ("ewma", "last_vs_rest"):
        parameters["weight"] = float(rules.weight)
    given_policy = a_policy(
        rules.method, attempts=rules.attempts, gates=gates,
        mastery_at=None if rules.mastery_at is None else float(rules.mastery_at), **parameters,
    )  # fmt: skip
    got = roll_up(given_policy, as_table(rows))
    level, value, is_short = answer(rows, rules)
    shown_value = None if np.isnan(got.value[0]) else Fraction(round(got.value[0] * 100), 100)
    assert (int(got.level[0]), shown_value) == (level, value)
    assert bool(got.flags[0] & Flag.NOT_ENOUGH_EVIDENCE) == is_short


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=150, deadline=None)
@given(rows=evidence(), weight=ratios, n=st.integers(1, 4), attempts=ATTEMPTS)
def test_engine_agrees_with_exact_reference(
    method: str, rows: list[Row], weight: Fraction, n: int, attempts: str
) -> None:
    compare(rows, Rules(method, weight=weight, n=n, attempts=attempts))


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=60, deadline=None)
@given(
    rows=evidence(simple=True),
    meets=st.dictionaries(st.sampled_from(["min_pieces", "min_tasks", "min_kinds"]), st.integers(1, 3), max_size=3),
    mastery=st.dictionaries(st.sampled_from(["min_pieces", "min_tasks", "min_kinds"]), st.integers(1, 4), max_size=3),
    mastery_at=st.sampled_from([None, Fraction(4)]),
)
def test_gates_agree_with_exact_reference(
    method: str, rows: list[Row], meets: dict[str, int], mastery: dict[str, int], mastery_at: Fraction | None
) -> None:
    compare(rows, Rules(method, n=2, mastery_at=mastery_at, meets_gates=meets, mastery_gates=mastery))


@settings(max_examples=300, deadline=None)
@given(thousandths=st.integers(0, 10_000_000), noise=st.integers(-4, 4))
def test_rounding_of_decimals_survives_float_noise(thousandths: int, noise: int) -> None:
    """A decimal of three places, a few units in the last place to either side, rounds as the decimal does."""
    exact = Fraction(thousandths, 1000)
    value = float(exact)
    for _ in range(abs(noise)):
        value = float(np.nextafter(value, np.inf if noise > 0 else -np.inf))
    got = float(round_half_away(np.array([value]))[0])
    assert got == float(half_away(exact))


@given(value=st.fractions(-50, 50, max_denominator=10**7))
def test_the_tolerance_only_ever_changes_values_right_below_a_half(value: Fraction) -> None:
    distance = Fraction(1, 2) - (abs(value) * 100) % 1
    if not 0 < distance <= TIE * 100:
        assert shown(value) == half_away(value)
