"""A page costs the same number of queries at 3 learners and at 30, with 4 milestones and with 40: at most 12."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.services import record_many
from interventions.models import (
    Alert,
    Block,
    InfoAnswer,
    InfoAudience,
    InfoSession,
    LearnerRequest,
    Message,
    PeerPair,
    PeerSession,
    PlanSession,
    Protocol,
    ProtocolStep,
    Resource,
    ResourceTag,
    ResourceUse,
    Rule,
    Station,
    StationGroup,
    SupportPlan,
)
from interventions.watching import look_at
from learners.models import Enrolment, GroupPlace, GuardianLink, Learner, LearnerGroup
from milestones.models import Milestone, SectionMilestone
from milestones.overrides import Place, set_override
from milestones.services import drain_tenant, release_levels
from reporting.summaries.keeping import count_whole
from tenancy.context import tenant_context
from tests.architecture.source_checks import inline_code
from tests.builders import Cast, World, add_competency, add_learner, add_mentor, add_milestone, piece

MOST = 12
# Statements that are the transaction itself, not a read of the page.
# What stands around every page, and the log that every call of the API is kept in.
FRAME = re.compile(
    r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET LOCAL|SET TRANSACTION|INSERT INTO .api_apirequest)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, who opens it (a role, or "API"), and whether as a fragment."""

    role: str
    address: Callable[[World], str]
    is_fragment: bool = False


def session_of(world: World) -> str:
    with tenant_context(world.tenant.pk):
        return f"/sessions/{Block.objects.get(section=world.section).public_id}/"


def info_session_of(world: World) -> str:
    with tenant_context(world.tenant.pk):
        return str(InfoSession.objects.earliest("id").public_id)


def milestone_of(world: World) -> str:
    return f"/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/"


def explanation_of(world: World) -> str:
    return f"/api/v1/statuses/{world.learner.public_id}/{world.milestone.public_id}/explanation/"


def a_week_ago(world: World) -> str:
    return (world.system.today - timedelta(days=7)).isoformat()


def rule_of(world: World) -> str:
    with tenant_context(world.tenant.pk):
        return f"/settings/rules/{Rule.objects.get().public_id}/"


PAGES = {
    "today": Page("TCH", lambda w: "/today/?all=1"),
    "people": Page("SCH", lambda w: "/people/"),
    "people who work here": Page("DST", lambda w: "/people/?who=staff"),
    "guardians": Page("SCH", lambda w: "/people/?who=guardians"),
    "person": Page("DST", lambda w: f"/people/members/{w.members['TCH'].public_id}/"),
    "record of a learner": Page("SCH", lambda w: f"/people/learners/{w.learner.public_id}/"),
    "invitations": Page("SCH", lambda w: "/people/invitations/"),
    "professional development": Page("SCH", lambda w: "/people/development/"),
    "needs of schools": Page("SCH", lambda w: "/people/needs/"),
    "audit": Page("DST", lambda w: "/audit/"),
    "developers": Page("DST", lambda w: "/developers/"),
    "keys of programs": Page("DST", lambda w: "/developers/keys/"),
    "calls of programs": Page("DST", lambda w: "/developers/log/?show=all"),
    "roster imports": Page("DST", lambda w: "/people/imports/"),
    "report card": Page("GRD", lambda w: f"/family/{w.learner.public_id}/report-card/"),
    "report cards of a class": Page("SCH", lambda w: f"/classes/{w.section.public_id}/report-cards/"),
    "groups by shared gap": Page("TCH", lambda w: "/groups/"),
    "sessions": Page("TCH", lambda w: f"/classes/{w.section.public_id}/sessions/"),
    "session, new": Page("TCH", lambda w: f"/classes/{w.section.public_id}/sessions/new/"),
    "session": Page("TCH", session_of),
    "board, live": Page("TCH", lambda w: f"/live/classes/{w.section.public_id}/"),
    "support plans": Page("TCH", lambda w: "/support-plans/"),
    "messages": Page("TCH", lambda w: "/messages/"),
    "messages at home": Page("GRD", lambda w: "/family/messages/"),
    "messages about a learner": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/messages/"),
    "writing a message": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/messages/new/"),
    "templates of messages": Page("TCH", lambda w: "/settings/templates/"),
    "rules": Page("SCH", lambda w: "/settings/rules/"),
    "rule, tried out": Page("SCH", lambda w: f"{rule_of(w)}?try=1"),
    "did it work": Page("SCH", lambda w: "/support-plans/results/"),
    "did it work, as a file": Page("TCH", lambda w: "/support-plans/results.csv"),
    "protocols": Page("TCH", lambda w: "/support-plans/protocols/"),
    "new rule": Page("DST", lambda w: "/settings/rules/new/?reason=stale"),
    "library": Page("TCH", lambda w: "/library/"),
    "give from the library": Page("TCH", lambda w: f"{milestone_of(w)}give/"),
    "propose a peer tutor": Page("TCH", lambda w: f"{milestone_of(w)}peer/"),
    "tutoring": Page("TCH", lambda w: "/tutoring/"),
    "ask about": Page("LRN", lambda w: "/me/ask/"),
    "my milestone": Page("LRN", lambda w: f"/me/milestones/{w.milestone.public_id}/"),
    "my classes": Page("TCH", lambda w: "/classes/"),
    "my classes of an administrator": Page("SCH", lambda w: "/classes/"),
    "class grid": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid/"),
    "class grid, filtered": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid/?show=attention&sort=stuck"),
    "class grid, fragment": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid/", is_fragment=True),
    "class grid, a past day": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid/?as_of={a_week_ago(w)}"),
    "class grid, as a file": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid.csv"),
    "class grid, as a workbook": Page("TCH", lambda w: f"/classes/{w.section.public_id}/grid.xlsx"),
    "learner page": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/"),
    "milestone of a learner": Page("TCH", milestone_of),
    "milestone of a learner, a past day": Page("TCH", lambda w: f"{milestone_of(w)}?as_of={a_week_ago(w)}"),
    "evidence log": Page("TCH", lambda w: f"/classes/{w.section.public_id}/evidence/"),
    "set level": Page("TCH", lambda w: f"{milestone_of(w)}level/"),
    "panel": Page("TCH", milestone_of, is_fragment=True),
    "add evidence": Page("TCH", lambda w: f"{milestone_of(w)}evidence/new/"),
    "family": Page("GRD", lambda w: "/family/"),
    "child": Page("GRD", lambda w: f"/family/{w.learner.public_id}/"),
    "milestones of a child": Page("GRD", lambda w: f"/family/{w.learner.public_id}/milestones/"),
    "timeline of a child": Page("GRD", lambda w: f"/family/{w.learner.public_id}/timeline/"),
    "reports of a child": Page("GRD", lambda w: f"/family/{w.learner.public_id}/reports/"),
    "settings of a family": Page("GRD", lambda w: "/family/settings/"),
    "information sessions": Page("SCH", lambda w: "/information-sessions/"),
    "information session": Page("SCH", lambda w: f"/information-sessions/{info_session_of(w)}/"),
    "information session, new": Page("DST", lambda w: "/information-sessions/new/"),
    "information session at home": Page("GRD", lambda w: f"/family/sessions/{info_session_of(w)}/"),
    "people I follow": Page("MEN", lambda w: "/mentor/"),
    "somebody I follow": Page("MEN", lambda w: f"/mentor/{w.learner.public_id}/"),
    "let somebody follow": Page("SCH", lambda w: f"/people/learners/{w.learner.public_id}/mentors/new/"),
    "narratives": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/narratives/"),
    "narrative, new": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/narratives/new/"),
    "comment bank": Page("TCH", lambda w: "/settings/phrases/"),
    "my milestones": Page("LRN", lambda w: "/me/milestones/"),
    "my goals": Page("LRN", lambda w: "/me/goals/"),
    "me": Page("LRN", lambda w: "/me/"),
    "report": Page("SCH", lambda w: "/reports/"),
    "report of the district": Page("DST", lambda w: "/reports/"),
    "report as a file": Page("SCH", lambda w: "/reports/milestones.csv"),
    "report, trend": Page("SCH", lambda w: "/reports/trend/"),
    "report, time in level": Page("DST", lambda w: "/reports/time-in-level/"),
    "report, cohorts": Page("SCH", lambda w: "/reports/cohorts/"),
    "report, use": Page("SCH", lambda w: "/reports/adoption/"),
    "report, groups": Page("DST", lambda w: "/reports/fairness/?by=sex"),
    "report, gaps": Page("DST", lambda w: "/reports/gaps/"),
    "report of a milestone": Page("DST", lambda w: f"/reports/milestones/{w.milestone.public_id}/"),
    "names behind a report": Page("SCH", lambda w: f"/reports/names/?school={w.school.public_id}"),
    "curriculum": Page("TCH", lambda w: "/curriculum/"),
    "framework": Page("DST", lambda w: f"/curriculum/frameworks/{w.framework.public_id}/"),
    "framework, searched": Page("TCH", lambda w: f"/curriculum/frameworks/{w.framework.public_id}/?q=can&grade=7"),
    "map": Page("TCH", lambda w: f"/curriculum/frameworks/{w.framework.public_id}/map/?learner={w.learner.public_id}"),
    "competency": Page("TCH", lambda w: f"/curriculum/competencies/{w.competencies[0].public_id}/"),
    "competency at home": Page("DST", lambda w: f"/curriculum/competencies/{w.competencies[0].public_id}/home/"),
    "pathway": Page("TCH", lambda w: f"/learners/{w.learner.public_id}/pathway/"),
    "my pathway": Page("LRN", lambda w: "/me/pathway/"),
    "API frameworks": Page("API", lambda w: "/api/v1/frameworks/"),
    "API competencies": Page("API", lambda w: "/api/v1/competencies/"),
    "API schools": Page("API", lambda w: "/api/v1/schools/"),
    "API terms": Page("API", lambda w: "/api/v1/terms/"),
    "API people": Page("API", lambda w: "/api/v1/people/"),
    "API enrolments": Page("API", lambda w: "/api/v1/enrolments/"),
    "API assignments": Page("API", lambda w: "/api/v1/assignments/"),
    "API guardian links": Page("API", lambda w: "/api/v1/guardian-links/"),
    "API sections": Page("API", lambda w: "/api/v1/sections/"),
    "API learners": Page("API", lambda w: "/api/v1/learners/"),
    "API learners of a section": Page("API", lambda w: f"/api/v1/learners/?section={w.section.public_id}"),
    "API milestones": Page("API", lambda w: "/api/v1/milestones/"),
    "API statuses": Page("API", lambda w: "/api/v1/statuses/"),
    "API statuses of a section": Page("API", lambda w: f"/api/v1/statuses/?section={w.section.public_id}"),
    "API statuses, a past day": Page("API", lambda w: f"/api/v1/statuses/?as_of={a_week_ago(w)}&limit=200"),
    "API explanation": Page("API", explanation_of),
    "API statuses explained": Page("API", lambda w: "/api/v1/statuses/?explain=true&limit=50"),
    "API report": Page("API", lambda w: "/api/v1/reports/mastery/"),
    "API report of groups": Page("API", lambda w: "/api/v1/reports/fairness/"),
    "API one learner": Page("API", lambda w: f"/api/v1/learners/{w.learner.public_id}/"),
    "API one competency": Page("API", lambda w: f"/api/v1/competencies/{w.competencies[1].public_id}/"),
}
# Pages of one learner: reach, milestone, section, reasons, evidence and history one after the other; a past day is
# worked out anew from the ledger. The number is fixed at any size but over the budget; an entry goes when its page is
# within it.
ALLOWED = {
    # The queue, the engine's next step for each of its rows, their pieces and forms, and the largest shared gap.
    "today": 27,
    "groups by shared gap": 16,  # with who got there since, and who has the gap now
    "support plans": 14,
    "rule, tried out": 16,  # the book of rules, thirty days of the past, and the names
    "class grid, a past day": 17,  # the bar of its time, and dates of single learners
    # The criteria, what is known of each and under which policy, for the reasons.
    "class grid, as a file": 16,
    "class grid, as a workbook": 16,
    # What was given beside the plan of a class, own goals, work that waits, good words: each a read of its own.
    "learner page": 31,
    "milestone of a learner": 29,
    "milestone of a learner, a past day": 23,
    "panel": 19,
    "API statuses, a past day": 15,
    # Figures, comparison, trend, stays, schools and the lowest five milestones: a read or two of counters each.
    "report": 17,
    "report of the district": 19,
    "names behind a report": 13,  # classes, who is stalled and why, and the entry in the audit trail
    # Work, goals and their steps, celebrations, certificates, words of teachers and classmates beside the levels.
    "child": 30,
    "somebody I follow": 14,  # levels, their days, goals and notes of one person
    "me": 22,
    # Facts beside the words: levels now and then, what is released, moves, evidence, goals, plans, and the bank.
    "narrative, new": 15,
}


def grow(world: World, learners: int, milestones: int) -> None:
    """A section of so many learners and milestones, with levels, one child of the guardian more per ten learners."""
    with tenant_context(world.tenant.pk):
        people = [world.learner, world.classmate]
        people += [add_learner(world, f"L{n:03}", world.section, grade="7") for n in range(learners - len(people))]
        for child in people[2::10]:
            GuardianLink.objects.create(member=world.members["GRD"], learner=child, status="verified")
        add_mentor(world, world.learner, *people[2::10])
        for n in range(milestones - 2):
            competency = add_competency(world.framework, f"{world.marker}.x{n}", 10 + n)
            milestone = add_milestone(f"{world.marker} Extra M{n}", [competency, world.competencies[0]])
            SectionMilestone.objects.create(section=world.section, milestone=milestone, position=n + 2)
            world.competencies.append(competency)
        scores = (1, 3, 4)
        pieces = [
            piece(world, person, competency, score)
            for person in people
            for competency in world.competencies[3:]
            for score in scores
        ]
        for start in range(0, len(pieces), 4000):
            rows = enumerate(pieces[start : start + 4000])
            record_many(world.system, pieces=[replace(one, n=n) for n, one in rows])
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)
        reason = "Explained it to the whole class"
        set_override(teacher, place=Place(world.learner, world.milestone), level=3, reason=reason)
        release_levels(world.system, section=world.section)
        late = world.system.today - timedelta(days=3)
        SectionMilestone.objects.filter(milestone=world.other_milestone).update(due_on=late)
        look_at([person.pk for person in people])
        plans = [SupportPlan(learner=one, milestone=world.milestone, approach="Strips", state="running",
                             started_at=timezone.now()) for one in people]  # fmt: skip
        SupportPlan.objects.bulk_create(plans)
        Message.objects.bulk_create(
            Message(learner=one, recipient=world.members[role], audience=audience, subject="A", body="B",
                    written_by_id=world.members["TCH"].pk)
            for one in people for role, audience in (("TCH", "staff"), ("GRD", "guardian"))
        )  # fmt: skip
        for n in range(learners):
            protocol = Protocol.objects.create(name=f"Ways {n}")
            ProtocolStep.objects.create(protocol=protocol, position=1, approach="Strips")
        Rule.objects.create(name="Not shown", reason="stale", params={"days": 7}, school=world.school)
        add_help(world, people)
        add_info_sessions(world, learners // 3)
        assert SectionMilestone.objects.filter(section=world.section).count() == milestones
    count_whole(world.tenant.pk)


def add_info_sessions(world: World, number: int) -> None:
    """So many, each for a grade and a class, and each answered."""
    for n in range(number):
        starts = timezone.now() + timedelta(days=1 + n)
        one = InfoSession.objects.create(school=world.school, title=f"Evening {n}", starts_at=starts, place="Hall")
        InfoAudience.objects.create(session=one, grade="7")
        InfoAudience.objects.create(session=one, section=world.section)
        InfoAnswer.objects.create(session=one, member=world.members["GRD"], comes=True, people=2)


def add_help(world: World, people: list[Learner]) -> None:
    """For each learner a resource that was given, a request, a group, and a pair with a session."""
    for n, one in enumerate(people):
        resource = Resource.objects.create(title=f"Strips {n}", kind="practice")
        ResourceTag.objects.create(resource=resource, competency=world.competencies[0])
        ResourceUse.objects.create(resource=resource, learner=one, milestone=world.milestone)
        LearnerRequest.objects.create(learner=one, milestone=world.milestone, kind="help")
        if one != world.learner:
            pair = PeerPair.objects.create(section=world.section, milestone=world.other_milestone, state="running",
                                           tutor=world.learner, learner=one)  # fmt: skip
            PeerSession.objects.create(pair=pair, on=world.system.today, minutes=15)
        group = LearnerGroup.objects.create(section=world.section, name=f"Group {n}")
        GroupPlace.objects.create(group=group, learner=one)
        SupportPlan.objects.create(learner=one, milestone=world.other_milestone, kind="group", group=group,
                                   approach="Strips", state="running", started_at=timezone.now())  # fmt: skip
    block = Block.objects.create(section=world.section, title="Lab", on=world.system.today)
    Station.objects.bulk_create([Station(block=block, position=n, name=f"Table {n}") for n in range(3)])
    groups = LearnerGroup.objects.filter(section=world.section)
    StationGroup.objects.bulk_create(
        [StationGroup(block=block, group=one, start=n % 3) for n, one in enumerate(groups)]
    )
    plan = SupportPlan.objects.filter(learner__in=people).order_by("id")[0]
    for _ in people:
        PlanSession.objects.create(plan=plan, on=world.system.today, minutes=15, what="Strips", approach="Strips")


def queries_of(world: World, page: Page) -> list[str]:
    client = Client()
    headers: dict[str, str] = {}
    if page.role == "API":
        headers["Authorization"] = f"Bearer {world.token}"
    else:
        client.force_login(world.users[page.role])
    if page.is_fragment:
        headers["HX-Request"] = "true"
    address = page.address(world)
    first = client.get(address, headers=headers)  # the first use of a token is written down
    assert first.status_code in {200, 302}, (first.status_code, first.content[:500])
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address, headers=headers)
    assert response.status_code == first.status_code
    if response.headers["Content-Type"].startswith("text/html"):
        assert inline_code(response.content.decode()) == []
    return [row["sql"] for row in captured.captured_queries if not FRAME.match(row["sql"])]


def test_three_hundred_learners_cost_what_thirty_do(cast: Cast) -> None:
    """Grid and Today; Today with an entry for each of them."""
    grow(cast.home, 30, 4)
    pages = {name: PAGES[name] for name in ("class grid", "today")}
    few = {name: len(queries_of(cast.home, page)) for name, page in pages.items()}
    with tenant_context(cast.home.tenant.pk):
        more = Learner.objects.bulk_create(
            [
                Learner(given_name=f"M{n:03}", folded_name=f"m{n:03}", home_school=cast.home.school, grade="7")
                for n in range(270)
            ]
        )
        Enrolment.objects.bulk_create([Enrolment(learner=one, section=cast.home.section) for one in more])
        look_at([one.pk for one in more])
        assert Alert.objects.filter(learner__in=more).values("learner").distinct().count() == len(more)
    assert {name: len(queries_of(cast.home, page)) for name, page in pages.items()} == few


@pytest.fixture
def counts(cast: Cast) -> dict[str, tuple[list[str], list[str]]]:
    """{page: its queries in the small world, its queries in the large one}."""
    grow(cast.home, 3, 4)
    grow(cast.away, 30, 40)
    return {name: (queries_of(cast.home, page), queries_of(cast.away, page)) for name, page in PAGES.items()}


def shown(queries: list[str]) -> str:
    return "\n".join(f"{n:3} {sql[:200]}" for n, sql in enumerate(queries, 1))


def test_pages_cost_the_same_at_any_size(counts: dict[str, tuple[list[str], list[str]]]) -> None:
    grown = {name: (len(small), len(large)) for name, (small, large) in counts.items() if len(small) != len(large)}
    assert grown == {}, "\n".join(f"{name}\n{shown(counts[name][0])}\n--\n{shown(counts[name][1])}" for name in grown)
    over = {name: len(large) for name, (_, large) in counts.items() if len(large) > ALLOWED.get(name, MOST)}
    assert over == {}, "\n".join(f"{name}\n{shown(counts[name][1])}" for name in over)
    assert len(counts["class grid"][1]) <= MOST
    needless = {name: len(counts[name][1]) for name in ALLOWED if len(counts[name][1]) < max(ALLOWED[name], MOST + 1)}
    assert needless == {}, "allowed more than it needs"


@pytest.mark.django_db
def test_growing_page_is_found(cast: Cast) -> None:
    """A view that asks once per milestone costs more in the larger world."""

    def asked(world: World) -> int:
        with tenant_context(world.tenant.pk), CaptureQueriesContext(connection) as captured:
            for row in Milestone.objects.all():
                row.criteria.count()
        return len(captured.captured_queries)

    grow(cast.away, 3, 6)
    assert asked(cast.home) < asked(cast.away)
