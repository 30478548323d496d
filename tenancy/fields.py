"""The two keys of every tenant model: to its tenant, and to other rows of the same tenant."""

from typing import Any

from django.db import models

from tenancy.context import current_tenant_id


class TenantField(models.ForeignKey[Any, Any]):
    """Key to the tenant; filled from the active tenant. No index of its own: every index is led by it anyway."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(to="tenancy.Tenant", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
        kwargs.setdefault("default", current_tenant_id)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        for key in ("to", "on_delete", "related_name", "db_index", "editable", "default"):
            kwargs.pop(key, None)
        return name, path, args, kwargs


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """Key to a row of the same tenant. Joins carry `tenant_id`; the database constraint is composite.

    A plain foreign key would accept another tenant's row under row-level security and would tell whether it exists.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False  # the composite one is added by the schema editor
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        if kwargs.get("db_index") is False:
            del kwargs["db_index"]
        else:
            kwargs["db_index"] = True
        return name, path, args, kwargs

    def get_joining_fields(self, reverse_join: bool = False) -> Any:
        pairs = super().get_joining_fields(reverse_join)
        local, remote = self.model._meta.get_field("tenant"), self.remote_field.model._meta.get_field("tenant")
        return (*pairs, (remote, local) if reverse_join else (local, remote))
