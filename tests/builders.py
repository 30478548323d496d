"""Plain typed builders and the standing cast: one person per role in a school, and a stranger tenant with the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from api.keys import SCOPES, create_client
from api.models import ApiClient
from assessments.models import Evidence
from assessments.pieces import Piece
from assessments.services import record_evidence
from competencies.models import Competency, Framework, Policy, PolicyVersion, Prerequisite, Rating, Scale
from learners.models import (
    Enrolment,
    GuardianLink,
    Learner,
    MentorLink,
    School,
    SchoolPost,
    Section,
    SectionStaff,
    Term,
)
from milestones.models import Criterion, Milestone, SectionMilestone
from milestones.services import release_levels
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User
from tenancy.selectors import local_today

PASSWORD = "correct horse battery staple"
RULE: dict[str, Any] = {
    "method": "ewma",
    "weight": 0.65,
    "gates": {"meets": {"min_pieces": 2}, "mastery": {"min_tasks": 2}},
}


@dataclass
class World:
    """One tenant of the cast. `marker` stands in every name of it: it must never reach a stranger."""

    tenant: Tenant
    marker: str
    school: School = field(init=False)
    other_school: School = field(init=False)
    section: Section = field(init=False)
    other_section: Section = field(init=False)
    framework: Framework = field(init=False)
    competencies: list[Competency] = field(default_factory=list)
    milestone: Milestone = field(init=False)
    other_milestone: Milestone = field(init=False)
    learner: Learner = field(init=False)
    classmate: Learner = field(init=False)
    stranger_learner: Learner = field(init=False)
    members: dict[str, Member] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    client: ApiClient = field(init=False)
    token: str = ""
    evidence: Evidence = field(init=False)

    @property
    def system(self) -> Actor:
        return Actor(tenant_id=self.tenant.pk, today=local_today(self.tenant), label="test")


@dataclass
class Cast:
    home: World
    away: World


def build_cast() -> Cast:
    return Cast(build_world("lakeview", "LKV"), build_world("harbor", "HRB"))


def build_world(slug: str, marker: str) -> World:
    tenant = Tenant.objects.create(slug=slug, name=f"{marker} District", time_zone="Europe/Berlin")
    world = World(tenant, marker)
    with tenant_context(tenant.pk):
        _places(world)
        _people(world)
        _curriculum(world)
        _evidence(world)
        expires = timezone.now() + timedelta(days=30)
        world.client, world.token = create_client(world.system, name="tester", scopes=SCOPES, expires_at=expires)
    return world


def _places(world: World) -> None:
    m = world.marker
    world.school = School.objects.create(name=f"{m} School", sourced_id=f"{m}-s1")
    world.other_school = School.objects.create(name=f"{m} Other School", sourced_id=f"{m}-s2")
    today = date.today()  # noqa: DTZ011 - a school year around whatever day it is
    Term.objects.create(
        title="Year",
        kind="schoolYear",
        starts_on=today - timedelta(days=90),
        ends_on=today + timedelta(days=180),
        school_year="2026",
    )
    world.section = Section.objects.create(title=f"{m} Maths 7", school=world.school, sourced_id=f"{m}-c1")
    world.other_section = Section.objects.create(title=f"{m} Maths 8", school=world.other_school, sourced_id=f"{m}-c2")


def add_member(world: World, role: str, key: str | None = None) -> Member:
    """A member with an account and one role; reach is added by the caller."""
    key = key or role
    user = User.objects.create_user(f"{key.lower()}@{world.tenant.slug}.example", PASSWORD)
    Affiliation.objects.create(user=user, tenant=world.tenant)
    names = {"given_name": world.marker, "family_name": f"{key} Person"}
    member: Member = Member.objects.create(user=user, email=user.email, **names)
    RoleGrant.objects.create(member=member, role=role)
    world.users[key], world.members[key] = user, member
    return member


def add_learner(world: World, given: str, section: Section, **values: Any) -> Learner:
    learner: Learner = Learner.objects.create(
        given_name=given,
        family_name=world.marker,
        folded_name=f"{world.marker} {given}".lower(),
        home_school=section.school,
        sourced_id=f"{world.marker}-{given}",
        **values,
    )
    Enrolment.objects.create(learner=learner, section=section)
    return learner


def add_mentor(world: World, *learners: Learner) -> Member:
    """A mentor with an account who follows these learners for a month."""
    mentor = world.members.get("MEN") or add_member(world, "MEN")
    today = world.system.today
    for learner in learners:
        days = {"begins_on": today, "ends_on": today + timedelta(days=30)}
        MentorLink.objects.create(member=mentor, learner=learner, **days)
    return mentor


def _people(world: World) -> None:
    for role in ("LRN", "GRD", "TCH", "SCH", "DST"):
        add_member(world, role)
    add_member(world, "TCH", "OTHER_TCH")
    world.learner = add_learner(world, "Ana", world.section, member=world.members["LRN"], grade="7")
    world.classmate = add_learner(world, "Ben", world.section, grade="7")
    world.stranger_learner = add_learner(world, "Cleo", world.other_section, grade="8")
    GuardianLink.objects.create(member=world.members["GRD"], learner=world.learner, status="verified")
    SectionStaff.objects.create(member=world.members["TCH"], section=world.section)
    SectionStaff.objects.create(member=world.members["OTHER_TCH"], section=world.other_section)
    SchoolPost.objects.create(member=world.members["TCH"], school=world.school, role="TCH")
    SchoolPost.objects.create(member=world.members["SCH"], school=world.school, role="SCH")


def add_policy(rule: dict[str, Any] | None = None, **place: Any) -> PolicyVersion:
    scale = Scale.objects.create(name="Four points", points_possible=4)
    words = (("Beginning", False), ("Developing", False), ("Meets", True), ("Mastery", False))
    for points, (word, is_meeting) in enumerate(words, 1):
        Rating.objects.create(scale=scale, points=points, word=word, is_meeting=is_meeting)
    policy = Policy.objects.create(name="House rule", **place)
    version: PolicyVersion = PolicyVersion.objects.create(policy=policy, number=1, scale=scale, rule=rule or RULE)
    return version


def add_competency(framework: Framework, code: str, order: int) -> Competency:
    identifier = str(uuid7())
    competency: Competency = Competency.objects.create(
        framework=framework, identifier=identifier, identifier_key=identifier, code=code,
        statement=f"Can do {code}", tree_order=order,
    )  # fmt: skip
    return competency


def add_milestone(title: str, competencies: list[Competency], **values: Any) -> Milestone:
    code = title.rsplit(maxsplit=1)[-1]
    milestone: Milestone = Milestone.objects.create(title=title, code=code, heading="Numbers", **values)
    for position, competency in enumerate(competencies):
        Criterion.objects.create(milestone=milestone, competency=competency, position=position)
    return milestone


def _curriculum(world: World) -> None:
    add_policy()
    identifier = str(uuid7())
    world.framework = Framework.objects.create(
        identifier=identifier, identifier_key=identifier, title=f"{world.marker} Framework"
    )
    world.competencies = [add_competency(world.framework, f"{world.marker}.{n}", n) for n in range(4)]
    Prerequisite.objects.create(before=world.competencies[0], after=world.competencies[1])
    world.milestone = add_milestone(f"{world.marker} Fractions", world.competencies[:1])
    world.other_milestone = add_milestone(f"{world.marker} Ratios", world.competencies[1:3])
    for position, milestone in enumerate((world.milestone, world.other_milestone)):
        due = date.today() + timedelta(days=10)  # noqa: DTZ011
        SectionMilestone.objects.create(section=world.section, milestone=milestone, position=position, due_on=due)


def piece(world: World, learner: Learner, competency: Competency, score: float | None, **values: Any) -> Piece:
    defaults: dict[str, Any] = {
        "kind": "formative",
        "task": f"task-{uuid7()}",
        "possible": Decimal(4),
        "occurred_at": datetime.now(UTC) - timedelta(days=1),
        "source": "test",
        "source_id": str(uuid7()),
        "title": f"{world.marker} Quiz",
    }
    given = None if score is None else Decimal(str(score))
    return Piece(learner_id=learner.pk, competency_id=competency.pk, score=given, **{**defaults, **values})


def _evidence(world: World) -> None:
    teacher = Actor(tenant_id=world.tenant.pk, today=local_today(world.tenant), member_id=world.members["TCH"].pk)
    for score in (2, 3, 4):
        row = record_evidence(teacher, piece=piece(world, world.learner, world.competencies[0], score))
    world.evidence = row
    record_evidence(teacher, piece=piece(world, world.classmate, world.competencies[0], 1))
    record_evidence(teacher, piece=piece(world, world.stranger_learner, world.competencies[0], 2))
    release_levels(teacher, section=world.section)
