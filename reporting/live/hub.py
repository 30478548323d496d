"""Hears the doorbell of every tenant that is watched, and wakes the boards on which the learners stand."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import redis.asyncio
from redis import RedisError

from tenancy.live import channel

logger = logging.getLogger(__name__)
GATHER = 0.2  # s; bells that ring together are answered together
AGAIN = (0.5, 1, 2, 5)  # s between tries while Redis is away
Find = Callable[[int, Collection[int]], set[str]]


@dataclass(eq=False)
class Board:
    """An open board: set `moved` to have it looked at."""

    tenant: int
    key: str
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """One for a process. find: (tenant, learners) → keys of their boards; runs in a thread."""

    def __init__(self, url: str, find: Find) -> None:
        self._url, self._find = url, find
        self._boards: dict[int, set[Board]] = defaultdict(set)
        self._rung: dict[int, set[int] | None] = {}  # None: everybody of the tenant
        self._wake = asyncio.Event()
        self._bell: redis.asyncio.client.PubSub | None = None

    @property
    def boards(self) -> int:
        return sum(len(some) for some in self._boards.values())

    async def add(self, board: Board) -> None:
        is_first = not self._boards[board.tenant]
        self._boards[board.tenant].add(board)
        if is_first and self._bell is not None:
            await self._tuned(self._bell.subscribe, board.tenant)

    async def remove(self, board: Board) -> None:
        self._boards[board.tenant].discard(board)
        if not self._boards[board.tenant]:
            del self._boards[board.tenant]
            if self._bell is not None:
                await self._tuned(self._bell.unsubscribe, board.tenant)

    async def run(self) -> None:
        """Until cancelled. While Redis is away it is tried again; afterwards every board is looked at once."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._answer())
            tasks.create_task(self._listen())

    async def _listen(self) -> None:
        tries = 0
        while True:
            try:
                client = redis.asyncio.from_url(self._url, health_check_interval=10)
                async with client, client.pubsub() as bell:
                    # A channel of its own, so that there is always one to listen to.
                    await bell.subscribe("live", *map(channel, self._boards))
                    self._bell = bell
                    if tries:
                        self._everybody()
                    tries = 0
                    await self._hear(bell)
            except (RedisError, OSError) as error:
                logger.warning("live: Redis does not answer: %s", error)
            finally:
                self._bell = None
            await asyncio.sleep(AGAIN[min(tries, len(AGAIN) - 1)])
            tries += 1

    async def _hear(self, bell: redis.asyncio.client.PubSub) -> None:
        while True:
            message = await bell.get_message(ignore_subscribe_messages=True, timeout=5)
            if message is not None:
                self._note(int(message["channel"].decode().partition(":")[2]), json.loads(message["data"]))

    def _note(self, tenant: int, learners: list[int] | None) -> None:
        before = self._rung.get(tenant, set())
        self._rung[tenant] = None if learners is None or before is None else before | set(learners)
        self._wake.set()

    def _everybody(self) -> None:
        for tenant in self._boards:
            self._note(tenant, None)

    async def _answer(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            self._wake.clear()
            rung, self._rung = self._rung, {}
            for tenant, learners in rung.items():
                keys = None if learners is None else await self._keys(tenant, learners)
                for board in tuple(self._boards.get(tenant, ())):
                    if keys is None or board.key in keys:
                        board.moved.set()

    async def _keys(self, tenant: int, learners: set[int]) -> set[str] | None:
        """Where it cannot be found out whose boards these are, all boards of the tenant are looked at."""
        try:
            return await asyncio.to_thread(self._find, tenant, learners)
        except Exception:
            logger.exception("live: the boards of tenant %s could not be found", tenant)
            return None

    async def _tuned(self, tune: Callable[[str], object], tenant: int) -> None:
        try:
            await tune(channel(tenant))  # type: ignore[misc]
        except (RedisError, OSError) as error:
            # The listener notices the same, and asks for all channels again when Redis is back.
            logger.warning("live: Redis does not answer: %s", error)
