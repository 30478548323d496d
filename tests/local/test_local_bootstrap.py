"""When packages are installed and when not. No network: the commands go to a fake."""

import ast
import hashlib
import importlib.util
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from waymark.local import bootstrap
from waymark.local.bootstrap import DEVELOPMENT, RUNTIME, Environment
from waymark.local.console import LocalError

ROOT = Path(__file__).resolve().parents[2]


class FakeMachine:
    """Runs nothing; notes the commands and leaves the files that they would leave."""

    def __init__(self, root: Path, fails: Sequence[str] = ()) -> None:
        self.root, self.fails = root, fails
        self.commands: list[str] = []

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        line = " ".join(command).replace(str(self.root), ".")
        self.commands.append(line)
        time.sleep(0.02)
        failed = any(part in line for part in self.fails)
        if not failed and " -m venv " in line:
            (Path(command[-1]) / "bin").mkdir()
            (Path(command[-1]) / "bin" / "python").touch()
        if not failed and line.endswith("install --quiet uv"):
            Path(command[0]).with_name("uv").touch()
        return subprocess.CompletedProcess(command, int(failed), "", "no route to the index" if failed else "")

    def kinds(self) -> list[str]:
        patterns = {" -m venv ": "venv", "--quiet uv": "get uv", "uv pip install": "uv", "--quiet --require": "pip"}
        return [kind for line in self.commands for pattern, kind in patterns.items() if pattern in line]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("a==1")
    (tmp_path / "requirements-dev.lock").write_text("a==1\nb==1")
    return tmp_path


def environment(root: Path, machine: FakeMachine) -> Environment:
    return Environment(root, root / ".venv", machine)


def test_first_start_installs_and_the_second_does_nothing(root: Path) -> None:
    machine = FakeMachine(root)
    environment(root, machine).ensure(RUNTIME)
    assert machine.kinds() == ["venv", "get uv", "uv"]
    assert machine.commands[-1].endswith("--require-hashes -r ./requirements.lock")
    environment(root, machine).ensure(RUNTIME)
    assert len(machine.commands) == 3


def test_the_stamp_is_the_sha256_of_the_lock(root: Path) -> None:
    environment(root, FakeMachine(root)).ensure(RUNTIME)
    stamp = (root / ".venv" / ".waymark-lock-requirements").read_text()
    assert stamp == hashlib.sha256(b"a==1").hexdigest()


def test_the_development_lock_serves_both_but_not_the_other_way_round(root: Path) -> None:
    machine = FakeMachine(root)
    target = environment(root, machine)
    target.ensure(RUNTIME)
    assert not target.satisfies(DEVELOPMENT)
    target.ensure(DEVELOPMENT)
    assert target.satisfies(RUNTIME)
    assert machine.kinds() == ["venv", "get uv", "uv", "uv"]


def test_a_changed_lock_is_installed_and_old_stamps_go(root: Path) -> None:
    machine = FakeMachine(root)
    target = environment(root, machine)
    target.ensure(DEVELOPMENT)
    for name in (RUNTIME, DEVELOPMENT):
        (root / f"{name}.lock").write_text("a==2")
    target.ensure(RUNTIME)
    assert machine.kinds()[-1] == "uv"
    assert [path.name for path in (root / ".venv").glob(".waymark-lock-*")] == [".waymark-lock-requirements"]


@pytest.mark.parametrize("broken", ["--quiet uv", "uv pip"])
def test_pip_does_it_when_uv_cannot(root: Path, broken: str) -> None:
    machine = FakeMachine(root, [broken])
    target = environment(root, machine)
    target.ensure(RUNTIME)
    assert machine.kinds()[-1] == "pip"
    assert target.satisfies(RUNTIME)


def test_a_failed_installation_says_why_and_is_begun_afresh(root: Path) -> None:
    target = environment(root, FakeMachine(root, ["uv pip", "--require"]))
    with pytest.raises(LocalError, match=r"install requirements\.lock.*\n.*no route to the index"):
        target.ensure(RUNTIME)
    leftover = root / ".venv" / "half-a-package"
    leftover.touch()
    assert not target.satisfies(RUNTIME)
    machine = FakeMachine(root)
    environment(root, machine).ensure(RUNTIME)
    assert machine.kinds() == ["venv", "get uv", "uv"]
    assert not leftover.exists()


def test_starts_at_the_same_moment_install_once(root: Path) -> None:
    machine = FakeMachine(root)
    starts = [threading.Thread(target=environment(root, machine).ensure, args=[RUNTIME]) for _ in range(5)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert machine.kinds() == ["venv", "get uv", "uv"]


def test_a_missing_lock_is_named(root: Path) -> None:
    (root / "requirements.lock").unlink()
    with pytest.raises(LocalError, match=r"requirements\.lock is missing"):
        environment(root, FakeMachine(root)).ensure(RUNTIME)


def test_a_python_without_venv_gets_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(LocalError, match=r"no module venv and no ensurepip.*apt-get install python3\.\d+-venv"):
        bootstrap.require_venv_module()


def test_an_environment_without_pyvenv_cfg_does_not_start_over_for_ever(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(root, FakeMachine(root)).ensure(RUNTIME)
    monkeypatch.delenv("WAYMARK_NO_BOOTSTRAP", raising=False)
    monkeypatch.setenv("WAYMARK_VENV", str(root / ".venv"))
    monkeypatch.setenv("WAYMARK_RESTARTED", "1")
    with pytest.raises(LocalError, match="damaged: delete"):
        bootstrap.bootstrap(root, ["manage.py", "demo"])


def test_a_container_skips_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYMARK_NO_BOOTSTRAP", "1")
    bootstrap.bootstrap(root, ["manage.py", "demo"])
    assert not (root / ".venv").exists()


def test_an_old_python_gets_one_sentence() -> None:
    program = (
        "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (default)'; sys.argv = ['manage.py', 'demo'];"
        "import runpy; runpy.run_path('manage.py', run_name='__main__')"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == ""
    assert re.fullmatch(r"Waymark needs Python 3\.11 or newer; this is Python 3\.9\.2 \(.*\)\n", result.stdout)


def test_manage_py_can_be_read_by_old_pythons() -> None:
    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 4))


@pytest.mark.parametrize("module", ["manage.py", "waymark/local/bootstrap.py", "waymark/local/console.py"])
def test_the_front_needs_the_standard_library_only(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text())
    ours = {"waymark.local", "waymark.local.console", "waymark.local.bootstrap"}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= ours
    assert (ROOT / "waymark" / "__init__.py").read_text() == ""


@pytest.mark.parametrize("name", [RUNTIME, DEVELOPMENT])
def test_locks_pin_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=sha256:[0-9a-f]{64}( \\)?$)", text, re.MULTILINE)
    requirements = [block for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if block.strip()]
    assert len(requirements) > 30
    for requirement in requirements:
        assert re.match(r"[\w.-]+(\[[\w,.-]+\])?==\S+( ; [^\\\n]+)? \\\n\s+--hash=sha256:[0-9a-f]{64}", requirement)


def test_the_development_lock_contains_the_runtime_lock() -> None:
    def pins(name: str) -> set[str]:
        found = re.findall(r"^\S+==\S+", (ROOT / f"{name}.lock").read_text(), re.MULTILINE)
        return {re.sub(r"\[.*?\]", "", pin) for pin in found}

    assert pins(RUNTIME) <= pins(DEVELOPMENT)
