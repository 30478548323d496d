"""Server-sent events for open boards (HTML standard §9.2): an ASGI application for `/live/…` and nothing else.

It holds connections; who may watch what it asks the pages' own application, with the reader's own headers, before the
first event and before each further one. An event says only that something moved: the page then reads again what its
reader may see.

| event | meaning |
|---|---|
| `moved` | read the board again |
| `gone` | this board is no longer for this reader; the stream ends |
"""

import asyncio
import io
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from reporting.live.hub import Board, Hub

logger = logging.getLogger(__name__)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Reader = tuple[str, bytes, bytes]
MOST_BOARDS = 1000
ALIVE = 20.0  # s; proxies close what is silent for longer
TROUBLE = 500  # from this status on the pages could not answer
RETRY = 3000  # ms until the browser connects again
STREAM = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]


class LiveServer:
    """pages: the WSGI application that answers `/live/…` with the board's tenant and key, or with a refusal."""

    def __init__(self, pages: Wsgi, hub: Hub) -> None:
        self.pages, self.hub = pages, hub
        self._running: asyncio.Task[None] | None = None
        self._asking: dict[Reader, asyncio.Task[tuple[int, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.startup":
                self._running = asyncio.create_task(self.hub.run())
            elif kind == "lifespan.shutdown" and self._running is not None:
                self._running.cancel()
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or not scope["path"].startswith("/live/"):
            await _refuse(send, 404)
            return
        if self.hub.boards >= MOST_BOARDS:
            await _refuse(send, 503)
            return
        status, board = await self._ask(scope)
        if board is None:
            await _refuse(send, status)
            return
        await self._stream(scope, board, receive, send)

    async def _stream(self, scope: Scope, board: Board, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*STREAM, *_shared_with(scope)]})
        await self.hub.add(board)
        writer = asyncio.create_task(self._write(scope, board, send))
        leaver = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({writer, leaver}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writer.cancel()
            leaver.cancel()
            await self.hub.remove(board)
        if writer.done() and not writer.cancelled() and (error := writer.exception()) is not None:
            raise error

    async def _write(self, scope: Scope, board: Board, send: Send) -> None:
        async with aclosing(self._events(scope, board)) as events:
            async for text in events:
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _events(self, scope: Scope, board: Board) -> AsyncGenerator[str, None]:
        yield f"retry: {RETRY}\n\n"
        while True:
            try:
                await asyncio.wait_for(board.moved.wait(), ALIVE)
            except TimeoutError:
                yield ": here\n\n"
                continue
            board.moved.clear()
            status, still = await self._ask(scope)
            if status >= TROUBLE:
                return  # nobody could say: the browser connects again and asks anew
            if still is None or still.key != board.key:
                yield "event: gone\ndata:\n\n"
                return
            yield "event: moved\ndata:\n\n"

    async def _ask(self, scope: Scope) -> tuple[int, Board | None]:
        """The board of this address for this reader: (200, board), or the refusing status and None."""
        status, body = await self._answer_of_pages(scope)
        if status != 200:
            return status, None
        found = json.loads(body)
        return status, Board(found["tenant"], found["key"])

    async def _answer_of_pages(self, scope: Scope) -> tuple[int, bytes]:
        """Windows of one browser on one board that are woken together share the question that is on its way."""
        reader = _reader(scope)
        asking = self._asking.get(reader)
        if asking is None:
            asking = asyncio.create_task(asyncio.to_thread(_call, self.pages, _environ(scope)))
            self._asking[reader] = asking
            asking.add_done_callback(lambda _: self._asking.pop(reader, None))
        return await asyncio.shield(asking)


def _reader(scope: Scope) -> Reader:
    """Who asks for what: the address, the host and the cookies."""
    headers = dict(scope["headers"])
    return scope["path"], headers.get(b"host", b""), headers.get(b"cookie", b"")


def _call(pages: Wsgi, environ: dict[str, Any]) -> tuple[int, bytes]:
    said: list[str] = []
    parts = pages(environ, lambda status, headers, exc_info=None: said.append(status))
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status = int(said[-1].split()[0])
    # A redirect to the sign-in page is no board.
    return (401 if status in {301, 302, 303, 307, 308} else status), body


def _environ(scope: Scope) -> dict[str, Any]:
    """The same request for WSGI (PEP 3333): path and headers of the reader, no body."""
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": scope["path"], "QUERY_STRING": "",
        "SERVER_NAME": str(server[0]), "SERVER_PORT": str(server[1] or 80), "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": str((scope.get("client") or ("", 0))[0]),
        "wsgi.version": (1, 0), "wsgi.url_scheme": scope.get("scheme", "http"), "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH", "ACCEPT"}:
            environ[f"HTTP_{key}"] = value.decode("latin-1")
    return environ


def _shared_with(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Pages of the same host may read the stream: without a proxy this process has a port of its own."""
    headers = dict(scope["headers"])
    origin, host = headers.get(b"origin", b""), headers.get(b"host", b"")
    if not origin or urlsplit(origin).hostname != urlsplit(b"//" + host).hostname:
        return []
    allowed = [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]
    return [*allowed, (b"vary", b"Origin")]


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
