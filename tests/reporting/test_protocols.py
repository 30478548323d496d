"""Protocols: made and changed; plans by them keep the steps they began with."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from interventions.models import Protocol, Rule, SupportPlan
from interventions.watching import look_at
from milestones.models import SectionMilestone
from tenancy.context import tenant_context
from tests.builders import Cast, World

LIST = "/support-plans/protocols/"
STEPS = {
    "name": "Three ways in", "s1_approach": "Fraction strips", "s1_how": "In pairs", "s1_sessions": "3",
    "s1_minutes": "15", "s1_days": "10", "s2_approach": "Number line", "s2_sessions": "4", "s2_minutes": "20",
    "s2_days": "14",
}  # fmt: skip


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    return signed_in(home, "TCH")


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return unescape(" ".join(response.content.decode().split()))


def make(world: World, teacher: Client) -> Protocol:
    assert teacher.post(f"{LIST}new/", STEPS).status_code == 302
    with tenant_context(world.tenant.pk):
        found: Protocol = Protocol.objects.get()
        return found


def begin(world: World, teacher: Client, protocol: Protocol) -> SupportPlan:
    address = f"/learners/{world.learner.public_id}/milestones/{world.other_milestone.public_id}/support/new/"
    assert "Three ways in" in text_of(teacher.get(address))
    day = (world.system.today + timedelta(days=14)).isoformat()
    teacher.post(address, {"protocol": str(protocol.public_id), "review_on": day})
    with tenant_context(world.tenant.pk):
        found: SupportPlan = SupportPlan.objects.get()
        return found


def test_a_plan_keeps_the_steps_it_began_with(home: World, teacher: Client) -> None:
    protocol = make(home, teacher)
    plan = begin(home, teacher, protocol)
    page = f"/support-plans/{plan.public_id}/"
    shown = text_of(teacher.get(page))
    assert "step 1 of 2" in shown
    assert 'aria-current="step" class="here"><b>Fraction strips</b>' in shown
    assert "Where nothing changed, the next step is proposed: Number line." in shown
    changed = {**STEPS, "version": "1", "s1_approach": "Pizza", "s2_approach": "Cake", "s3_approach": ""}
    assert teacher.post(f"{LIST}{protocol.public_id}/edit/", changed).status_code == 302
    assert "Pizza" not in text_of(teacher.get(page))
    teacher.post(f"{page}close/", {"version": "1", "result": "no_change"})
    with tenant_context(home.tenant.pk):
        following = SupportPlan.objects.get(follows=plan)
    assert (following.approach, following.step, following.state) == ("Number line", 2, "proposed")
    assert "step 2 of 2" in text_of(teacher.get(f"/support-plans/{following.public_id}/"))
    assert "(step 2 of 2)" in text_of(teacher.get("/support-plans/"))
    teacher.post(f"/support-plans/{following.public_id}/start/", {"version": "1", "review_on": home.system.today})
    teacher.post(f"/support-plans/{following.public_id}/close/", {"version": "2", "result": "no_change"})
    with tenant_context(home.tenant.pk):
        assert SupportPlan.objects.get(follows=following).approach == "Another way than: Number line"


def test_a_rule_proposes_the_first_step(home: World, teacher: Client) -> None:
    protocol = make(home, teacher)
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=home.system.today - timedelta(days=3))
        Rule.objects.create(name="x", reason="not_started_late", action="plan", protocol=protocol)
        look_at([home.learner.pk])
        plan = SupportPlan.objects.get()
    assert (plan.approach, [step["approach"] for step in plan.steps]) == (
        "Fraction strips", ["Fraction strips", "Number line"],
    )  # fmt: skip


def test_changed_by_who_made_it_and_switched_off(home: World, teacher: Client) -> None:
    protocol = make(home, teacher)
    assert "Fraction strips" in text_of(signed_in(home, "OTHER_TCH").get(LIST))
    edit = f"{LIST}{protocol.public_id}/edit/"
    assert signed_in(home, "OTHER_TCH").get(edit).status_code == 404
    assert 'value="Number line"' in text_of(signed_in(home, "DST").get(edit))
    assert teacher.post(edit, {**STEPS, "version": "1"}).status_code == 302
    slower = text_of(teacher.post(edit, {**STEPS, "version": "1", "s1_approach": "Pizza"}), 409)
    assert "Theirs: Three ways in" in slower
    assert 'value="Pizza"' in slower
    teacher.post(f"{LIST}{protocol.public_id}/switch/", {"version": "2", "on": "0"})
    address = f"/learners/{home.learner.public_id}/milestones/{home.other_milestone.public_id}/support/new/"
    assert "Three ways in" not in text_of(teacher.get(address))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "Enter a name of at most 120 characters, like Three ways into fractions"),
        ({"s1_approach": "", "s2_approach": ""}, "Enter at least one step: say what is tried first"),
        ({"s2_approach": "fraction  STRIPS"}, "“fraction STRIPS” is tried in a step before."),
        ({"s1_approach": "x" * 121}, "Say in at most 120 characters what is tried, like"),
        ({"s1_sessions": "0"}, "Enter a whole number of sessions from 1 to 40, like 3"),
        ({"s1_minutes": "x"}, "Enter a whole number of minutes from 5 to 240, like 15"),
        ({"s2_days": "181"}, "Enter a whole number of days from 1 to 180, like 14"),
        ({"summary": "x" * 2001}, "This has 2001 characters, or one that cannot be kept. Use at most 2000"),
    ],
)
def test_what_is_wrong_with_a_protocol(home: World, teacher: Client, values: dict[str, str], sentence: str) -> None:
    assert sentence in text_of(teacher.post(f"{LIST}new/", {**STEPS, **values}), 422)
    with tenant_context(home.tenant.pk):
        assert not Protocol.objects.exists()


def test_names_are_taken_once(home: World, teacher: Client) -> None:
    make(home, teacher)
    shown = text_of(teacher.post(f"{LIST}new/", STEPS), 422)
    assert "There is a protocol “Three ways in” already." in shown
    with tenant_context(home.tenant.pk):
        assert Protocol.objects.get().steps.count() == 2
