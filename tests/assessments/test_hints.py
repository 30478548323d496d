"""Work with hints: kept, shown, never counted – whichever door it comes through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assessments.models import Attempt, Evidence, standing
from milestones.models import CompetencyStatus
from milestones.selectors import competency_reason
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.integrations.evidence_builders import faults, figures, refused, row, send, stored, write
from tests.milestones.test_one_piece import post
from tests.reporting.conftest import milestone_page, text_of
from tests.reporting.tasks import add_attempt, add_rubric, add_task
from tests.reporting.test_task_pages import attempt_page, levels

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    client = Client()
    client.force_login(home.users["TCH"])
    return client


def of_attempt(attempt: Attempt) -> Evidence:
    found: Evidence = Evidence.objects.get(standing(), attempt=str(attempt.public_id))
    return found


def counted(world: World) -> int:
    return int(CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[0]).pieces)


def test_entered_while_marking_it_stays_out_of_the_level_until_it_is_put_right(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        attempt = add_attempt(home, add_task(home))
        before = counted(home)
        sent: dict[str, Any] = {f"level_{home.competencies[0].pk}": 4, "do": "judge", "hints": "2", "minutes": "12"}
        assert teacher.post(attempt_page(attempt, "mark/"), sent).status_code == 302
        row = of_attempt(attempt)
        assert (row.hints, row.minutes, row.state) == (2, 12, "counted")
        assert counted(home) == before
        page = text_of(teacher.get(milestone_page(home)))
        assert "1 piece was done with hints: it is shown but does not count." in page
        assert "with 2 hints, not counted" in page
        marked = text_of(teacher.get(attempt_page(attempt)))
        assert "Worked 12 minutes" in marked
        assert "Used 2 hints: does not count towards a level" in marked
        assert teacher.post(attempt_page(attempt, "mark/"), sent | {"hints": "", "minutes": ""}).status_code == 302
        again = of_attempt(attempt)
        assert (again.hints, again.minutes, again.entry) == (0, None, "corrected")
        assert counted(home) == before + 1
        assert "done with hints" not in text_of(teacher.get(milestone_page(home)))
    assert verify_tenant(home.tenant.pk).lines == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"hints": "two"}, "This was “two”. Enter a whole number from 0 to 999, or leave it empty"),
        ({"hints": "1000"}, "This was “1000”. Enter a whole number from 0 to 999, or leave it empty"),
        ({"minutes": "-5"}, "This was “-5”. Enter a whole number from 0 to 9999, or leave it empty"),
        ({"minutes": "1.5"}, "This was “1.5”. Enter a whole number from 0 to 9999, or leave it empty"),
        ({"minutes": "٣"}, "This was “٣”. Enter a whole number from 0 to 9999, or leave it empty"),
    ],
)
def test_what_is_wrong_in_the_boxes_is_said(home: World, teacher: Client, sent: dict[str, str], words: str) -> None:
    with tenant_context(home.tenant.pk):
        attempt = add_attempt(home, add_task(home))
        whole = {f"level_{home.competencies[0].pk}": 3, "do": "judge", **sent}
        answer = teacher.post(attempt_page(attempt, "mark/"), whole)
        assert (answer.status_code, text_of(answer).count(words)) == (422, 2)
        assert f'value="{next(iter(sent.values()))}"' in answer.content.decode(), "what was typed stays"
        attempt.refresh_from_db()
        assert (attempt.state, attempt.hints, attempt.minutes) == ("assigned", 0, None)


def test_a_second_marker_keeps_what_the_first_one_entered(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        rubric = add_rubric(home)
        attempt = add_attempt(home, add_task(home, rubric_id=rubric.pk, needs_second_marking=True))
        first = {**levels(rubric, 3, 3), "do": "judge", "hints": "1", "minutes": "9"}
        assert teacher.post(attempt_page(attempt, "mark/"), first).status_code == 302
        second = Client()
        second.force_login(home.users["SCH"])
        assert 'name="hints"' not in second.get(attempt_page(attempt)).content.decode()
        assert second.post(attempt_page(attempt, "mark/"), {**levels(rubric, 3, 3), "do": "second"}).status_code == 302
        assert (of_attempt(attempt).hints, of_attempt(attempt).minutes) == (1, 9)


@pytest.mark.parametrize("is_short", [True, False])
def test_over_the_api(home: World, monkeypatch: pytest.MonkeyPatch, is_short: bool) -> None:
    if not is_short:
        monkeypatch.setattr("assessments.services.short_way", [])
    competency = home.competencies[3]
    sent: dict[str, Any] = {
        "competency": str(competency.public_id), "occurred_at": "2026-01-15T09:00:00Z", "hints": 3, "minutes": 20
    }  # fmt: skip
    assert post(home, 1, **sent).status_code == 201
    assert post(home, 1, **sent).status_code == 200, "sent again"
    assert post(home, 1, **sent | {"hints": 0}).status_code == 409, "other content"
    assert post(home, 2, **sent | {"hints": 0, "score": 4}).status_code == 201
    with tenant_context(home.tenant.pk):
        reason = competency_reason(home.learner.pk, competency).explanation
    assert [one["task"] for one in reason["counted"]] == ["task-2"]
    assert [(one["task"], one["reason"]) for one in reason["ignored"]] == [("task-1", "with_hints")]
    assert verify_tenant(home.tenant.pk).lines == []
    for values, words in (
        ({"hints": -1}, "hints was -1. Use a whole number from 0 to 999"),
        ({"minutes": 10_000}, "minutes was 10000. Use a whole number from 0 to 9999"),
        ({"hints": "2"}, "Expected `int`, got `str`"),
    ):
        assert words in str(post(home, 3, **sent | values).json())
    assert "state was" in str(post(home, 4, state="with_hints").json()), "it is no state to send"


def test_in_a_file(home: World, tmp_path: Path) -> None:
    path = write(
        tmp_path, [row(home, hints="2", minutes="15"), row(home, task="other", hints="0"), row(home, task="3")]
    )
    assert figures(send(home, path)) == (3, 0, 0)
    assert figures(send(home, path)) == (0, 3, 0)
    assert [(one.hints, one.minutes) for one in stored(home)] == [(2, 15), (0, None), (0, None)]
    report = refused(home, write(tmp_path, [row(home, hints="some", minutes="1000000"), row(home, minutes="99999")]))
    assert faults(report) == [
        (2, "hints", "invalid_number"), (2, "minutes", "invalid_number"), (3, "minutes", "out_of_range"),
    ]  # fmt: skip
    assert 'hints "some" is not a whole number. Write it like 2' in report.problems[0].message


def test_the_learner_is_told_what_did_not_count(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        attempt = add_attempt(home, add_task(home))
        sent = {f"level_{home.competencies[0].pk}": 4, "do": "judge", "hints": "1"}
        assert teacher.post(attempt_page(attempt, "mark/"), sent).status_code == 302
        assert teacher.post(f"/assessments/{attempt.assessment.public_id}/release/").status_code == 302
        learner = Client()
        learner.force_login(home.users["LRN"])
        page = text_of(learner.get(f"/me/work/{attempt.public_id}/"))
    assert (
        "You used 1 hint, so it does not count towards your level. Show it again without one whenever you like." in page
    )
