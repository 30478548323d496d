"""Owns the child processes of the demo: starts them, watches them, and stops every one of them in reverse order.

Nothing outlives it: Ctrl-C and SIGTERM stop the children here; if it is killed outright, the kernel ends them
(PDEATHSIG on Linux); elsewhere the next start finds the servers by their pid files.
"""

import dataclasses
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from waymark.local.console import LocalError, say, step
from waymark.local.paths import make_dir
from waymark.local.processes import end, is_alive, spawn, tail

_RESTARTS, _WITHIN = 5, 60.0
PAUSE = 0.5  # s, longer with each restart


class Stopped(BaseException):
    """SIGINT or SIGTERM arrived. Not an Exception, so that no handler on the way takes it for an error."""


@dataclasses.dataclass
class Child:
    """A process to keep alive. `start` returns its pid; `restart` False: without it the rest makes no sense."""

    name: str
    start: Callable[[], int]
    log: Path
    stop_with: signal.Signals = signal.SIGTERM
    grace: float = 5.0
    restart: bool = True
    pid: int = 0
    deaths: list[float] = dataclasses.field(default_factory=list)


class Supervisor:
    """Use as a context manager in the main thread; leaving it stops the children."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._stopping = False

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        if self.children:
            with step("Stopping"):
                self.stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            return
        self._stopping = True  # a second Ctrl-C must not interrupt the stopping half-way
        raise Stopped

    def add(self, child: Child) -> None:
        child.pid = child.start()
        self.children.append(child)

    def run(self, name: str, command: Sequence[str | Path], log: Path, env: Mapping[str, str], cwd: Path) -> Child:
        """Add a child that is started from a command line and restarted when it dies."""
        make_dir(log.parent)
        child = Child(name, lambda: spawn(command, log=log, env=env, cwd=cwd).pid, log)
        self.add(child)
        return child

    def check(self) -> None:
        """Restart what died; LocalError when that is not allowed or did not help."""
        for child in self.children:
            if not is_alive(child.pid):
                self._revive(child)

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str, log: Path) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise LocalError(f"{what} did not answer within {seconds:.0f} s; the end of {log}:\n{tail(log)}")
            time.sleep(0.1)

    def watch(self) -> None:
        """Until a signal comes."""
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        while self.children:
            child = self.children.pop()
            end(child.pid, child.stop_with, child.grace)

    def _revive(self, child: Child) -> None:
        say(f"  · {child.name} ended unexpectedly; the end of {child.log}:\n{tail(child.log)}")
        end(child.pid, signal.SIGKILL, 0)  # what it left in its process group
        now = time.monotonic()
        child.deaths = [*(died for died in child.deaths if now - died < _WITHIN), now]
        if not child.restart:
            raise LocalError(f"Stopping: nothing works without {child.name}.")
        if len(child.deaths) > _RESTARTS:
            raise LocalError(f"Stopping: {child.name} ended {len(child.deaths)} times within {_WITHIN:.0f} s.")
        time.sleep(PAUSE * (len(child.deaths) - 1))
        child.pid = child.start()
        say(f"  · {child.name} started again")
