"""Every model belongs to a tenant or says why not; queries carry the tenant by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tenancy.base import PublicTenantModel, TenantManager, TenantModel
from tenancy.context import NoTenant
from tenancy.fields import TenantField, TenantForeignKey
from tests.architecture.table_checks import GLOBAL_TABLES

Model = type[models.Model]
# Tenant models may point at these global rows and at no others.
GLOBAL_TARGETS = {"tenancy.tenant", "tenancy.user"}


def is_of_tenant(model: Model) -> bool:
    return any(isinstance(field, TenantField) for field in model._meta.local_fields)


def target_label(field: Any) -> str:
    target = field.remote_field.model
    return target.lower() if isinstance(target, str) else str(target._meta.label_lower)


def model_faults(model: Model, tenant_labels: frozenset[str]) -> list[str]:
    """What is wrong with one model; `tenant_labels` are the lower-case labels of all tenant models."""
    label = model._meta.label_lower
    if not is_of_tenant(model):
        allowed = model._meta.db_table in GLOBAL_TABLES
        return [] if allowed else [f"{label}: has no tenant and stands in no allow-list"]
    faults = []
    if not issubclass(model, TenantModel):
        faults.append(f"{label}: has a tenant but is no TenantModel")
    for name in ("_default_manager", "_base_manager"):
        if not isinstance(getattr(model, name), TenantManager):
            faults.append(f"{label}: {name} does not add the tenant")
    if model._meta.ordering:
        faults.append(f"{label}: Meta.ordering")
    if "save" in vars(model) or "delete" in vars(model):
        faults.append(f"{label}: overrides save or delete")
    for joined in model._meta.local_many_to_many:
        faults.append(f"{label}.{joined.name}: many-to-many; the table between needs a model with a tenant")
    for field in model._meta.local_fields:
        faults += _key_faults(label, field, tenant_labels)
    return faults


def _key_faults(label: str, field: Any, tenant_labels: frozenset[str]) -> list[str]:
    if not isinstance(field, models.ForeignKey) or isinstance(field, TenantField):
        return []
    here, target = f"{label}.{field.name}", target_label(field)
    faults = []
    if isinstance(field, TenantForeignKey):
        if field.remote_field.on_delete in {models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING}:
            faults.append(f"{here}: on_delete sets a tenant key or does nothing")
    elif target in tenant_labels or target == "self":
        faults.append(f"{here}: plain foreign key to a tenant's row")
    elif target not in GLOBAL_TARGETS:
        faults.append(f"{here}: key to the global {target}")
    return faults


def labels() -> frozenset[str]:
    return frozenset(model._meta.label_lower for model in apps.get_models() if is_of_tenant(model))


def test_models() -> None:
    assert len(labels()) >= 27
    found = [model_faults(model, labels()) for model in apps.get_models(include_auto_created=True)]
    assert [fault for faults in found for fault in faults] == []


@isolate_apps("learners")
def test_planted_models_are_found() -> None:
    class Fine(TenantModel):
        school = TenantForeignKey("learners.School", on_delete=models.PROTECT)

        class Meta(TenantModel.Meta):
            app_label = "learners"

    class NoTenantAtAll(models.Model):
        class Meta:
            app_label = "learners"

    class OwnField(models.Model):
        tenant = TenantField()

        class Meta:
            app_label = "learners"

    class Joined(TenantModel):
        schools = models.ManyToManyField("learners.School")

        class Meta(TenantModel.Meta):
            app_label = "learners"
            ordering = ["id"]

    class Loose(TenantModel):
        school = models.ForeignKey("learners.School", on_delete=models.CASCADE)
        group = models.ForeignKey("auth.Group", on_delete=models.CASCADE)
        member = TenantForeignKey("tenancy.Member", null=True, on_delete=models.SET_NULL)

        def save(self, *args: Any, **kwargs: Any) -> None:
            super().save(*args, **kwargs)

        class Meta(TenantModel.Meta):
            app_label = "learners"

    class PlainManager(TenantModel):
        objects = models.Manager()  # type: ignore[assignment]

        class Meta(TenantModel.Meta):
            app_label = "learners"

    everything = labels()
    assert model_faults(Fine, everything) == []
    assert model_faults(NoTenantAtAll, everything) == [
        "learners.notenantatall: has no tenant and stands in no allow-list"
    ]
    assert model_faults(OwnField, everything) == [
        "learners.ownfield: has a tenant but is no TenantModel",
        "learners.ownfield: _default_manager does not add the tenant",
        "learners.ownfield: _base_manager does not add the tenant",
    ]
    assert model_faults(Joined, everything) == [
        "learners.joined: Meta.ordering",
        "learners.joined.schools: many-to-many; the table between needs a model with a tenant",
    ]
    assert model_faults(Loose, everything) == [
        "learners.loose: overrides save or delete",
        "learners.loose.school: plain foreign key to a tenant's row",
        "learners.loose.group: key to the global auth.group",
        "learners.loose.member: on_delete sets a tenant key or does nothing",
    ]
    assert model_faults(PlainManager, everything) == [
        "learners.plainmanager: _default_manager does not add the tenant",
        "learners.plainmanager: _base_manager does not add the tenant",
    ]


@pytest.mark.parametrize("model", [m for m in apps.get_models() if is_of_tenant(m)], ids=lambda m: m._meta.label)
def test_every_way_to_query_needs_a_tenant(model: Any) -> None:
    """No page can be silently empty: without a tenant even building the query raises."""
    for manager in (model._default_manager, model._base_manager):
        for build in (manager.all, manager.get_queryset, manager.count, manager.first):
            with pytest.raises(NoTenant):
                build()


@pytest.mark.parametrize("model", [m for m in apps.get_models() if is_of_tenant(m)], ids=lambda m: m._meta.label)
def test_public_names_are_random_and_of_version_7(model: Any) -> None:
    if issubclass(model, PublicTenantModel):
        one, two = model._meta.get_field("public_id").get_default(), model._meta.get_field("public_id").get_default()
        assert one != two
        assert one.version == 7
