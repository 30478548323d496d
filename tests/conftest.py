"""One migrated template database, one clone per worker, every test as the restricted role.

The cluster comes from `manage.py test` (or `manage.py services`) through DATABASE_*_URL.
"""

from __future__ import annotations

import hashlib
import os
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.middleware import csrf

from tests.builders import Cast, build_cast
from tests.standing_cast import standing_cast

ROOT = Path(__file__).resolve().parent.parent
LOCK = 7_203_451


def pytest_configure(config: pytest.Config) -> None:
    # Pages are searched for the marker of the other tenant, in capitals: a random token must not spell it by chance.
    csrf.CSRF_ALLOWED_CHARS = string.ascii_lowercase + string.digits
    # Static files are served from where they lie; there is nothing collected in tests.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


def named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def owner_url() -> str:
    return os.environ["DATABASE_OWNER_URL"]


def template_name() -> str:
    """Changes with any migration, so that a kept development cluster never serves an old one."""
    digest = hashlib.sha256()
    for file in sorted(ROOT.glob("*/migrations/*.py")) + sorted((ROOT / "tenancy/postgres").glob("*.py")):
        digest.update(file.read_bytes())
    return f"waymark_template_{digest.hexdigest()[:12]}"


def use_database(url: str, name: str) -> None:
    parts = urlsplit(url)
    connections["default"].close()
    connections["default"].settings_dict.update(NAME=name, USER=parts.username, PASSWORD=parts.password)


def make_template(admin: psycopg.Connection[Any], name: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    base = urlsplit(owner_url()).path.lstrip("/")
    admin.execute(f'CREATE DATABASE "{name}_new" TEMPLATE "{base}"')
    with psycopg.connect(named(owner_url(), f"{name}_new"), autocommit=True) as fresh:
        tables = [row[0] for row in fresh.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        if tables:  # the development database was migrated: start from nothing
            fresh.execute(f"DROP TABLE {', '.join(f'{chr(34)}{table}{chr(34)}' for table in tables)} CASCADE")
    use_database(owner_url(), f"{name}_new")
    call_command("migrate", verbosity=0)
    connections["default"].close()
    admin.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template for this worker; the tests connect to it as the restricted role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    template, name = template_name(), f"waymark_test_{os.getpid()}_{worker}"
    with psycopg.connect(named(owner_url(), "postgres"), autocommit=True) as admin, django_db_blocker.unblock():
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        make_template(admin, template)
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        use_database(os.environ["DATABASE_URL"], name)
        settings.DATABASE_OPS_URL = named(os.environ["DATABASE_OPS_URL"], name)
        settings.DATABASE_URL = named(os.environ["DATABASE_URL"], name)
        yield
        connections["default"].close()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection to the worker's database: to plant faults and clean up, never for the code under test."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(named(owner_url(), name), autocommit=True) as connection:
        yield connection


@pytest.fixture
def committed_db(owner_connection: psycopg.Connection[Any], django_db_blocker: Any) -> Iterator[None]:
    """Real transactions: what a test commits is there for other connections, and is removed by the owner afterwards."""
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
    keep = "('django_migrations', 'django_content_type', 'auth_permission')"
    rows = owner_connection.execute(
        f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {keep}"
    ).fetchall()
    owner_connection.execute(f"TRUNCATE {', '.join(row[0] for row in rows)} CASCADE")


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing cast: a school with one person per role, and a stranger tenant with the same."""
    return standing_cast()


@pytest.fixture
def committed_cast(committed_db: None) -> Cast:
    return build_cast()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 as slow as it should be would be most of the suite's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
