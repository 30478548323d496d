"""A first piece of evidence at the very moment at which the bar moves or the milestone is split.

One of the two is stopped between its look and its commit until the other had its chance. Without the lock on the bar
the other finishes meanwhile, and the learner stands under a bar that is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from assessments.services import record_evidence, record_many
from learners.models import Learner
from milestones import bars, criteria, one, splits
from milestones.bars import bar_of, move_bar
from milestones.models import Milestone, MilestoneStatus
from milestones.splits import Part, split_milestone
from milestones.verify import verify_tenant
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, piece
from tests.concurrency.together import HANG, at_once

REASON = "The state test asks for more from now on"
A_WHILE = 1  # seconds in which whoever does not wait is long through


class Gate:
    """Stops whoever passes it first, until the other one is through or evidently waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.reached, self.other = Event(), Event()
        found = getattr(module, name)

        def gated(*args: Any, **values: Any) -> Any:
            answer = found(*args, **values)
            if not self.reached.is_set():
                self.reached.set()
                self.other.wait(A_WHILE)
            return answer

        monkeypatch.setattr(module, name, gated)

    def after(self, work: Callable[[], None]) -> Callable[[], None]:
        """The work, begun when the gate is reached."""

        def begun() -> None:
            assert self.reached.wait(HANG)
            work()
            self.other.set()

        return begun


def district(world: World) -> Actor:
    return replace(world.system, roles=frozenset({"DST"}), member_id=world.members["DST"].pk)


def newcomers(world: World, count: int) -> list[Learner]:
    with tenant_context(world.tenant.pk):
        return [add_learner(world, f"New{n}", world.section) for n in range(count)]


def showing(world: World, learners: list[Learner]) -> Callable[[], None]:
    """Work of newcomers that is Meets by the rule; of one by the short way, of several by the long one."""

    def work() -> None:
        with tenant_context(world.tenant.pk):
            pieces = [piece(world, who, world.competencies[0], 3, n=n) for n, who in enumerate(learners)]
            if len(pieces) == 1:
                record_evidence(world.system, piece=pieces[0])
            else:
                record_many(world.system, pieces=pieces, is_waited_for=True)

    return work


def lowering(world: World) -> Callable[[], None]:
    """One piece is Developing: below the bar as it stood, above the one that it becomes."""

    def work() -> None:
        with tenant_context(world.tenant.pk):
            bar = bar_of(world.milestone)
            lower = {key: replace(asks, required_level=2) for key, asks in bar.criteria.items()}
            new = replace(bar, criteria=lower)
            move_bar(district(world), milestone=world.milestone, bar=new, reason=REASON, version=1)

    return work


def settled(world: World, learners: list[Learner], milestone: Milestone, level: int) -> None:
    with tenant_context(world.tenant.pk):
        rows = MilestoneStatus.objects.filter(learner__in=learners, milestone=milestone)
        assert list(rows.values_list("level", flat=True)) == [level] * len(learners)
    assert verify_tenant(world.tenant.pk).differing == 0


@pytest.mark.parametrize("count", [1, 3])
def test_first_evidence_while_a_bar_moves(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    world = committed_cast.home
    learners = newcomers(world, count)
    gate = Gate(monkeypatch, bars, "try_bar")  # the learners with a level are known, the new bar is not written yet
    assert at_once([lowering(world), gate.after(showing(world, learners))]) == [None, None]
    settled(world, learners, world.milestone, 3)


@pytest.mark.parametrize(("count", "module", "name"), [(1, one, "_read"), (3, criteria, "judge_milestones")])
def test_a_bar_moves_while_first_evidence_is_recorded(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, count: int, module: Any, name: str
) -> None:
    world = committed_cast.home
    learners = newcomers(world, count)
    gate = Gate(monkeypatch, module, name)  # the old bar was read, the level is not committed yet
    assert at_once([showing(world, learners), gate.after(lowering(world))]) == [None, None]
    settled(world, learners, world.milestone, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_first_evidence_while_a_milestone_is_split(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    world = committed_cast.home
    learners = newcomers(world, count)
    with tenant_context(world.tenant.pk):
        [key] = world.milestone.criteria.values_list("id", flat=True)
    parts = [Part("One half", frozenset({key})), Part("Other half", frozenset({key}))]

    def split() -> None:
        with tenant_context(world.tenant.pk):
            split_milestone(district(world), milestone=world.milestone, parts=parts)

    gate = Gate(monkeypatch, splits, "record_audit")  # the parts have their levels and are not committed
    assert at_once([split, gate.after(showing(world, learners))]) == [None, None]
    with tenant_context(world.tenant.pk):
        made = list(Milestone.objects.filter(split_from=world.milestone))
    for part in made:
        settled(world, learners, part, 2)
