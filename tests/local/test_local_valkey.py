"""The Valkey launcher, on a real server."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from waymark.local.processes import is_alive, wait_gone
from waymark.local.valkey import Valkey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path / "with a space")
    yield valkey
    valkey.stop()


def client(server: Valkey) -> redis.Redis:
    running = server.running()
    assert running
    return redis.Redis.from_url(server.urls(running)["REDIS_URL"])


def test_start_reuse_stop(server: Valkey) -> None:
    first = server.start()
    assert Valkey(server.home).start() == first
    server.stop()
    assert not is_alive(first.pid)
    assert server.running() is None
    server.stop()


def test_a_killed_server_comes_back_with_its_queue(server: Valkey) -> None:
    first = server.start()
    client(server).rpush("queue", *range(100))
    os.kill(first.pid, signal.SIGKILL)
    assert wait_gone(first.pid, 10)
    again = server.start()
    assert again.port == first.port
    assert client(server).llen("queue") == 100


def test_it_wants_the_password(server: Valkey) -> None:
    port = server.start().port
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port, retry=Retry(NoBackoff(), 0)).ping()
    assert (server.data / "valkey.conf").stat().st_mode & 0o077 == 0


def test_a_foreign_pid_is_left_alone(server: Valkey) -> None:
    server.start()
    server.stop()
    (server.data / "pid").write_text(str(os.getpid()))
    server.stop()
    assert server.start().pid != os.getpid()
