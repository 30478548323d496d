"""Which command goes where, once the packages are there."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from django.core.management import execute_from_command_line

from waymark.local import demo, services, test
from waymark.local.console import LocalError
from waymark.local.servers import Servers, data_home

_OURS = {"demo": demo.main, "test": test.main, "services": services.main}
_WITHOUT_DATABASE = frozenset(
    {"", "help", "version", "check", "makemigrations", "makemessages", "compilemessages", "collectstatic", "findstatic"}
    | {"catalogues", "diffsettings", "spectacular", "startapp", "startproject", "-h", "--help", "--version"}
)
_AS_OWNER = frozenset({"migrate", "flush", "createcachetable"})  # they change tables: the web's role may not
_HELP = """Waymark: python3 manage.py …
  demo [--port N] [--reset] [--data DIR]   run everything with two sample schools; Ctrl-C stops it
  test [--fast] [PYTEST ARGUMENTS]         the whole gate, or one pytest run, on a throw-away database
  services [start|stop|status]             only PostgreSQL and Valkey, left running for development
"""


def main(argv: Sequence[str]) -> int:
    command = argv[1] if len(argv) > 1 else ""
    try:
        if command in _OURS:
            return _OURS[command](argv[2:])
        if command in ("", "help", "-h", "--help") and len(argv) <= 2:
            print(_HELP)
        _django(command, argv)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _django(command: str, argv: Sequence[str]) -> None:
    if command in _AS_OWNER:
        os.environ.setdefault("WAYMARK_DATABASE_ROLE", "owner")
    needs_none = command in _WITHOUT_DATABASE or not {"-h", "--help"}.isdisjoint(argv)
    if needs_none and "--database" not in argv:
        # It compares with the applied migrations if it can, and warns if it cannot.
        if command == "makemigrations" and (servers := Servers(data_home())).running():
            os.environ.update(servers.start())
        execute_from_command_line(list(argv))
        return
    signal.signal(signal.SIGTERM, _leave)  # so that servers started for this command are stopped
    with Servers(data_home()).borrowed() as urls:
        os.environ.update(urls)
        execute_from_command_line(list(argv))


def _leave(signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)
