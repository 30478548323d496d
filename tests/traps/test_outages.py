"""Broker or database away: the request path never needs the broker, and says when to come back without a database."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread
from typing import Any, TypeVar

import psycopg
import pytest
from celery import current_app
from django.db import connection, connections
from django.test import Client
from psycopg_pool import PoolTimeout

from assessments.models import StaleMark
from milestones.tasks import drain_stale
from tenancy.context import tenant_context
from tests.builders import Cast
from waymark import settings as real_settings
from waymark.away import is_away

T = TypeVar("T")
# A guard against hanging only: a publish to a silent broker took over 45 seconds.
HANG = 20


def within(work: Callable[[], T]) -> T:
    """The answer of `work`, on its own connection; fails when it hangs."""
    answers: list[T] = []

    def run() -> None:
        try:
            answers.append(work())
        finally:
            connections.close_all()

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(HANG)
    assert answers, "it hangs or failed"
    return answers[0]


def closed_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(params=["closed", "silent"])
def broken_broker(request: pytest.FixtureRequest, settings: Any) -> Iterator[socket.socket | None]:
    """REDIS_URL leads to a closed port, or to somebody who accepts and never says a word."""
    celery: Any = current_app.conf
    before = celery.broker_url
    listener = socket.socket() if request.param == "silent" else None
    if listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        listener.setblocking(False)
    port = listener.getsockname()[1] if listener else closed_port()
    settings.REDIS_URL = settings.CELERY_BROKER_URL = celery.broker_url = f"redis://127.0.0.1:{port}/0"
    yield listener
    celery.broker_url = before
    if listener:
        listener.close()


def called(listener: socket.socket | None) -> bool:
    if listener is None:
        return False
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def evidence(cast: Cast, n: int, competency: int) -> dict[str, Any]:
    home = cast.home
    learners = (home.learner, home.classmate, home.stranger_learner)
    return {
        "learner": str(learners[n % 3].public_id), "competency": str(home.competencies[competency].public_id),
        "score": 3, "possible": 4, "occurred_at": f"2026-01-{1 + n % 28:02}T09:00:00Z", "task": f"t{n}",
        "kind": "formative",
    }  # fmt: skip


def test_evidence_and_pages_without_a_broker(committed_cast: Cast, broken_broker: socket.socket | None) -> None:
    """A single piece, a large batch, a page: as always, and without a single call to the broker."""
    home = committed_cast.home
    headers = {"Authorization": f"Bearer {home.token}"}

    def post(data: Any) -> int:
        body = json.dumps(data)
        return Client().post("/api/v1/evidence/", body, content_type="application/json", headers=headers).status_code

    def page() -> int:
        client = Client()
        client.force_login(home.users["TCH"])
        return client.get(f"/classes/{home.section.public_id}/grid/").status_code

    def form() -> int:
        client = Client()
        client.force_login(home.users["TCH"])
        address = f"/learners/{home.learner.public_id}/milestones/{home.milestone.public_id}/evidence/new/"
        data = {"competency": home.competencies[0].pk, "points": "3", "kind": "formative", "title": "Quiz"}
        return client.post(address, {**data, "occurred_on": "2026-01-15"}).status_code

    assert within(lambda: post(evidence(committed_cast, 0, 0))) == 201
    assert within(lambda: post([evidence(committed_cast, n, n % 4) for n in range(200)])) == 200
    assert within(page) == 200
    assert within(form) == 302
    assert not called(broken_broker)
    within(drain_stale)
    with tenant_context(home.tenant.pk):
        assert not StaleMark.objects.exists()


def test_readiness_without_a_broker(committed_db: None, broken_broker: socket.socket | None) -> None:
    """Degraded, not down: a missing broker costs delay only."""
    response = within(lambda: Client().get("/readyz"))
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["broker"]["ok"] is False


@pytest.fixture
def no_database(committed_cast: Cast) -> Iterator[None]:
    """Sessions are made, then the server is gone."""
    wrapper = connections["default"]
    wrapper.close()
    before = wrapper.settings_dict["PORT"], wrapper.settings_dict["HOST"]
    wrapper.settings_dict.update(PORT=str(closed_port()), HOST="127.0.0.1")
    yield
    wrapper.close()
    wrapper.settings_dict.update(PORT=before[0], HOST=before[1])


def test_database_away(committed_cast: Cast, request: pytest.FixtureRequest) -> None:
    """503 with Retry-After, as a page and as problem+json; alive, but not ready."""
    home = committed_cast.home
    teacher = Client(raise_request_exception=False)
    teacher.force_login(home.users["TCH"])
    machine = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {home.token}"})
    request.getfixturevalue("no_database")
    pages = ["/", "/classes/", f"/classes/{home.section.public_id}/grid/", "/me/"]
    apis = ["/api/v1/learners/", f"/api/v1/learners/{home.learner.public_id}/"]
    for client, address in [*((teacher, page) for page in pages), *((machine, page) for page in apis)]:
        response = client.get(address)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "3"), address
    problem = json.loads(machine.get(apis[0]).content)
    assert (problem["status"], problem["code"]) == (503, "unavailable")
    response = machine.post("/api/v1/evidence/", "{}", content_type="application/json")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert Client().get("/healthz").status_code == 200
    assert Client(raise_request_exception=False).get("/readyz").status_code == 503


def test_page_after_the_database_came_back(committed_cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    """A connection that was cut is not used again."""
    client = Client(raise_request_exception=False)
    client.force_login(committed_cast.home.users["TCH"])
    connection.ensure_connection()
    mine: Any = connections["default"]
    owner_connection.execute("SELECT pg_terminate_backend(%s)", [mine.connection.info.backend_pid])
    mine.health_check_done = False  # as at the start of every request
    statuses = [client.get("/classes/").status_code for _ in range(3)]
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}


def test_what_counts_as_away() -> None:
    assert is_away(PoolTimeout())
    assert not is_away(ValueError())


def test_settings_that_keep_outages_short() -> None:
    database: Any = real_settings.DATABASES["default"]
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["OPTIONS"]["connect_timeout"] <= 3
    assert database["ATOMIC_REQUESTS"] is True
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert real_settings.CELERY_TASK_ACKS_LATE
    assert real_settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert not real_settings.CELERY_TASK_PUBLISH_RETRY
    options: Any = real_settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["socket_connect_timeout"] <= 1
    assert (
        real_settings.CELERY_TASK_ROUTES["milestones.tasks.drain_stale"]["queue"]
        != real_settings.CELERY_TASK_DEFAULT_QUEUE
    )
