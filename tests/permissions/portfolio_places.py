"""Pieces of portfolios of every learner of the standing cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from assessments.models import Artefact
from learners.models import Learner
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_artefacts(places: Places) -> None:
    """`artefact`: one per learner, added by the learner and shared with the family."""
    ids = places.ids["artefact"] = {"never": str(uuid7()), "wrong_type": "12345"}
    with tenant_context(places.home.tenant.pk):
        for kind, learner in places.ids["learner"].items():
            found = Learner.objects.filter(public_id=learner).first() if kind != "wrong_type" else None
            if found is not None:
                ids[kind] = _artefact(places, found)
        gone = Artefact.objects.create(learner=places.home.learner, kind="text", title="LKV gone", text="x")
        ids["deleted"] = str(gone.public_id)
        gone.delete()
    away = places.cast.away
    with tenant_context(away.tenant.pk):
        ids["other_tenant"] = _artefact(places, away.learner)


def _artefact(places: Places, learner: Learner) -> str:
    artefact: Artefact = Artefact.objects.create(
        learner=learner, kind="text", title=f"Poem of {learner.sourced_id}", text="Rain", is_checked=True,
        shared_at=timezone.now(), added_by_id=learner.member_id,
    )  # fmt: skip
    return str(artefact.public_id)
