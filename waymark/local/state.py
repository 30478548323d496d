"""What a data directory remembers between starts: passwords, last ports; and the locks around it."""

import contextlib
import fcntl
import json
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from waymark.local.console import LocalError, say
from waymark.local.paths import make_dir, write_private

_NAMES = ("postgres", "waymark_owner", "waymark_app", "waymark_ops", "valkey", "secret_key")


def passwords(home: Path) -> dict[str, str]:
    """The generated passwords of this data directory, made on first use and kept in a 0600 file."""
    path = home / "passwords.json"
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = {}
    except ValueError:
        raise LocalError(f"{path} is damaged: restore it, or start over with `manage.py demo --reset`.") from None
    if missing := [name for name in _NAMES if name not in known]:
        # Letters and digits only, so that they go into a URL and into a configuration file unquoted.
        known |= {name: secrets.token_hex(32) for name in missing}
        write_private(path, json.dumps(known, indent=1))
    return known


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """A free port on 127.0.0.1: the preferred one unless somebody else keeps it.

    A server that was killed a moment ago still holds its port for some milliseconds, and its clients know that port.
    """
    for _ in range(20 if preferred else 0):
        if preferred and is_free(preferred):
            return preferred
        time.sleep(0.05)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def read_number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


@contextlib.contextmanager
def starting(home: Path) -> Iterator[None]:
    """Of several processes that would start or stop the servers of `home`, one at a time."""
    with (make_dir(home) / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Use:
    """Shared by everything that uses the servers of `home`; whoever is last may stop them."""

    def __init__(self, home: Path) -> None:
        self._file = (make_dir(home) / "use.lock").open("w")

    def share(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def alone(self, *, wait: float = 0.0) -> bool:
        """Whether nobody else uses the servers; then nobody can begin to until `share` or `release`."""
        deadline, told = time.monotonic() + wait, False
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                if not told:
                    say("  · Another command uses these servers: waiting for it to end")
                told = True
                time.sleep(0.2)
            else:
                return True

    def release(self) -> None:
        self._file.close()
