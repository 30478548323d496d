"""Starting and ending child processes so that none is left behind."""

import contextlib
import ctypes
import dataclasses
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclasses.dataclass(frozen=True)
class Identity:
    """The system user a child runs as."""

    uid: int
    gid: int


def unprivileged() -> Identity | None:
    """`nobody` when we are root (PostgreSQL refuses root), otherwise None: as ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Identity(entry.pw_uid, entry.pw_gid)


def _bind_to_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """For preexec_fn: the kernel sends `death_signal` when the parent dies, even by kill -9. Linux only."""
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before prctl was called
            os._exit(1)

    return bind


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    identity: Identity | None = None,
    dies_with_us: signal.Signals | None = signal.SIGTERM,
    stdout: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, so that Ctrl-C reaches us alone and we stop it in order.

    dies_with_us: signal it gets when this process is gone; None for a server that is meant to stay.
    """
    uid, gid = (identity.uid, identity.gid) if identity else (None, None)
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log is not None else None
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stdout if output is None else output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            # Nothing here starts threads, and bind() makes two system calls only.
            preexec_fn=_bind_to_parent(dies_with_us) if dies_with_us else None,  # noqa: PLW1509
            user=uid,
            group=gid,
            extra_groups=[] if identity else None,
        )


def is_alive(pid: int) -> bool:
    """Whether process `pid` runs. A zombie does not: nobody has collected it yet, but it serves nothing."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] not in "ZX"
    return not Path("/proc/self").exists()


def command_of(pid: int) -> str:
    """The command line of `pid`; empty when it is gone or hidden from us."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    listing = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return listing.stdout.strip()


def wait_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, how: signal.Signals, seconds: float) -> None:
    """Ask `pid` to stop, wait, then kill what is left of it and of its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
    wait_gone(pid, seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    wait_gone(pid, 5)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, indented to be shown below an error."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:]) or "    (the log is empty)"
