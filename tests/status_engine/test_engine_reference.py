"""The engine against the exact reference, to the last rounded digit and the level."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from status_engine import METHODS, NODATE, Context, EvidenceTable, Flag, Unmet, roll_up, round_half_away
from tests.status_engine.engine_builders import DAY, METHOD_KEYS, a_policy
from tests.status_engine.engine_reference import Row, Rules, answer
from tests.status_engine.engine_reference_methods import TIE, half_away, shown

cents = st.integers(0, 1200).map(lambda n: Fraction(n, 100))
halves = st.integers(0, 10).map(lambda n: Fraction(n, 2))
possibles = st.sampled_from([Fraction(5), Fraction(4), Fraction(3), Fraction(7), Fraction(1250, 100), Fraction(100)])
PASS_MARKS = [None, None, Fraction(3, 5), Fraction(1), Fraction(1, 4)]
ATTEMPTS = st.sampled_from(["all", "latest_per_task", "best_per_task"])
ratios = st.integers(1, 99).map(lambda n: Fraction(n, 100))
KINDS = ["formative", "summative", "performance"]
TASKS, FORMS = ["a", "b", "c", "d"], ["A", "B"]
TODAY, TERM_START = 100, 60


@st.composite
def evidence(draw: st.DrawFn, simple: bool = False) -> list[Row]:
    """Rows of one learner. simple: plain points and no attempts, so that gates and windows have much to look at."""
    rows = []
    for number in range(draw(st.integers(1, 12))):
        rows.append(Row(
            id=number, score=draw(halves if simple else cents), possible=Fraction(5) if simple else draw(possibles),
            at=draw(st.sampled_from([None, 0, 10, 58, 60, 61, 90, 99])) if simple else draw(st.integers(0, 5)),
            task=draw(st.sampled_from([None, *TASKS])),
            attempt=draw(st.sampled_from([None, 1, 2])), form=draw(st.sampled_from([None, *FORMS])),
            weight=draw(ratios) * draw(st.sampled_from([1, 4])),
            pass_mark=None if simple else draw(st.sampled_from(PASS_MARKS)), kind=draw(st.sampled_from(KINDS)),
        ))  # fmt: skip
    return rows


@st.composite
def parameters(draw: st.DrawFn, method: str) -> dict[str, Any]:
    """Parameters of a method, exact."""
    n = draw(st.integers(1, 6))
    slip = draw(st.integers(1, 49).map(lambda c: Fraction(c, 100)))
    every: dict[str, Any] = {
        "weight": draw(ratios), "n": n, "m": draw(st.integers(1, n)), "r": draw(st.integers(1, 5)),
        "d": draw(st.integers(1, 4)), "tie": draw(st.sampled_from(["latest", "highest"])),
        "p0": draw(ratios), "t": draw(st.integers(0, 60).map(lambda c: Fraction(c, 100))), "s": slip,
        "g": draw(st.integers(1, 50).map(lambda c: Fraction(c, 100))),
    }  # fmt: skip
    names = METHODS[method].parameters + (METHODS[method].optional if draw(st.booleans()) else ())
    return {name: every[name] for name in names}


def code(value: str | None, names: list[str]) -> int:
    return -1 if value is None else names.index(value)


def as_table(rows: list[Row], day: int = 1) -> EvidenceTable:
    return EvidenceTable(
        group=[7] * len(rows), id=[row.id for row in rows], score=[float(row.score) for row in rows],
        possible=[float(row.possible) for row in rows],
        occurred_at=[NODATE if row.at is None else row.at * day for row in rows],
        task=[code(row.task, TASKS) for row in rows], form=[code(row.form, FORMS) for row in rows],
        attempt=[-1 if row.attempt is None else row.attempt for row in rows],
        weight=[float(row.weight) for row in rows], kind=[KINDS.index(row.kind) for row in rows],
        pass_mark=[float("nan") if row.pass_mark is None else float(row.pass_mark) for row in rows],
    )  # fmt: skip


def compare(rows: list[Row], rules: Rules) -> None:
    given_policy = a_policy(
        rules.method, attempts=rules.attempts, gates={"meets": rules.meets_gates, "mastery": rules.mastery_gates},
        mastery_at=None if rules.mastery_at is None else float(rules.mastery_at), window=rules.window,
        expires_after=rules.expires_after,
        **{name: float(value) if isinstance(value, Fraction) else value for name, value in rules.parameters.items()},
    )  # fmt: skip
    context = Context(
        rules.today * DAY, None if rules.term_start is None else rules.term_start * DAY,
        Unmet(np.array([3, 7]), np.array([9, rules.still_open])),
    )  # fmt: skip
    got = roll_up(given_policy, as_table(rows, DAY if rules.today else 1), context=context)
    expected = answer(rows, rules)
    shown_value = None if np.isnan(got.value[0]) else Fraction(round(got.value[0] * 100), 100)
    assert (int(got.level[0]), shown_value, int(got.pieces[0])) == (expected.level, expected.value, expected.pieces)
    assert bool(got.flags[0] & Flag.NOT_ENOUGH_EVIDENCE) == expected.is_short


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=60, deadline=None)
@given(data=st.data(), rows=evidence(), attempts=ATTEMPTS, mastery_at=st.sampled_from([None, Fraction(4), Fraction(5)]))
def test_engine_agrees_with_exact_reference(
    method: str, data: st.DataObject, rows: list[Row], attempts: str, mastery_at: Fraction | None
) -> None:
    given_parameters = data.draw(parameters(method))
    compare(rows, Rules(method, parameters=given_parameters, attempts=attempts, mastery_at=mastery_at))


GATES = st.fixed_dictionaries({}, optional={
    "min_pieces": st.integers(1, 3), "min_tasks": st.integers(1, 4), "min_forms": st.integers(1, 4),
    "min_kinds": st.integers(1, 3), "required_kinds": st.lists(st.sampled_from(KINDS), min_size=1),
    "k_of_last_n_at_or_above": st.sampled_from([
        {"k": 1, "n": 2}, {"k": 2, "n": 3}, {"k": 3, "n": 3, "level": "developing"},
        {"k": 1, "n": 3, "level": "mastery"},
    ]),
    "within_days": st.sampled_from([1, 10, 40, 41]), "prerequisites_met": st.sampled_from([True, "advice"]),
})  # fmt: skip
WINDOWS = st.sampled_from([None, {"term": True}, {"days": 40}, {"days": 10}, {"pieces": 1}, {"pieces": 3}])


@pytest.mark.parametrize("method", METHOD_KEYS)
@settings(max_examples=60, deadline=None)
@given(
    data=st.data(), rows=evidence(simple=True), meets=GATES, mastery=GATES, window=WINDOWS, attempts=ATTEMPTS,
    mastery_at=st.sampled_from([None, Fraction(4)]), expires_after=st.sampled_from([None, 10, 40]),
    term_start=st.sampled_from([None, TERM_START]), still_open=st.sampled_from([0, 0, 2]),
)  # fmt: skip
def test_gates_and_windows_agree_with_exact_reference(
    method: str, data: st.DataObject, rows: list[Row], meets: Any, mastery: Any, window: Any, attempts: str,
    mastery_at: Fraction | None, expires_after: int | None, term_start: int | None, still_open: int,
) -> None:  # fmt: skip
    compare(rows, Rules(
        method, parameters=data.draw(parameters(method)), attempts=attempts, mastery_at=mastery_at, meets_gates=meets,
        mastery_gates=mastery, window=window, expires_after=expires_after, today=TODAY, term_start=term_start,
        still_open=still_open,
    ))  # fmt: skip


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
