"""`manage.py services`: PostgreSQL and Valkey alone, left running, for development."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from waymark.local.console import LocalError, say
from waymark.local.paths import run_dir
from waymark.local.servers import Servers, remember
from waymark.local.state import Use


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="manage.py services",
        description='Start PostgreSQL and Valkey and leave them running: eval "$(python3 manage.py services)"',
    )
    parser.add_argument("action", nargs="?", choices=("start", "stop", "status"), default="start")
    parser.add_argument("--data", type=Path, default=None, help="directory of their data (default: .run/dev)")
    options = parser.parse_args(arguments)
    home = (options.data or run_dir() / "dev").resolve()
    # A shell that took over the exports must still be able to ask, to start again and to stop.
    servers = Servers(home, always_own=True)
    if options.action == "start":
        _start(servers)
    elif options.action == "status":
        return _status(servers)
    else:
        _stop(servers)
    return 0


def _start(servers: Servers) -> None:
    urls = servers.start()
    servers.keep()
    remember(servers.home)
    for name, value in urls.items():
        print(f"export {name}={shlex.quote(value)}")


def _status(servers: Servers) -> int:
    for server in servers.each:
        running = server.running()
        print(f"{server.name}: " + (f"process {running.pid}, 127.0.0.1:{running.port}" if running else "not running"))
    return 0 if servers.running() else 3


def _stop(servers: Servers) -> None:
    use = Use(servers.home)
    if not use.alone(wait=10):
        raise LocalError(f"A command or a demo still uses the servers in {servers.home}: end it first.")
    servers.stop()
    use.release()
    say(f"Stopped; the data stay in {servers.home}")
