"""Open boards: who may watch, whom a move wakes, what happens when the right ends or Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from django.urls import reverse

from assessments.services import record_many
from learners.models import Enrolment, Section, SectionStaff
from milestones.services import drain_tenant
from reporting.live.hub import Hub
from reporting.live.keys import class_key, keys_in_thread, keys_of, today_key
from reporting.live.server import LiveServer
from tenancy import live
from tenancy.context import tenant_context
from tests.builders import Cast, World, piece

PATIENCE = 20.0  # s, only for what never comes


@dataclass
class Reader:
    """A browser that listens to one board."""

    stream: Any  # asgiref has no types

    async def status(self) -> int:
        return int((await self.stream.receive_output(PATIENCE))["status"])

    async def event(self) -> str:
        """The next event's name; what says only that the stream lives is passed over."""
        while True:
            said = (await self.stream.receive_output(PATIENCE)).get("body", b"").decode()
            if said.startswith("event: "):
                return str(said.split()[1])
            if not said:
                return "end"

    async def hears_nothing(self) -> bool:
        return bool(await self.stream.receive_nothing(timeout=1.0))

    async def leave(self) -> None:
        await self.stream.send_input({"type": "http.disconnect"})
        await self.stream.wait(PATIENCE)


def cookie_of(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def reader(server: LiveServer, path: str, cookie: str, **headers: str) -> Reader:
    sent = {"host": "testserver", "cookie": cookie, **headers}
    scope = {
        "type": "http", "method": "GET", "path": path, "scheme": "http", "server": ("testserver", 80),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }  # fmt: skip
    found = Reader(cast(Any, ApplicationCommunicator)(server, scope))
    asyncio.get_running_loop().create_task(found.stream.send_input({"type": "http.request"}))
    return found


def board_of(world: World) -> str:
    with tenant_context(world.tenant.pk):
        return reverse("live_class", args=[world.section.public_id])


def show_mastery(world: World, number: int = 1) -> None:
    """Evidence that moves the learner's level, committed."""
    with tenant_context(world.tenant.pk):
        pieces = [piece(world, world.classmate, one, 4, source_id=f"live{number}") for one in world.competencies]
        record_many(world.system, pieces=pieces)
    drain_tenant(world.tenant.pk)


async def elsewhere(work: Callable[..., None], *given: Any) -> None:
    """In a thread with a database connection of its own."""

    def run() -> None:
        try:
            work(*given)
        finally:
            connections.close_all()

    await asyncio.to_thread(run)


Scenario = Callable[[LiveServer], Coroutine[Any, Any, None]]


def played(scenario: Scenario) -> None:
    """With the server's own hub listening to the real Redis."""

    async def run() -> None:
        server = LiveServer(get_wsgi_application(), Hub(settings.REDIS_URL, keys_in_thread))
        hub = asyncio.create_task(server.hub.run())
        while server.hub._bell is None:
            await asyncio.sleep(0.01)
        try:
            await scenario(server)
        finally:
            hub.cancel()

    # In a thread of its own: a browser test before this one may have left a running loop in the main one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(run())).result()


@pytest.fixture
def home(committed_cast: Cast) -> Iterator[World]:
    live._client.cache_clear()
    yield committed_cast.home
    live._client.cache_clear()


def test_a_move_wakes_the_boards_it_stands_on(home: World) -> None:
    """The class of the learner and its teacher's Today; not a class without them, and nobody after leaving."""
    with tenant_context(home.tenant.pk):
        other = Section.objects.create(title="LKV Maths 9", school=home.school, sourced_id="LKV-c9")
        SectionStaff.objects.create(member=home.members["TCH"], section=other)
    cookie, board = cookie_of(home.users["TCH"]), board_of(home)

    async def scenario(server: LiveServer) -> None:
        here = reader(server, board, cookie, origin="http://testserver:8080")
        today = reader(server, reverse("live_today"), cookie)
        away = reader(server, reverse("live_class", args=[other.public_id]), cookie)
        start = await here.stream.receive_output(PATIENCE)
        assert start["status"] == 200
        assert (b"access-control-allow-origin", b"http://testserver:8080") in start["headers"]
        assert [await today.status(), await away.status()] == [200, 200]
        for one in (here, today, away):
            assert (await one.stream.receive_output(PATIENCE))["body"].startswith(b"retry:")
        await elsewhere(show_mastery, home)
        assert [await here.event(), await today.event()] == ["moved", "moved"]
        assert await away.hears_nothing()
        for one in (here, today, away):
            await one.leave()
        assert server.hub.boards == 0

    played(scenario)


def test_who_may_not_see_the_board_is_refused(home: World, committed_cast: Cast) -> None:
    people = {"": 401, cookie_of(home.users["LRN"]): 404, cookie_of(home.users["GRD"]): 404,
              cookie_of(committed_cast.away.users["TCH"]): 404}  # fmt: skip
    teacher, board = cookie_of(home.users["TCH"]), board_of(home)

    async def scenario(server: LiveServer) -> None:
        for cookie, status in people.items():
            assert await reader(server, board, cookie).status() == status
        assert await reader(server, "/classes/", teacher).status() == 404
        assert server.hub.boards == 0

    played(scenario)


def test_another_host_may_not_listen(home: World) -> None:
    cookie, board = cookie_of(home.users["TCH"]), board_of(home)

    async def scenario(server: LiveServer) -> None:
        one = reader(server, board, cookie, origin="http://elsewhere.example")
        start = await one.stream.receive_output(PATIENCE)
        assert not [name for name, _ in start["headers"] if name.startswith(b"access-control")]
        await one.leave()

    played(scenario)


@pytest.mark.parametrize("ends", ["class", "session"])
def test_the_right_is_asked_for_at_every_message(home: World, ends: str) -> None:
    """A teacher who left the class, or signed out, hears that the board is gone and nothing more."""
    client = Client()
    client.force_login(home.users["TCH"])
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    board = board_of(home)

    def end() -> None:
        if ends == "session":
            client.logout()
        else:
            with tenant_context(home.tenant.pk):
                SectionStaff.objects.filter(member=home.members["TCH"]).delete()

    async def scenario(server: LiveServer) -> None:
        here = reader(server, board, cookie)
        assert await here.status() == 200
        await elsewhere(end)
        await elsewhere(show_mastery, home)
        assert [await here.event(), await here.event()] == ["gone", "end"]

    played(scenario)


def test_a_write_does_not_wait_for_redis(home: World, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    show_mastery(home)
    with tenant_context(home.tenant.pk):
        assert home.classmate.milestone_statuses.filter(level__gte=2).exists()
    assert "open boards were not told" in caplog.text


def test_keys_are_those_of_today(cast: Cast) -> None:
    """Who has left the class stands on no board of it."""
    world = cast.home
    with tenant_context(world.tenant.pk):
        found = keys_of(world.tenant.pk, [world.learner.pk])
        assert {class_key(world.section.public_id), today_key(world.members["TCH"].public_id)} <= found
        Enrolment.objects.filter(learner=world.learner).update(is_withdrawn=True)
        assert keys_of(world.tenant.pk, [world.learner.pk]) == set()


def test_pages_in_trouble_end_the_stream_and_take_no_board_away() -> None:
    """The browser connects again by itself; `gone` would end it for good."""
    statuses = ["200 OK", "503 Service Unavailable"]

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start(statuses.pop(0), [])
        return [b'{"tenant": 1, "key": "class:1"}']

    async def run() -> list[str]:
        server = LiveServer(pages, Hub(settings.REDIS_URL, lambda tenant, learners: set()))
        one = reader(server, "/live/classes/1/", "")
        assert await one.status() == 200
        while not server.hub.boards:
            await asyncio.sleep(0.01)
        next(iter(server.hub._boards[1])).moved.set()
        return [await one.event()]

    with ThreadPoolExecutor(1) as alone:
        assert alone.submit(lambda: asyncio.run(run())).result() == ["end"]
