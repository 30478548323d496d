"""`manage.py demo`: the whole product on this machine, with two sample schools, until Ctrl-C."""

import argparse
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from waymark.local.console import LocalError, say, speak_on_stdout
from waymark.local.paths import make_dir, run_dir
from waymark.local.product import Product
from waymark.local.state import free_port, is_free


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    speak_on_stdout()
    if options.reset and os.environ.get("DATABASE_URL"):
        raise LocalError("--reset deletes this checkout's own data, but DATABASE_URL names another server: unset it.")
    with only_one() as lock:
        if lock is None:
            return _already_running(options.reset)
        if not is_free(options.port):
            raise LocalError(
                f"Port {options.port} on 127.0.0.1 is in use by another program: stop that program, "
                f"or choose another port: python3 manage.py demo --port {free_port()}"
            )
        port = options.port or free_port()
        write_lock(lock, f"http://127.0.0.1:{port}")
        (run_dir() / "demo.json").unlink(missing_ok=True)  # left by a demo that was killed
        return Product((options.data or run_dir() / "demo").resolve(), port, options.reset).run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py demo",
        description="Run Waymark with two sample schools until Ctrl-C. A second demo of the same checkout only says "
        "where the first one runs (exit code 0; with --reset 1).",
    )
    parser.add_argument("--port", type=_port, default=8000, help="port on 127.0.0.1 (default 8000; 0: any free one)")
    parser.add_argument("--reset", action="store_true", help="delete the demo's data first")
    parser.add_argument("--data", type=Path, help="directory for the data (default .run/demo)")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port: give a number from 1 to 65535, or 0 for any free one"
        )
    return int(text)


@contextmanager
def only_one() -> Iterator[IO[str] | None]:
    """This checkout's demo lock, or None if a demo holds it. The kernel lets go of it however a demo ends."""
    with (make_dir(run_dir()) / "demo.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield lock


def write_lock(lock: IO[str], url: str) -> None:
    lock.truncate(0)
    lock.write(f"{url} {os.getpid()}\n")
    lock.flush()


def _already_running(reset: bool) -> int:
    url, _, pid = (run_dir() / "demo.lock").read_text(encoding="utf-8").strip().partition(" ")
    say(f"A demo of this checkout runs already: {url or 'just starting'} (process {pid or 'unknown'}).")
    if reset:
        say("Its data are in use: stop it first (Ctrl-C there), then --reset.")
        return 1
    return 0
