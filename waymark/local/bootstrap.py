"""Makes the virtual environment. Standard library only: it runs before anything is installed.

The lock's sha256 is kept as a stamp in the environment, so that a start after the first costs one file read and a
changed lock is noticed. `requirements-dev.lock` contains everything of `requirements.lock`: its stamp serves both.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from waymark.local.console import LocalError, say, step

RUNTIME, DEVELOPMENT = "requirements", "requirements-dev"
_LOCK_FILE, _HALF_DONE = ".waymark-bootstrap", ".waymark-installing"

Runner = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def run_quietly(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, text=True, capture_output=True)


class Environment:
    """The project's virtual environment at `path`, filled from the locks in `root`."""

    def __init__(self, root: Path, path: Path, run: Runner = run_quietly) -> None:
        self.root, self.path, self.run = root, path, run
        self.python = path / "bin" / "python"

    def digest(self, name: str) -> str:
        lock = self.root / f"{name}.lock"
        try:
            return hashlib.sha256(lock.read_bytes()).hexdigest()
        except FileNotFoundError:
            raise LocalError(f"{lock} is missing: this checkout is incomplete, `git status` shows what is.") from None

    def stamp(self, name: str) -> Path:
        return self.path / f".waymark-lock-{name}"

    def satisfies(self, name: str) -> bool:
        """Whether the packages of lock `name` are installed, by its own stamp or by the larger development lock's."""
        if not self.python.exists() or (self.path / _HALF_DONE).exists():
            return False
        return any(self._stamped(lock) for lock in dict.fromkeys((name, DEVELOPMENT)))

    def _stamped(self, name: str) -> bool:
        try:
            return self.stamp(name).read_text(encoding="ascii").strip() == self.digest(name)
        except FileNotFoundError:
            return False

    def ensure(self, name: str) -> None:
        """Install lock `name` unless it is there; of several starts at once, one installs and the others wait."""
        if self.satisfies(name):
            return
        self.path.mkdir(parents=True, exist_ok=True)
        with self._exclusive():
            if not self.satisfies(name):
                self._create()
                self._install(name)

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self.path / _LOCK_FILE).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"  · Another start is filling {self.path}: waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self) -> None:
        if self.python.exists() and not (self.path / _HALF_DONE).exists():
            return
        # Emptied by hand: `venv --clear` would also delete the lock file that the others wait on.
        for entry in self.path.iterdir():
            if entry.name != _LOCK_FILE:
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        with step(f"Creating the virtual environment {self.path}"):
            self._must([sys.executable, "-m", "venv", str(self.path)], "create the virtual environment")

    def _install(self, name: str) -> None:
        lock = str(self.root / f"{name}.lock")
        for stale in self.path.glob(".waymark-lock-*"):
            stale.unlink()
        (self.path / _HALF_DONE).touch()
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        uv = self.path / "bin" / "uv"
        if not uv.exists():
            with step("Installing uv"):
                self.run([*pip, "uv"])
        with step(f"Installing the packages of {name}.lock"):
            command = [str(uv), "pip", "install", "--python", str(self.python), "--require-hashes", "-r", lock]
            installed = uv.exists() and self.run(command).returncode == 0
        if not installed:
            with step("uv could not do it; installing with pip (takes a minute or two)"):
                self._must([*pip, "--require-hashes", "-r", lock], f"install {name}.lock")
        self.stamp(name).write_text(self.digest(name), encoding="ascii")
        (self.path / _HALF_DONE).unlink()

    def _must(self, command: Sequence[str], purpose: str) -> None:
        result = self.run(command)
        if result.returncode != 0:
            tail = "\n".join((result.stderr or result.stdout or "").strip().splitlines()[-8:])
            raise LocalError(f"Could not {purpose}: `{' '.join(command)}` ended with {result.returncode}.\n{tail}")


def require_venv_module() -> None:
    """Debian splits venv from Python: say which package brings it instead of failing half-way."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise LocalError(
            f"This Python ({sys.executable}) has no module {' and no '.join(missing)}: install it first, "
            f"on Debian and Ubuntu with `apt-get install python{version}-venv`."
        )


def bootstrap(root: Path, argv: Sequence[str]) -> None:
    """Return inside the project's environment; when called outside, prepare it and start over there."""
    if os.environ.get("WAYMARK_NO_BOOTSTRAP") == "1":
        return
    environment = Environment(root, Path(os.environ.get("WAYMARK_VENV") or root / ".venv").absolute())
    name = DEVELOPMENT if argv[1:2] == ["test"] else RUNTIME
    if not environment.satisfies(name):
        require_venv_module()
        environment.ensure(name)
    restarted = os.environ.pop("WAYMARK_RESTARTED", None)
    if Path(sys.prefix).resolve() != environment.path.resolve():
        if restarted:  # for example a lost pyvenv.cfg: without this check it would start over for ever
            raise LocalError(f"{environment.path} is damaged: delete that directory and start again.")
        os.environ["WAYMARK_RESTARTED"] = "1"
        sys.stdout.flush()
        os.execv(environment.python, [str(environment.python), *argv])
