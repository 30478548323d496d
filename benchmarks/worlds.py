"""A made-up tenant of any size for the benchmarks, rolled back when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from django.db import transaction

from assessments.pieces import Piece
from assessments.services import record_many
from competencies.models import Competency, Framework, Policy, PolicyVersion, Rating, Scale
from learners.models import Enrolment, Learner, School, Section, SectionStaff
from milestones.models import Criterion, Milestone, SectionMilestone
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User

RULE = {"method": "ewma", "weight": 0.65, "gates": {"meets": {"min_pieces": 2}, "mastery": {"min_tasks": 2}}}


class Rollback(Exception):
    """Ends a benchmark without leaving anything."""


@dataclass(frozen=True)
class World:
    tenant: Tenant
    section: Section
    teacher: User
    learner_ids: list[int]
    competency_ids: list[int]
    actor: Actor


@contextmanager
def world(learners: int, milestones: int, *, undo: bool = True) -> Iterator[World]:
    """A section of so many learners on so many milestones; the tenant is open inside."""
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(slug=f"bench-{uuid7().hex[-12:]}", name="Benchmark")
            with tenant_context(tenant.pk):
                yield _build(tenant, learners, milestones)
            if undo:
                raise Rollback
    except Rollback:
        pass


def _build(tenant: Tenant, learners: int, milestones: int) -> World:
    school = School.objects.create(name="School")
    section = Section.objects.create(title="Section", school=school)
    user = User.objects.create_user(f"{tenant.slug}@bench.example", None)
    Affiliation.objects.create(user=user, tenant=tenant)
    member = Member.objects.create(user=user, given_name="Teacher")
    RoleGrant.objects.create(member=member, role="TCH")
    SectionStaff.objects.create(section=section, member=member)
    names = [f"Learner {n:05}" for n in range(learners)]
    people = Learner.objects.bulk_create(
        [Learner(given_name=name, folded_name=name.lower()) for name in names], batch_size=5_000
    )
    Enrolment.objects.bulk_create([Enrolment(learner=one, section=section) for one in people])
    competencies = _curriculum(section, milestones)
    actor = Actor(tenant_id=tenant.pk, today=date.today(), member_id=member.pk)  # noqa: DTZ011
    return World(tenant, section, user, [one.pk for one in people], competencies, actor)


def _curriculum(section: Section, milestones: int) -> list[int]:
    scale = Scale.objects.create(name="Four", points_possible=4)
    Rating.objects.bulk_create([Rating(scale=scale, points=n, word=str(n), is_meeting=n == 3) for n in range(1, 5)])
    PolicyVersion.objects.create(policy=Policy.objects.create(name="Rule"), number=1, scale=scale, rule=RULE)
    key = str(uuid7())
    framework = Framework.objects.create(identifier=key, identifier_key=key, title="Framework")
    keys = [str(uuid7()) for _ in range(milestones)]
    competencies = Competency.objects.bulk_create(
        [
            Competency(framework=framework, identifier=k, identifier_key=k, statement=k, code=f"C.{n}")
            for n, k in enumerate(keys)
        ]
    )
    rows = Milestone.objects.bulk_create(
        [Milestone(title=f"Milestone {n}", code=f"C.{n}", heading=f"Group {n // 5}") for n in range(milestones)]
    )
    Criterion.objects.bulk_create(
        [Criterion(milestone=m, competency=c) for m, c in zip(rows, competencies, strict=True)]
    )
    SectionMilestone.objects.bulk_create(
        [SectionMilestone(section=section, milestone=m, position=n) for n, m in enumerate(rows)]
    )
    return [one.pk for one in competencies]


def add_evidence(place: World, pieces: int) -> None:
    """So many pieces for every learner and competency; the levels are left to be worked out."""
    rng, now, n = np.random.default_rng(5), datetime.now(UTC), 0
    for learner in place.learner_ids:
        batch: list[Piece] = []
        for competency in place.competency_ids:
            for step in range(pieces):
                n += 1
                batch.append(
                    Piece(
                        n=n, learner_id=learner, competency_id=competency, kind="formative", task=f"task-{step}",
                        possible=Decimal(4), score=Decimal(int(rng.integers(1, 5))),
                        occurred_at=now - timedelta(days=pieces - step), source="bench", source_id=str(n),
                    )
                )  # fmt: skip
        record_many(place.actor, pieces=batch)
