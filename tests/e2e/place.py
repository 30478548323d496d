"""A committed school of its own database and the app in front of it, once per test session."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.core.files.base import ContentFile
from django.db import connections

from assessments.marking import Judgement, save_part
from assessments.models import LearnerCompetency
from assessments.pieces import Piece
from assessments.services import record_many
from competencies.models import Competency
from integrations.models import RosterImport
from integrations.roster_pages.keeping import keep_roster
from integrations.roster_pages.work import run_imports
from interventions.models import InfoSession, PeerPair, SupportPlan
from interventions.watching import watch_all_of
from interventions.writing import write_message
from learners.invitations import invite_guardian
from learners.models import Enrolment, GroupPlace, GuardianLink, Learner, LearnerGroup, Section, SectionStaff
from milestones.certificates import issue_certificate
from milestones.models import LevelOverride, Milestone, SectionMilestone
from milestones.overrides import Place as Judged
from milestones.overrides import set_override
from milestones.services import drain_tenant, release_levels
from tenancy.context import tenant_context
from tests.builders import World, add_competency, add_learner, add_mentor, add_milestone, build_cast, piece
from tests.conftest import LOCK, ROOT, named, owner_url, template_name, use_database
from tests.integrations.roster_builders import school
from tests.integrations.test_roster_pages import packed
from tests.reporting.tasks import actor_of, add_attempt, add_rubric, add_task

NAMES = (
    "Maximiliane-Charlotte", "Zoë", "Nguyễn Văn Đức", "عمر", "O'Neil", "Dana", "Emil", "Finn", "Gül", "Hugo", "Ines",
    "Jo",
)  # fmt: skip
HEADINGS = ("Ratio and proportion", "Ratio and proportion", "Geometry", "Geometry", "Geometry", "Data", "Data", "Data")
# What a learner shows on a milestone: (score, days ago), first all of "before", then "after".
SHAPES: dict[str, tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]] = {
    "not started": ((), ()),
    "beginning": (((1, 6), (1, 4)), ()),
    "developing": (((2, 7), (2, 3)), ()),
    "stalled": (((2, 60), (2, 40)), ()),
    "meets": (((3, 12), (3, 5)), ()),
    "mastery": (((4, 15), (4, 8)), ()),
    "dropped": (((4, 20), (4, 15)), ((1, 2),)),
}
PATTERN = ("mastery", "meets", "developing", "not started", "stalled", "beginning", "dropped")


@dataclass(frozen=True)
class Place:
    """Where the pages of the committed school are. `learners` and `milestones` as on the small grid."""

    url: str
    database: str
    grid: str
    wide_grid: str
    empty_grid: str
    learners: tuple[str, ...]
    milestones: tuple[str, ...]
    child: str
    evidence: str
    override: str  # of the second learner on the seventh milestone
    tenant: int
    invitation: str = ""  # the path of one that is open

    def milestone(self, learner: int, milestone: int) -> str:
        return f"/learners/{self.learners[learner]}/milestones/{self.milestones[milestone]}/"

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the app's database, as its owner sees them."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def place(log: Path) -> Iterator[Place]:
    """Expects the test database's template to be there and database access to be allowed."""
    name = f"waymark_e2e_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    before = str(connections["default"].settings_dict["NAME"])
    with psycopg.connect(named(owner_url(), "postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name()}"')
        admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        try:
            use_database(os.environ["DATABASE_URL"], name)
            found = _build()
            use_database(os.environ["DATABASE_URL"], before)
            port = free_port()
            with app(name, port, log):
                yield replace(found, url=f"http://127.0.0.1:{port}", database=named(owner_url(), name))
        finally:
            use_database(os.environ["DATABASE_URL"], before)
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def app(database: str, port: int, log: Path, interface: str = "wsgi", **settings: str) -> Iterator[None]:
    """The app ("wsgi") or its live process ("asgi") as production starts them: granian, as the restricted role."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"} | {
        "DATABASE_URL": named(os.environ["DATABASE_URL"], database),
        "DATABASE_OPS_URL": named(os.environ["DATABASE_OPS_URL"], database),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    threads = ["--blocking-threads", "4"] if interface == "wsgi" else []
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", interface, "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", *threads, "--no-ws", f"waymark.{interface}:application",
    ]  # fmt: skip
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as process:
        try:
            _wait(process, port, log)
            yield
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except urllib.error.HTTPError:
            return  # the live process answers, and knows no such page
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    process.terminate()
    raise RuntimeError(f"The app did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _build() -> Place:
    home = build_cast().home
    with tenant_context(home.tenant.pk):
        people, milestones, competencies = _small_class(home)
        _show(home, people, competencies, 0)
    drain_tenant(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        _show(home, people, competencies, 1)
        wide = _wide_class(home)
        empty = Section.objects.create(title="LKV Maths 9", school=home.school, sourced_id="LKV-c9")
        SectionStaff.objects.create(member=home.members["TCH"], section=empty)
        GuardianLink.objects.create(member=home.members["GRD"], learner=home.classmate, status="verified")
    drain_tenant(home.tenant.pk)
    _imports(home)
    with tenant_context(home.tenant.pk):
        assert not LearnerCompetency.objects.filter(stale_marks__isnull=False).exists()
        for section in (home.section, wide):
            release_levels(home.system, section=section)
        rows = Enrolment.objects.filter(section=home.section).order_by("learner__folded_name", "learner_id")
        _work(home)
        watch_all_of(home.tenant.pk)
        add_mentor(home, rows[0].learner, rows[1].learner)
        _info_session(home)
        invitation = _helped(home, rows[1].learner)
        override = _judgement(home, rows.select_related("learner")[1].learner, milestones[6])
        return Place(
            url="",
            database="",
            grid=f"/classes/{home.section.public_id}/grid/",
            wide_grid=f"/classes/{wide.public_id}/grid/",
            empty_grid=f"/classes/{empty.public_id}/grid/",
            learners=tuple(str(key) for key in rows.values_list("learner__public_id", flat=True)),
            milestones=tuple(str(one.public_id) for one in milestones),
            child=f"/family/{home.learner.public_id}/",
            evidence=str(home.evidence.public_id),
            override=str(override.public_id),
            tenant=home.tenant.pk,
            invitation=invitation,
        )


def _info_session(world: World) -> None:
    starts = datetime.now(UTC) + timedelta(days=6)
    InfoSession.objects.create(
        school=world.school, title="How levels work", about="Bring questions.", starts_at=starts, place="Library",
        languages="English, Arabic",
    )  # fmt: skip


def _helped(world: World, learner: Learner) -> str:
    """A pair that learns together, a group, and an invitation: its path."""
    PeerPair.objects.create(
        section=world.section, milestone=world.milestone, tutor=world.learner, learner=learner, state="running"
    )
    group = LearnerGroup.objects.create(section=world.section, name="Strips at noon")
    GroupPlace.objects.create(group=group, learner=learner)
    SupportPlan.objects.create(
        learner=learner, milestone=world.milestone, kind="group", group=group, approach="Strips", state="running"
    )
    made = invite_guardian(world.system, learner=learner, email="new@lakeview.example")
    return f"/invite/{made.code}/"


def _work(world: World) -> None:
    """A task on a rubric, begun to be judged and never released, so no level moves; a certificate."""
    task = add_task(world, forms=2, rubric_id=add_rubric(world).pk, cool_down_hours=48)
    attempt = add_attempt(world, task)
    levels = dict.fromkeys(task.rubric.criteria.values_list("pk", flat=True)[:1], 2)
    save_part(actor_of(world), attempt=attempt, judgement=Judgement(levels, hints=1, minutes=20))
    write_message(
        actor_of(world), learner=world.learner, audience="guardian", subject="A talk", body="Can we talk on Monday?",
        key=uuid4(),
    )  # fmt: skip
    issue_certificate(replace(world.system, label="Ms Weber"), learner=world.learner, milestone=world.milestone)


def _imports(world: World) -> None:
    """A roster that waits with its preview, and one as it looks when it is saved; neither changed anybody."""
    files = school()
    files["users"][0]["givenName"] = ""
    with tenant_context(world.tenant.pk):
        actor = replace(world.system, roles=frozenset({"DST"}), member_id=world.members["DST"].pk, label="Imani")
        keep_roster(actor, upload=ContentFile(packed(files), name="waits.zip"), keeps_missing=True)
    run_imports(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        waits = RosterImport.objects.get()
        RosterImport.objects.create(
            file_name="saved.zip", state="saved", saved_at=datetime.now(UTC), made_by_name="Imani",
            figures=waits.figures, problems=waits.problems, headers=waits.headers,
        )  # fmt: skip


def _judgement(world: World, learner: Learner, milestone: Milestone) -> LevelOverride:
    """What a teacher set, until a day to come."""
    teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)
    until = world.system.today + timedelta(days=20)
    reason = "Showed it in the workshop with a model of her own"
    return set_override(teacher, place=Judged(learner, milestone), level=4, reason=reason, until=until)


def _small_class(world: World) -> tuple[list[Learner], list[Milestone], list[list[Competency]]]:
    """14 learners and 10 milestones under four headings, seven of them due already."""
    people = [add_learner(world, name, world.section, grade="7") for name in NAMES]
    milestones = [world.milestone, world.other_milestone]
    competencies = [world.competencies[:1], world.competencies[1:3]]
    today = date.today()  # noqa: DTZ011
    for n, heading in enumerate(HEADINGS, 4):
        competency = add_competency(world.framework, f"{world.marker}.{n}", n)
        milestone = add_milestone(f"Compare quantities and say how many times as much {n}.RP", [competency])
        Milestone.objects.filter(pk=milestone.pk).update(heading=heading, description="Say it with a drawing first.")
        due = today + timedelta(days=10 * n - 90)
        SectionMilestone.objects.create(section=world.section, milestone=milestone, position=n, due_on=due)
        milestones.append(milestone)
        competencies.append([competency])
    return people, milestones, competencies


def _show(world: World, people: list[Learner], competencies: list[list[Competency]], part: int) -> None:
    """The pieces of one part of each shape; every learner starts at another place of the pattern."""
    pieces = [
        one
        for r, person in enumerate(people)
        for c, group in enumerate(competencies)
        for competency in group
        for one in _pieces(world, person, competency, PATTERN[(2 * r + 3 * c) % len(PATTERN)], part)
    ]
    record_many(world.system, pieces=[replace(one, n=n) for n, one in enumerate(pieces)])


def _pieces(world: World, person: Learner, competency: Competency, shape: str, part: int) -> list[Piece]:
    now = datetime.now(UTC)
    return [
        piece(world, person, competency, score, occurred_at=now - timedelta(days=days), title=f"Quiz {score}.{days}")
        for score, days in SHAPES[shape][part]
    ]


def _wide_class(world: World) -> Section:
    """26 learners and 20 milestones: what has to fit on one sheet of paper."""
    section: Section = Section.objects.create(title="LKV Maths 7b", school=world.school, sourced_id="LKV-c7b")
    SectionStaff.objects.create(member=world.members["TCH"], section=section)
    people = [add_learner(world, f"Learner {chr(65 + n)}", section, grade="7") for n in range(26)]
    competencies = []
    for n in range(20):
        competency = add_competency(world.framework, f"{world.marker}.W{n}", 100 + n)
        milestone = add_milestone(f"Work with ratios and rates in tables {n}.W", [competency])
        Milestone.objects.filter(pk=milestone.pk).update(heading=f"Competency {n // 4 + 1}")
        due = date.today() + timedelta(days=7 * n - 60)  # noqa: DTZ011
        SectionMilestone.objects.create(section=section, milestone=milestone, position=n, due_on=due)
        competencies.append([competency])
    _show(world, people, competencies, 0)
    return section
