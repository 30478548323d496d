"""The queue of Today under workers that meet, and one that dies: an entry is opened once, and none is missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from assessments.services import record_many
from interventions.models import Alert, AlertMark
from interventions.watching import follow_moves_of, look_at, watch_all_of
from learners.models import Learner
from milestones.services import drain_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, piece
from tests.concurrency.test_workers import wait_until_gone, worker
from tests.concurrency.together import HANG, at_once

# Looks at the marked learners, then stops with everything written and nothing committed.
DIES_INSIDE = """
import sys, time, django
django.setup()
from django.db import connection
from interventions import watching
look = watching.look_at
def slow(ids):
    found = look(ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        print(cursor.fetchone()[0], found.opened, flush=True)
    time.sleep(600)
    return found
watching.look_at = slow
watching.follow_moves_of(int(sys.argv[1]))
"""


@pytest.fixture
def home(committed_cast: Cast) -> World:
    """Twenty learners who dropped from Meets: each is marked, none was looked at."""
    world = committed_cast.home
    with tenant_context(world.tenant.pk):
        people = [add_learner(world, f"P{n}", world.section) for n in range(20)]
    for scores, days in (((4, 4), 9), ((1, 1), 1)):
        at = datetime.now(UTC) - timedelta(days=days)
        with tenant_context(world.tenant.pk):
            pieces = [
                piece(world, one, competency, score, occurred_at=at)
                for one in people for competency in world.competencies[:2] for score in scores
            ]  # fmt: skip
            record_many(world.system, pieces=[replace(one, n=n) for n, one in enumerate(pieces)])
        drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        assert AlertMark.objects.count() >= 20
        assert not Alert.objects.filter(learner__in=people).exists()
    return world


def entries(world: World) -> list[tuple[Any, ...]]:
    with tenant_context(world.tenant.pk):
        rows = Alert.objects.filter(closed_at=None).order_by("learner_id", "milestone_id", "reason")
        return list(rows.values_list("learner_id", "milestone_id", "reason"))


def dropped(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(Alert.objects.filter(closed_at=None, reason="dropped").values("learner_id").distinct().count())


def test_workers_that_meet_open_each_entry_once(home: World) -> None:
    """Two follow the moves while a third goes through everybody and a fourth looks at some again."""
    tenant = home.tenant.pk

    def look_again() -> None:
        with tenant_context(tenant):
            look_at(list(Learner.objects.order_by("-id").values_list("id", flat=True)[:15]))

    answers = at_once([lambda: follow_moves_of(tenant), lambda: follow_moves_of(tenant),
                       lambda: watch_all_of(tenant), look_again])  # fmt: skip
    assert [one for one in answers if isinstance(one, Exception)] == []
    found = entries(home)
    assert len(found) == len(set(found))
    assert dropped(home) == 20
    with tenant_context(tenant):
        assert not AlertMark.objects.exists()
        assert Alert.objects.filter(closed_at__isnull=False).count() == 0


def test_a_killed_worker_misses_nobody(home: World, owner_connection: psycopg.Connection[Any]) -> None:
    with worker(DIES_INSIDE, home.tenant.pk) as process:
        assert process.stdout is not None
        backend, opened = map(int, process.stdout.readline().split())
        assert opened >= 20
        process.kill()
        assert process.wait(HANG) == -9
    wait_until_gone(owner_connection, backend)
    assert entries(home) == []
    assert follow_moves_of(home.tenant.pk) >= 20
    assert dropped(home) == 20
    with tenant_context(home.tenant.pk):
        assert not AlertMark.objects.exists()


def test_the_same_round_twice_changes_nothing(home: World) -> None:
    """Beat rings twice: the second round finds what the first has opened."""
    first = watch_all_of(home.tenant.pk)
    before = entries(home)
    second = watch_all_of(home.tenant.pk)
    assert first.opened >= 20
    assert (second.opened, second.closed) == (0, 0)
    assert entries(home) == before
