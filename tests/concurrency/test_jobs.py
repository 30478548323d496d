"""The real worker and the real beat: one killed in the middle, the broker emptied, two beats."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings

from interventions.models import Alert, AlertMark
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.concurrency.test_workers import ROOT, faults_of, stale_world, waiting
from tests.concurrency.together import HANG

# Small batches, so that there is a middle to be killed in.
WORKER = """
import django
django.setup()
from milestones import services
services.BATCH = 20
from waymark.celery import app
app.worker_main(["worker", "-Q", "interactive,bulk", "--pool", "solo", "--loglevel", "WARNING"])
"""
BEAT = """
import sys
from waymark.celery import app
app.start(["beat", "--pidfile=", "-s", sys.argv[1], "--loglevel", "WARNING"])
"""


def broker() -> str:
    """A database of the broker that no other test uses."""
    return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path="/9"))


@contextmanager
def process(script: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ, "DATABASE_URL": str(settings.DATABASE_URL), "DATABASE_OPS_URL": str(settings.DATABASE_OPS_URL),
        "REDIS_URL": broker(), "DJANGO_SETTINGS_MODULE": "waymark.settings",
    }  # fmt: skip
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as one:
        try:
            yield one
        finally:
            one.kill()


def until(is_so: Callable[[], bool], what: str) -> None:
    for _ in range(HANG * 20):
        if is_so():
            return
        time.sleep(0.05)
    raise TimeoutError(what)


def marks_of_moves(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(AlertMark.objects.count())


def test_killed_emptied_and_rung_twice(committed_cast: Cast, tmp_path: Path) -> None:
    world = committed_cast.home
    client = redis.Redis.from_url(broker())
    client.flushdb()
    given = stale_world(world, 100)
    with process(BEAT, str(tmp_path / "one")), process(BEAT, str(tmp_path / "two")):
        with process(WORKER) as first:
            until(lambda: waiting(world) < 400, "the worker does not begin")
            first.kill()
            assert first.wait(HANG) == -9
        left = waiting(world)
        client.flushdb()  # what the killed worker had taken, and what waits for it, is gone with the broker
        with process(WORKER):
            until(lambda: waiting(world) == 0, "levels wait")
            until(lambda: marks_of_moves(world) == 0, "learners whose level moved wait")
    assert 0 < left < 400, "it was not killed in the middle"
    assert faults_of(world, given) == []
    with tenant_context(world.tenant.pk):
        entries = list(Alert.objects.filter(closed_at=None).values_list("learner_id", "milestone_id", "reason"))
    assert len(entries) == len(set(entries))
    client.flushdb()
