"""Loads the two sample tenants through the product's own doors: a whole tenant or nothing of it."""

import hmac
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from api.keys import SCOPES, create_client
from assessments.pieces import Piece
from assessments.services import record_many
from competencies.models import Framework
from competencies.services import publish_policy
from integrations.case.importer import import_package
from integrations.case.package import read_package
from integrations.oneroster.importer import import_bundle
from interventions.models import AlertMark
from interventions.watching import watch_all_of
from learners.models import Section
from milestones.clock import announce_policies_of
from milestones.services import drain_tenant, release_levels
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User
from tenancy.selectors import local_today, zone
from tenancy.tokens import demo_token
from waymark.demo import curriculum, frameworks, rosters
from waymark.demo.assessing import add_tasks
from waymark.demo.classroom import add_classrooms
from waymark.demo.evidence import HABITS, LESSONS, TRACKWORK, Assignment, Step, pieces
from waymark.demo.families import add_families
from waymark.demo.groups import add_groups
from waymark.demo.helping import add_helping
from waymark.demo.imports import add_imports
from waymark.demo.info_sessions import add_info_sessions
from waymark.demo.mentors import add_mentors
from waymark.demo.messaging import add_messages
from waymark.demo.pathways import add_pathways
from waymark.demo.people import add_people
from waymark.demo.planning import add_plans
from waymark.demo.programme import add_programme
from waymark.demo.recognition import add_recognition
from waymark.demo.reports import add_reports
from waymark.demo.reviews import add_reviews
from waymark.demo.rules import add_rules
from waymark.demo.support import add_support

Say = Callable[[str], None]
WAVES = 8
GRADES = {"KG": "K", "01": "1", "02": "2", "03": "3", "04": "4", "05": "5"}
SCHOOL_BEGAN = timedelta(weeks=14)


@dataclass(frozen=True, slots=True)
class Sample:
    slug: str
    name: str
    time_zone: str
    seed: int
    roster: Callable[[Path, date], None]
    plan: Callable[[Tenant, Actor], list[Assignment]]


def password() -> str:
    """The same for all sample accounts of one installation, different between installations."""
    return "waymark-demo-" + hmac.new(settings.SECRET_KEY.encode(), b"demo-password", sha256).hexdigest()[:6]


def load_all(say: Say) -> None:
    for sample in SAMPLES:
        if Tenant.objects.filter(slug=sample.slug).exists():
            say(f"{sample.name} is there already")
            continue
        say(f"{sample.name}: roster and frameworks")
        with transaction.atomic():
            tenant = Tenant.objects.create(slug=sample.slug, name=sample.name, time_zone=sample.time_zone)
            with tenant_context(tenant.pk):
                _load(sample, tenant, say)


def _load(sample: Sample, tenant: Tenant, say: Say) -> None:
    today, now = local_today(tenant), timezone.now()
    with tempfile.TemporaryDirectory() as folder:
        sample.roster(Path(folder), today)
        import_bundle(Path(folder), today=today)
    system = Actor(tenant_id=tenant.pk, today=today, label="sample data")
    work = sample.plan(tenant, system)
    announce_policies_of(tenant.pk)  # before there is any evidence: nothing to work out again
    found = pieces(work, now, sample.seed)
    say(f"{sample.name}: {len(found):,} pieces of evidence")
    _record(system, tenant, found)
    add_mentors(system)
    _open_accounts(tenant)
    for section in Section.objects.filter(section_milestones__id__gt=0).distinct():
        release_levels(system, section=section)
    expires = now + timedelta(days=364)
    create_client(system, name="sample", scopes=SCOPES, expires_at=expires, token=demo_token(tenant.pk, tenant.slug))
    add_pathways(system)
    add_classrooms(tenant, system)
    add_tasks(system)
    add_plans(system)
    add_reviews(system)
    add_recognition(system)
    say(f"{sample.name}: who needs whom today")
    watch_all_of(tenant.pk)
    AlertMark.objects.all().delete()
    add_support(system)
    add_rules(system)
    add_messages(system)
    add_helping(system)
    add_people(system)
    if sample.roster is rosters.district:
        add_programme(system)
        add_imports(tenant, system)
        drain_tenant(tenant.pk)
    add_groups(tenant, system)
    say(f"{sample.name}: counting for the reports")
    add_reports(tenant, system)
    add_families(system)
    add_info_sessions(tenant, system)


def _record(system: Actor, tenant: Tenant, found: list[Piece]) -> None:
    """In waves, oldest first, each followed by working out the levels: so the history has its steps."""
    size = len(found) // WAVES + 1
    for start in range(0, len(found), size):
        wave = [replace(piece, n=n) for n, piece in enumerate(found[start : start + size])]
        record_many(system, pieces=wave)
        drain_tenant(tenant.pk)


def _open_accounts(tenant: Tenant) -> None:
    """An account for every member with an e-mail. The password is hashed once: these accounts guard nothing."""
    hashed = make_password(password())
    members = {member.email.lower(): member for member in Member.objects.exclude(email="").order_by("-id")}
    users = User.objects.bulk_create([User(email=email, password=hashed) for email in members])
    for user in users:
        members[user.email].user = user
    Member.objects.bulk_update(members.values(), ["user"])
    Affiliation.objects.bulk_create([Affiliation(user=user, tenant=tenant) for user in users])


def _framework(data: bytes) -> Framework:
    report = import_package(read_package(data))
    framework: Framework = Framework.objects.get(public_id=report.framework_id)
    return framework


def _district_plan(tenant: Tenant, system: Actor) -> list[Assignment]:
    mathematics, habits = _framework(frameworks.mathematics()), _framework(frameworks.habits())
    start = system.today - SCHOOL_BEGAN
    began = _morning(tenant, start)
    publish_policy(system, name="Newer work counts more", rule=curriculum.NEWER_COUNTS, in_force_from=began)
    publish_policy(system, name="Habits: the average", rule=curriculum.AVERAGE, framework=habits, in_force_from=began)
    work: list[Assignment] = []
    standards = curriculum.tree(mathematics)
    for section in Section.objects.filter(subjects="Mathematics").order_by("grades"):
        planned = curriculum.plan(system, curriculum.standards(standards, GRADES[section.grades]), start, 17)
        work += _planned(system, section, planned, tenant, LESSONS)
    behaviours = [row for row in curriculum.tree(habits) if row.item_type == "Competency"]
    shared = curriculum.plan(system, behaviours, start, 15, kind="social_emotional")
    for section in Section.objects.filter(subjects="Homeroom").order_by("grades"):
        work += _planned(system, section, shared, tenant, HABITS)
    return work


def _morning(tenant: Tenant, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(tenant.time_zone))


def _planned(
    system: Actor, section: Section, planned: list[curriculum.Planned], tenant: Tenant, sequence: Sequence[Step]
) -> list[Assignment]:
    curriculum.assign(system, section, planned)
    return curriculum.assignments(section, planned, zone(tenant.time_zone), sequence)


def _company_plan(tenant: Tenant, system: Actor) -> list[Assignment]:
    safety = _framework(frameworks.safety())
    began = _morning(tenant, system.today - SCHOOL_BEGAN)
    publish_policy(system, name="Shown three times", rule=curriculum.THREE_TIMES, in_force_from=began)
    skills = [row for row in curriculum.tree(safety) if row.item_type == "Competency"]
    shared = curriculum.plan(system, skills, system.today - timedelta(weeks=11), 13, kind="future_readiness")
    work: list[Assignment] = []
    for section in Section.objects.order_by("title"):
        work += _planned(system, section, shared, tenant, TRACKWORK)
    return work


SAMPLES = (
    Sample("periwinkle", "Periwinkle Unified District", "America/Los_Angeles", 11, rosters.district, _district_plan),
    Sample("northlight", "Northlight Rail", "Europe/Berlin", 12, rosters.company, _company_plan),
)


SHOWN = (
    ("DST", "district administrator", 2),
    ("SCH", "school administrator", 1),
    ("TCH", "teacher", 4),
    ("GRD", "guardian", 4),
    ("MEN", "mentor", 1),
    ("LRN", "learner", 4),
)


def accounts() -> dict[str, Any]:
    """What the demo prints: some sign-ins per tenant and role, and a token each."""
    listed: list[dict[str, str]] = []
    tokens: list[dict[str, str]] = []
    for sample in SAMPLES:
        tenant = Tenant.objects.filter(slug=sample.slug).first()
        if tenant is None:
            continue
        with tenant_context(tenant.pk):
            for role, label, most in SHOWN:
                listed += [
                    {"tenant": sample.slug, "role": label, "email": email, "password": password()}
                    for email in _emails(role, most)
                ]
        tokens.append({"tenant": sample.slug, "token": demo_token(tenant.pk, sample.slug)})
    return {"accounts": listed, "api_tokens": tokens}


def _emails(role: str, most: int) -> list[str]:
    rows = RoleGrant.objects.filter(role=role, member__is_enabled=True).exclude(member__user=None)
    if role in {"GRD", "LRN"}:
        rows = rows.order_by("member_id")
        every = list(rows.values_list("member__user__email", flat=True))
        return every[:: max(len(every) // most, 1)][:most]  # from different grades
    return list(rows.order_by("member_id").values_list("member__user__email", flat=True)[:most])
