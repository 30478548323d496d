"""In every class of the standing cast: a proposed personal milestone, a milestone of its own with a check-list, and
one that was given to a learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learners.models import Enrolment, Learner, Section
from milestones.assignment import To, give_milestone
from milestones.making import Making, make_milestone
from milestones.own_milestones import Wish, propose_milestone
from tenancy.context import tenant_context

if TYPE_CHECKING:
    from tests.builders import World
    from tests.permissions.places import Places

NAMES = ("own_goal", "made", "given")


def add_proposals(places: Places) -> None:
    """Each of NAMES: one per class of the home tenant, and one of the other tenant."""
    places.ids |= {name: {} for name in NAMES}
    with tenant_context(places.home.tenant.pk):
        for kind, section in places.ids["section"].items():
            found = Section.objects.filter(public_id=section).first() if kind != "wrong_type" else None
            if found is not None:
                _add(places, places.home, found, kind)
    away = places.cast.away
    with tenant_context(away.tenant.pk):
        _add(places, away, away.section, "other_tenant")


def _add(places: Places, world: World, section: Section, kind: str) -> None:
    first = Enrolment.objects.filter(section=section).order_by("id").values("learner_id")[:1]
    learner = Learner.objects.get(id__in=first)
    goal = propose_milestone(world.system, learner=learner, wish=Wish(title="Read one book a month"))
    making = Making(f"{world.marker} Before we start", items=["Has a pen", "Has a book"])
    made = make_milestone(world.system, making=making, section=section)
    given = give_milestone(world.system, milestone=world.milestone, to=To(learner=learner))
    for name, row in zip(NAMES, (goal, made, given), strict=True):
        places.ids[name][kind] = str(row.public_id)
