"""Roster imports, people and invitations of every identifier kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from integrations.models import RosterImport
from interventions.models import DevelopmentRecord, InfoSession, ResourceNeed
from learners.models import Invitation, Learner, School
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.tokens import token_hash
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_people(places: Places) -> None:
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        own, gone, beside = _import(home, home.school), _import(home, home.school), _import(home, home.other_school)
        deleted = str(gone.public_id)
        gone.delete()
        mine, other = _invitation(home.learner, "own"), _invitation(home.stranger_learner, "other")
        people = {"own": home.members["TCH"], "other_school": home.members["OTHER_TCH"]}
        ours = [(_record(one), _need(one), _session(one)) for one in (home.school, home.other_school)]
    with tenant_context(away.tenant.pk):
        strange = (_record(away.school), _need(away.school), _session(away.school))
        foreign, theirs = _import(away, away.school), _invitation(away.learner, "foreign")
    never = str(uuid7())
    for place, name in enumerate(("development", "need", "info_session")):
        places.ids[name] = {
            "own": str(ours[0][place].public_id), "other_school": str(ours[1][place].public_id),
            "other_tenant": str(strange[place].public_id), "never": never, "wrong_type": str(strange[place].pk),
        }  # fmt: skip
    places.ids["roster_import"] = {
        "own": str(own.public_id), "other_school": str(beside.public_id),
        "deleted": deleted, "other_tenant": str(foreign.public_id), "never": never,
        "wrong_type": str(foreign.pk),
    }  # fmt: skip
    places.ids["invitation"] = {
        "own": str(mine.public_id), "other_school": str(other.public_id), "other_tenant": str(theirs.public_id),
        "never": never, "wrong_type": str(theirs.pk),
    }  # fmt: skip
    places.ids["member"] = {
        **{kind: str(member.public_id) for kind, member in people.items()},
        "other_tenant": str(away.members["TCH"].public_id), "never": never, "wrong_type": str(away.members["TCH"].pk),
    }  # fmt: skip


def _record(school: School) -> DevelopmentRecord:
    row: DevelopmentRecord = DevelopmentRecord.objects.create(
        school=school, kind="workshop", title=f"About {school.name}", on=date(2026, 1, 15), minutes=60
    )
    return row


def _need(school: School) -> ResourceNeed:
    row: ResourceNeed = ResourceNeed.objects.create(school=school, title=f"For {school.name}", cost_each=1)
    return row


def _session(school: School) -> InfoSession:
    row: InfoSession = InfoSession.objects.create(
        school=school, title=f"For {school.name}", starts_at=timezone.now() + timedelta(days=5), place="Hall"
    )
    return row


def _import(world: World, school: School) -> RosterImport:
    one: RosterImport = RosterImport.objects.create(
        file_name=f"{world.marker}.zip", state="discarded", school_ids=[school.pk]
    )
    return one


def _invitation(learner: Learner, text: str) -> Invitation:
    row: Invitation = Invitation.objects.create(
        learner=learner, code_hash=token_hash(text), expires_at=timezone.now() + timedelta(days=1)
    )
    return row
