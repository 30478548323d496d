"""Score sheets of every class of the standing cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learners.models import Section
from milestones.models import ScoreSheet
from tenancy.context import tenant_context

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_sheets(places: Places) -> None:
    """`sheet`: one per class of the home tenant, and one of the other tenant."""
    places.ids["sheet"] = {}
    with tenant_context(places.home.tenant.pk):
        for kind, section in places.ids["section"].items():
            found = Section.objects.filter(public_id=section).first() if kind != "wrong_type" else None
            if found is not None:
                places.ids["sheet"][kind] = _sheet(found, places.home.milestone)
    away = places.cast.away
    with tenant_context(away.tenant.pk):
        places.ids["sheet"]["other_tenant"] = _sheet(away.section, away.milestone)


def _sheet(section: Section, milestone: object) -> str:
    values = {"title": f"{section.title} sheet", "occurred_on": "2026-02-01"}
    sheet: ScoreSheet = ScoreSheet.objects.create(section=section, milestone=milestone, **values)
    return str(sheet.public_id)
