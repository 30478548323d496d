"""Narratives: a draft with the facts beside it, released to the family, corrected by a new one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from milestones.models import Narrative, Phrase
from milestones.reading_age import reading_age
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of

WORDS = "Ana draws before she reaches for the rule. Next she explains one in her own words."


def address_of(world: World) -> str:
    return f"/learners/{world.learner.public_id}/narratives/"


def write(world: World, client: Client, name: str = "save", **values: Any) -> Any:
    data = {"section": str(world.section.public_id), "text": WORDS, "language": "en", name: "1", **values}
    return client.post(f"{address_of(world)}new/", data)


def newest(world: World) -> Narrative:
    with tenant_context(world.tenant.pk):
        found: Narrative = Narrative.objects.order_by("-id")[0]
        return found


def test_family_reads_a_narrative_once_it_is_released(home: World, teacher: Client, signed_in: As) -> None:
    guardian, reports = signed_in("GRD"), f"/family/{home.learner.public_id}/reports/"
    assert write(home, teacher).status_code == 302
    draft = newest(home)
    page = text_of(teacher.get(f"/narratives/{draft.public_id}/"))
    assert "The facts" in page
    assert home.milestone.title in page
    assert WORDS not in text_of(guardian.get(reports))
    assert WORDS in text_of(teacher.get(address_of(home)))
    sent = {"text": WORDS + " Well done.", "language": "en", "version": draft.version, "release": "1"}
    assert teacher.post(f"/narratives/{draft.public_id}/", sent).status_code == 302
    assert "Well done." in text_of(guardian.get(reports))
    again = {**sent, "text": "Other words", "version": draft.version + 1}
    assert teacher.post(f"/narratives/{draft.public_id}/", again).status_code == 409


def test_correction_takes_the_place_of_what_was_released(home: World, teacher: Client, signed_in: As) -> None:
    guardian, reports = signed_in("GRD"), f"/family/{home.learner.public_id}/reports/"
    write(home, teacher, "release")
    old = newest(home)
    assert teacher.post(f"/narratives/{old.public_id}/correct/").status_code == 302
    assert teacher.post(f"/narratives/{old.public_id}/correct/").status_code == 409
    new = newest(home)
    sent = {"text": "Ana explains two ways.", "language": "en", "version": "1"}
    teacher.post(f"/narratives/{new.public_id}/", sent)
    assert WORDS in text_of(guardian.get(reports))
    teacher.post(f"/narratives/{new.public_id}/", {**sent, "version": "2", "release": "1"})
    shown = text_of(guardian.get(reports))
    assert "Ana explains two ways." in shown
    assert WORDS not in shown
    with tenant_context(home.tenant.pk):
        assert Narrative.objects.get(pk=old.pk).text == WORDS


def test_draft_is_its_writers_and_the_older_window_is_told(home: World, teacher: Client, signed_in: As) -> None:
    write(home, teacher)
    draft = newest(home)
    there = f"/narratives/{draft.public_id}/"
    sent = {"text": "Mine", "language": "en", "version": "1"}
    assert signed_in("SCH").post(there, sent).status_code == 403
    assert teacher.post(there, sent).status_code == 302
    assert teacher.post(there, sent).status_code == 409
    assert teacher.post(f"{there}discard/").status_code == 302
    assert teacher.get(there).status_code == 404


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "Write what the family should know, like what comes next"),
        ("x" * 4001, "This has 4001 characters. Shorten it to 4000"),
        ("{learner} draws", "{learner} is not filled in. Write the name"),
    ],
)
def test_what_is_wrong_with_a_narrative(home: World, teacher: Client, text: str, sentence: str) -> None:
    response = write(home, teacher, text=text)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_sentence_of_the_bank_goes_to_the_end_of_the_text(home: World, teacher: Client, signed_in: As) -> None:
    teacher.post("/settings/phrases/", {"text": "{learner} helps others."})
    with tenant_context(home.tenant.pk):
        phrase = Phrase.objects.get()
    shown = text_of(write(home, teacher, "phrase", phrase=str(phrase.public_id)))
    assert f"{WORDS} {home.learner.given_name} helps others." in shown
    assert "helps others" not in text_of(signed_in("SCH").get("/settings/phrases/")), "not shared"
    with tenant_context(home.tenant.pk):
        assert not Narrative.objects.exists()
    assert teacher.post(f"/settings/phrases/{phrase.public_id}/remove/").status_code == 302
    assert "helps others" not in text_of(teacher.get("/settings/phrases/"))


def test_reading_age_grows_with_long_words_and_sentences() -> None:
    easy = "Ana can do the steps. She draws it first. Then she says why it is so. " * 3
    hard = (
        "Ana consistently demonstrates considerable procedural understanding of multiplicative relationships, "
        "although her mathematical justification occasionally requires additional representational sophistication. "
    ) * 2
    assert (reading_age(easy) or 99) <= 8
    assert (reading_age(hard) or 0) >= 18
    assert reading_age("Ana draws.") is None
    assert reading_age(easy, "es") is None
