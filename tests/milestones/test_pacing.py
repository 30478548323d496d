"""On pace, ahead, a little later: by target date, level and the cohort's usual time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.pacing import AHEAD, DONE, LATER, ON_PACE, Usual, pace_of

TODAY = date(2026, 3, 2)
USUAL = Usual(beginning=10, developing=20)

CASES = [
    # level, days in it, days until the target date, what is said
    (0, None, None, ""),
    (3, 5, 10, AHEAD),
    (3, 5, 0, DONE),
    (4, 5, -10, DONE),
    (2, 5, -1, LATER),
    (0, None, 30, ON_PACE),
    (0, None, 29, LATER),
    (1, 4, 26, ON_PACE),
    (1, 4, 25, LATER),
    (1, 50, 20, ON_PACE),
    (2, 5, 15, ON_PACE),
    (2, 5, 14, LATER),
    (2, 5, 30, AHEAD),
]


@pytest.mark.parametrize(("level", "held", "left", "said"), CASES)
def test_pace(level: int, held: int | None, left: int | None, said: str) -> None:
    since = None if held is None else TODAY - timedelta(days=held)
    due = None if left is None else TODAY + timedelta(days=left)
    assert pace_of(level, since, due, USUAL, TODAY) == said


ORDER = {LATER: 0, ON_PACE: 1, AHEAD: 2, DONE: 3}


@given(st.integers(0, 2), st.integers(0, 60), st.integers(-20, 90), st.integers(0, 60))
def test_more_time_never_makes_it_later(level: int, held: int, left: int, more: int) -> None:
    since = TODAY - timedelta(days=held)

    def said(days: int) -> str:
        return pace_of(level, since, TODAY + timedelta(days=days), USUAL, TODAY)

    assert ORDER[said(left + more)] >= ORDER[said(left)]
