"""Names and texts from people are shown as they are and never run; statements keep a few harmless tags."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assessments.services import record_evidence
from learners.models import Learner, School, Section
from milestones.models import Milestone, SectionMilestone
from milestones.services import release_levels
from tenancy.context import tenant_context
from tests.architecture.source_checks import inline_code
from tests.builders import World, add_learner, add_milestone, piece
from tests.reporting.conftest import As, grid_of, milestone_page, text_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' x='",
    "{{ 7*7 }}{% now 'Y' %}",
    "</title><svg onload=alert(1)>",
    "\u202egnissim\u202c עברית العربية",
    "👩‍🚀 Zoë Ñandú \U0001d518\U0001d52b\U0001d526",
    "A" * 90,
    "&lt;b&gt;",
    "` ${alert(1)} \\",
]


@pytest.fixture(params=HOSTILE)
def bad(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rename(world: World, bad: str) -> None:
    """Everything that a person or a file can name."""
    with tenant_context(world.tenant.pk):
        Learner.objects.filter(pk=world.learner.pk).update(
            given_name=bad, preferred_name="", family_name="", grade=bad[:20]
        )
        Milestone.objects.update(title=bad, code=bad[:40], heading=bad, description=bad)
        Section.objects.update(title=bad)
        School.objects.update(name=bad)
        for competency in world.competencies:
            competency.code = competency.statement = competency.short_statement = bad
            competency.save()
        work = piece(world, world.learner, world.competencies[0], 3, title=bad, task=bad, form=bad[:40], comment=bad)
        row = record_evidence(world.system, piece=work)
        world.evidence = row
        release_levels(world.system, section=world.section)


def test_pages_escape(home: World, signed_in: As, bad: str) -> None:
    rename(home, bad)
    page = milestone_page(home)
    addresses = [
        ("TCH", "/classes/", {}),
        ("TCH", grid_of(home), {}),
        ("TCH", f"{grid_of(home)}?competency={bad[:10]}", {}),
        ("TCH", page, {}),
        ("TCH", page, {"HX-Request": "true"}),
        ("TCH", f"{page}evidence/new/", {}),
        ("TCH", f"{page}evidence/{home.evidence.public_id}/withdraw/", {}),
        ("SCH", "/reports/", {}),
        ("GRD", f"/family/{home.learner.public_id}/", {}),
        ("LRN", "/me/", {}),
    ]
    for role, address, headers in addresses:
        response = signed_in(role).get(address, headers=headers)
        assert response.status_code == 200, (role, address)
        body = response.content.decode()
        assert inline_code(body) == [], (role, address)
        assert "<img src=x" not in body
        assert "<script>alert" not in body
        assert "7*7 }}" in body or "{{" not in bad or role == "SCH", "not run as a template"


def test_names_read_as_they_are(home: World, teacher: Client, bad: str) -> None:
    rename(home, bad)
    for address in (grid_of(home), milestone_page(home)):
        shown = " ".join(bad.split())
        assert shown in text_of(teacher.get(address)), address


def test_mistakes_are_said_without_running_what_was_typed(home: World, teacher: Client, bad: str) -> None:
    sent = {"title": bad * 3, "occurred_on": bad, "points": bad, "kind": bad, "competency": bad, "comment": bad}
    response = teacher.post(f"{milestone_page(home)}evidence/new/", sent)
    assert response.status_code == 422
    assert inline_code(response.content.decode()) == []


def test_level_changed_header_holds_no_names(home: World, teacher: Client) -> None:
    rename(home, HOSTILE[0])
    response = send(teacher, home)
    assert set(response.headers["HX-Trigger"]) <= {chr(n) for n in range(32, 127)}
    assert "alert" not in response.headers["HX-Trigger"]


def send(client: Client, world: World) -> Any:
    sent = {
        "title": "Quiz",
        "points": "3",
        "kind": "formative",
        "competency": world.competencies[0].pk,
        "occurred_on": "2026-01-05",
    }
    return client.post(f"{milestone_page(world)}evidence/new/", sent, headers={"HX-Request": "true"})


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("Use <em>exact</em> H<sub>2</sub>O", "Use <em>exact</em> H<sub>2</sub>O"),
        ("10<sup>2</sup> when x < 3", "10<sup>2</sup> when x &lt; 3"),
        ('<p onclick="x()">One</p><script>alert(1)</script>', "<p>One</p>&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<ul><li>a</li></ul><img src=x onerror="a()">', "<ul><li>a</li></ul>&lt;img src=x onerror&#61;"),
        ("<strong>left open", "<strong>left open</strong>"),
    ],
)
def test_statements_are_sanitised(home: World, teacher: Client, statement: str, shown: str) -> None:
    with tenant_context(home.tenant.pk):
        first, second = home.competencies[:2]
        first.statement = statement
        first.short_statement = ""
        first.save()
        milestone = add_milestone("Second step", [second])  # the first competency is its prerequisite
        SectionMilestone.objects.create(section=home.section, milestone=milestone, position=5)
        add_learner(home, "Nobody", home.section)
    for address in (milestone_page(home), milestone_page(home, milestone=milestone)):
        body = teacher.get(address).content.decode()
        assert shown in body, address
        assert inline_code(body) == []
