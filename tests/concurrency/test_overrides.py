"""Teachers who set and end one level at the same moment: one override stands, the history is a chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from milestones.models import LevelOverride, MilestoneStatus, OverrideEnd, StatusChange
from milestones.overrides import Place, end_override, end_overrides_of, set_override
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tests.builders import Cast, World
from tests.concurrency.together import at_once

REASON = "Explained it to the whole class"


def teacher(world: World) -> Actor:
    return replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)


def setting(world: World, level: int, **values: Any) -> Callable[[], int]:
    def work() -> int:
        with tenant_context(world.tenant.pk):
            place = Place(world.learner, values.pop("thing", world.milestone))
            return int(set_override(teacher(world), place=place, level=level, reason=REASON, **values).pk)

    return work


def chain(world: World) -> list[tuple[int, int]]:
    rows = StatusChange.objects.filter(learner=world.learner, milestone=world.milestone).order_by("id")
    return list(rows.values_list("from_level", "to_level"))


def test_two_at_once_follow_each_other(committed_cast: Cast) -> None:
    world = committed_cast.home
    for _ in range(6):
        answers = at_once([setting(world, level) for level in (1, 2, 4)])
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with tenant_context(world.tenant.pk):
        [standing] = LevelOverride.objects.filter(ends=None)
        row = MilestoneStatus.objects.get(learner=world.learner, milestone=world.milestone)
        assert (row.level, row.set_level) == (standing.level, standing.level)
        assert OverrideEnd.objects.count() == LevelOverride.objects.count() - 1
        moves = chain(world)
        assert [before for before, _ in moves[1:]] == [after for _, after in moves[:-1]]


def test_of_two_who_saw_nothing_one_is_told(committed_cast: Cast) -> None:
    world = committed_cast.home
    answers = at_once([setting(world, 1, seen=[]), setting(world, 4, seen=[])])
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    with tenant_context(world.tenant.pk):
        assert LevelOverride.objects.count() == 1


def test_a_first_level_of_a_competency_is_opened_once(committed_cast: Cast) -> None:
    world = committed_cast.home
    thing = world.competencies[3]
    answers = at_once([setting(world, level, thing=thing) for level in (1, 2, 3, 4)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with tenant_context(world.tenant.pk):
        assert LevelOverride.objects.filter(ends=None).count() == 1


def test_ended_once_by_whoever_is_first(committed_cast: Cast) -> None:
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        place = Place(world.learner, world.milestone)
        one = set_override(teacher(world), place=place, level=4, reason=REASON)

    def ending() -> str:
        with tenant_context(world.tenant.pk):
            return str(end_override(teacher(world), override=one).cause)

    answers = at_once([ending, ending, lambda: str(end_overrides_of(world.tenant.pk))])
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "str", "str"]
    with tenant_context(world.tenant.pk):
        assert OverrideEnd.objects.count() == 1
        assert MilestoneStatus.objects.get(learner=world.learner, milestone=world.milestone).level == 3
