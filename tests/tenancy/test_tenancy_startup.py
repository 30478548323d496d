"""Web and workers refuse to start with a role that row security does not bind, or with sample settings."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.state import ProjectState
from django.test import Client

from tenancy.operations import Analysed
from tests.conftest import use_database
from waymark import startup
from waymark.startup import UnsafeStart, refuse_unsafe_start, role_problems, setting_problems

GOOD: dict[str, Any] = {"SECRET_KEY": "x" * 50, "DEBUG": False, "ALLOWED_HOSTS": ["school.example"], "PRODUCTION": True}


@pytest.mark.django_db
def test_restricted_role_may_start() -> None:
    assert role_problems() == []
    refuse_unsafe_start()


def test_owner_may_not_start(committed_db: None, as_owner: None) -> None:
    problems = role_problems()
    assert len(problems) == 2
    assert "waymark_owner has BYPASSRLS" in problems[0]
    assert "owns tables" in problems[1]
    with pytest.raises(UnsafeStart, match="BYPASSRLS"):
        refuse_unsafe_start()
    assert Client().get("/readyz").status_code == 503


def test_ops_may_not_start(committed_db: None) -> None:
    use_database(os.environ["DATABASE_OPS_URL"], str(connections["default"].settings_dict["NAME"]))
    try:
        assert len(role_problems()) == 1
        assert "waymark_ops has BYPASSRLS" in role_problems()[0]
    finally:
        use_database(os.environ["DATABASE_URL"], str(connections["default"].settings_dict["NAME"]))


def test_superuser_may_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        def execute(self, sql: str) -> None:
            assert "rolsuper" in sql

        def fetchone(self) -> tuple[str, bool, bool, bool]:
            return ("postgres", True, False, False)

    class Pretending:
        @contextmanager
        def cursor(self) -> Any:
            yield Answer()

    monkeypatch.setattr(startup, "connection", Pretending())
    assert ["is a superuser" in problem for problem in role_problems()] == [True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"SECRET_KEY": "development-only-secret-never-in-production"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": True}, "DEBUG"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS"),
    ],
)
@pytest.mark.django_db
def test_production_refuses_sample_settings(settings: Any, change: dict[str, Any], words: str) -> None:
    for name, value in (GOOD | change).items():
        setattr(settings, name, value)
    assert [words in problem for problem in setting_problems()] == ([True] if words else [])
    if words:
        with pytest.raises(UnsafeStart, match=words):
            refuse_unsafe_start()
        settings.PRODUCTION = False
    refuse_unsafe_start()


@pytest.mark.django_db
def test_readiness_counts_protected_tables(owner_connection: Any) -> None:
    row_security = Client().get("/readyz").json()["checks"]["row_security"]
    assert row_security["ok"]
    assert row_security["tables"] == row_security["protected"] > 25
    assert connection.vendor == "postgresql"


def test_readiness_finds_a_table_without_row_security(committed_db: None, owner_connection: Any) -> None:
    owner_connection.execute("ALTER TABLE learners_learner NO FORCE ROW LEVEL SECURITY")
    try:
        response = Client().get("/readyz")
    finally:
        owner_connection.execute("ALTER TABLE learners_learner FORCE ROW LEVEL SECURITY")
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"


@pytest.mark.parametrize(("version", "statements"), [(160009, 0), (170000, 1)])
def test_servers_before_17_know_no_right_to_analyse(
    db: None, monkeypatch: pytest.MonkeyPatch, version: int, statements: int
) -> None:
    """The word is a syntax error there, and migrating would end on it."""
    monkeypatch.setattr(connection, "pg_version", version)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        Analysed("learners_learner").database_forwards("learners", editor, ProjectState(), ProjectState())
    assert len(editor.collected_sql) == statements
