"""The command lines of `demo`, `services` and `test`, and plain commands that borrow the servers."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from waymark.local import cli, console, demo, product, report
from waymark.local import test as gate
from waymark.local.console import LocalError
from waymark.local.servers import Servers, data_home
from waymark.local.state import Use, free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _steps_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_on_stdout", False)


@pytest.fixture
def run_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A `.run/` of this test alone; not tmp_path, which is closed to the user PostgreSQL runs as."""
    directory = Path(tempfile.mkdtemp(prefix="waymark-run-"))
    directory.chmod(0o711)
    monkeypatch.setenv("WAYMARK_RUN", str(directory))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL", "WAYMARK_DATA"):
        monkeypatch.delenv(name, raising=False)
    yield directory
    for home in directory.iterdir():
        if home.is_dir():
            Servers(home, always_own=True).stop()
    shutil.rmtree(directory, ignore_errors=True)


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    environment = {**os.environ, "WAYMARK_NO_BOOTSTRAP": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_busy_port_is_named_before_anything_is_started(run_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = manage("demo", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in result.stderr
    assert "--port " in result.stderr
    assert not (run_dir / "demo").exists()


@pytest.mark.parametrize("port", ["65536", "-1", "http", ""])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        demo.main([f"--port={port}"])
    assert f"{port!r} is not a port: give a number from 1 to 65535" in capsys.readouterr().err


def test_a_second_demo_says_where_the_first_one_runs(run_dir: Path) -> None:
    with demo.only_one() as lock:
        assert lock
        demo.write_lock(lock, "http://127.0.0.1:8000")
        plain, reset = manage("demo"), manage("demo", "--reset")
    assert plain.returncode == 0
    assert f"http://127.0.0.1:8000 (process {os.getpid()})" in plain.stdout
    assert reset.returncode == 1
    assert "stop it first" in reset.stdout


def test_reset_never_means_somebody_elses_database(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    with pytest.raises(LocalError, match="DATABASE_URL names another server"):
        demo.main(["--reset"])


def test_reset_deletes_what_the_demo_made_and_nothing_else(run_dir: Path) -> None:
    home = run_dir / "data"
    Servers(home).start()
    (home / "celerybeat-schedule.db").touch()
    (home / "thesis.txt").touch()
    product.Product(home, free_port(), reset=True).prepare_home()
    kept = {"thesis.txt", "start.lock"}
    assert {path.name for path in home.iterdir()} == kept
    assert not Servers(home).running()


def test_data_in_use_are_neither_started_nor_reset(run_dir: Path) -> None:
    use = Use(run_dir / "demo")
    use.share()
    Servers(run_dir / "demo").start()
    program = "from waymark.local import product; from pathlib import Path; import sys; product.PATIENCE = 0.1;"
    program += f"product.Product(Path(sys.argv[1]), {free_port()}, reset=True).run()"
    command = [sys.executable, "-c", program, str(run_dir / "demo")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "in use by another command" in result.stderr
    assert Servers(run_dir / "demo").running()
    use.release()


def test_services_start_status_stop(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert manage("services", "status").returncode == 3
    first = manage("services")
    exported = dict(line.removeprefix("export ").split("=", 1) for line in first.stdout.splitlines())
    assert set(exported) == {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL"}
    for name, value in exported.items():  # as after eval "$(manage.py services)"
        monkeypatch.setenv(name, value)
    assert manage("services").stdout == first.stdout
    assert manage("services", "status").returncode == 0
    assert manage("services", "stop").returncode == 0
    assert not Servers(run_dir / "dev", always_own=True).running()


def test_a_command_has_servers_for_its_time_and_the_last_one_out_stops_them(run_dir: Path) -> None:
    assert data_home() == run_dir / "demo"
    first, second = Servers(run_dir / "demo"), Servers(run_dir / "demo")
    with second.borrowed() as urls:
        with first.borrowed() as same:
            assert urls == same
        assert second.running()
    assert not second.running()


def test_a_command_uses_servers_that_run_and_leaves_them(run_dir: Path) -> None:
    running = Servers(run_dir / "dev")
    urls = running.start()
    assert data_home() == run_dir / "dev"
    with Servers(data_home()).borrowed() as borrowed:
        assert borrowed == urls
    assert running.running()


def test_a_command_with_given_urls_starts_nothing(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere/0")
    with Servers(run_dir / "demo").borrowed() as urls:
        assert urls == {}
    assert not (run_dir / "demo").exists()


def test_migrate_runs_as_owner_and_the_rest_as_app(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None]] = []

    def fake(argv: list[str]) -> None:
        seen.append((argv[1], os.environ.get("WAYMARK_DATABASE_ROLE")))

    monkeypatch.setattr(cli, "execute_from_command_line", fake)
    monkeypatch.setattr(Servers, "borrowed", lambda _self: contextlib.nullcontext({}))
    for command in ("check", "load_demo", "migrate"):
        cli.main(["manage.py", command])
        os.environ.pop("WAYMARK_DATABASE_ROLE", None)
    assert seen == [
        ("check", None),
        ("load_demo", None),
        ("migrate", "owner"),
    ]


LISTED = {
    "accounts": [{"tenant": "north", "role": "TCH", "email": "t@north.example", "password": "a long one"}],
    "api_tokens": [{"tenant": "north", "token": "wm_1"}, {"tenant": "south", "token": "wm_2"}],
}


def test_the_contract_of_demo_json() -> None:
    assert json.loads(json.dumps(report.contract("http://127.0.0.1:8000", LISTED))) == {
        "url": "http://127.0.0.1:8000",
        "accounts": [{**LISTED["accounts"][0], "url": "http://127.0.0.1:8000/accounts/login/"}],
        "api_tokens": LISTED["api_tokens"],
        "api_token": "wm_1",
    }


def test_progress_is_shown_and_the_json_at_the_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "manage.py"
    script.write_text(
        "import json, sys; print('school 1');print(json.dumps({'accounts': []}, indent=1)); sys.exit(len(sys.argv) - 2)"
    )
    monkeypatch.setattr(product, "_MANAGE", [sys.executable, str(script)])
    answer = product.command("Loading", ["load_demo"], {})
    assert json.loads(answer) == {"accounts": []}
    shown = capsys.readouterr().err
    assert "school 1" in shown
    assert "accounts" not in shown
    with pytest.raises(LocalError, match=r"Loading failed: `manage\.py load_demo --json` ended with 1"):
        product.command("Loading", ["load_demo", "--json"], {})


def test_accounts_that_are_not_json_are_shown() -> None:
    with pytest.raises(LocalError, match="but printed: 'oops'"):
        product.accounts("oops")


def test_the_table_shows_every_sign_in_and_token() -> None:
    shown = report.table(report.contract("http://127.0.0.1:8000", LISTED))
    for text in ("north", "TCH", "t@north.example", "a long one", "wm_1", "wm_2", "http://127.0.0.1:8000/"):
        assert text in shown


def test_totals_are_summed_over_pytest_runs(tmp_path: Path) -> None:
    report_file = tmp_path / "0.xml"
    report_file.write_text(
        '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/><testsuite tests="3"/></testsuites>'
    )
    assert gate.counts(report_file) == (6, 2, 2)


def test_a_browser_that_cannot_be_executed_is_named(tmp_path: Path) -> None:
    assert gate.find_browser({"BROWSER_PATH": sys.executable}) == sys.executable
    with pytest.raises(LocalError, match=r"BROWSER_PATH is .*missing"):
        gate.find_browser({"BROWSER_PATH": str(tmp_path / "missing")})


def test_servers_for_tests_are_given_completely_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_OWNER_URL", "postgresql://x")
    with pytest.raises(LocalError, match="TEST_DATABASE_URL, TEST_DATABASE_OPS_URL, TEST_REDIS_URL is not set"):
        gate.servers().__enter__()


def test_throw_away_servers_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL"):
        monkeypatch.delenv(f"TEST_{name}", raising=False)
        monkeypatch.setenv(name, "postgresql://the-developers-own")  # never touched by a test run
    with gate.servers() as urls:
        homes = [p.parent for p in Path(tempfile.gettempdir()).glob("waymark-test-*/owner") if _is_mine(p)]
        assert all("127.0.0.1" in url for url in urls.values())
    assert len(homes) == 1
    assert not homes[0].exists()


def _is_mine(owner: Path) -> bool:
    return owner.read_text() == str(os.getpid())


def test_clusters_of_killed_test_runs_are_swept() -> None:
    dead = Path(tempfile.mkdtemp(prefix="waymark-test-"))
    gone = subprocess.Popen(["true"])
    gone.wait()
    (dead / "owner").write_text(str(gone.pid))
    gate.sweep()
    assert not dead.exists()
