"""How long until open boards hear of a piece of evidence: one board beside many, against a running demo.

python3 manage.py demo                                  # in another window
.venv/bin/python benchmarks/live.py --boards 300

Signs in as a teacher of the sample district, opens streams on one class, adds evidence over the API until a level
moves, and prints the time from the API's answer to the event: on the only board, on the first and the last of many,
and the ratio. Each board is a connection of its own; the boards of one session share the question whether they may.
"""

from __future__ import annotations

import argparse
import asyncio
import http.cookiejar
import json
import re
import time
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from statistics import median
from typing import Any

DEMO = Path(__file__).resolve().parent.parent / ".run" / "demo.json"
PATIENCE = 30.0  # s


class Demo:
    """The running demo: its teacher's cookie, one of their classes, and the API."""

    def __init__(self) -> None:
        found = json.loads(DEMO.read_text())
        account = next(one for one in found["accounts"] if one["role"] == "teacher")
        self.url = found["url"]
        self.token = next(one["token"] for one in found["api_tokens"] if one["tenant"] == account["tenant"])
        self.jar = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self._sign_in(account)
        board = self.page("/classes/")
        self.section = re.findall(r"/classes/([0-9a-f-]{36})/grid/", board)[0]
        grid = self.page(f"/classes/{self.section}/grid/")
        self.port = re.findall(r'name="live-port" content="(\d+)"', grid)[0]
        self.pairs = self._competencies(re.findall(r"/learners/([0-9a-f-]{36})/milestones/([0-9a-f-]{36})/", grid))

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    def page(self, path: str) -> str:
        with self.browser.open(self.url + path) as answer:
            return str(answer.read().decode())

    def _sign_in(self, account: dict[str, str]) -> None:
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page("/accounts/login/"))[0]
        fields = {"csrfmiddlewaretoken": token, "login": account["email"], "password": account["password"]}
        self.browser.open(f"{self.url}/accounts/login/", urllib.parse.urlencode(fields).encode())

    def api(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers)  # noqa: S310 - the demo's own
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.loads(answer.read())

    def _competencies(self, pairs: list[tuple[str, str]]) -> list[tuple[str, list[str]]]:
        """(learner, competencies of a milestone) for the cells of the grid, a learner once."""
        milestone = pairs[0][1]
        criteria = self.api(f"/milestones/{milestone}/")["criteria"]
        wanted = [one["competency"] for one in criteria]
        return [(one, wanted) for one in dict.fromkeys(learner for learner, _ in pairs)]

    def show(self, number: int, score: int) -> None:
        """The same score on every competency of the milestone: high and low take turns, so that the level moves."""
        learner, competencies = self.pairs[number % len(self.pairs)]
        for competency in competencies:
            self.api("/evidence/", {
                "learner": learner, "competency": competency, "score": score, "possible": 5, "kind": "summative",
                "source_id": str(uuid.uuid4()), "task": str(uuid.uuid4()), "title": "Live",
                "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            })  # fmt: skip


class Board:
    """One open stream; `at` is when the last event came."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.at = 0.0

    async def listen(self, demo: Demo, cookie: str, opened: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(demo.port))
        host = urllib.parse.urlsplit(demo.url).netloc
        head = f"GET /live/classes/{demo.section}/ HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        while b"retry" not in await reader.readline():
            pass
        opened.release()
        while line := await reader.readline():
            if b"event: moved" in line:
                self.at = time.perf_counter()
                self.heard.set()


async def heard_after(demo: Demo, boards: list[Board], number: int) -> tuple[float, float]:
    """(first, last) in seconds after the API's last answer; a level that did not move is tried again."""
    while True:
        for board in boards:
            board.heard.clear()
        for score in (5, 1):
            await asyncio.to_thread(demo.show, number, score)
            answered = time.perf_counter()
            try:
                await asyncio.wait_for(asyncio.gather(*(board.heard.wait() for board in boards)), 3)
            except TimeoutError:
                continue
            return min(one.at for one in boards) - answered, max(one.at for one in boards) - answered
        number += 1


async def measured(demo: Demo, many: int, sessions: int, rounds: int) -> str:
    cookies = [demo.cookie] + [Demo().cookie for _ in range(sessions - 1)]
    found: dict[int, list[tuple[float, float]]] = {}
    for size in (1, many):
        boards, opened = [Board() for _ in range(size)], asyncio.Semaphore(0)
        streams = []
        for place, board in enumerate(boards):
            streams.append(asyncio.create_task(board.listen(demo, cookies[place % sessions], opened)))
            await asyncio.wait_for(opened.acquire(), PATIENCE)
        found[size] = []
        for n in range(rounds):
            found[size].append(await heard_after(demo, boards, n))
            await asyncio.sleep(1)
        for stream in streams:
            stream.cancel()
    one = median(last for _, last in found[1])
    first, last = (median(times) for times in zip(*found[many], strict=True))
    return (
        f"{sessions} sessions: one board {one * 1000:.0f} ms after the API's answer;"
        f" of {many} boards the first {first * 1000:.0f} ms, the last {last * 1000:.0f} ms ({last / one:.1f} ×)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=300)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(asyncio.run(measured(Demo(), options.boards, options.sessions, options.rounds)))


if __name__ == "__main__":
    main()
