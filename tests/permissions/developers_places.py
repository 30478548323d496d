"""Keys of every identifier kind: of the administrator's school, of another one, of another tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from api.keys import create_client
from api.models import ApiClient
from learners.models import School, Term
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_developers(places: Places) -> None:
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own, other = _key(home, home.school), _key(home, home.other_school)
        term = Term.objects.order_by("id")[0]
    with tenant_context(away.tenant.pk):
        strange, theirs = _key(away, away.school), Term.objects.order_by("id")[0]
    places.ids["api_client"] = {
        "own": str(own.public_id), "other_school": str(other.public_id), "other_tenant": str(strange.public_id),
        "never": str(uuid7()), "wrong_type": str(strange.pk),
    }  # fmt: skip
    places.ids["one_school"] = {
        "own": str(home.school.public_id), "other_school": str(home.other_school.public_id),
        "other_tenant": str(away.school.public_id), "never": str(uuid7()), "wrong_type": str(away.school.pk),
    }  # fmt: skip
    places.ids["term"] = {
        "own": str(term.public_id), "other_tenant": str(theirs.public_id), "never": str(uuid7()),
        "wrong_type": str(theirs.pk),
    }  # fmt: skip


def _key(world: World, school: School) -> ApiClient:
    ends = timezone.now() + timedelta(days=1)
    name = f"Key of {school.name}"
    return create_client(world.system, name=name, scopes=["learners.read"], expires_at=ends, schools=[school])[0]
