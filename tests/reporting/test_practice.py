"""Practice from gaps: offered from released levels, taken alone, fresh each time, never counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment, Attempt
from milestones.models import MilestoneStatus, Release
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import add_task


@pytest.fixture
def practice(home: World) -> Assessment:
    with tenant_context(home.tenant.pk):
        Release.objects.create(learner=home.learner, milestone=home.milestone, level=2)
        return add_task(home, forms=2, title="LKV Number lines", is_practice=True)


def start(client: Client, task: Assessment) -> Any:
    return client.post(f"/me/practice/{task.public_id}/")


def test_offered_taken_and_fresh_each_time(home: World, practice: Assessment, signed_in: As) -> None:
    learner = signed_in("LRN")
    words = text_of(learner.get("/me/work/"))
    assert "Practice for you Only to practise. It never counts. LKV Number lines LKV.0" in words
    for form in "AB":
        taken = start(learner, practice)
        assert taken.status_code == 302
        with tenant_context(home.tenant.pk):
            attempt = Attempt.objects.get(form__name=form, assessment=practice)
            before = list(MilestoneStatus.objects.filter(learner=home.learner).values_list("level", flat=True))
        learner.post(f"{taken.headers['Location']}hand-in/", {"work": f"My answer {form}", "version": "1"})
        with tenant_context(home.tenant.pk):
            Attempt.objects.filter(pk=attempt.pk).update(state="released")
            after = list(MilestoneStatus.objects.filter(learner=home.learner).values_list("level", flat=True))
        assert before == after
    assert "Practice for you" not in text_of(learner.get("/me/work/")), "both forms are used"
    again = start(learner, practice)
    assert again.status_code == 409
    assert "There is no fresh practice here right now. Ask your teacher for more." in text_of(again)


def test_nothing_is_offered_from_what_is_not_released(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        add_task(home, title="LKV Secret gap", is_practice=True, competency_ids=(home.competencies[1].pk,))
    assert "LKV Secret gap" not in text_of(signed_in("LRN").get("/me/work/"))


def test_a_task_that_counts_cannot_be_taken_alone(home: World, practice: Assessment, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        counts = add_task(home, title="LKV Exam")
    assert start(signed_in("LRN"), counts).status_code == 404
    with tenant_context(home.tenant.pk):
        assert not Attempt.objects.filter(assessment=counts).exists()
