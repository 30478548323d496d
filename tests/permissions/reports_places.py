"""A cohort in each tenant of the standing cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reporting.models import Cohort
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_cohorts(places: Places) -> None:
    found = {}
    for kind, world in (("own", places.home), ("other_tenant", places.cast.away)):
        with tenant_context(world.tenant.pk):
            found[kind] = Cohort.objects.create(name=f"{world.marker} pilot")
    ids = {kind: str(row.public_id) for kind, row in found.items()}
    places.ids["cohort"] = ids | {"never": str(uuid7()), "wrong_type": str(found["own"].pk)}
