"""A certificate and a waiting good word of every learner of the standing cast, and a released level to certify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learners.models import Learner
from milestones.certificates import issue_certificate
from milestones.models import Milestone, Release, ShoutOut
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World, add_milestone

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_recognition(places: Places) -> None:
    """`certificate`, `shout_out`: one per learner. `to_certify`: a milestone that everybody reached."""
    home, away = places.home, places.cast.away
    for name in ("certificate", "shout_out"):
        places.ids[name] = {"never": str(uuid7()), "wrong_type": "12345"}
    with tenant_context(home.tenant.pk):
        certified, places.ids["to_certify"] = _reached("Certified"), {}
        places.ids["to_certify"]["own"] = str(_reached("Ready", places).public_id)
        for kind in ("own", "same_section", "same_school", "other_school"):
            learner = Learner.objects.get(public_id=places.ids["learner"][kind])
            _add(places, kind, home, learner, certified)
        _add(places, "deleted", home, home.learner, _reached("Withdrawn"))
        ShoutOut.objects.filter(public_id=places.ids["shout_out"]["deleted"]).delete()
        home.learner.certificates.filter(public_id=places.ids["certificate"]["deleted"]).delete()
    with tenant_context(away.tenant.pk):
        _add(places, "other_tenant", away, away.learner, _reached("Certified"))


def _reached(title: str, places: Places | None = None) -> Milestone:
    milestone = add_milestone(f"Certifiable {title}", [])
    if places is not None:
        for learner in Learner.objects.filter(is_active=True):
            Release.objects.create(learner=learner, milestone=milestone, level=3)
    return milestone


def _add(places: Places, kind: str, world: World, learner: Learner, milestone: Milestone) -> None:
    Release.objects.create(learner=learner, milestone=milestone, level=3)
    certificate = issue_certificate(world.system, learner=learner, milestone=milestone)
    word = ShoutOut.objects.create(
        learner=learner, text=f"Well done, {learner.sourced_id}", by_member_id=0, by_name="Somebody", is_from_peer=True
    )
    places.ids["certificate"][kind], places.ids["shout_out"][kind] = str(certificate.public_id), str(word.public_id)
