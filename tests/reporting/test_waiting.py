"""Waiting times and the number of attempts are said before anybody presses a button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.marking import Judgement, judge, release
from assessments.models import Assessment, Attempt, RetryRequest
from milestones.overrides import Place, set_override
from milestones.services import release_levels
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import actor_of, add_attempt, add_task
from tests.reporting.test_task_pages import give, my_page, task_page


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        yield home


def judged(world: World, task: Assessment) -> Attempt:
    levels = {world.competencies[0].pk: 2}
    return judge(actor_of(world), attempt=add_attempt(world, task), judgement=Judgement(levels))


def row_of(teacher: Client, task: Assessment, name: str) -> str:
    """The cells of one learner on the page of a task."""
    body = teacher.get(task_page(task)).content.decode()
    start = body.index(f'<th scope="row">{name}')
    return body[start : body.index("</tr>", start)]


def on_the_way(world: World) -> None:
    """The milestone below its goal, and released: the learner's page has its button."""
    teacher = actor_of(world)
    set_override(teacher, place=Place(world.learner, world.milestone), level=2, reason="Needs the drawing to do it")
    release_levels(teacher, section=world.section)


def test_the_waiting_time_is_on_the_page_of_the_task(here: World, teacher: Client) -> None:
    task = add_task(here, forms=2, cool_down_hours=48)
    judged(here, task)
    row = row_of(teacher, task, "Ana LKV")
    assert 'disabled aria-describedby="why_' in row
    assert "Ana LKV has time to work on it until" in row
    assert "early=1" in row
    assert "disabled" not in row_of(teacher, task, "Ben LKV"), "who has had none gets the first form"
    page = teacher.get(task_page(task, f"assign/?learner={here.learner.public_id}&early=1")).content.decode()
    assert '<details class="more" open>' in page
    assert "has form B now" in text_of(give(teacher, task, here, reason="Showed the missing step in class"))
    assert "disabled" not in row_of(teacher, task, "Ana LKV"), "under way: no button at all"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"max_attempts": 1}, "Ana LKV has used 1 of 1 attempt. Raise the maximum of the task to give another one"),
        ({}, "Ana LKV has used every form (A). Make form B"),
        ({"is_other_method_on_retry": True, "forms": 2}, "No unused form is left with another method than quiz."),
    ],
)
def test_other_reasons_stand_there_too(here: World, teacher: Client, rules: dict[str, Any], words: str) -> None:
    task = add_task(here, **rules)
    judged(here, task)
    row = row_of(teacher, task, "Ana LKV")
    assert words in row
    assert "disabled" in row
    assert "early=1" not in row, "a reason does not help here"


def test_the_learner_reads_when_another_try_is_possible(here: World, signed_in: As) -> None:
    learner, address = signed_in("LRN"), f"/me/milestones/{here.milestone.public_id}/again/"
    on_the_way(here)
    assert " disabled" not in learner.get("/me/").content.decode()
    task = add_task(here, forms=2, cool_down_hours=48)
    attempt = judged(here, task)
    assert " disabled" not in learner.get("/me/").content.decode(), "a waiting time would tell that it is judged"
    assert "another try" not in text_of(learner.get(my_page(attempt)))
    release(actor_of(here), assessment=task)
    shown = learner.get("/me/").content.decode()
    assert 'disabled aria-describedby="wait_1"' in shown
    words = "You can have another try at “LKV Unit check” from"
    assert words in shown
    assert words in text_of(learner.get(my_page(attempt)))
    refused = learner.post(address)
    assert (refused.status_code, RetryRequest.objects.count()) == (403, 0)
    assert words in text_of(refused)
    Attempt.objects.filter(pk=attempt.pk).update(judged_at=timezone.now() - timedelta(hours=49))
    assert " disabled" not in learner.get("/me/").content.decode()
    assert learner.post(address).status_code == 302


def test_when_all_tries_are_used_there_is_another_way(here: World, signed_in: As) -> None:
    learner = signed_in("LRN")
    on_the_way(here)
    task = add_task(here, forms=2, max_attempts=1)
    attempt = judged(here, task)
    release(actor_of(here), assessment=task)
    words = "You have had your 1 try at “LKV Unit check”. Talk to your teacher about another way to show it."
    assert words in text_of(learner.get("/me/"))
    assert words in text_of(learner.get(my_page(attempt)))
    other = add_task(here, title="A talk about it")
    judged(here, other)
    assert words not in text_of(learner.get("/me/")), "another task can still be had"
