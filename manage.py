#!/usr/bin/env python3
"""Waymark's one command: `demo`, `test`, `services`, and every Django command.

Needs Python 3.11 and nothing else: it makes `.venv` and installs the locked packages by itself. Everything up to the
version check keeps to syntax that old Pythons can read, so that they get a sentence and not a SyntaxError.
"""

import os
import sys


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036
        found = sys.version.split()[0] + " (" + sys.executable + ")"
        print("Waymark needs Python 3.11 or newer; this is Python " + found)
        return 2
    if sys.platform == "win32":
        print("Windows cannot run the local servers: use WSL 2, or `docker compose up`.")
        return 2
    from pathlib import Path  # noqa: PLC0415

    from waymark.local import bootstrap, console  # noqa: PLC0415

    try:
        if sys.argv[1:2] in (["demo"], ["test"]):
            console.speak_on_stdout()
        bootstrap.bootstrap(Path(__file__).resolve().parent, [str(Path(__file__).resolve()), *sys.argv[1:]])
    except console.LocalError as error:
        print(error, file=sys.stderr)
        return 2
    # Only from here on the installed packages can be imported.
    from waymark.local import cli  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waymark.settings")
    return cli.main(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
