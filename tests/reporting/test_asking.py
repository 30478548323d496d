"""A learner asks for help or a second look; a teacher sees it on Today and answers."""

from __future__ import annotations

import pytest
from django.test import Client

from interventions.models import LearnerRequest
from milestones.models import Release
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.test_plans import signed_in, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def learner(home: World) -> Client:
    return signed_in(home, "LRN")


def mine(world: World) -> str:
    return f"/me/milestones/{world.milestone.public_id}/"


def asked_page(world: World) -> str:
    return f"/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/asked/"


def request_of(world: World) -> LearnerRequest:
    with tenant_context(world.tenant.pk):
        found: LearnerRequest = LearnerRequest.objects.order_by("-id")[0]
        return found


def test_asked_seen_on_today_and_answered(home: World, learner: Client) -> None:
    teacher = signed_in(home, "TCH")
    learner.post(f"{mine(home)}ask/", {"kind": "help", "text": "Why turn it <over>?"})
    today = text_of(teacher.get("/today/"))
    assert "Asked for help on" in today
    assert f'href="{asked_page(home)}"> Answer' in today or f'href="{asked_page(home)}">Answer' in today
    assert "You have asked already." in text_of(learner.post(f"{mine(home)}ask/", {"kind": "help"}), 409)
    assert "Why turn it &lt;over&gt;?" in text_of(teacher.get(asked_page(home)))
    wanted = str(request_of(home).public_id)
    assert "Write a sentence to the learner" in text_of(
        teacher.post(asked_page(home), {"request": wanted, "answer": " "}), 422
    )
    data = {"request": wanted, "answer": "We look at it together on Friday"}
    assert "Ana sees your answer." in text_of(teacher.post(asked_page(home), data, follow=True))
    assert "Asked for help on" not in text_of(teacher.get("/today/"))
    for address in ("/me/", mine(home)):
        shown = text_of(learner.get(address))
        assert "LKV TCH Person:</b> We look at it together on Friday" in shown
    assert "This was answered already." in text_of(teacher.post(asked_page(home), data), 409)
    assert learner.post(f"/me/requests/{wanted}/take-back/").status_code == 409
    assert learner.post(f"{mine(home)}ask/", {"kind": "help"}).status_code == 302  # and may ask again


def test_taken_back_it_is_gone_from_today(home: World, learner: Client) -> None:
    learner.post(f"{mine(home)}ask/", {"kind": "look", "text": "I can do it with drawings"})
    teacher = signed_in(home, "TCH")
    assert "to look at the level again" in text_of(teacher.get("/today/"))
    row = request_of(home)
    learner.post(f"/me/requests/{row.public_id}/take-back/")
    assert "to look at the level again" not in text_of(teacher.get("/today/"))
    assert "I can do it with drawings" not in text_of(teacher.get(asked_page(home)))
    data = {"request": str(row.public_id), "answer": "Yes"}
    assert teacher.post(asked_page(home), data).status_code == 404


def test_a_second_look_promises_nothing_and_needs_a_level(home: World, learner: Client) -> None:
    assert "The level may stay as it is." in text_of(learner.get(mine(home)))
    with tenant_context(home.tenant.pk):
        last = Release.objects.filter(learner=home.learner, milestone=home.milestone).latest("id")
        Release.objects.create(learner=home.learner, milestone=home.milestone, level=last.level, is_withdrawn=True)
    shown = text_of(learner.get(mine(home)))
    assert "have not shared a level yet" in shown
    assert "Ask for a second look" not in shown
    assert "Ask for help" in shown
    assert "There is no level to look at again yet." in text_of(
        learner.post(f"{mine(home)}ask/", {"kind": "look"}), 409
    )
    assert mine(home) in text_of(learner.get("/me/ask/"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "help", "text": "x" * 501}, "This has 501 characters. Shorten it to 500"),
        ({"kind": "money"}, "Choose what you ask for"),
    ],
)
def test_what_is_wrong_with_asking(home: World, learner: Client, data: dict[str, str], sentence: str) -> None:
    assert sentence in text_of(learner.post(f"{mine(home)}ask/", data), 422)
    with tenant_context(home.tenant.pk):
        assert not LearnerRequest.objects.exists()
