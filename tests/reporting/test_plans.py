"""Support plans: begun, logged, looked at again, ended; what follows, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interventions.models import PlanSession, SupportPlan
from milestones.models import StatusChange
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner


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


def begin(world: World, teacher: Client, **values: Any) -> SupportPlan:
    address = f"/learners/{world.learner.public_id}/milestones/{world.other_milestone.public_id}/support/new/"
    day = world.system.today + timedelta(days=14)
    data = {"approach": "Fraction strips", "goal": "Explains it", "review_on": day.isoformat(), **values}
    response = teacher.post(address, data)
    assert response.status_code == 302, response.content.decode()
    with tenant_context(world.tenant.pk):
        plan: SupportPlan = SupportPlan.objects.select_related("owner").order_by("-id")[0]
        return plan


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def again(world: World, plan: SupportPlan) -> SupportPlan:
    with tenant_context(world.tenant.pk):
        found: SupportPlan = SupportPlan.objects.get(pk=plan.pk)
        return found


def test_begun_logged_and_ended(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    page = f"/support-plans/{plan.public_id}/"
    assert (plan.state, plan.level_then, plan.owner_id) == ("running", 0, home.members["TCH"].pk)
    session = {"on": home.system.today.isoformat(), "minutes": "20", "what": "Halves and quarters"}
    shown = text_of(teacher.post(f"{page}sessions/", session, follow=True))
    assert "Halves and quarters" in shown
    assert "20 minutes" in shown
    closed = {"version": "1", "result": "progress", "note": "Halves are safe now"}
    assert "Some progress: Halves are safe now" in text_of(teacher.post(f"{page}close/", closed, follow=True))
    board = text_of(teacher.get("/support-plans/"))
    assert "Some progress" in board
    assert "Log this session" not in text_of(teacher.get(page))
    assert teacher.post(f"{page}sessions/", session).status_code == 409


def test_a_session_taken_back_stays_and_counts_no_longer(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    page = f"/support-plans/{plan.public_id}/"
    teacher.post(f"{page}sessions/", {"on": home.system.today.isoformat(), "minutes": "20", "what": "Halves"})
    with tenant_context(home.tenant.pk):
        session = PlanSession.objects.get()
    shown = text_of(teacher.post(f"{page}sessions/{session.public_id}/withdraw/", follow=True))
    assert "<s><b>" in shown
    assert 'Sessions <span class="count plain">0</span>' in shown
    assert teacher.post(f"{page}sessions/{session.public_id}/withdraw/").status_code == 409


def test_without_movement_another_way_is_proposed(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    teacher.post(f"/support-plans/{plan.public_id}/close/", {"version": "1", "result": "no_change"})
    with tenant_context(home.tenant.pk):
        following = SupportPlan.objects.get(follows=plan)
    assert (following.state, following.approach) == ("proposed", "Another way than: Fraction strips")
    day = (home.system.today + timedelta(days=7)).isoformat()
    teacher.post(f"/support-plans/{following.public_id}/start/", {"version": "1", "review_on": day})
    assert again(home, following).state == "running"
    assert "Tried before: Fraction strips" in text_of(teacher.get(f"/support-plans/{following.public_id}/"))


def test_learner_and_family_see_a_shared_plan_only(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    learner, guardian = signed_in(home, "LRN"), signed_in(home, "GRD")
    child = f"/family/{home.learner.public_id}/"
    for client, address in ((learner, "/me/"), (guardian, child)):
        assert "Fraction strips" not in text_of(client.get(address))
    day = (home.system.today + timedelta(days=7)).isoformat()
    values = {"version": "1", "approach": "Fraction strips", "review_on": day, "is_shared": "on"}
    assert teacher.post(f"/support-plans/{plan.public_id}/review/", values).status_code == 302
    for client, address in ((learner, "/me/"), (guardian, child)):
        shown = text_of(client.get(address))
        assert "What school is doing to help" in shown
        assert "Fraction strips" in shown
        assert "Explains it" not in shown


def test_the_slower_of_two_teachers_is_told(home: World, teacher: Client) -> None:
    plan = begin(home, teacher)
    day = (home.system.today + timedelta(days=7)).isoformat()
    values = {"version": "1", "approach": "Number line", "review_on": day}
    address = f"/support-plans/{plan.public_id}/review/"
    assert teacher.post(address, values).status_code == 302
    assert "Somebody else changed this plan while you had it open." in text_of(teacher.post(address, values), 409)
    assert again(home, plan).version == 2


def test_one_open_plan_for_a_learner_and_milestone(home: World, teacher: Client) -> None:
    begin(home, teacher)
    address = f"/learners/{home.learner.public_id}/milestones/{home.other_milestone.public_id}/support/new/"
    data = {"approach": "Another", "review_on": home.system.today.isoformat()}
    assert "There is an open plan for this learner and milestone." in text_of(teacher.post(address, data), 409)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"approach": " "}, "Say what you will try, like Fraction strips in a group of three"),
        ({"approach": "x" * 121}, "This has 121 characters. Shorten it to 120"),
        ({"goal": "x" * 2001}, "This has 2001 characters. Shorten it to 2000"),
        ({"review_on": ""}, "Enter the day on which you will look at it again, like 19 Nov 2026"),
        ({"review_on": "soon"}, "Enter a date, like 19 Nov 2026"),
        ({"review_on": "2020-01-01"}, "Choose a day from today on, within half a year"),
    ],
)
def test_what_is_wrong_with_a_new_plan(home: World, teacher: Client, values: dict[str, str], sentence: str) -> None:
    address = f"/learners/{home.learner.public_id}/milestones/{home.milestone.public_id}/support/new/"
    data = {"approach": "Strips", "review_on": home.system.today.isoformat(), **values}
    assert sentence in text_of(teacher.post(address, data), 422)
    with tenant_context(home.tenant.pk):
        assert not SupportPlan.objects.exists()


@pytest.mark.parametrize(
    ("route", "values", "sentence"),
    [
        ("sessions", {"minutes": "0"}, "Enter the minutes as a number from 1 to 480"),
        ("sessions", {"minutes": "many"}, "Enter the minutes as a number from 1 to 480"),
        ("sessions", {"what": " "}, "Say in a few words what you did"),
        ("sessions", {"on": "2099-01-01"}, "This day is to come. Log a session after it has been"),
        ("sessions", {"on": "2020-01-01"}, "This day is long before the plan began. Check the date"),
        ("sessions", {"on": ""}, "Enter the day, like 19 Nov 2026"),
        ("close", {"result": ""}, "Choose a result from the list"),
        ("close", {"result": "fine"}, "Choose a result from the list"),
        ("close", {"result": "other"}, "Say in a few words why the plan ends"),
    ],
)
def test_what_is_wrong_with_a_session_or_result(
    home: World, teacher: Client, route: str, values: dict[str, str], sentence: str
) -> None:
    plan = begin(home, teacher)
    good = {"on": home.system.today.isoformat(), "minutes": "15", "what": "Strips", "version": "1"}
    response = teacher.post(f"/support-plans/{plan.public_id}/{route}/", {**good, **values})
    assert sentence in text_of(response, 422)
    with tenant_context(home.tenant.pk):
        assert not PlanSession.objects.exists()
    assert again(home, plan).state == "running"


def test_review_is_due_on_its_day(home: World, teacher: Client) -> None:
    plan = begin(home, teacher, review_on=home.system.today.isoformat())
    board = text_of(teacher.get("/support-plans/"))
    due = board[board.index('aria-labelledby="c-due"') : board.index('aria-labelledby="c-closed"')]
    assert str(plan.public_id) in due


def test_how_many_were_followed_by_a_move_up_is_said_from_ten_on(home: World, teacher: Client) -> None:
    begun = timezone.now() - timedelta(days=40)
    with tenant_context(home.tenant.pk):
        people = [add_learner(home, f"P{n}", home.section) for n in range(10)]
        for n, one in enumerate(people[:9]):
            _plan(home, one, begun, moves_after=5 if n < 4 else 35)
    assert "once ten of them have had 30 days" in text_of(teacher.get("/support-plans/"))
    with tenant_context(home.tenant.pk):
        _plan(home, people[9], begun, moves_after=29)
    shown = text_of(teacher.get("/support-plans/"))
    assert "Of 10 plans that began 30 days ago or earlier, 5 were followed by a move up within 30 days." in shown
    assert "That does not show why." in shown


def _plan(world: World, learner: Any, begun: Any, moves_after: int) -> None:
    SupportPlan.objects.create(
        learner=learner, milestone=world.milestone, approach="Strips", state="running", started_at=begun
    )
    at = begun + timedelta(days=moves_after)
    StatusChange.objects.create(
        learner=learner, milestone=world.milestone, from_level=1, to_level=2, at=at, applies_from=at, cause="evidence"
    )
