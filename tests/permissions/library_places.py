"""Something in the library, given to every learner of the standing cast; a request of each; pairs; groups at work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from interventions.models import LearnerRequest, PeerPair, Resource, ResourceUse, SupportPlan
from learners.models import GroupPlace, Learner, LearnerGroup
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places

NAMES = ("resource", "use", "request", "pair")


def add_library(places: Places) -> None:
    """`resource`: one of the teacher's. `use`, `request`: one per learner. `pair`: Ana with Ben, with Dora; two of
    other schools. They are over: an open one would show each the other's name. Groups get a member and a plan."""
    for name in NAMES:
        places.ids[name] = {"never": str(uuid7()), "wrong_type": "12345"}
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        people = {kind: Learner.objects.get(public_id=places.ids["learner"][kind]) for kind in KINDS}
        mine = Resource.objects.create(title="Strips", kind="practice", made_by_id=home.members["TCH"].pk)
        places.ids["resource"]["own"] = str(mine.public_id)
        for kind, learner in people.items():
            _add(places, kind, home, learner, mine)
        ana, ben, dora, cleo = people.values()
        for kind, tutor, learner in (("own", ben, ana), ("same_school", dora, ana), ("other_school", cleo, dora)):
            places.ids["pair"][kind] = str(_pair(home, tutor, learner).public_id)
        for kind, learner in (("own", ben), ("same_school", dora), ("other_school", cleo)):
            _work(places, kind, home, learner)
        _gone(places, home, ana, ben)
    with tenant_context(away.tenant.pk):
        theirs = Resource.objects.create(title="HRB Strips", kind="practice")
        places.ids["resource"]["other_tenant"] = str(theirs.public_id)
        _add(places, "other_tenant", away, away.learner, theirs)
        places.ids["pair"]["other_tenant"] = str(_pair(away, away.classmate, away.learner).public_id)


KINDS = ("own", "same_section", "same_school", "other_school")


def _add(places: Places, kind: str, world: World, learner: Learner, resource: Resource) -> None:
    """What learner and family see of milestones is tested without these: given for none, answered long ago."""
    use = ResourceUse.objects.create(resource=resource, learner=learner, way="offered")
    places.ids["use"][kind] = str(use.public_id)
    asked = LearnerRequest.objects.create(learner=learner, milestone=world.milestone, kind="help",
                                          answered_at=timezone.now() - timedelta(days=60), answer="Yes")  # fmt: skip
    places.ids["request"][kind] = str(asked.public_id)


def _pair(world: World, tutor: Learner, learner: Learner) -> PeerPair:
    pair: PeerPair = PeerPair.objects.create(
        section=world.section, milestone=world.milestone, tutor=tutor, learner=learner, state="ended",
        ended_at=timezone.now(),
    )  # fmt: skip
    return pair


def _work(places: Places, kind: str, world: World, learner: Learner) -> None:
    group = LearnerGroup.objects.get(public_id=places.ids["group"][kind])
    GroupPlace.objects.create(group=group, learner=learner)
    SupportPlan.objects.create(
        learner=learner, milestone=world.other_milestone, kind="group", group=group, approach="Strips",
        state="running", started_at=timezone.now(),
    )  # fmt: skip


def _gone(places: Places, world: World, ana: Learner, ben: Learner) -> None:
    resource = Resource.objects.create(title="Gone", kind="video")
    use = ResourceUse.objects.create(resource=resource, learner=ana)
    asked = LearnerRequest.objects.create(learner=ana, milestone=world.other_milestone, kind="look")
    pair = _pair(world, ben, ana)
    for name, row in zip(("use", "request", "pair", "resource"), (use, asked, pair, resource), strict=True):
        places.ids[name]["deleted"] = str(row.public_id)
        row.delete()
