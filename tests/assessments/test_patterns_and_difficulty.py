"""What stands out in attempts, how hard forms are, and what a rubric's level is worth on a scale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.attempts import digest_of
from assessments.difficulty import difficulty, of_criteria, point_biserial
from assessments.patterns import Handed, patterns
from assessments.scales import scale_points

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def handed(
    key: int, learner: int = 1, minute: int | None = 0, digest: str = "", hints: int = 0, form: str = "A"
) -> Handed:
    at = None if minute is None else NOW + timedelta(minutes=minute)
    return Handed(key, learner, f"L{learner}", form, at, digest, hints)


def codes(*rows: Handed) -> dict[int, list[str]]:
    return {key: [one.code for one in found] for key, found in patterns(rows).items()}


def test_three_tries_within_ten_minutes() -> None:
    assert codes(handed(1), handed(2, minute=5), handed(3, minute=10)) == {n: ["many_tries"] for n in (1, 2, 3)}
    assert codes(handed(1), handed(2, minute=5), handed(3, minute=11)) == {}
    assert codes(handed(1), handed(2, minute=5), handed(3, learner=2, minute=6)) == {}, "of one learner"
    assert codes(handed(1), handed(2, minute=5), handed(3, minute=None)) == {}, "not handed in is no try"


def test_a_run_of_many_tries_is_found_in_the_middle() -> None:
    rows = [handed(n, minute=minute) for n, minute in enumerate((0, 60, 61, 62, 200))]
    assert sorted(codes(*rows)) == [1, 2, 3]


def test_the_same_answers_of_somebody_else_on_the_same_form() -> None:
    found = patterns([handed(1, 1, digest="x"), handed(2, 2, digest="x"), handed(3, 3, digest="x", form="B")])
    assert {key: one[0].others for key, one in found.items()} == {1: ("L2",), 2: ("L1",)}
    assert codes(handed(1, 1, digest="x"), handed(2, 1, minute=30, digest="x")) == {}, "one's own are no note"
    assert codes(handed(1, 1), handed(2, 2)) == {}, "nothing written is nothing equal"


def test_hints() -> None:
    assert patterns([handed(1, hints=2)])[1][0].n == 2


def test_equal_words_whatever_stands_between() -> None:
    assert digest_of(" One  half\n") == digest_of("one HALF") != digest_of("one third")
    assert digest_of(" \n") == ""


@pytest.mark.parametrize("n", [0, 1, 9])
def test_under_ten_nothing_is_said(n: int) -> None:
    found = difficulty("A", [True] * n, [0.5] * n)
    assert (found.judged, found.at_meets, found.discrimination) == (n, None, None)


def test_share_and_discrimination() -> None:
    right = [True] * 5 + [False] * 5
    found = difficulty("A", right, [0.9] * 5 + [0.3] * 5)
    assert (found.judged, found.at_meets, found.discrimination) == (10, 50, 1.0)
    assert difficulty("A", right, [0.3] * 5 + [0.9] * 5).discrimination == -1.0
    assert difficulty("A", [True] * 10, [n / 10 for n in range(10)]).discrimination is None, "nobody to tell apart"
    assert difficulty("A", right, [0.5] * 10).discrimination is None, "the others do not differ"
    assert difficulty("A", right, [None] * 10).discrimination is None, "no other work"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=10, max_size=40))
def test_discrimination_is_a_correlation(rows: list[tuple[bool, float]]) -> None:
    found = point_biserial([a for a, _ in rows], [b for _, b in rows])
    assert found is None or -1 <= found <= 1


def test_criteria_are_compared_with_the_rest_of_the_rubric() -> None:
    rows = [{1: 4, 2: 4}] * 5 + [{1: 1, 2: 1}] * 5
    found = of_criteria({1: "Drawing", 2: "Reasons"}, rows)
    assert [(one.name, one.at_meets, one.discrimination) for one in found] == [
        ("Drawing", 50, 1.0),
        ("Reasons", 50, 1.0),
    ]


def scale(*points: float, meets: float, possible: float, mastery: float) -> list[Decimal]:
    ratings = [(Decimal(str(one)), one == meets) for one in points]
    found = scale_points(ratings, Decimal(str(possible)), Decimal(str(mastery)))
    return [found.points(Decimal(level)) for level in (1, 2, 3, 4)]


def test_levels_on_scales_of_several_kinds() -> None:
    assert scale(1, 2, 3, 4, meets=3, possible=4, mastery=4) == [1, 2, 3, 4]
    assert scale(1, 2, 3, 4, meets=3, possible=4, mastery=3.6) == [1, 2, 3, 4], "the rating that reaches the cut"
    assert scale(0, 70, 85, meets=70, possible=100, mastery=85) == [Decimal("17.5"), 35, 70, 85]
    assert scale(1, 2, 3, 4, 5, meets=4, possible=5, mastery=5) == [1, 3, 4, 5]
    assert scale(0, 1, meets=1, possible=1, mastery=1) == [Decimal("0.25"), Decimal("0.5"), 1, 1], "yes or no"


@given(
    st.lists(st.decimals(0, 1000, places=2), min_size=2, max_size=7, unique=True),
    st.decimals(1, 4, places=3),
    st.decimals(1, 4, places=3),
)
def test_more_is_never_worth_less(points: list[Decimal], one: Decimal, other: Decimal) -> None:
    meets = sorted(points)[1]
    found = scale_points([(p, p == meets) for p in points], max(points), meets)
    assert found.points(min(one, other)) <= found.points(max(one, other))
    assert 0 <= found.points(one) <= found.possible
