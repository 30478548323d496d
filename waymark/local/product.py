"""What the demo runs: servers, migration, sample schools, web, worker and beat, under one supervisor."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from waymark.local import report
from waymark.local.console import LocalError, say, step
from waymark.local.paths import ROOT, make_dir, run_dir, write_private
from waymark.local.postgres import Postgres
from waymark.local.processes import end, spawn
from waymark.local.servers import Servers, remember
from waymark.local.state import Use, free_port, passwords
from waymark.local.supervisor import Child, Stopped, Supervisor
from waymark.local.valkey import Valkey

_MANAGE = [sys.executable, str(ROOT / "manage.py")]
PATIENCE = 20.0  # s, for a command that uses the same data to end


class Product:
    """Web, worker and beat on the servers of one data directory, with the sample schools in them."""

    def __init__(self, home: Path, port: int, reset: bool) -> None:
        self.home, self.port, self.reset = home, port, reset
        self.url = f"http://127.0.0.1:{port}"
        self.logs, self.json = run_dir() / "log", run_dir() / "demo.json"
        self.live_port = free_port(port + 1)
        self.servers = Servers(home)
        self._ports: dict[str, int] = {}

    def run(self) -> int:
        say(f"Waymark demo; data in {self.home}, logs in {self.logs}")
        use = Use(self.home)
        if not use.alone(wait=PATIENCE):
            raise LocalError(f"The servers in {self.home} are in use by another command: end it first, or use --data.")
        try:
            with Supervisor() as supervisor:
                self.prepare_home()
                use.share()
                try:
                    self._run(supervisor)
                finally:
                    self.json.unlink(missing_ok=True)  # before the stopping: it promises that everything answers
        except Stopped:
            say("Stopped; the data are kept.")
        finally:
            use.release()
        return 0

    def prepare_home(self) -> None:
        if self.servers.running():
            # Left by `services`, by a command, or by a demo that was killed: here they shall end with the demo.
            with step("Stopping the servers that still run on these data"):
                self.servers.stop()
        if self.reset:
            with step(f"Deleting the data in {self.home}"):
                _delete(self.home, self.servers)
        make_dir(self.home)
        self.servers.keep()
        remember(self.home)

    def _run(self, supervisor: Supervisor) -> None:
        environment = self._environment(self._start_servers(supervisor))
        owner = environment | {"WAYMARK_DATABASE_ROLE": "owner"}
        if not environment.get("DATABASE_OWNER_URL"):
            say("  · DATABASE_OWNER_URL is not set: migrating as the role of DATABASE_URL, which must own the tables")
        command("Migrating the database", ["migrate", "--no-input", "--verbosity=0", "--skip-checks"], owner)
        listed = accounts(command("Loading the sample schools", ["load_demo", "--json"], environment))
        with step("Starting web, worker and beat"):
            self._start_processes(supervisor, environment)
            supervisor.wait_until(self._is_ready, 60, f"{self.url}/readyz", self.logs / "web.log")
        contract = report.contract(self.url, listed)
        write_private(self.json, json.dumps(contract, indent=2, ensure_ascii=False) + "\n")
        print(report.table(contract), flush=True)
        supervisor.watch()

    def _start_servers(self, supervisor: Supervisor) -> Mapping[str, str]:
        urls: dict[str, str] = {}
        for server in self.servers.each:
            with step(f"Starting {server.name}"):
                is_broker = server is self.servers.valkey
                supervisor.add(
                    Child(
                        server.name,
                        partial(self._begin, server),
                        server.log,
                        server.stop_with,
                        grace=20,
                        restart=is_broker,
                    )
                )
            running = server.running()
            if running is None:
                raise LocalError(f"{server.name} ended right after its start, see {server.log}")
            urls |= server.urls(running)
        return urls

    def _begin(self, server: Postgres | Valkey) -> int:
        """Also after a crash: the other processes know its address, so it has to come back there."""
        running = server.start(dies_with_us=True)
        port = self._ports.setdefault(server.name, running.port)
        if running.port != port:
            raise LocalError(f"{server.name} ended, and its port {port} was taken meanwhile: start the demo again.")
        return running.pid

    def _environment(self, urls: Mapping[str, str]) -> dict[str, str]:
        defaults = {"SECRET_KEY": passwords(self.home)["secret_key"], "ARTEFACT_ROOT": str(self.home / "artefacts")}
        fixed = {"WAYMARK_ENV": "demo", "ALLOWED_HOSTS": "127.0.0.1,localhost", "WAYMARK_NO_BOOTSTRAP": "1"}
        fixed |= {"LIVE_PORT": str(self.live_port)}
        fixed |= {"DJANGO_SETTINGS_MODULE": "waymark.settings", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        inherited = {name: value for name, value in os.environ.items() if name != "WAYMARK_DATABASE_ROLE"}
        return {**defaults, **inherited, **urls, **fixed}

    def _start_processes(self, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
        # None of them may migrate, and only the worker looks across tenants.
        restricted = {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}
        for name, command in _commands(self.port, self.live_port, self.home).items():
            log = self.logs / f"{name}.log"
            log.unlink(missing_ok=True)
            hidden = () if name == "worker" else ("DATABASE_OPS_URL",)
            own = {key: value for key, value in restricted.items() if key not in hidden}
            supervisor.run(name, command, log, own, ROOT)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def command(title: str, arguments: list[str], environment: Mapping[str, str]) -> str:
    """Run a Django command. Its lines are shown as they come; a JSON object at the end is returned instead."""
    answer: list[str] = []
    with step(title, talks=True):
        process = spawn([*_MANAGE, *arguments], env=environment, cwd=ROOT, stdout=subprocess.PIPE)
        try:
            for line in process.stdout or ():
                if answer or line.startswith(b"{"):
                    answer.append(line.decode())
                else:
                    say(f"    {line.decode(errors='replace').rstrip()}")
            code = process.wait()
        except Stopped:
            end(process.pid, signal.SIGTERM, 3)
            raise
    if code != 0:
        say("".join(answer))
        raise LocalError(f"{title} failed: `manage.py {' '.join(arguments)}` ended with {code}, its message is above.")
    return "".join(answer)


def accounts(answer: str) -> dict[str, Any]:
    try:
        listed: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise LocalError(
            f"`manage.py load_demo --json` should print the accounts as JSON but printed: {answer!r}"
        ) from None
    return listed


def _commands(port: int, live_port: int, home: Path) -> dict[str, list[str]]:
    programs = Path(sys.executable).parent
    celery = [str(programs / "celery"), "-A", "waymark.celery"]
    granian = [str(programs / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    live = [str(programs / "granian"), "--interface", "asgi", "--host", "127.0.0.1", "--port", str(live_port)]
    schedule = str(home / "celerybeat-schedule")
    return {
        "web": [*granian, "--workers", "2", "--blocking-threads", "4", "--no-ws", "waymark.wsgi:application"],
        "live": [*live, "--workers", "1", "--no-ws", "waymark.asgi:application"],
        "worker": [*celery, "worker", "-Q", "interactive,bulk", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--pidfile=", "-s", schedule, "--loglevel", "WARNING"],
    }


def _delete(home: Path, servers: Servers) -> None:
    """Delete what the demo put into `home` and nothing else: with --data it may be anybody's directory."""
    if servers.postgres:
        servers.postgres.remove()
    for name in ("valkey", "media", "log"):
        shutil.rmtree(home / name, ignore_errors=True)
    for name in ("passwords.json", "postgres.port", "valkey.port"):
        (home / name).unlink(missing_ok=True)
    for schedule in home.glob("celerybeat-schedule*"):  # one file or several, as the machine's dbm likes it
        schedule.unlink()
