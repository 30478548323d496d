"""Pages of tasks cost the same number of queries for three learners as for thirty, and with one task as with ten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.attempts import assign_class
from assessments.marking import Judgement, judge, mark_second
from assessments.models import Assessment, Attempt, RetryRequest
from competencies.models import Rubric
from tenancy.context import tenant_context
from tests.architecture.test_query_counts import FRAME
from tests.builders import World, add_learner
from tests.reporting.conftest import As
from tests.reporting.tasks import actor_of, add_rubric, add_task

MOST = 27  # the page of one task: its forms, attempts, notes, how hard it is, four rights


def task() -> Assessment:
    found: Assessment = Assessment.objects.order_by("id")[0]
    return found


def mine(world: World) -> Attempt:
    found: Attempt = Attempt.objects.filter(learner=world.learner).order_by("id")[0]
    return found


def rubric() -> Rubric:
    found: Rubric = Rubric.objects.order_by("id")[0]
    return found


PAGES: dict[str, tuple[str, Callable[[World], str]]] = {
    "rubrics": ("TCH", lambda w: "/curriculum/rubrics/"),
    "rubric": ("TCH", lambda w: f"/curriculum/rubrics/{rubric().public_id}/"),
    "edit rubric": ("TCH", lambda w: f"/curriculum/rubrics/{rubric().public_id}/edit/"),
    "library": ("TCH", lambda w: "/curriculum/tasks/"),
    "class": ("TCH", lambda w: f"/classes/{w.section.public_id}/assessments/"),
    "new": ("TCH", lambda w: f"/classes/{w.section.public_id}/assessments/new/"),
    "task": ("TCH", lambda w: f"/assessments/{task().public_id}/"),
    "agreement": ("TCH", lambda w: f"/assessments/{task().public_id}/agreement/"),
    "assign": ("TCH", lambda w: f"/assessments/{task().public_id}/assign/"),
    "attempt": ("TCH", lambda w: f"/attempts/{mine(w).public_id}/"),
    "my work": ("LRN", lambda w: "/me/work/"),
    "my attempt": ("LRN", lambda w: f"/me/work/{mine(w).public_id}/"),
}


def grow(world: World, learners: int, tasks: int) -> None:
    for n in range(learners):
        add_learner(world, f"L{Attempt.objects.count()}-{n}", world.section)
    for _ in range(tasks):
        made = add_rubric(world)
        keys = list(made.criteria.values_list("pk", flat=True))
        add_task(world, forms=3, rubric_id=made.pk, needs_second_marking=True, is_shared=True)
        for one in Assessment.objects.all():
            assign_class(actor_of(world), assessment=one)
        for attempt in Attempt.objects.filter(assessment__rubric=made).order_by("id")[: learners + 1]:
            judge(actor_of(world), attempt=attempt, judgement=Judgement(dict.fromkeys(keys, 3)))
            mark_second(actor_of(world, "SCH"), attempt=attempt, levels=dict.fromkeys(keys, 3))
    waiting = Attempt.objects.exclude(learner__in=RetryRequest.objects.values("learner_id"))
    for learner in set(waiting.values_list("learner_id", flat=True)):
        RetryRequest.objects.create(learner_id=learner, competency=world.competencies[0])


def count(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response: Any = client.get(address)
    assert response.status_code == 200, address
    return [row["sql"] for row in captured.captured_queries if not FRAME.match(row["sql"])]


@pytest.mark.django_db
def test_the_same_number_at_any_size(home: World, signed_in: As) -> None:
    clients = {role: signed_in(role) for role in ("TCH", "LRN")}

    def counts() -> dict[str, int]:
        with tenant_context(home.tenant.pk):
            addresses = {name: address(home) for name, (_, address) in PAGES.items()}
        return {name: len(count(clients[PAGES[name][0]], address)) for name, address in addresses.items()}

    with tenant_context(home.tenant.pk):
        grow(home, 1, 2)
    small = counts()
    with tenant_context(home.tenant.pk):
        grow(home, 12, 4)
    assert counts() == small
    assert max(small.values()) <= MOST, small
