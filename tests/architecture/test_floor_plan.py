"""The floor plan of `.importlinter` names every app, and imports keep to it."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
NOT_APPS = {"waymark", "status_engine"}  # the project package, and plain Python without Django
# Rooms without the usual files inside; their order is left to "no cycles".
OWN_ORDER = {
    "reporting": "one module per page, no models",
    "waymark": "the project package",
    "status_engine": "plain Python",
}


def plan(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return parser


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z_0-9]+", text))


def plan_faults(text: str, local_apps: set[str]) -> list[str]:
    """Rooms that one list has and another has not."""
    parser, rooms = plan(text), local_apps | NOT_APPS
    lists = {
        "root_packages": words(parser["importlinter"]["root_packages"]),
        "floor plan": words(parser["importlinter:contract:floor-plan"]["layers"]),
        "no cycles": words(parser["importlinter:contract:no-cycles"]["ancestors"]),
        "inside an app": words(parser["importlinter:contract:inside-apps"]["containers"]) | set(OWN_ORDER),
    }
    faults = []
    for name, listed in lists.items():
        faults += [f"{name}: {room} is missing" for room in sorted(rooms - listed)]
        faults += [f"{name}: {room} is no app" for room in sorted(listed - rooms)]
    return faults


def local_apps() -> set[str]:
    names = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    return {name for name in names if (ROOT / name / "__init__.py").exists()} - NOT_APPS


def test_app_list_and_floor_plan_agree() -> None:
    assert plan_faults((ROOT / ".importlinter").read_text(), local_apps()) == []


def test_planted_disagreement_is_found() -> None:
    text = (ROOT / ".importlinter").read_text()
    assert "floor plan: credentials is missing" in plan_faults(text, local_apps() | {"credentials"})
    assert "no cycles: milestones is no app" in plan_faults(text, local_apps() - {"milestones"})


def test_no_room_stands_outside_the_plan() -> None:
    """Packages with Python files beside the apps: tools only."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - local_apps() - NOT_APPS <= {"tests", "benchmarks"}


def lint(where: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache"], cwd=where, capture_output=True, text=True, check=False, timeout=120,
        env={"PYTHONPATH": str(where), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )  # fmt: skip


def test_imports_keep_to_the_plan() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's Python files, to plant wrong imports in."""
    house = tmp_path_factory.mktemp("house")
    for room in (*local_apps(), *NOT_APPS):
        for file in (ROOT / room).rglob("*.py"):
            copy = house / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    shutil.copyfile(ROOT / ".importlinter", house / ".importlinter")
    return house


PLANTED = (
    ("tenancy/ids.py", "import reporting.board", "Floor plan BROKEN"),
    ("competencies/models/rubrics.py", "import learners.models", "Floor plan BROKEN"),
    ("status_engine/rows.py", "import django.db", "The status engine knows no Django"),
    ("milestones/services.py", "import rest_framework.views", "Django REST framework lives in"),
    ("milestones/models/plans.py", "import milestones.services", "Inside an app"),
    ("tenancy/selectors.py", "import tenancy.views", "Inside an app"),
    ("reporting/levels.py", "import reporting.views", "No cycles"),
)


@pytest.mark.parametrize(("file", "line", "finding"), PLANTED, ids=[f"{file}: {line}" for file, line, _ in PLANTED])
def test_planted_import_is_found(copied_house: Path, file: str, line: str, finding: str) -> None:
    target = copied_house / file
    before = target.read_text()
    target.write_text(f"{before}\n{line}\n")
    try:
        result = lint(copied_house)
    finally:
        target.write_text(before)
    assert result.returncode != 0
    broken = [row for row in result.stdout.splitlines() if "BROKEN" in row]
    assert any(finding.split(" BROKEN", maxsplit=1)[0] in row for row in broken), result.stdout
