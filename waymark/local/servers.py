"""PostgreSQL and Valkey together, as one data directory has them; URLs given in the environment take over."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from waymark.local.console import say, step
from waymark.local.paths import make_dir, run_dir
from waymark.local.postgres import Postgres
from waymark.local.state import Use
from waymark.local.valkey import Valkey


class Servers:
    """The servers of `home`; without those that the environment names, unless `always_own`."""

    def __init__(self, home: Path, *, fast: bool = False, always_own: bool = False) -> None:
        self.home = home
        given = {} if always_own else os.environ
        self.postgres = None if given.get("DATABASE_URL") else Postgres(home, fast=fast)
        self.valkey = None if given.get("REDIS_URL") else Valkey(home, fast=fast)
        self.each: list[Postgres | Valkey] = [s for s in (self.postgres, self.valkey) if s is not None]
        self._transient = home / "transient"

    def running(self) -> bool:
        return any(server.running() for server in self.each)

    def start(self, *, dies_with_us: bool = False) -> dict[str, str]:
        """Start what is not running; returns the environment for those who use it."""
        urls: dict[str, str] = {}
        for server in self.each:
            known = server.running()
            if known is None:
                with step(f"Starting {server.name}"):
                    known = server.start(dies_with_us=dies_with_us)
            urls |= server.urls(known)
        return urls

    def stop(self) -> None:
        for server in reversed(self.each):
            server.stop()
        self._transient.unlink(missing_ok=True)

    def keep(self) -> None:
        """These servers stay when the commands that use them end."""
        self._transient.unlink(missing_ok=True)

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[dict[str, str]]:
        """Use the running servers, or have them for the time of one command; the last command out stops them."""
        if not self.each:
            yield {}
            return
        use = Use(self.home)
        use.share()
        if not self.running():
            say(f"No server of this checkout runs: starting them for this command, on the data in {self.home}")
            self._transient.touch()
        try:
            yield self.start()
        finally:
            if self._transient.exists() and use.alone():
                self.stop()
            use.release()


def data_home() -> Path:
    """The data a plain command means: WAYMARK_DATA, else what runs, else what was started last, else the demo's."""
    if given := os.environ.get("WAYMARK_DATA"):
        return Path(given).resolve()
    last = last_home()
    known = [*([last] if last else []), run_dir() / "demo", run_dir() / "dev"]
    return next((home for home in known if home.exists() and Servers(home).running()), known[0])


def last_home() -> Path | None:
    with contextlib.suppress(OSError):
        home = Path((run_dir() / "last").read_text(encoding="utf-8").strip())
        return home if home.is_dir() else None
    return None


def remember(home: Path) -> None:
    make_dir(run_dir())
    (run_dir() / "last").write_text(str(home), encoding="utf-8")
