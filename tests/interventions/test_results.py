"""Did it work: who stands beside whom, what is counted, how sure it is, and what is not told."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from interventions.intervals import newcombe, wilson
from interventions.models import Resource, ResourceUse, SupportPlan
from interventions.results import Compared, Side, results
from learners.models import Learner
from milestones.models import StatusChange
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_is_that_of_the_source(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    found = newcombe(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_the_interval_holds_the_difference_and_turns_round(n: int, m: int, data: Any) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    one, other = newcombe(a, n, b, m), newcombe(b, m, a, n)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    low, high = wilson(a, n)
    assert 0 <= low <= a / n <= high <= 1


# ── who stands beside whom ─────────────────────────────────────────────────────────────────────────────────────────

NOW = timezone.now()
BEGAN = NOW - timedelta(days=40)


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def learner(world: World, name: str, *moves: tuple[int, float], milestone: Any = None) -> Learner:
    """Moved to levels so many days before the plan began; negative: after it."""
    one, before = add_learner(world, name, world.section), 0
    for level, days in moves:
        at = BEGAN - timedelta(days=days)
        StatusChange.objects.create(
            learner=one, milestone=milestone or world.milestone, from_level=before, to_level=level, at=NOW,
            applies_from=at, cause="evidence",
        )  # fmt: skip
        before = level
    return one


def plan(world: World, one: Learner, began: datetime = BEGAN, **values: Any) -> None:
    given = {"approach": "Strips", "milestone": world.milestone, "state": "running", **values}
    SupportPlan.objects.create(learner=one, started_at=began, **given)


def of(world: World, what: str, *people: Learner) -> dict[str, Compared]:
    found = results([one.pk for one in people], NOW, world.system.today)
    return {one.which: one for one in found if one.what == what}


@pytest.mark.parametrize(
    ("moves", "is_alike"),
    [
        ([(2, 20)], True),
        ([(2, 27)], True),  # of the same band: two to four weeks
        ([(2, 13)], False),
        ([(2, 30)], False),
        ([(1, 20)], False),
        ([(1, 50), (2, 20)], True),
        ([], False),
        ([(2, 20), (3, 1)], False),  # had moved on the day before
    ],
)
def test_a_counterpart_is_at_the_same_level_about_as_long(home: World, moves: list[Any], is_alike: bool) -> None:
    with tenant_context(home.tenant.pk):
        one, other = learner(home, "With", (2, 20), (3, -10)), learner(home, "Without", *moves)
        elsewhere = learner(home, "Elsewhere", (2, 20), milestone=home.other_milestone)
        plan(home, one)
        found = of(home, "kind", one, other, elsewhere)["support"]
    pairs = int(is_alike)
    assert (found.having, found.without.pairs, found.alone) == (Side(pairs, pairs, pairs), pairs, 1 - pairs)


def test_nobody_stands_beside_two_and_who_had_it_too_beside_none(home: World) -> None:
    with tenant_context(home.tenant.pk):
        two = [learner(home, f"W{n}", (2, 20)) for n in range(2)]
        free, had = learner(home, "Free", (2, 21), (3, -5)), learner(home, "Had", (2, 20))
        late = learner(home, "Late", (2, 20))
        for one in two:
            plan(home, one)
        plan(home, had, BEGAN + timedelta(days=5), approach="Other", kind="support")
        plan(home, late, BEGAN + timedelta(days=31))  # had it only afterwards: is a counterpart, and too young to count
        found = of(home, "kind", *two, free, had, late)["support"]
        assert (found.having.pairs, found.without, found.alone) == (2, Side(2, 1, 2), 1)
        assert of(home, "approach", *two, free, had, late)["strips"].having.pairs == 2


def test_the_first_time_counts_once_and_mastery_cannot_move_up(home: World) -> None:
    with tenant_context(home.tenant.pk):
        one, other = learner(home, "With", (2, 20), (3, -29)), learner(home, "Without", (2, 20), (3, -31))
        top, top_too = learner(home, "Top", (4, 20)), learner(home, "Top too", (4, 20))
        plan(home, one, state="closed", result="no_change")
        plan(home, one, BEGAN + timedelta(days=5))
        plan(home, top, kind="enrichment")
        strips = Resource.objects.create(title="Strips", kind="practice")
        ResourceUse.objects.create(resource=strips, learner=one, milestone=home.milestone, given_at=BEGAN)
        everybody = (one, other, top, top_too)
        found = of(home, "kind", *everybody)
        assert (found["support"].having, found["support"].without) == (Side(1, 1, 1), Side(1, 0, 1))
        assert found["enrichment"].having.pairs == found["enrichment"].alone == 0
        assert of(home, "resource", *everybody)[str(strips.pk)].without == Side(1, 0, 1)


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(world: World, role: str, end: str = "/") -> str:
    client = Client()
    client.force_login(world.users[role])
    response = client.get(f"/support-plans/results{end}")
    assert response.status_code == 200
    return unescape(" ".join(response.content.decode().split()))


def test_under_ten_is_not_told_and_ten_are_without_a_cause(home: World) -> None:
    with tenant_context(home.tenant.pk):
        for n in range(9):
            plan(home, learner(home, f"W{n}", (2, 20), *([(3, -5)] if n < 8 else [])))
            learner(home, f"O{n}", (2, 20))
    for role in ("TCH", "SCH", "DST"):
        shown = page_of(home, role)
        assert "Fewer than 10 learners on one side: not told yet." in shown
        assert "8 of 9" not in shown
        assert "Strips" not in shown  # words of a teacher
    with tenant_context(home.tenant.pk):
        plan(home, learner(home, "W9", (2, 20)))
        learner(home, "O9", (2, 20), (3, -7))
    shown = page_of(home, "TCH")
    assert "With it 8 of 10 moved up within 30 days, of 10 similar learners without it 1." in shown
    assert "That is more often than without it. It does not show why." in shown
    assert "70 points" in shown
    assert "W9" not in shown
    client = Client()
    client.force_login(home.users["SCH"])
    text = client.get("/support-plans/results.csv").content.decode().removeprefix("\ufeff")
    rows = {row["what"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Strips"]["with_it_moved_up"] == "8"
    assert rows["Support plan"]["similar_without_it"] == "10"
    with tenant_context(home.tenant.pk):
        plan(home, learner(home, "G", (2, 20)), kind="group", approach="Alone")
    rows_text = page_of(home, "SCH", ".csv")
    assert "Alone" not in rows_text
    assert "8,10" not in rows_text  # one small kind beside one: neither is told
