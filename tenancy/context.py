"""The active tenant: one context manager opens it for a transaction, everything else only reads it.

The tenant reaches PostgreSQL by the statement `SET LOCAL app.tenant_id`, which ends with the transaction: a pooled
connection cannot carry it to the next request (stack.md, PgBouncer), and Citus hands it on to its workers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

_active: ContextVar[int | None] = ContextVar("waymark_tenant", default=None)


class NoTenant(RuntimeError):
    """A tenant table was used while no tenant was open. Open one with `tenant_context`."""


class OtherTenant(RuntimeError):
    """A second tenant was opened inside the first one."""


def current_tenant_id() -> int:
    """Key of the active tenant; raises NoTenant when none is open."""
    tenant_id = _active.get()
    if tenant_id is None:
        raise NoTenant("No tenant is open. Wrap the work in tenant_context(tenant_id).")
    return tenant_id


def has_tenant() -> bool:
    return _active.get() is not None


@contextmanager
def tenant_context(tenant_id: int) -> Iterator[None]:
    """Run the block in one transaction that sees exactly this tenant's rows.

    Raises OtherTenant when a different tenant is already open. The same tenant may be opened again inside.
    """
    before = _active.get()
    if before == tenant_id:
        yield
        return
    if before is not None:
        raise OtherTenant(f"Tenant {before} is open; close it before opening tenant {tenant_id}.")
    nested = connection.in_atomic_block
    with transaction.atomic():
        set_local_tenant(tenant_id)
        token = _active.set(tenant_id)
        try:
            yield
        finally:
            _active.reset(token)
        if nested and not connection.needs_rollback:
            # The surrounding transaction goes on: leave nothing behind in it.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL app.tenant_id = ''")


def set_local_tenant(tenant_id: int) -> None:
    # A validated literal: SET takes no parameters.
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.tenant_id = '{int(tenant_id)}'")
