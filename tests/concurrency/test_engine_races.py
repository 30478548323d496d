"""Everything that works out levels at once, in threads and in processes: the end is always what the ledger says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from assessments.models import Evidence, StaleMark
from assessments.services import record_evidence, record_many, withdraw_evidence
from competencies.models import PolicyVersion
from milestones.clock import announce_policies_of, follow_calendar_of
from milestones.models import CompetencyStatus, LevelOverride
from milestones.overrides import Place, set_override
from milestones.services import drain_tenant
from milestones.verify import verify_tenant
from milestones.whole import recompute_tenant
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tenancy.selectors import actor_for_user
from tests.builders import Cast, World, piece
from tests.concurrency.test_workers import worker
from tests.concurrency.together import HANG, at_once, chain_faults

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROUNDS = 4
Work = Callable[[], Any]
BEAT = """
import sys, django
django.setup()
from milestones import clock, services, whole
tenant = int(sys.argv[1])
print("ready", flush=True)
clock.announce_policies_of(tenant)
clock.follow_calendar_of(tenant)
services.drain_tenant(tenant, batches=1000)
whole.recompute_tenant(tenant, "recompute", size=5)
"""


def settled(world: World) -> list[str]:
    """Let the worker finish; then every difference from the ledger, and every break in the chain of changes."""
    announce_policies_of(world.tenant.pk)
    drain_tenant(world.tenant.pk, batches=100)
    with tenant_context(world.tenant.pk):
        assert StaleMark.objects.count() == 0
        faults = chain_faults()
    return faults + verify_tenant(world.tenant.pk).lines


def together(works: list[Work], allowed: type[Exception] = Conflict) -> list[Any]:
    """Do it all at one moment; nothing may go wrong but what is allowed."""
    answers = at_once(works)
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, allowed)] == []
    return answers


def recording(world: World, dice: random.Random, number: int, times: int = 3) -> Work:
    """A teacher who records some pieces for one learner, one after the other, each with its level."""
    scores = [dice.choice((1, 2, 3, 4)) for _ in range(times)]
    places = [dice.randrange(4) for _ in range(times)]

    def work() -> None:
        for turn, (score, place) in enumerate(zip(scores, places, strict=True)):
            with tenant_context(world.tenant.pk):
                moment = START + timedelta(minutes=dice.randrange(10_000))
                values = {"occurred_at": moment, "source_id": f"race-{number}-{turn}", "task": f"t{turn}"}
                one = piece(world, world.classmate, world.competencies[place], score, **values)
                record_evidence(world.system, piece=one)

    return work


def withdrawing(world: World, which: int) -> Work:
    def work() -> None:
        with tenant_context(world.tenant.pk):
            rows = Evidence.objects.filter(superseded_by=None, entry="recorded").order_by("id")
            row = rows[which % max(rows.count(), 1)]
            withdraw_evidence(world.system, evidence=row, reason="a mistake")

    return work


def publishing(world: World, number: int, **rule: Any) -> Work:
    def work() -> None:
        with tenant_context(world.tenant.pk):
            old = PolicyVersion.objects.order_by("-number")[0]
            PolicyVersion.objects.create(
                policy_id=old.policy_id,
                scale_id=old.scale_id,
                number=number,
                rule={**old.rule, **rule},
                is_announced=False,
            )
        announce_policies_of(world.tenant.pk)

    return work


def many_levels(world: World) -> None:
    with tenant_context(world.tenant.pk):
        people = (world.learner, world.classmate, world.stranger_learner)
        rows = [(who, what, n) for who in people for what in world.competencies for n in range(3)]
        record_many(
            world.system, pieces=[piece(world, who, what, 1 + n, n=at) for at, (who, what, n) in enumerate(rows)]
        )
    drain_tenant(world.tenant.pk)


def test_two_teachers_on_one_learner(committed_cast: Cast) -> None:
    world, dice = committed_cast.home, random.Random(1)
    for turn in range(ROUNDS):
        together([recording(world, dice, 10 * turn + n) for n in range(6)])
        assert settled(world) == []


def test_evidence_while_a_policy_is_published(committed_cast: Cast) -> None:
    """CON-2: every level belongs to one version and ends on the newest."""
    world, dice = committed_cast.home, random.Random(2)
    many_levels(world)
    for turn in range(ROUNDS):
        method = dice.choice(("highest", "mean", "latest", "median"))
        publish = publishing(world, 2 + turn, method=method, weight=None)
        drain: Work = lambda: drain_tenant(world.tenant.pk, batches=100)  # noqa: E731
        together([publish, drain, *(recording(world, dice, 10 * turn + n) for n in range(3))])
        assert settled(world) == []
        with tenant_context(world.tenant.pk):
            newest = PolicyVersion.objects.get(number=2 + turn).pk
            assert set(CompetencyStatus.objects.values_list("policy_version_id", flat=True)) == {newest}


def test_withdrawals_during_a_recompute_of_everything(committed_cast: Cast) -> None:
    world, dice = committed_cast.home, random.Random(3)
    many_levels(world)
    for turn in range(ROUNDS):
        whole: Work = lambda: recompute_tenant(world.tenant.pk, "recompute", size=4)  # noqa: E731
        others = [withdrawing(world, dice.randrange(30)) for _ in range(3)]
        together([whole, whole, recording(world, dice, turn), *others])
        assert settled(world) == []


def test_beat_rings_twice(committed_cast: Cast) -> None:
    """Every job in two processes and two threads at once, with evidence coming in."""
    world, dice = committed_cast.home, random.Random(4)
    many_levels(world)
    publishing(world, 2, window={"days": 200})()
    with tenant_context(world.tenant.pk):
        CompetencyStatus.objects.update(judged_on=datetime(2026, 1, 1, tzinfo=UTC).date())
    tenant = world.tenant.pk
    jobs: list[Work] = [
        lambda: drain_tenant(tenant, batches=100),
        lambda: follow_calendar_of(tenant),
        lambda: announce_policies_of(tenant),
    ]
    with worker(BEAT, tenant) as first, worker(BEAT, tenant) as second:
        for process in (first, second):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        together([*jobs, *jobs, recording(world, dice, 1), recording(world, dice, 2)])
        assert [first.wait(HANG), second.wait(HANG)] == [0, 0]
    assert settled(world) == []


def test_levels_set_by_two_teachers_while_evidence_comes_in(committed_cast: Cast) -> None:
    world, dice = committed_cast.home, random.Random(5)
    many_levels(world)
    with tenant_context(world.tenant.pk):
        actor = actor_for_user(world.tenant, world.users["TCH"])
        assert actor is not None

    def setting(level: int) -> Work:
        def work() -> None:
            with tenant_context(world.tenant.pk):
                place = Place(world.classmate, world.milestone)
                set_override(actor, place=place, level=level, reason="I watched her do it twice")

        return work

    for turn in range(ROUNDS):
        works = [
            setting(1 + turn % 4),
            setting(4 - turn % 4),
            recording(world, dice, 10 * turn),
            withdrawing(world, turn),
        ]
        together(works)
        assert settled(world) == []
        with tenant_context(world.tenant.pk):
            assert LevelOverride.objects.filter(ends=None, milestone=world.milestone).count() == 1
