"""Score sheets under several hands at once: one release, one set of pieces, and levels that are the ledger's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assessments.models import Evidence, standing
from learners.models import Learner
from milestones.models import ScoreEntry, ScoreSheet
from milestones.score_sheets import Head, Score, Slower, open_sheet, release_sheet, save_score, undo_release
from milestones.verify import verify_tenant
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tests.builders import Cast, World, add_learner
from tests.concurrency.together import at_once

CLASS = 6


def teacher(world: World) -> Actor:
    return replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)


def sheet_of(world: World) -> tuple[ScoreSheet, list[Learner]]:
    with tenant_context(world.tenant.pk):
        learners = [add_learner(world, f"L{n}", world.section) for n in range(CLASS)]
        head = Head("Quiz", "formative", world.system.today)
        return open_sheet(teacher(world), section=world.section, milestone=world.milestone, head=head), learners


def pieces(world: World) -> int:
    with tenant_context(world.tenant.pk):
        rows = Evidence.objects.filter(standing(), source="score-sheet")
        return int(rows.exclude(entry="withdrawn").count())


def test_two_teachers_score_the_same_row(committed_cast: Cast) -> None:
    home = committed_cast.home
    sheet, learners = sheet_of(home)

    def score(level: int) -> Any:
        with tenant_context(home.tenant.pk):
            return save_score(
                teacher(home), sheet=sheet, learner=learners[0], score=Score("scored", level), version=0
            ).level

    answers = at_once([lambda level=level: score(level) for level in (1, 2, 3, 4)])  # type: ignore[misc]
    saved = [one for one in answers if isinstance(one, int)]
    assert len(saved) == 1
    assert sum(isinstance(one, Slower) for one in answers) == 3
    with tenant_context(home.tenant.pk):
        assert ScoreEntry.objects.get(sheet=sheet).level == saved[0]


def test_released_twice_at_once(committed_cast: Cast) -> None:
    home = committed_cast.home
    sheet, learners = sheet_of(home)
    with tenant_context(home.tenant.pk):
        for learner in learners:
            save_score(teacher(home), sheet=sheet, learner=learner, score=Score("scored", 3), version=0)

    def release() -> Any:
        with tenant_context(home.tenant.pk):
            return release_sheet(teacher(home), sheet=sheet, tenant=home.tenant, drops={})

    answers = at_once([release] * 4)
    assert sum(isinstance(one, Conflict) for one in answers) == 3
    assert pieces(home) == CLASS

    def undo() -> Any:
        with tenant_context(home.tenant.pk):
            return undo_release(teacher(home), sheet=sheet)

    answers = at_once([undo] * 4)
    assert sum(isinstance(one, Conflict) for one in answers) == 3
    assert pieces(home) == 0
    assert verify_tenant(home.tenant.pk).differing == 0


def test_a_score_during_the_release_is_in_it_or_refused(committed_cast: Cast) -> None:
    home = committed_cast.home
    sheet, learners = sheet_of(home)
    with tenant_context(home.tenant.pk):
        for learner in learners[1:]:
            save_score(teacher(home), sheet=sheet, learner=learner, score=Score("scored", 3), version=0)

    def release() -> Any:
        with tenant_context(home.tenant.pk):
            return release_sheet(teacher(home), sheet=sheet, tenant=home.tenant, drops={})

    def score() -> Any:
        with tenant_context(home.tenant.pk):
            return save_score(teacher(home), sheet=sheet, learner=learners[0], score=Score("scored", 4), version=0)

    released, scored = at_once([release, score])
    assert not isinstance(released, Exception), released
    expected = CLASS - 1 if isinstance(scored, Conflict) else CLASS
    assert pieces(home) == expected
    assert verify_tenant(home.tenant.pk).differing == 0
