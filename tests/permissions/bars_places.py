"""Milestones made for a class, of every class of the standing cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learners.models import Section
from milestones.models import Milestone
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import add_milestone

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_own_milestones(places: Places) -> None:
    """`own_milestone`: one per class."""
    ids = places.ids["own_milestone"] = {"never": str(uuid7()), "wrong_type": "12345"}
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        for kind in ("own", "same_school", "other_school"):
            section = Section.objects.get(public_id=places.ids["section"][kind])
            made = add_milestone(f"LKV Own {kind}", home.competencies[3:4], section=section)
            ids[kind] = str(made.public_id)
        gone = Milestone.objects.create(title="LKV Own gone", section=home.section)
        ids["deleted"] = str(gone.public_id)
        gone.delete()
    with tenant_context(away.tenant.pk):
        foreign = add_milestone("HRB Own", away.competencies[3:4], section=away.section)
        ids["other_tenant"] = str(foreign.public_id)
