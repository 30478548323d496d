"""The open tenant: it ends with its transaction, whoever uses the connection next, and nobody reads without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import QuerySet
from psycopg_pool import ConnectionPool

from learners.models import School
from tenancy.context import NoTenant, OtherTenant, current_tenant_id, has_tenant, tenant_context
from tenancy.models import Tenant

SCHOOLS = "SELECT name FROM learners_school ORDER BY name"
NO_TENANT = (psycopg.errors.UndefinedObject, psycopg.errors.InvalidTextRepresentation)


@dataclass(frozen=True)
class Small:
    """A tenant of two schools."""

    tenant: Tenant
    marker: str


@dataclass(frozen=True)
class Two:
    home: Small
    away: Small


def small(slug: str, marker: str) -> Small:
    tenant = Tenant.objects.create(slug=slug, name=marker)
    with tenant_context(tenant.pk):
        for name in ("School", "Other School"):
            School.objects.create(name=f"{marker} {name}")
    return Small(tenant, marker)


@pytest.fixture
def two(committed_db: None) -> Two:
    return Two(small("lakeview", "LKV"), small("harbor", "HRB"))


def names() -> list[str]:
    return sorted(QuerySet(School).values_list("name", flat=True))


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def refuses_without_tenant() -> bool:
    """A table of tenants, asked past the manager: PostgreSQL has to refuse, not to answer nothing."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        names()
    return isinstance(caught.value.__cause__, NO_TENANT)


def test_one_connection_serves_two_tenants(two: Two) -> None:
    home, away = two.home, two.away
    with tenant_context(home.tenant.pk):
        assert names() == ["LKV Other School", "LKV School"]
        first = backend()
    assert refuses_without_tenant()
    with tenant_context(away.tenant.pk):
        assert names() == ["HRB Other School", "HRB School"]
        assert backend() == first
    assert refuses_without_tenant()


def test_no_tenant_is_loud(two: Two) -> None:
    assert refuses_without_tenant()
    columns, values = "tenant_id, public_id, name, kind, identifier, is_active", "gen_random_uuid(), 'x', '', '', true"
    insert = f"INSERT INTO learners_school ({columns}) VALUES (%s, {values})"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, [two.home.tenant.pk])
    with pytest.raises(NoTenant):
        School.objects.count()
    with pytest.raises(NoTenant):
        School(name="x")
    with pytest.raises(NoTenant):
        current_tenant_id()


@pytest.mark.parametrize("value", ["", "0", "-1", "x", "1 OR true", "99999999999999999999"])
def test_setting_that_names_no_tenant(two: Two, value: str) -> None:
    """An error or nothing, never somebody's rows."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [value])
            found = names()
    except DatabaseError:
        found = []
    assert found == []


def test_tenant_ends_with_an_exception(two: Two) -> None:
    def fail() -> None:
        with tenant_context(two.home.tenant.pk):
            School.objects.create(name="LKV Planted")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not has_tenant()
    assert refuses_without_tenant()
    with tenant_context(two.home.tenant.pk):
        assert "LKV Planted" not in names()


def test_tenant_ends_after_a_database_error(two: Two) -> None:
    def fail() -> None:
        with tenant_context(two.home.tenant.pk), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DatabaseError):
        fail()
    assert not has_tenant()
    with tenant_context(two.away.tenant.pk):
        assert names() == ["HRB Other School", "HRB School"]


def test_other_tenant_inside_is_refused(two: Two) -> None:
    home, away = two.home, two.away
    with tenant_context(home.tenant.pk):
        with pytest.raises(OtherTenant), tenant_context(away.tenant.pk):
            pass
        assert names() == ["LKV Other School", "LKV School"]
        with tenant_context(home.tenant.pk):
            assert current_tenant_id() == home.tenant.pk
        assert names() == ["LKV Other School", "LKV School"]


def test_tenant_inside_a_longer_transaction_leaves_nothing(two: Two) -> None:
    """The surrounding transaction of a test, a command or ATOMIC_REQUESTS goes on without a tenant."""
    with transaction.atomic():
        with tenant_context(two.home.tenant.pk):
            assert len(names()) == 2
        assert refuses_without_tenant()
        with tenant_context(two.away.tenant.pk):
            assert names() == ["HRB Other School", "HRB School"]


def test_savepoint_that_fails_keeps_the_tenant(two: Two) -> None:
    with tenant_context(two.home.tenant.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert names() == ["LKV Other School", "LKV School"]


@pytest.fixture
def one_connection(two: Two) -> Iterator[ConnectionPool[psycopg.Connection[Any]]]:
    """A pool of exactly one connection: the next borrower gets the one that was given back."""
    with ConnectionPool(str(settings.DATABASE_URL), min_size=1, max_size=1, timeout=5) as pool:
        yield pool


def test_set_local_does_not_go_through_a_pool(
    one_connection: ConnectionPool[psycopg.Connection[Any]], two: Two
) -> None:
    with one_connection.connection() as first, first.transaction():
        first.execute(f"SET LOCAL app.tenant_id = '{two.home.tenant.pk}'")
        assert len(first.execute(SCHOOLS).fetchall()) == 2
        before = first.info.backend_pid
    with one_connection.connection() as second:
        assert second.info.backend_pid == before
        with pytest.raises(NO_TENANT):
            second.execute(SCHOOLS)


def test_session_setting_would_leak_through_a_pool(
    one_connection: ConnectionPool[psycopg.Connection[Any]], two: Two
) -> None:
    """Why `SET` is not used: the next borrower reads the tenant before, without having asked for any."""
    with one_connection.connection() as first:
        first.execute(f"SET app.tenant_id = '{two.home.tenant.pk}'")
    with one_connection.connection() as second:
        assert [row[0] for row in second.execute(SCHOOLS)] == ["LKV Other School", "LKV School"]


@pytest.fixture
def pooled(two: Two) -> Iterator[None]:
    """Django's own pool (DATABASE_POOL), of one connection."""
    wrapper = connections["default"]
    options = wrapper.settings_dict["OPTIONS"]
    wrapper.close()
    wrapper.settings_dict["OPTIONS"] = {**options, "pool": {"min_size": 1, "max_size": 1, "timeout": 5}}
    yield
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]
    wrapper.settings_dict["OPTIONS"] = options


def test_tenants_in_turn_through_djangos_pool(two: Two, pooled: None) -> None:
    seen = []
    for world in (two.home, two.away, two.home):
        with tenant_context(world.tenant.pk):
            assert names() == [f"{world.marker} Other School", f"{world.marker} School"]
            seen.append(backend())
        connection.close()  # gives it back
        assert refuses_without_tenant()
        connection.close()
    assert len(set(seen)) == 1


def test_kept_open_connection_carries_nothing(two: Two) -> None:
    """CONN_MAX_AGE > 0: the connection outlives the request, the tenant does not."""
    for world in (two.home, two.away):
        with tenant_context(world.tenant.pk):
            assert len(names()) == 2
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.tenant_id', true)")
            assert cursor.fetchone()[0] in {None, ""}
