"""`/healthz`: the process answers. `/readyz`: it can do its work, with figures."""

from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from tenancy.gate import public
from tenancy.ops import oldest_stale_seconds
from waymark.startup import role_problems

OLDEST_STALE_LIMIT = 300


@public("liveness, for the load balancer")
@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public("readiness, without personal data")
@transaction.non_atomic_requests
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served; a missing broker only delays and is reported as degraded."""
    checks = {
        "database": _check(_database),
        "row_security": _check(_row_security),
        "migrations": _check(_migrations),
        "stale": _check(_stale),
        "broker": _check(_broker),
    }
    needed = ("database", "row_security", "migrations")
    ready = all(checks[name]["ok"] for name in needed)
    state = "ready" if ready and all(check["ok"] for check in checks.values()) else "degraded" if ready else "not ready"
    return JsonResponse({"status": state, "checks": checks}, status=200 if ready else 503)


def _check(probe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return probe()
    except (DatabaseError, redis.RedisError) as error:
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return {"ok": True, "version": cursor.fetchone()[0]}


def _row_security() -> dict[str, Any]:
    """The role is restricted, and every table with a tenant has row security enabled and forced."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.relrowsecurity AND c.relforcerowsecurity) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND c.relname <> 'tenancy_affiliation'"
        )
        tables, protected = cursor.fetchone()
    restricted = not role_problems()
    return {"ok": restricted and tables == protected > 0, "tables": tables, "protected": protected}


def _migrations() -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": pending == 0, "pending": pending}


def _stale() -> dict[str, Any]:
    seconds, waiting, parked = oldest_stale_seconds()
    return {
        "ok": seconds < OLDEST_STALE_LIMIT and parked == 0,
        "oldest_seconds": round(seconds, 1),
        "waiting": waiting,
        "parked": parked,
    }


def _broker() -> dict[str, Any]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        return {"ok": bool(client.ping())}
    finally:
        client.close()
