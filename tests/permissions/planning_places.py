"""A proposed personal milestone in every class of the standing cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learners.models import Enrolment, Learner, Section
from milestones.own_milestones import Wish, propose_milestone
from tenancy.context import tenant_context

if TYPE_CHECKING:
    from tests.builders import World
    from tests.permissions.places import Places


def add_proposals(places: Places) -> None:
    """`own_goal`: one per class of the home tenant, and one of the other tenant."""
    places.ids["own_goal"] = {}
    with tenant_context(places.home.tenant.pk):
        for kind, section in places.ids["section"].items():
            found = Section.objects.filter(public_id=section).first() if kind != "wrong_type" else None
            if found is not None:
                places.ids["own_goal"][kind] = _proposal(places.home, found)
    away = places.cast.away
    with tenant_context(away.tenant.pk):
        places.ids["own_goal"]["other_tenant"] = _proposal(away, away.section)


def _proposal(world: World, section: Section) -> str:
    first = Enrolment.objects.filter(section=section).order_by("id").values("learner_id")[:1]
    learner = Learner.objects.get(id__in=first)
    milestone = propose_milestone(world.system, learner=learner, wish=Wish(title="Read one book a month"))
    return str(milestone.public_id)
