"""The standing cast with one object of every identifier kind, and one signed-in client for every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from api.keys import SCOPES, create_client
from assessments.services import record_evidence, withdraw_evidence
from learners.models import Learner, Section, SectionStaff
from milestones.models import SectionMilestone
from milestones.overrides import Place, set_override
from milestones.services import release_levels
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.selectors import local_today
from tests.builders import (
    Cast,
    World,
    add_competency,
    add_learner,
    add_member,
    add_mentor,
    add_milestone,
    build_cast,
    piece,
)
from tests.permissions.bars_places import add_own_milestones
from tests.permissions.curriculum_places import add_uploads
from tests.permissions.developers_places import add_developers
from tests.permissions.library_places import add_library
from tests.permissions.messages_places import add_messages
from tests.permissions.narratives_places import add_narratives
from tests.permissions.people_places import add_people
from tests.permissions.planning_places import add_proposals
from tests.permissions.policy_places import add_policies
from tests.permissions.portfolio_places import add_artefacts
from tests.permissions.recognition_places import add_recognition
from tests.permissions.reports_places import add_cohorts
from tests.permissions.reviews_places import add_reviews
from tests.permissions.rules_places import add_rules
from tests.permissions.scoring_places import add_sheets
from tests.permissions.tasks_places import add_tasks
from tests.permissions.today_places import add_alerts
from tests.stepping import step_up


@dataclass
class Places:
    """`ids[object][kind]` is what stands in an address; `tokens[name]` is an API token."""

    cast: Cast
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    # Texts by which somebody out of reach would be recognised, by kind.
    traces: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def home(self) -> World:
        return self.cast.home


def build_places() -> Places:
    places = Places(build_cast())
    with tenant_context(places.home.tenant.pk):
        _neighbours(places)
        add_mentor(places.home, places.home.learner)
    _outsiders(places)
    add_policies(places)
    add_uploads(places)
    add_people(places)
    add_developers(places)
    add_sheets(places)
    add_own_milestones(places)
    add_tasks(places)
    add_artefacts(places)
    add_reviews(places)
    add_recognition(places)
    add_alerts(places)
    add_messages(places)
    add_narratives(places)
    add_rules(places)
    add_proposals(places)
    add_library(places)
    add_cohorts(places)
    for role, user in places.home.users.items():
        for name in (role, f"{role}+STEP"):
            places.clients[name] = Client(raise_request_exception=False)
            places.clients[name].force_login(user)
        step_up(places.clients[f"{role}+STEP"], user)
    places.clients["ANON"] = Client(raise_request_exception=False)
    return places


def _neighbours(places: Places) -> None:
    """Another section of the same school with its own teacher, evidence of everybody, and tokens of every width."""
    home = places.home
    section = Section.objects.create(title="LKV Maths 7b", school=home.school, sourced_id="LKV-c3")
    add_member(home, "TCH", "NEXT_TCH")
    SectionStaff.objects.create(member=home.members["NEXT_TCH"], section=section)
    dora = add_learner(home, "Dora", section, grade="7")
    for place in (section, home.other_section):
        SectionMilestone.objects.create(section=place, milestone=home.milestone)
    teacher = Actor(home.tenant.pk, local_today(home.tenant), member_id=home.members["TCH"].pk)
    of_dora = record_evidence(teacher, piece=piece(home, dora, home.competencies[0], 2))
    of_ben = record_evidence(teacher, piece=piece(home, home.classmate, home.competencies[0], 2))
    gone = record_evidence(teacher, piece=piece(home, home.learner, home.competencies[0], 2))
    withdraw_evidence(teacher, evidence=gone, reason="a mistake")
    for each in (section, home.other_section):
        release_levels(teacher, section=each)
    home_ids = {
        "learner": (home.learner, home.classmate, dora, home.stranger_learner),
        "section": (home.section, None, section, home.other_section),
    }
    for name, rows in home_ids.items():
        kinds = zip(("own", "same_section", "same_school", "other_school"), rows, strict=True)
        places.ids[name] = {kind: str(row.public_id) for kind, row in kinds if row is not None}
    places.ids["evidence"] = {
        "own": str(home.evidence.public_id),
        "same_section": str(of_ben.public_id),
        "same_school": str(of_dora.public_id),
        "deleted": str(gone.public_id),
    }
    _judgements(places, {"own": home.learner, "same_section": home.classmate, "same_school": dora})
    for name in ("framework", "milestone"):
        places.ids[name] = {"own": str(getattr(home, name).public_id)}
    places.ids["competency"] = {"own": str(home.competencies[0].public_id)}
    for kind, row in zip(("own", "same_section", "same_school", "other_school"), home_ids["learner"], strict=True):
        assert isinstance(row, Learner)
        places.traces[kind] = (str(row.public_id), str(row.sourced_id), row.name)
    _tokens(places)


def _judgements(places: Places, learners: dict[str, Learner]) -> None:
    """A level that a teacher of theirs set for each of some learners."""
    home, places.ids["override"] = places.home, {}
    for kind, learner in learners.items():
        key = "NEXT_TCH" if kind == "same_school" else "TCH"
        teacher = Actor(home.tenant.pk, local_today(home.tenant), frozenset({"TCH"}), home.members[key].pk)
        reason = "Explained it to the whole class"
        override = set_override(teacher, place=Place(learner, home.other_milestone), level=3, reason=reason)
        places.ids["override"][kind] = str(override.public_id)


def _tokens(places: Places) -> None:
    home, expires = places.home, timezone.now() + timedelta(days=1)
    wanted: dict[str, dict[str, Any]] = {scope: {"scopes": [scope]} for scope in SCOPES}
    wanted["all"] = {"scopes": SCOPES}
    wanted["none"] = {"scopes": []}
    wanted["one school"] = {"scopes": SCOPES, "schools": [home.school]}
    for name, values in wanted.items():
        places.tokens[name] = create_client(home.system, name=f"INT {name}", expires_at=expires, **values)[1]


def _outsiders(places: Places) -> None:
    """Objects of the other tenant, objects that were deleted, identifiers that never were, and no identifiers."""
    home, away = places.home, places.cast.away
    foreign: dict[str, Any] = {
        "learner": away.learner, "section": away.section, "evidence": away.evidence, "framework": away.framework,
        "milestone": away.milestone, "competency": away.competencies[0],
    }  # fmt: skip
    with tenant_context(home.tenant.pk):
        section = Section.objects.create(title="LKV Gone", school=home.school)
        learner = add_learner(home, "Gone", section)
        competency = add_competency(home.framework, "LKV.gone", 99)
        milestone = add_milestone("LKV Gone", [])
        deleted = {"learner": learner, "section": section, "competency": competency, "milestone": milestone}
        for name, row in deleted.items():
            places.ids[name]["deleted"] = str(row.public_id)
        for row in (learner, section, competency, milestone):
            row.delete()
    with tenant_context(away.tenant.pk):
        teacher = Actor(away.tenant.pk, local_today(away.tenant), frozenset({"TCH"}), away.members["TCH"].pk)
        place = Place(away.learner, away.milestone)
        foreign["override"] = set_override(teacher, place=place, level=3, reason="HRB: saw it done alone")
    for name, row in foreign.items():
        places.ids[name] |= {"other_tenant": str(row.public_id), "never": str(uuid7()), "wrong_type": str(row.pk)}
