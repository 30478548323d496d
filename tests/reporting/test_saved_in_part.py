"""What is judged by points or by levels can be saved in part, and finished later – by a colleague, too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.models import Attempt, Evidence
from competencies.models import Competency
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import add_attempt, add_task
from tests.reporting.test_task_pages import attempt_page, my_page, pieces


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        yield home


def save(client: Client, attempt: Attempt, what: str = "part", **sent: Any) -> Any:
    attempt.refresh_from_db()
    return client.post(attempt_page(attempt, "mark/"), {"do": what, "version": attempt.version, **sent}, follow=True)


def of(competency: Competency, level: int) -> dict[str, Any]:
    return {f"level_{competency.pk}": level}


def state(attempt: Attempt) -> str:
    attempt.refresh_from_db()
    return attempt.state


def checked(client: Client, attempt: Attempt) -> int:
    return client.get(attempt_page(attempt)).content.decode().count(" checked")


def test_levels_of_some_competencies(here: World, teacher: Client, signed_in: As) -> None:
    first, second = here.competencies[:2]
    attempt = add_attempt(here, add_task(here, competency_ids=(first.pk, second.pk)))
    before = Evidence.objects.count()
    saved = save(teacher, attempt, feedback="The rest on Monday", hints="1", **of(first, 3))
    assert "Saved. It awaits judgement." in text_of(saved)
    assert (state(attempt), Evidence.objects.count()) == ("awaiting", before)
    assert checked(signed_in("SCH"), attempt) == 1
    page = teacher.get(attempt_page(attempt)).content.decode()
    assert "The rest on Monday" in page
    seen = text_of(signed_in("LRN").get(my_page(attempt)))
    assert "With your teacher" in seen
    assert "The rest on Monday" not in seen
    missing = save(teacher, attempt, "judge", **of(first, 3))
    assert missing.status_code == 422
    assert "Choose a level for each competency before judging" in text_of(missing)
    assert (state(attempt), Evidence.objects.count()) == ("awaiting", before)
    save(teacher, attempt, **of(first, 2), **of(second, 4))
    assert (state(attempt), checked(teacher, attempt)) == ("awaiting", 2), "complete, and still somebody has to judge"
    save(teacher, attempt, "judge", **of(first, 2), **of(second, 4))
    assert (state(attempt), attempt.part) == ("judged", {})
    assert [row.score for row in pieces(attempt)] == [Decimal(2), Decimal(4)]
    assert "Save a part" not in text_of(teacher.get(attempt_page(attempt)))
    assert save(teacher, attempt, **of(first, 1)).status_code == 409, "judged work is not taken apart"


def test_points_so_far(here: World, teacher: Client) -> None:
    attempt = add_attempt(here, add_task(here, possible=Decimal(20)))
    assert save(teacher, attempt, points="7,5").status_code == 200
    assert (state(attempt), attempt.part) == ("awaiting", {"levels": {}, "points": "7.5"})
    assert 'value="7.5"' in teacher.get(attempt_page(attempt)).content.decode()
    refused = save(teacher, attempt, points="21")
    assert refused.status_code == 422
    assert "The points were 21.000. Enter a number from 0 to 20" in text_of(refused)
    assert save(teacher, attempt, points="").status_code == 200, "taken back"
    assert attempt_of(attempt).part == {"levels": {}}
    save(teacher, attempt, "judge", points="12")
    assert (state(attempt), pieces(attempt)[0].score) == ("judged", Decimal(12))


def test_back_for_revision_the_part_is_kept(here: World, teacher: Client) -> None:
    attempt = add_attempt(here, add_task(here))
    save(teacher, attempt, **of(here.competencies[0], 2))
    save(teacher, attempt, "revise", feedback="Show the second step")
    assert (state(attempt), checked(teacher, attempt)) == ("needs_revision", 1)


def attempt_of(attempt: Attempt) -> Attempt:
    attempt.refresh_from_db()
    return attempt
