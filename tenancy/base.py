"""Base classes of tenant models and their manager."""

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from tenancy.access import visible_q
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.fields import TenantField
from tenancy.ids import uuid7

M = TypeVar("M", bound=models.Model, covariant=True)
Scopes = dict[str, Callable[[Actor], Q]]


class TenantQuerySet(models.QuerySet[M, M]):
    def visible_to(self, actor: Actor, resource: str | None = None, action: str = "read") -> Self:
        """Rows on which the actor may do `action`; `resource` defaults to the model's own row of the matrix."""
        model: Any = self.model
        return self.filter(visible_q(model, actor, resource or model.RESOURCE, action))


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Adds `tenant_id = …` to every query: row-level security is the net, this is the rope. Raises NoTenant."""

    def get_queryset(self) -> TenantQuerySet[Any]:
        queryset: TenantQuerySet[Any] = super().get_queryset()
        return queryset.filter(tenant_id=current_tenant_id())

    def none(self) -> TenantQuerySet[Any]:
        """No rows of nobody: the only set that needs no tenant."""
        queryset: TenantQuerySet[Any] = TenantQuerySet(self.model)
        return queryset.none()


class TenantModel(models.Model):
    """A row of one tenant. The schema editor gives its table the composite key and row-level security.

    RESOURCE names the row of the access matrix; SCOPES says what each condition code means for these rows.
    """

    RESOURCE: ClassVar[str] = ""
    SCOPES: ClassVar[Scopes] = {}
    LIMIT: ClassVar[Any] = None  # Callable[[Actor, str], Q], as a staticmethod

    tenant = TenantField()
    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class PublicTenantModel(TenantModel):
    """A tenant row that people and programs name: by a UUID, never by the counter."""

    public_id = models.UUIDField(default=uuid7, editable=False)

    class Meta(TenantModel.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="%(class)s_public_id")
        ]
