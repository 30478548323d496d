"""Children are restarted, stopped in order, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from waymark.local import console
from waymark.local.console import LocalError
from waymark.local.processes import end, is_alive, spawn, wait_gone
from waymark.local.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parents[2]
# A supervisor with two children; the second has a child of its own. Prints its pids, then watches.
PROGRAM = """
import os, sys
from pathlib import Path
from waymark.local.supervisor import Stopped, Supervisor
logs = Path(sys.argv[1])
try:
    with Supervisor() as supervisor:
        for name, script in (("first", "sleep 100"), ("second", "sleep 100 & echo $! > w; mv w grandchild; wait")):
            supervisor.run(name, ["/bin/sh", "-c", script], logs / name, os.environ, logs)
        supervisor.wait_until(lambda: (logs / "grandchild").exists(), 10, "child", logs / "second")
        print(*(child.pid for child in supervisor.children), flush=True)
        supervisor.watch()
except Stopped:
    sys.exit(7)
"""


@pytest.fixture(autouse=True)
def _steps_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_on_stdout", False)


def start(logs: Path) -> tuple[subprocess.Popen[str], list[int]]:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(logs)], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert supervisor.stdout
    return supervisor, [int(pid) for pid in supervisor.stdout.readline().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's")
def test_kill_9_leaves_no_child(tmp_path: Path) -> None:
    supervisor, children = start(tmp_path)
    assert all(is_alive(pid) for pid in children)
    supervisor.kill()
    supervisor.communicate()
    assert all(wait_gone(pid, 5) for pid in children)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_within_seconds(tmp_path: Path, how: signal.Signals) -> None:
    supervisor, children = start(tmp_path)
    grandchild = int((tmp_path / "grandchild").read_text())
    began = time.monotonic()
    supervisor.send_signal(how)
    assert supervisor.wait(10) == 7
    supervisor.communicate()
    assert time.monotonic() - began < 5
    assert not any(is_alive(pid) for pid in [*children, grandchild])


def test_a_second_ctrl_c_does_not_interrupt_the_stopping(tmp_path: Path) -> None:
    supervisor, children = start(tmp_path)
    for _ in range(3):
        supervisor.send_signal(signal.SIGINT)
        time.sleep(0.005)
    assert supervisor.wait(10) in (7, -signal.SIGINT)  # the latter when it came after everything was done
    supervisor.communicate()
    assert not any(is_alive(pid) for pid in children)


def child(tmp_path: Path, *, restart: bool) -> Child:
    log = tmp_path / "log"
    return Child("worker", lambda: spawn(["/bin/sh", "-c", "echo because"], log=log).pid, log, restart=restart)


def until_error(supervisor: Supervisor) -> str:
    with pytest.raises(LocalError) as caught:
        supervisor.wait_until(lambda: False, 20, "nothing", Path("log"))
    return str(caught.value)


def test_a_dead_child_is_restarted_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("waymark.local.supervisor.PAUSE", 0.01)
    supervisor = Supervisor()
    supervisor.add(child(tmp_path, restart=True))
    assert until_error(supervisor) == "Stopping: worker ended 6 times within 60 s."
    shown = capsys.readouterr().err
    assert shown.count("worker ended unexpectedly") == 6
    assert "because" in shown


def test_without_its_database_the_demo_stops_and_shows_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor()
    supervisor.add(child(tmp_path, restart=False))
    assert until_error(supervisor) == "Stopping: nothing works without worker."
    assert "because" in capsys.readouterr().err


def test_children_stop_in_reverse_order() -> None:
    order: list[str] = []
    supervisor = Supervisor()
    for name in ("database", "web"):
        process = spawn(["sleep", "100"])
        supervisor.add(Child(name, lambda pid=process.pid: pid, Path("log")))  # type: ignore[misc]
    pids = {one.pid: one.name for one in supervisor.children}
    real = os.kill

    def noting(pid: int, number: int) -> None:
        if number == signal.SIGTERM:
            order.append(pids[pid])
        real(pid, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "kill", noting)
        supervisor.stop()
    assert order == ["web", "database"]
    assert not any(is_alive(pid) for pid in pids)


def test_a_child_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = spawn(["/bin/sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"])
    while not ready.exists():
        time.sleep(0.01)
    end(process.pid, signal.SIGTERM, 0.2)
    assert not is_alive(process.pid)
