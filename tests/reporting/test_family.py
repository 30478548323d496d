"""The family's pages: how it goes and why, what helps, what happened, a cheer, and settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interventions.models import FamilyChoice, SupportPlan
from milestones.home_words import write_home_words
from milestones.models import GoalNote, Milestone, Release, SectionMilestone, ShoutOut
from reporting.family.standing import Standing, status_of
from reporting.learning.steps import steps_of
from tenancy.context import tenant_context
from tenancy.models import User
from tests.builders import World, add_milestone
from tests.reporting.conftest import As, text_of


@pytest.fixture
def guardian(signed_in: As) -> Client:
    return signed_in("GRD")


def child(world: World, end: str = "") -> str:
    return f"/family/{world.learner.public_id}/{end}"


def share(world: World, milestone: Milestone, level: int, **values: Any) -> None:
    Release.objects.create(learner=world.learner, milestone=milestone, level=level, **values)


@pytest.mark.parametrize(
    ("levels", "past_date", "standing", "reason"),
    [
        ([4, 4], [], Standing.JUST_STARTING, "few"),
        ([1, 1, 0], [1], Standing.JUST_STARTING, "begun"),
        ([1, 1, 0], [1, 1], Standing.NEEDS_A_HAND, "past_date"),
        ([2, 2, 3, 3, 3], [2, 2, 3], Standing.NEEDS_A_HAND, "past_date"),
        ([2, 2, 3, 3, 3, 3], [2, 2, 3, 3, 3, 3], Standing.ON_TRACK, "going"),
        ([2, 2, 2, 2], [], Standing.ON_TRACK, "going"),
        ([3, 3, 4], [], Standing.AHEAD, "beyond"),
        ([3, 3, 3], [], Standing.ON_TRACK, "going"),
    ],
)
def test_how_it_goes(levels: list[int], past_date: list[int], standing: Standing, reason: str) -> None:
    status = status_of(levels, past_date)
    assert (status.standing, status.reason) == (standing, reason)


def test_needs_a_hand_names_what_school_is_doing(home: World, guardian: Client) -> None:
    with tenant_context(home.tenant.pk):
        late = [add_milestone(f"Late {n}", home.competencies[:1]) for n in range(3)]
        day = home.system.today - timedelta(days=3)
        for one in late:
            SectionMilestone.objects.create(section=home.section, milestone=one, due_on=day)
            share(home, one, 2)
    shown = text_of(guardian.get(child(home)))
    assert "Needs a hand" in shown
    assert "The planned day is over for: Late 0 · Late 1 · Late 2 ." in shown
    assert "They have not shared a plan with you yet" in shown
    with tenant_context(home.tenant.pk):
        SupportPlan.objects.create(
            learner=home.learner, milestone=late[0], approach="Fraction strips", state="running",
            started_at=timezone.now(), is_shared=True,
        )  # fmt: skip
    assert "What school is doing: Fraction strips" in text_of(guardian.get(child(home)))


def test_words_for_families_in_their_language(home: World, guardian: Client) -> None:
    with tenant_context(home.tenant.pk):
        share(home, home.other_milestone, 2)
        write_home_words(home.system, milestone=home.other_milestone, language="en", help="Cook together", meaning="M")
        write_home_words(home.system, milestone=home.other_milestone, language="es", help="Cocinen", title="Razones")
    assert "Cook together" in text_of(guardian.get(child(home)))
    spanish = guardian.get(child(home) + "?language=es")
    assert "Cocinen" in text_of(spanish)
    assert '<html lang="es" dir="ltr">' in spanish.content.decode()
    listed = text_of(guardian.get(child(home, "milestones/")))
    assert "Razones" in listed
    assert "En la escuela se llama: LKV Ratios" in listed


def test_words_of_the_competency_where_the_milestone_has_none(home: World, guardian: Client, signed_in: As) -> None:
    """In the reader's language wherever it was written; the milestone's own first; another language is said openly."""
    address = f"/curriculum/competencies/{home.competencies[1].public_id}/home/"
    editor = signed_in("DST")
    for values, sentence in (
        ({"meaning": "x" * 1001}, "This has 1001 characters. Shorten it to 1000"),
        ({"ideas": "\n".join("abcdef")}, "These are 6 ideas. Keep the best 5"),
        ({"ideas": f"a\n{'y' * 401}"}, "Idea 2 has 401 characters. Shorten it to 400"),
    ):
        assert sentence in text_of(editor.post(address, values))
    assert editor.post(address, {"meaning": "Ratios compare.", "ideas": "Mix juice\n\nCount steps"}).status_code == 302
    assert editor.post(f"{address}?in=es", {"ideas": "Mezclen jugo"}).status_code == 302
    with tenant_context(home.tenant.pk):
        share(home, home.other_milestone, 2)
    shown = text_of(guardian.get(child(home)))
    assert "Ratios compare." in shown
    assert "Mix juice Count steps" in shown
    assert "Nobody has written this in your language" not in shown
    spanish = text_of(guardian.get(child(home) + "milestones/?language=es"))
    assert "Mezclen jugo" in spanish
    assert "Ratios compare." in spanish
    assert "está en inglés" in spanish.lower()
    with tenant_context(home.tenant.pk):
        write_home_words(home.system, milestone=home.other_milestone, language="en", help="Our own words")
    assert "Mezclen jugo" in text_of(guardian.get(child(home)))
    english = text_of(guardian.get(child(home) + "?language=en"))
    assert "Our own words" in english
    assert "Mix juice" not in english
    assert editor.post(f"{address}?in=es", {}).status_code == 302
    assert "written" not in text_of(editor.get(f"{address}?in=es")).split("Español")[1].split("العربية")[0]


def test_timeline_says_what_was_shared_and_nothing_from_before_it_was_taken_back(home: World, guardian: Client) -> None:
    now = timezone.now()
    with tenant_context(home.tenant.pk):
        for n, (level, back) in enumerate(((1, False), (4, False), (0, True), (2, False), (2, False), (3, False))):
            at = now - timedelta(hours=9 - n)
            share(home, home.other_milestone, level, is_withdrawn=back, released_at=at)
    shown = text_of(guardian.get(child(home, "timeline/")))
    assert "LKV Ratios : shared for the first time, at Developing" in shown
    assert "LKV Ratios : moved up to Meets" in shown
    assert "Mastery" not in shown
    assert "Beginning" not in shown


def test_cheer_reaches_the_child_and_no_other_guardian(home: World, guardian: Client, signed_in: As) -> None:
    for n in range(3):
        assert guardian.post(child(home, "cheer/"), {"text": f"Proud of you {n}"}).status_code == 302
    refused = guardian.post(child(home, "cheer/"), {"text": "Again"})
    assert refused.status_code == 422
    assert "You sent three cheers today. Send the next one tomorrow." in text_of(refused)
    assert "Write your cheer" in text_of(guardian.post(child(home, "cheer/"), {"text": " "}))
    assert "Proud of you 2" in text_of(signed_in("LRN").get("/me/"))
    with tenant_context(home.tenant.pk):
        ShoutOut.objects.update(by_member_id=home.members["TCH"].pk)  # as if another guardian had sent them
    assert "Proud of you" not in text_of(guardian.get(child(home)))


def test_settings_are_kept(home: World, guardian: Client) -> None:
    good = {
        "language": "ar", "is_weekly": "on", "weekday": "6", "hour": "9", "by_mail": "on", "by_sms": "on",
        "phone": "+49 (151) 234-56789", "quiet_from": "21", "quiet_until": "8", "time_zone": "America/Lima",
    }  # fmt: skip
    assert guardian.post("/family/settings/", good).status_code == 302
    with tenant_context(home.tenant.pk):
        row = FamilyChoice.objects.get()
        assert (row.weekday, row.hour, row.phone, row.time_zone) == (6, 9, "+4915123456789", "America/Lima")
        assert User.objects.get(pk=home.users["GRD"].pk).language == "ar"
    assert 'dir="rtl"' in guardian.get("/family/settings/").content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"phone": "0151 2345"}, "Enter your number with the country code, like +49 151 23456789"),
        ({"by_mail": "", "by_sms": ""}, "Choose how the weekly message comes, or switch it off"),
        ({"hour": "3"}, "This hour is in your quiet time. Choose another hour, or change the quiet time"),
        ({"weekday": "9"}, "Choose a day from the list"),
        ({"time_zone": "Mars/Base"}, "Choose a time zone from the list"),
        ({"language": "xx"}, "Choose a language from the list"),
    ],
)
def test_what_is_wrong_with_settings(home: World, guardian: Client, values: dict[str, str], sentence: str) -> None:
    good = {
        "is_weekly": "on", "weekday": "4", "hour": "17", "by_mail": "on", "by_sms": "on", "phone": "+4915123456789",
        "quiet_from": "20", "quiet_until": "7",
    }  # fmt: skip
    sent = {name: value for name, value in {**good, **values}.items() if value}
    response = guardian.post("/family/settings/", sent)
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not FamilyChoice.objects.exists()


def test_learner_sees_the_checklist_as_it_was_released(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        release = Release.objects.filter(learner=home.learner).order_by("-id")[0]
    steps = steps_of(release.explanation)
    assert steps.holds or steps.missing
    shown = text_of(signed_in("LRN").get(f"/me/milestones/{home.milestone.public_id}/"))
    assert all(text in shown for text in (*steps.holds, *steps.missing))
    assert "LKV Fractions Meets" in text_of(signed_in("LRN").get("/me/milestones/"))
    assert steps_of(None) == steps_of({"criteria": [{"explanation": None}]})


def test_goal_with_steps_and_what_the_family_may_read(home: World, signed_in: As) -> None:
    learner, guardian = signed_in("LRN"), signed_in("GRD")
    with tenant_context(home.tenant.pk):
        goal = Milestone.objects.create(title="Reads aloud", learner=home.learner, proposal="confirmed")
        other = Milestone.objects.create(title="Not mine", learner=home.classmate, proposal="confirmed")
    sent = {"goal": str(goal.public_id), "kind": "step", "text": "One page a day"}
    assert learner.post("/me/goals/", sent).status_code == 302
    assert learner.post("/me/goals/", {**sent, "goal": str(other.public_id)}).status_code == 404
    wrong = learner.post("/me/goals/", {**sent, "text": " "})
    assert "Write a few words, like: I draw one problem every day" in text_of(wrong)
    assert "One page a day" not in text_of(guardian.get(child(home)))
    with tenant_context(home.tenant.pk):
        note = GoalNote.objects.get()
    for doing in ("tick", "share"):
        assert learner.post(f"/me/goals/notes/{note.public_id}/", {"doing": doing}).status_code == 302
    assert "1 of 1 steps done" in text_of(learner.get("/me/goals/"))
    assert "One page a day" in text_of(guardian.get(child(home)))
    learner.post(f"/me/goals/notes/{note.public_id}/", {"doing": "remove"})
    assert "One page a day" not in text_of(guardian.get(child(home)))
