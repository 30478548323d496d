"""Mentors, advisers and supervisors: let in by name and until a day, reading what was released and what is shared."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from interventions.models import SupportPlan
from learners.models import MentorLink
from milestones.models import GoalNote, Milestone, Narrative, Release
from milestones.services import release_levels
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import PASSWORD, Cast, World, add_mentor
from tests.reporting.conftest import As, text_of
from tests.stepping import step_up


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def school(home: World, signed_in: As) -> Client:
    client = signed_in("SCH")
    step_up(client, home.users["SCH"])
    return client


def address(world: World) -> str:
    return f"/mentor/{world.learner.public_id}/"


def adding(world: World) -> str:
    return f"/people/learners/{world.learner.public_id}/mentors/new/"


def test_somebody_is_let_in_reads_and_is_sent_away(home: World, school: Client) -> None:
    today = home.system.today
    wrong = text_of(school.post(adding(home), {"email": "x", "kind": "boss", "until": "2999-01-01"}))
    for sentence in (
        "Enter an email address, like ana@example.org", "Choose from the list what they are to the learner",
        f"Enter the last day, from today to {today + timedelta(days=366)} at the latest",
    ):  # fmt: skip
        assert sentence in wrong
    until = today + timedelta(days=90)
    values = {"email": "sol@example.org", "kind": "supervisor", "until": until.isoformat()}
    assert school.post(adding(home), values).status_code == 200
    path = re.search(r"/invite/[0-9A-Z-]+/", str(mail.outbox[0].body))
    assert path is not None
    assert "Ana" in mail.outbox[0].body
    newcomer = Client()
    words = text_of(newcomer.get(path.group()))
    assert "Will you follow this learner?" in words
    assert "LKV Maths 7" not in words  # a class is not theirs to know
    answer = {"given_name": "Sol", "family_name": "Marsh", "password": PASSWORD, "say": "yes"}
    assert newcomer.post(path.group(), answer).status_code == 302
    words = text_of(newcomer.get("/", follow=True))
    assert "People I follow" in words
    assert "Ana LKV Supervisor · until" in words
    assert "Reached LKV Fractions" in words
    assert newcomer.get(address(home)).status_code == 200
    assert newcomer.get(f"/family/{home.learner.public_id}/").status_code == 404
    assert newcomer.get(f"/mentor/{home.classmate.public_id}/").status_code == 404
    record = text_of(school.get(f"/people/learners/{home.learner.public_id}/"))
    assert "Sol Marsh Supervisor until" in record
    assert "Sol Marsh Ana LKV" in text_of(school.get("/people/?who=mentors"))
    assert "Sol Marsh" not in text_of(school.get("/people/?who=staff"))
    with tenant_context(home.tenant.pk):
        mentor = MentorLink.objects.get().member
        assert set(AuditEntry.objects.filter(action__startswith="mentor").values_list("action", flat=True)) == {
            "mentor_link.made"
        }
    ending = f"/people/learners/{home.learner.public_id}/mentors/{mentor.public_id}/end/"
    assert school.post(ending).status_code == 302
    assert newcomer.get(address(home)).status_code == 404
    assert "You follow nobody now." in text_of(newcomer.get("/mentor/"))
    assert school.post(ending).status_code == 404


def test_somebody_with_an_account_follows_at_once_but_never_oneself(home: World, school: Client) -> None:
    until = (home.system.today + timedelta(days=9)).isoformat()
    values = {"email": home.users["TCH"].email, "kind": "adviser", "until": until}
    assert school.post(adding(home), values).status_code == 302
    assert mail.outbox == []
    with tenant_context(home.tenant.pk):
        assert MentorLink.objects.get().member == home.members["TCH"]
    assert school.post(adding(home), {**values, "email": home.users["SCH"].email}).status_code == 403
    asked = Client()
    asked.force_login(home.users["SCH"])
    assert "reauthenticate" in asked.post(adding(home), values).headers["Location"]


def test_only_what_was_released_and_what_is_shared(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        add_mentor(home, home.learner, home.classmate)
        release_levels(home.system, section=home.section)
        Narrative.objects.create(
            learner=home.learner, subject="Maths", text="Words for the family", released_at=timezone.now()
        )
        SupportPlan.objects.create(
            learner=home.learner, milestone=home.milestone, approach="Strips at noon", state="running", is_shared=True
        )
        goals = [
            Milestone.objects.create(title=f"Goal {state}", learner=home.learner, proposal=state, heading="Own")
            for state in ("confirmed", "proposed")
        ]
        for is_shared, text in ((True, "Drew it first"), (False, "Only for me")):
            GoalNote.objects.create(
                learner=home.learner, milestone=goals[0], kind="check_in", text=text, is_shared=is_shared
            )
        Release.objects.create(learner=home.classmate, milestone=home.milestone, level=0, is_withdrawn=True)
    mentor = signed_in("MEN")
    words = text_of(mentor.get(address(home)))
    for there in ("Goal confirmed", "Drew it first", "LKV Fractions", "1 of 1 milestones is at the goal"):
        assert there in words, there
    for hidden in ("Words for the family", "Strips at noon", "Goal proposed", "Only for me", "GRD Person", "Quiz"):
        assert hidden not in words
    assert "The school has not shared levels yet." in text_of(mentor.get(f"/mentor/{home.classmate.public_id}/"))
    several = text_of(mentor.get("/mentor/"))
    assert several.index("Ana LKV") < several.index("Ben LKV")
    assert 'dir="rtl"' in mentor.get("/mentor/?language=ar").content.decode()
