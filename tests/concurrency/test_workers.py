"""Workers: several share the work, a killed one loses nothing, a poisoned pair holds up nobody."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from assessments import ledger
from assessments.models import LearnerCompetency, StaleMark
from assessments.pieces import Piece
from assessments.services import record_many
from learners.models import Learner
from milestones import services
from milestones.models import CompetencyStatus, MilestoneStatus, StatusChange
from milestones.recompute import recompute_statuses
from milestones.services import PARK_AFTER, drain_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, piece
from tests.concurrency.together import HANG, at_once, chain_faults, expected_level

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
# Works like a worker, then stops inside its sixth batch: marks are cleared and levels written, nothing committed.
DIES_INSIDE = """
import sys, time, django
django.setup()
from django.db import connection
from milestones import services
run, batches = services.recompute_statuses, []
services.BATCH = int(sys.argv[2])
def slow(ids, cause):
    moved = run(ids, cause)
    batches.append(1)
    if len(batches) == 6:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            print(cursor.fetchone()[0], flush=True)
        time.sleep(600)
    return moved
services.recompute_statuses = slow
services.drain_tenant(int(sys.argv[1]), batches=1000)
"""


def stale_world(world: World, learners: int) -> dict[tuple[int, int], list[int]]:
    """So many learners × four competencies with evidence and a stale mark each; {(learner, competency): scores}."""
    dice = random.Random(5)
    given: dict[tuple[int, int], list[int]] = {}
    with tenant_context(world.tenant.pk):
        people = Learner.objects.bulk_create(
            [Learner(given_name=f"P{n}", folded_name=f"p{n}", home_school=world.school) for n in range(learners)]
        )
        template = piece(world, world.learner, world.competencies[0], 1)
        pieces: list[Piece] = []
        for one in people:
            for competency in world.competencies:
                scores = [dice.choice((1, 2, 3, 4)) for _ in range(dice.choice((1, 1, 2)))]
                given[one.pk, competency.pk] = scores
                for n, score in enumerate(scores):
                    place: dict[str, Any] = {"learner_id": one.pk, "competency_id": competency.pk, "n": len(pieces)}
                    moment = START + timedelta(minutes=n)
                    names: dict[str, Any] = {"task": f"t{n}", "source_id": str(len(pieces))}
                    pieces.append(replace(template, **place, **names, score=Decimal(score), occurred_at=moment))
        for start in range(0, len(pieces), 5000):
            record_many(world.system, pieces=pieces[start : start + 5000])
        assert StaleMark.objects.count() == 4 * learners
    return given


def faults_of(world: World, given: dict[tuple[int, int], list[int]]) -> list[str]:
    """Every level against the scores that were given, and exactly one change for each level."""
    with tenant_context(world.tenant.pk):
        rows = CompetencyStatus.objects.values_list("learner_id", "competency_id", "level", "value", "pieces")
        stored = {(row[0], row[1]): (row[2], float(row[3]), row[4]) for row in rows}
        changes = Counter(StatusChange.objects.exclude(competency=None).values_list("learner_id", "competency_id"))
        moved = Counter(StatusChange.objects.exclude(milestone=None).values_list("learner_id", "milestone_id"))
        statuses = MilestoneStatus.objects.filter(level__gt=0).values_list("learner_id", "milestone_id")
        reached = set(statuses)
        faults = chain_faults()
    people = {learner for learner, _ in given}
    for key, scores in given.items():
        level, value = expected_level(scores)
        if stored.get(key) != (level, value, len(scores)):
            faults.append(f"{key}: stored {stored.get(key)}, given {scores} → {level} {value}")
        if changes[key] != 1:
            faults.append(f"{key}: {changes[key]} changes")
    faults += [f"milestone {key}: {n} changes" for key, n in moved.items() if key[0] in people and n > 2]
    faults += [f"milestone {key}: no change" for key in reached if key[0] in people and not moved[key]]
    return faults


def waiting(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(StaleMark.objects.count())


def test_two_workers_share_the_work(committed_cast: Cast) -> None:
    """SKIP LOCKED: each mark is taken once, none twice."""
    world = committed_cast.home
    given = stale_world(world, 500)
    counts: list[Any] = at_once([lambda: drain_tenant(world.tenant.pk)] * 2)
    assert sum(counts) == 2000
    assert waiting(world) == 0
    assert faults_of(world, given) == []


@contextmanager
def worker(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "DATABASE_URL": str(settings.DATABASE_URL),
        "DJANGO_SETTINGS_MODULE": "waymark.settings",
    }
    command = [sys.executable, "-c", script, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_gone(owner: psycopg.Connection[Any], backend: int) -> None:
    """Until PostgreSQL has noticed that the killed worker is gone and rolled back what it did."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    for _ in range(HANG * 100):
        row = owner.execute(query, [backend]).fetchone()
        if row and row[0] == 0:
            return
        owner.execute("SELECT pg_sleep(0.01)")
    raise TimeoutError(f"backend {backend} is still there")


def test_killed_worker_loses_nothing(committed_cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    """SIGKILL inside a transaction, half-way through 2,000 marks in batches of 200; another worker finishes."""
    world = committed_cast.home
    given = stale_world(world, 500)
    with worker(DIES_INSIDE, world.tenant.pk, 200) as process:
        assert process.stdout is not None
        backend = int(process.stdout.readline())
        process.kill()
        assert process.wait(HANG) == -9
    wait_until_gone(owner_connection, backend)
    assert waiting(world) == 2000 - 5 * 200
    counts: list[Any] = at_once([lambda: drain_tenant(world.tenant.pk, batches=100)] * 2)
    assert sum(counts) == 2000 - 5 * 200
    assert waiting(world) == 0
    assert faults_of(world, given) == []


Poisoned = tuple[World, int, dict[tuple[int, int], list[int]]]


@pytest.fixture
def poisoned(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Poisoned:
    """Of 200 stale pairs one cannot be worked out."""
    world = committed_cast.home
    given = stale_world(world, 50)
    with tenant_context(world.tenant.pk):
        bad = LearnerCompetency.objects.order_by("-id")[0]
    del given[bad.learner_id, bad.competency_id]
    recompute = recompute_statuses

    def failing(ids: Any, cause: str) -> int:
        if bad.pk in ids:
            raise ZeroDivisionError("planted")
        return recompute(ids, cause)

    monkeypatch.setattr(services, "recompute_statuses", failing)
    return world, bad.pk, given


def test_poisoned_pair_is_parked(
    poisoned: Poisoned, owner_connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """CON-6: the others are done at once; the bad one is tried five times with growing delay, parked with its error."""
    world, bad, given = poisoned
    assert drain_tenant(world.tenant.pk) == 199
    assert faults_of(world, given) == []
    delays = []
    for tries in range(1, PARK_AFTER + 1):
        with tenant_context(world.tenant.pk):
            mark = StaleMark.objects.get()
            assert (mark.learner_competency_id, mark.attempts) == (bad, tries)
            assert mark.last_error == "ZeroDivisionError: planted"
            assert (mark.parked_at is not None) == (tries == PARK_AFTER)
            assert mark.leased_until is not None
            delays.append(mark.leased_until)
        assert drain_tenant(world.tenant.pk) == 0, "not before its time"
        owner_connection.execute("UPDATE assessments_stalemark SET leased_until = clock_timestamp() - interval '1 s'")
        assert drain_tenant(world.tenant.pk) == 0
    with tenant_context(world.tenant.pk):
        assert StaleMark.objects.get().attempts == PARK_AFTER, "parked: never taken again"
    monkeypatch.undo()
    with tenant_context(world.tenant.pk):
        ledger.mark_stale([bad], "again")  # new evidence, or somebody's wish: it is tried again
    assert drain_tenant(world.tenant.pk) == 1
    assert waiting(world) == 0


def test_poisoned_pair_of_one_tenant_holds_up_no_other(poisoned: Poisoned, committed_cast: Cast) -> None:
    away = committed_cast.away
    with tenant_context(away.tenant.pk):
        pairs = list(LearnerCompetency.objects.values_list("id", flat=True))
        ledger.mark_stale(pairs, "test")
    assert drain_tenant(away.tenant.pk) == len(pairs)


def test_evidence_during_a_recompute_is_not_lost(committed_cast: Cast) -> None:
    """A writer and a worker on the same levels at the same moment: the last one has seen everything."""
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        pair = LearnerCompetency.objects.get(learner=world.learner, competency=world.competencies[0])
    for n in range(10):
        with tenant_context(world.tenant.pk):
            ledger.mark_stale([pair.pk], "test")
            one = piece(
                world, world.learner, world.competencies[0], 1 + n % 4, occurred_at=START + timedelta(minutes=n)
            )

        def write(one: Any = one) -> int:
            with tenant_context(world.tenant.pk):
                return len(record_many(world.system, pieces=[one]))

        answers = at_once([write, lambda: drain_tenant(world.tenant.pk)])
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        drain_tenant(world.tenant.pk)
        with tenant_context(world.tenant.pk):
            assert CompetencyStatus.objects.get(learner_competency=pair).pieces == 4 + n
            assert chain_faults() == []
