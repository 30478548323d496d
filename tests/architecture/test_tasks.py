"""Every Celery task works inside a tenant, and leaves none open."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest
from celery import current_app
from django.apps import apps

from tenancy.context import has_tenant, tenant_context
from tests.builders import Cast

ROOMS = (
    "waymark",
    "api",
    "integrations",
    "reporting",
    "interventions",
    "milestones",
    "assessments",
    "learners",
    "tenancy",
)
# Tasks that touch no tenant's table, with the reason.
WITHOUT_TENANT: dict[str, str] = {}


def names_in(function: Callable[..., Any]) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def opens_tenant(function: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> bool:
    """Whether the function, or a function of ours that it names, opens `tenant_context`."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or function in seen:
        return False
    named = [function.__globals__.get(name) for name in names_in(function)]
    if tenant_context in named:
        return True
    ours = [one for one in named if inspect.isfunction(one) and one.__module__.split(".")[0] in ROOMS]
    return any(opens_tenant(one, seen | {function}) for one in ours)


def our_tasks() -> dict[str, Any]:
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def test_every_task_opens_a_tenant() -> None:
    tasks = our_tasks()
    assert {"milestones.tasks.drain_stale", "api.tasks.forget_old_keys"} <= set(tasks)
    assert [name for name, task in tasks.items() if name not in WITHOUT_TENANT and not opens_tenant(task.run)] == []
    assert [name for name in WITHOUT_TENANT if name not in tasks] == []


def test_planted_task_is_found() -> None:
    def careless() -> int:
        return len(ROOMS)

    def by_the_way() -> None:
        with tenant_context(1):
            pass

    assert not opens_tenant(careless)
    assert opens_tenant(by_the_way)


def test_every_scheduled_task_exists() -> None:
    entries = current_app.conf.beat_schedule
    assert len(entries) >= 2
    assert [entry["task"] for entry in entries.values() if entry["task"] not in our_tasks()] == []


def test_tasks_modules_are_found_by_celery() -> None:
    modules = {task.run.__module__ for task in our_tasks().values()}
    assert {f"{config.name}.tasks" for config in apps.get_app_configs() if f"{config.name}.tasks" in modules} == modules


@pytest.mark.parametrize("name", ["milestones.tasks.drain_stale", "api.tasks.forget_old_keys"])
def test_no_tenant_stays_open_after_a_task(cast: Cast, name: str) -> None:
    our_tasks()[name].run()
    assert not has_tenant()
