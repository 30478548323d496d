"""How far two markers agree, against the definition in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.agreement import agreement

PAIRS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=40)


def kappa_by_definition(pairs: list[tuple[int, int]]) -> Fraction | None:
    """1 - observed / expected disagreement, each pair compared with each other marker's level."""
    n = len(pairs)
    observed = Fraction(sum((a - b) ** 2 for a, b in pairs), max(n, 1))
    expected = Fraction(sum((a - b) ** 2 for a, _ in pairs for _, b in pairs), max(n * n, 1))
    return 1 - observed / expected if expected else None


@given(PAIRS)
def test_kappa_is_its_definition(pairs: list[tuple[int, int]]) -> None:
    found, wanted = agreement([a for a, _ in pairs], [b for _, b in pairs]), kappa_by_definition(pairs)
    assert (found.kappa is None) == (wanted is None)
    if found.kappa is not None and wanted is not None:
        assert found.kappa == pytest.approx(float(wanted), abs=1e-12)
        assert found.kappa <= 1
    assert found.pairs == len(pairs) == sum(map(sum, found.counts))


@given(PAIRS)
def test_it_does_not_matter_who_was_first(pairs: list[tuple[int, int]]) -> None:
    one = agreement([a for a, _ in pairs], [b for _, b in pairs])
    other = agreement([b for _, b in pairs], [a for a, _ in pairs])
    assert (one.percent, one.kappa) == (other.percent, other.kappa)


def test_a_worked_example() -> None:
    """Four of five the same, one a level apart: 1 - (1/5) / (47/25)."""
    found = agreement([1, 2, 3, 4, 3], [1, 2, 3, 4, 4])
    assert (found.pairs, found.percent) == (5, 80)
    assert found.kappa == pytest.approx(float(kappa_by_definition([(1, 1), (2, 2), (3, 3), (4, 4), (3, 4)]) or 0))
    assert found.counts[2] == (0, 0, 1, 1)


@pytest.mark.parametrize(("first", "second"), [([], []), ([3, 3], [3, 3])])
def test_undefined_is_said(first: list[int], second: list[int]) -> None:
    assert agreement(first, second).kappa is None


def test_the_opposite_is_below_chance() -> None:
    assert agreement([1, 4], [4, 1]).kappa == -1


def test_both_need_a_level() -> None:
    with pytest.raises(ValueError, match="for each pair"):
        agreement([1], [])
