"""Good words and celebrations: released only, read by a teacher first, and never a number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Learner
from milestones.models import CelebrationRule, Release, ShoutOut
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, text_of


def release(world: World, level: int, days: float = 0, **values: Any) -> Release:
    at = timezone.now() - timedelta(days=days)
    milestone = values.pop("milestone", world.other_milestone)
    row: Release = Release.objects.create(
        learner=values.pop("learner", world.learner), milestone=milestone, level=level, released_at=at, **values
    )
    return row


@pytest.fixture
def fresh(home: World) -> World:
    """A cast in which nothing is released to Ana: what was is taken back."""
    with tenant_context(home.tenant.pk):
        release(home, 3, milestone=home.milestone, is_withdrawn=True)
    return home


def child(world: World) -> str:
    return f"/family/{world.learner.public_id}/"


def test_a_released_goal_is_celebrated_with_a_question(fresh: World, signed_in: As) -> None:
    family, learner = signed_in("GRD"), signed_in("LRN")
    assert "reached a goal" not in text_of(family.get(child(fresh)))
    with tenant_context(fresh.tenant.pk):
        release(fresh, 3)
    page = text_of(family.get(child(fresh)))
    assert "Ana reached a goal LKV Ratios Meets" in page
    assert "Ask Ana: can you show me “LKV Ratios”, and how you know that it is right?" in page
    own = text_of(learner.get("/me/"))
    assert "You reached a goal LKV Ratios Meets" in own
    assert "Show somebody at home how you do it" in own


@pytest.mark.parametrize(
    ("rows", "is_celebrated"),
    [
        ([(2, 1)], False),
        ([(3, 15)], False),
        ([(3, 13)], True),
        ([(3, 40), (3, 1)], False),  # shown again is not reached again
        ([(3, 5), (3, 1)], True),
        ([(3, 40), (4, 1)], True),  # higher than before
        ([(4, 40), (3, 1)], False),  # lower than before
        ([(3, 40), (2, 20), (3, 2)], True),
        ([(3, 3), (2, 1)], False),
    ],
)
def test_what_is_reached(fresh: World, signed_in: As, rows: list[tuple[int, float]], is_celebrated: bool) -> None:
    with tenant_context(fresh.tenant.pk):
        for level, days in rows:
            release(fresh, level, days)
    assert ("You reached a goal" in text_of(signed_in("LRN").get("/me/"))) is is_celebrated


def test_a_release_that_was_taken_back_is_not_celebrated(fresh: World, signed_in: As) -> None:
    with tenant_context(fresh.tenant.pk):
        release(fresh, 3, 2)
        release(fresh, 3, 1, is_withdrawn=True)
    assert "You reached a goal" not in text_of(signed_in("LRN").get("/me/"))


def test_the_school_says_from_when_or_never(fresh: World, signed_in: As) -> None:
    with tenant_context(fresh.tenant.pk):
        release(fresh, 3)
    learner, administrator, district = signed_in("LRN"), signed_in("SCH"), signed_in("DST")
    school = str(fresh.school.public_id)

    def celebrated_after(client: Client, **data: str) -> bool:
        assert client.post("/settings/celebrations/", data).status_code == 302
        return "You reached a goal" in text_of(learner.get("/me/"))

    assert not celebrated_after(district, school="", level="4")
    assert celebrated_after(administrator, school=school, level="3")
    assert not celebrated_after(administrator, school=school, level="never")
    assert not celebrated_after(administrator, school=school, level="district")
    assert celebrated_after(district, school="", level="3")


@pytest.mark.parametrize(
    ("role", "data", "sentence"),
    [
        ("SCH", {"level": "3"}, "Choose a school from the list"),
        ("SCH", {"school": "other", "level": "3"}, "Choose a school from the list"),
        ("DST", {"school": "", "level": "9"}, "Choose a level from the list, or never"),
        ("DST", {"school": "", "level": "district"}, "Choose a school from the list"),
    ],
)
def test_bad_rules(fresh: World, signed_in: As, role: str, data: dict[str, str], sentence: str) -> None:
    if data.get("school") == "other":
        data = {**data, "school": str(fresh.other_school.public_id)}
    response = signed_in(role).post("/settings/celebrations/", data)
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(fresh.tenant.pk):
        assert not CelebrationRule.objects.exists()


def test_a_teachers_word_is_seen_at_once_and_can_be_taken_back(home: World, teacher: Client, signed_in: As) -> None:
    address = f"/learners/{home.learner.public_id}/recognition/"
    said = teacher.post(address, {"text": "You asked a <b>good</b> question"}, follow=True)
    assert "Said. Learner and family see it now." in text_of(said)
    for reader in (signed_in("LRN").get("/me/"), signed_in("GRD").get(child(home))):
        assert "You asked a <b>good</b> question LKV TCH Person" in text_of(reader)
    with tenant_context(home.tenant.pk):
        word = ShoutOut.objects.get()
    teacher.post(f"/shout-outs/{word.public_id}/", {"state": "declined"})
    assert "good question" not in signed_in("LRN").get("/me/").content.decode()
    back = teacher.post(f"/shout-outs/{word.public_id}/", {"state": "waiting"})
    assert "A good word can be shown, not shown, or put back to waiting" in text_of(back)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "Write what you saw, like: You helped me find my mistake"),
        ("x" * 301, "This has 301 characters. Shorten it to 300"),
        ("a\x00b", "This contains a control character. Type it again"),
        ("a\x07b", "This contains a control character. Type it again"),
    ],
)
def test_bad_words(home: World, teacher: Client, signed_in: As, text: str, sentence: str) -> None:
    for response in (
        teacher.post(f"/learners/{home.learner.public_id}/recognition/", {"text": text}),
        signed_in("LRN").post("/me/shout-outs/new/", {"learner": home.classmate.public_id, "text": text}),
    ):
        assert response.status_code == 422
        assert sentence in text_of(response)


def test_a_peers_word_waits_for_a_teacher(home: World, teacher: Client, signed_in: As) -> None:
    learner, page = signed_in("LRN"), f"/classes/{home.section.public_id}/shout-outs/"
    form = text_of(learner.get("/me/shout-outs/new/"))
    assert "Ben LKV" in form
    assert "Cleo" not in form
    sent = learner.post("/me/shout-outs/new/", {"learner": home.classmate.public_id, "text": "Thanks"}, follow=True)
    assert "Sent." in text_of(sent)
    with tenant_context(home.tenant.pk):
        word = ShoutOut.objects.get()
        assert (word.state, word.is_from_peer, word.by_name) == ("waiting", True, "LKV LRN Person")
        Learner.objects.filter(pk=home.classmate.pk).update(member=home.members["OTHER_TCH"])
    assert "Thanks LKV LRN Person for Ben LKV" in text_of(teacher.get(page))
    address, next_ = f"/shout-outs/{word.public_id}/", {"next": page}
    assert "Let through." in text_of(teacher.post(address, {"state": "shown", **next_}, follow=True))
    assert "Put back to waiting." in text_of(teacher.post(address, {"state": "waiting", **next_}, follow=True))
    declined = text_of(teacher.post(address, {"state": "declined", **next_}, follow=True))
    assert "Not shown. Nobody is told." in declined
    assert "Nothing waits." in declined
    assert "Undo : Thanks" in declined
    assert "Thanks" not in text_of(learner.get("/me/"))


def test_nobody_writes_to_somebody_of_another_class_or_to_themselves(home: World, signed_in: As) -> None:
    for other in (home.stranger_learner, home.learner):
        response = signed_in("LRN").post("/me/shout-outs/new/", {"learner": other.public_id, "text": "Hello"})
        assert "Choose a classmate from the list" in text_of(response)


def test_a_peer_does_not_bury_a_teacher(home: World, signed_in: As) -> None:
    data = {"learner": home.classmate.public_id, "text": "Thanks"}
    assert [signed_in("LRN").post("/me/shout-outs/new/", data).status_code for _ in range(11)] == [302] * 10 + [409]
