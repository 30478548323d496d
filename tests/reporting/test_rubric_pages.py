"""Pages of rubrics: written, changed, followed by a version, copied, retired; calibration."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assessments.models import CalibrationPiece, CalibrationScore
from competencies.models import Rubric, RubricCriterion
from competencies.rubrics import content_of
from reporting.tasks.rubric_form import values_of
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of
from tests.reporting.tasks import add_attempt, add_rubric, add_task

LIBRARY = "/curriculum/rubrics/"


@pytest.fixture
def here(home: World) -> Any:
    with tenant_context(home.tenant.pk):
        yield home


def page(rubric: Rubric, end: str = "") -> str:
    return f"{LIBRARY}{rubric.public_id}/{end}"


def form(**changes: str) -> dict[str, str]:
    return {
        "title": "Explaining", "is_shared": "on", "criterion_0": "Drawing", "weight_0": "1",
        "text_0_3": "Shows all quantities", "family_0_3": "My drawing shows all of it",
    } | changes  # fmt: skip


def edited(rubric: Rubric, **changes: str) -> dict[str, str]:
    content = content_of(rubric)
    return {**values_of(content), "seen": content.digest, **changes}


def scored(world: World, teacher: Client, rubric: Rubric) -> None:
    attempt = add_attempt(world, add_task(world, rubric_id=rubric.pk))
    keys = RubricCriterion.objects.filter(rubric=rubric).values_list("pk", flat=True)
    sent = {**{f"level_{key}": 3 for key in keys}, "do": "judge"}
    assert teacher.post(f"/attempts/{attempt.public_id}/mark/", sent).status_code == 302


def test_written_found_and_read(here: World, teacher: Client, signed_in: As) -> None:
    assert "There is no rubric yet." in text_of(teacher.get(LIBRARY))
    made = teacher.post(f"{LIBRARY}new/", form(code="LKV.0", criterion_3="Reasons", text_3_4="Why"), follow=True)
    assert "Saved. The rubric is in the library." in text_of(made)
    rubric = Rubric.objects.get()
    assert rubric.competency_id == here.competencies[0].pk
    rows = list(rubric.criteria.order_by("position").values_list("title", flat=True))
    assert rows == ["Drawing", "Reasons"], "blank rows between are not there"
    other = signed_in("OTHER_TCH")
    listed = text_of(other.get(f"{LIBRARY}?q=explaining"))
    assert "Explaining" in listed
    assert "LKV TCH Person" in listed
    assert "No rubric has “zebra”" in text_of(other.get(f"{LIBRARY}?q=zebra"))
    read = text_of(other.get(page(rubric)))
    assert "Shows all quantities" in read
    assert "My drawing shows all of it" in read
    assert other.get(page(rubric, "edit/")).status_code == 404, "whoever made it changes it"


def test_one_for_oneself_is_not_in_the_library_of_others(here: World, teacher: Client, signed_in: As) -> None:
    teacher.post(f"{LIBRARY}new/", {**form(), "is_shared": ""})
    assert "Explaining" in text_of(teacher.get(LIBRARY))
    assert "Explaining" not in text_of(signed_in("OTHER_TCH").get(LIBRARY))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Enter a title for the rubric, like Explaining with a drawing"),
        ({"title": "x" * 201}, "This has 201 characters. Shorten it to 200"),
        ({"title": "a\x1bb"}, "This contains a control character. Type it again"),
        ({"criterion_0": ""}, "Enter a name for criterion 1, or empty its row"),
        ({"criterion_0": "", "text_0_3": "", "family_0_3": ""}, "Write at least one criterion"),
        ({"text_0_2": "x" * 2001}, "This has 2001 characters. Shorten it to 2000"),
        ({"weight_0": "0"}, "The weight was “0”. Enter a number above 0, up to 100, like 2"),
        ({"weight_0": "heavy"}, "The weight was “heavy”. Enter a number above 0, up to 100, like 2"),
        ({"weight_0": "NaN"}, "The weight was “NaN”."),
        ({"weight_0": "1e9"}, "The weight was “1e9”."),
        ({"code": "NO.WHERE"}, "There is no competency “NO.WHERE”. Use a code"),
        ({"code_0": "NO.WHERE"}, "There is no competency “NO.WHERE”. Use a code"),
    ],
)
def test_mistakes_are_named_twice(here: World, teacher: Client, changes: dict[str, str], words: str) -> None:
    response = teacher.post(f"{LIBRARY}new/", form(**changes))
    assert response.status_code == 422
    assert text_of(response).count(words) == 2, "in the summary and at the field"
    assert not Rubric.objects.exists()


def test_every_link_of_the_summary_leads_to_a_box(here: World, teacher: Client) -> None:
    sent = form(title="", criterion_0="", text_0_2="x" * 2001, weight_0="x", code="?", code_0="?")
    body = teacher.post(f"{LIBRARY}new/", sent).content.decode()
    for name in ("title", "criterion_0", "text_0_2", "weight_0", "code", "code_0"):
        assert f'href="#{name}"' in body, name
        assert f'id="{name}"' in body, name


def test_without_scores_it_is_changed_in_place(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    saved = teacher.post(page(rubric, "edit/"), edited(rubric, title="LKV Better"), follow=True)
    assert saved.redirect_chain[-1][0] == page(rubric)
    assert Rubric.objects.count() == 1
    assert "LKV Better" in text_of(saved)


def test_with_scores_a_change_is_the_next_version(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    scored(here, teacher, rubric)
    assert "A change becomes the next version" in text_of(teacher.get(page(rubric)))
    saved = teacher.post(page(rubric, "edit/"), edited(rubric, criterion_0="Sketch"), follow=True)
    assert "Saved as version 2. Work that was scored keeps version 1." in text_of(saved)
    following = Rubric.objects.get(follows=rubric)
    assert (following.version, rubric.criteria.order_by("position").first().title) == (2, "Drawing")  # type: ignore[union-attr]
    before = text_of(teacher.get(page(rubric)))
    assert "A newer version follows this one." in before
    listed = text_of(teacher.get(LIBRARY))
    assert "version 2" in listed
    assert listed.count("LKV Explaining") == 1, "the newest stands for all"
    again = teacher.post(page(rubric, "edit/"), edited(rubric, criterion_0="Picture"))
    assert again.status_code == 409
    assert "There is a newer version of this rubric. Change that one." in text_of(again)


def test_the_slower_of_two_sees_both(here: World, teacher: Client, signed_in: As) -> None:
    rubric = add_rubric(here)
    mine = edited(rubric, title="LKV Mine")
    signed_in("DST").post(page(rubric, "edit/"), edited(rubric, title="LKV Theirs"))
    response = teacher.post(page(rubric, "edit/"), mine)
    assert response.status_code == 409
    words = text_of(response)
    assert "Somebody else changed this rubric a moment ago." in words
    assert "Theirs: LKV Theirs" in words
    assert 'value="LKV Mine"' in response.content.decode()
    rubric.refresh_from_db()
    assert teacher.post(page(rubric, "edit/"), {**mine, "seen": content_of(rubric).digest}).status_code == 302


def test_copied_and_adapted(here: World, signed_in: As) -> None:
    rubric, other = add_rubric(here), signed_in("OTHER_TCH")
    address = f"{LIBRARY}new/?from={rubric.public_id}"
    assert "Copied from “LKV Explaining”" in text_of(other.get(address))
    other.post(address, form(title="LKV Mine"))
    copy = Rubric.objects.get(title="LKV Mine")
    assert (copy.copied_from_id, copy.version, copy.made_by_id) == (rubric.pk, 1, here.members["OTHER_TCH"].pk)
    assert "copied from “LKV Explaining”" in text_of(other.get(page(copy)))


def test_retired_and_back(here: World, teacher: Client) -> None:
    rubric = add_rubric(here)
    assert "Retired." in text_of(teacher.post(page(rubric, "state/"), {"to": "retired"}, follow=True))
    assert "LKV Explaining" not in text_of(teacher.get(LIBRARY))
    assert "LKV Explaining" in text_of(teacher.get(f"{LIBRARY}?all=1"))
    new_task = f"/classes/{here.section.public_id}/assessments/new/"
    assert "LKV Explaining" not in text_of(teacher.get(new_task))
    assert "Back in use." in text_of(teacher.post(page(rubric, "state/"), {"to": "active"}, follow=True))
    assert "LKV Explaining" in text_of(teacher.get(new_task))


def test_calibration_is_blind_until_one_has_scored(here: World, teacher: Client, signed_in: As) -> None:
    rubric, other = add_rubric(here), signed_in("OTHER_TCH")
    for sent, words in (
        ({"title": "", "work": "x"}, "Enter a title for the sample, like Poster about fractions"),
        ({"title": "x", "work": ""}, "Enter the work itself, or where to find it, without the learner's name"),
    ):
        wrong = teacher.post(page(rubric, "calibration/new/"), sent)
        assert wrong.status_code == 422
        assert text_of(wrong).count(words) == 2
    teacher.post(page(rubric, "calibration/new/"), {"title": "Poster", "work": "Three of four parts"})
    piece = CalibrationPiece.objects.get()
    address = page(rubric, f"calibration/{piece.public_id}/")
    keys = list(rubric.criteria.order_by("position").values_list("pk", flat=True))
    high, low = {f"level_{key}": "4" for key in keys}, {f"level_{key}": "2" for key in keys}
    some = {f"level_{keys[0]}": "4"}
    unfinished = teacher.post(address, some)
    assert unfinished.status_code == 422
    assert "Choose a level for each criterion" in text_of(unfinished)
    assert "Saved. Now you see what others chose." in text_of(teacher.post(address, high, follow=True))
    assert teacher.post(address, low).status_code == 409, "what was chosen blind stands"
    assert "What teachers chose" not in text_of(other.get(address))
    assert other.post(address, {**low, "agreed": "1"}).status_code == 404, "who keeps the rubric agrees"
    other.post(address, low)
    assert "What teachers chose" in text_of(other.get(address))
    assert "Nothing to compare yet." in text_of(other.get(address))
    assert teacher.post(address, {**high, "agreed": "1"}).status_code == 302
    assert "100 % of 2 levels are the same. Weighted kappa is undefined here" in text_of(teacher.get(address))
    assert "0 % of 2 levels are the same. Weighted kappa (quadratic): 0.00" in text_of(other.get(address))
    assert CalibrationScore.objects.count() == 6
    names = text_of(teacher.get(address))
    assert "OTHER_TCH" not in names, "counts, no names"
