"""Keys of every identifier kind: of the administrator's school, of another one, of another tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from api.keys import create_client
from api.models import ApiClient
from learners.models import School
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_developers(places: Places) -> None:
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own, other = _key(home, home.school), _key(home, home.other_school)
    with tenant_context(away.tenant.pk):
        strange = _key(away, away.school)
    places.ids["api_client"] = {
        "own": str(own.public_id), "other_school": str(other.public_id), "other_tenant": str(strange.public_id),
        "never": str(uuid7()), "wrong_type": str(strange.pk),
    }  # fmt: skip


def _key(world: World, school: School) -> ApiClient:
    ends = timezone.now() + timedelta(days=1)
    name = f"Key of {school.name}"
    return create_client(world.system, name=name, scopes=["learners.read"], expires_at=ends, schools=[school])[0]
