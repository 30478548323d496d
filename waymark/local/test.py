"""`manage.py test`: the gate. The same steps on every machine and in CI, on a database that is thrown away."""

import argparse
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from waymark.local.console import LocalError, say, speak_on_stdout, step
from waymark.local.paths import ROOT
from waymark.local.postgres import Postgres
from waymark.local.processes import is_alive
from waymark.local.servers import Servers
from waymark.local.state import read_number
from waymark.local.supervisor import Stopped, Supervisor

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL")
_PROGRAMS = Path(sys.executable).parent
_SCHEMA = ROOT / "docs" / "openapi.yaml"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="manage.py test",
        description="The whole gate: style, imports, types, migrations, tests, browser tests, API schema. Anything "
        "else on the command line goes to pytest, and then only that pytest run happens.",
        epilog="TEST_DATABASE_URL, TEST_DATABASE_OWNER_URL, TEST_DATABASE_OPS_URL and TEST_REDIS_URL name servers to "
        "use in place of throw-away ones. BROWSER_PATH names the browser; REQUIRE_BROWSER=1 fails without one.",
    )
    parser.add_argument("--fast", action="store_true", help="leave out the type check and the browser tests")
    options, for_pytest = parser.parse_known_args(arguments)
    speak_on_stdout()
    try:
        with Supervisor(), tempfile.TemporaryDirectory(prefix="waymark-reports-") as reports:
            gate = _Gate(Path(reports), options.fast)
            return gate.only_pytest(for_pytest) if for_pytest else gate.everything()
    except Stopped:
        say("Interrupted")
        return 130


class _Gate:
    def __init__(self, reports: Path, fast: bool) -> None:
        self.reports, self.fast = reports, fast
        self.failed: list[str] = []
        self.environment = _environment()

    def everything(self) -> int:
        self._check("ruff check", ["ruff", "check", "."])
        self._check("ruff format --check", ["ruff", "format", "--check", "."])
        self._check("lint-imports", ["lint-imports"])
        if not self.fast:
            self._check("mypy", ["mypy", "."])
        with servers() as urls:
            self.environment |= urls
            self._manage("makemigrations --check", ["makemigrations", "--check", "--dry-run"])
            self._pytest("tests", ["tests", "--ignore=tests/e2e", "-n", "2", "-q"])
            if not self.fast:
                self._pytest("browser tests", ["tests/e2e", "-n", "2", "--dist", "loadgroup", "-q"])
            self._schema()
        return self._summary()

    def only_pytest(self, arguments: Sequence[str]) -> int:
        with servers() as urls:
            self.environment |= urls
            self._pytest("pytest", arguments)
        return self._summary()

    def _check(self, title: str, command: Sequence[str]) -> None:
        """A step that is silent when all is well."""
        self._quiet(title, [str(_PROGRAMS / command[0]), *command[1:]])

    def _manage(self, title: str, arguments: Sequence[str]) -> None:
        self._quiet(title, [sys.executable, "manage.py", *arguments])

    def _quiet(self, title: str, command: Sequence[str]) -> bool:
        with step(title):
            result = subprocess.run(
                command, check=False, cwd=ROOT, env=self.environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        if result.returncode != 0:
            self.failed.append(title)
            say(f"{result.stdout.rstrip()}\n    FAILED: {title}")
        return result.returncode == 0

    def _pytest(self, title: str, arguments: Sequence[str]) -> None:
        if title == "browser tests" and not (ROOT / "tests" / "e2e").is_dir():
            say("  · browser tests: there is no tests/e2e")
            return
        report = self.reports / f"{len(list(self.reports.iterdir()))}.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        with step(title, talks=True):
            code = subprocess.run(command, check=False, cwd=ROOT, env=self.environment).returncode
        if code != 0:
            self.failed.append(title)
            if not report.exists() or sum(counts(report)[1:2]) == 0:  # pytest itself broke: that counts as one
                report.with_suffix(".broken.xml").write_text('<testsuite tests="1" errors="1"/>', encoding="utf-8")

    def _schema(self) -> None:
        """docs/openapi.yaml is what integrators read: it has to say what the code does."""
        fresh = self.reports.parent / f"{self.reports.name}.openapi.yaml"
        title = "OpenAPI schema"
        made = self._quiet(title, [
            sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(fresh),
        ])  # fmt: skip
        if made and (not _SCHEMA.exists() or _SCHEMA.read_bytes() != fresh.read_bytes()):
            self.failed.append(title)
            say("    FAILED: docs/openapi.yaml is out of date: python3 manage.py spectacular --file docs/openapi.yaml")
        fresh.unlink(missing_ok=True)

    def _summary(self) -> int:
        totals = [counts(report) for report in sorted(self.reports.glob("*.xml"))]
        passed, failed, skipped = (sum(column) for column in zip(*totals, strict=True)) if totals else (0, 0, 0)
        if skipped:
            say(f"{skipped} skipped")
        say(f"Failed steps: {', '.join(self.failed)}" if self.failed else "Every step passed.")
        say(f"{passed} passed, {failed} failed")
        return 1 if self.failed else 0


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit file."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return max(total - failures - errors - skipped, 0), failures + errors, skipped


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIVEN}
    environment |= {"WAYMARK_ENV": "test", "WAYMARK_NO_BOOTSTRAP": "1", "DJANGO_SETTINGS_MODULE": "waymark.settings"}
    environment.setdefault("SECRET_KEY", secrets.token_hex(32))
    if browser := find_browser(environment):
        environment["BROWSER_PATH"] = browser
    return environment


def find_browser(environment: Mapping[str, str]) -> str | None:
    """The browser for tests/e2e; they skip with a reason without one, and fail if REQUIRE_BROWSER=1."""
    if given := environment.get("BROWSER_PATH"):
        if not os.access(given, os.X_OK):
            raise LocalError(f"BROWSER_PATH is {given}, which cannot be executed: correct it or unset it.")
        return given
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The servers named by TEST_…_URL, or new ones in a temporary directory that goes away with them."""
    given = {name: os.environ[f"TEST_{name}"] for name in _GIVEN if os.environ.get(f"TEST_{name}")}
    if given and (missing := [f"TEST_{name}" for name in _GIVEN if name not in given]):
        raise LocalError(
            f"Some servers for the tests are given, but {', '.join(missing)} is not set: give all or none."
        )
    if given:
        yield given
        return
    sweep()
    home = Path(tempfile.mkdtemp(prefix="waymark-test-"))
    home.chmod(0o711)
    (home / "owner").write_text(str(os.getpid()), encoding="ascii")
    servers = Servers(home, fast=True, always_own=True)
    try:
        yield servers.start(dies_with_us=True)
    finally:
        servers.stop()
        _delete(home)


def _delete(home: Path) -> None:
    Postgres(home, fast=True).remove()
    shutil.rmtree(home, ignore_errors=True)


def sweep() -> None:
    """Clusters of test runs that were killed outright."""
    for home in Path(tempfile.gettempdir()).glob("waymark-test-*"):
        owner = read_number(home / "owner")
        if owner and home.stat().st_uid == os.geteuid() and not is_alive(owner):
            _delete(home)
