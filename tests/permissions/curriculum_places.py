"""Uploaded tables of every identifier kind: one's own, somebody else's, of the other tenant, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.models import CurriculumUpload
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places

TABLE = b"code,statement\r\nN.1,Counts to twenty\r\n"


def add_uploads(places: Places) -> None:
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own, other = _upload(home, "DST"), _upload(home, "SCH")
        gone = _upload(home, "DST")
        deleted = str(gone.public_id)
        gone.delete()
    with tenant_context(away.tenant.pk):
        foreign = _upload(away, "DST")
    places.ids["upload"] = {
        "own": str(own.public_id), "other_school": str(other.public_id), "deleted": deleted,
        "other_tenant": str(foreign.public_id), "never": str(uuid7()), "wrong_type": str(foreign.pk),
    }  # fmt: skip


def _upload(world: World, role: str) -> CurriculumUpload:
    upload: CurriculumUpload = CurriculumUpload.objects.create(
        kind="csv", file_name=f"{world.marker}.csv", content=TABLE, framework=world.framework,
        made_by_id=world.members[role].pk,
    )  # fmt: skip
    return upload
