"""Rules through HTTP: sentences and their numbers, made and changed, tried out before they are saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interventions.models import Alert, Rule
from learners.models import Learner
from milestones.models import StatusChange
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner

NEW = "/settings/rules/new/?reason=stalled"


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return unescape(" ".join(response.content.decode().split()))


def make(world: World, role: str = "DST", **values: str) -> Rule:
    response = signed_in(world, role).post(NEW, {"action": "queue", "days": "10", **values})
    assert response.status_code == 302, text_of(response, response.status_code)
    with tenant_context(world.tenant.pk):
        found: Rule = Rule.objects.order_by("-id")[0]
        return found


def test_the_rules_that_came_stand_as_sentences(home: World) -> None:
    shown = text_of(signed_in(home, "TCH").get("/settings/rules/"))
    assert shown.count("Everywhere · as it came with Waymark") == 10
    assert "When Meets or Mastery was last shown 60 days ago or earlier: show them on Today." in shown
    assert "Developing for longer than is usual for the milestone: show them on Today." in shown
    assert "Change for us" not in shown
    assert "Change for us" in text_of(signed_in(home, "SCH").get("/settings/rules/"))


def test_one_of_ours_holds_instead_and_one_of_a_school_before_it(home: World) -> None:
    make(home, place="everywhere")
    make(home, "SCH", place=str(home.school.public_id), days="5")
    shown = text_of(signed_in(home, "SCH").get("/settings/rules/"))
    assert "As it came with Waymark · yours below holds instead" in shown
    assert "for more than 10 days: show them on Today." in shown
    assert "At LKV School · goes before the one of “Everywhere”" in shown


def test_a_school_does_not_change_what_holds_for_everybody(home: World) -> None:
    rule = make(home, place="everywhere")
    school, page = signed_in(home, "SCH"), f"/settings/rules/{rule.public_id}/"
    shown = text_of(school.get(page))
    assert "for more than 10 days" in shown
    assert "Switch off" not in shown
    for answer in (school.get(f"{page}edit/"), school.post(f"{page}switch/", {"version": "1", "on": "0"})):
        assert answer.status_code == 404
    form = text_of(school.get(NEW))
    assert "LKV Maths 7" in form
    assert "LKV Maths 8" not in form
    assert '<option value="everywhere"' not in form
    values = {"action": "queue", "days": "10", "place": str(home.other_school.public_id)}
    assert "Choose from the list" in text_of(school.post(NEW, values), 422)


def test_changed_switched_off_and_the_slower_one_sees_both(home: World) -> None:
    rule, district = make(home), signed_in(home, "DST")
    page = f"/settings/rules/{rule.public_id}/"
    assert 'value="10"' in text_of(district.get(f"{page}edit/"))
    assert "for more than 12 days" in text_of(
        district.post(f"{page}edit/", {"version": "1", "days": "12"}, follow=True)
    )
    slower = text_of(district.post(f"{page}edit/", {"version": "1", "days": "14"}), 409)
    assert "Somebody else changed this rule while you had it open." in slower
    for sentence in ("for more than 12 days", "for more than 14 days"):
        assert sentence in slower
    assert "for more than 14 days" in text_of(
        district.post(f"{page}edit/", {"version": "2", "days": "14"}, follow=True)
    )
    off = text_of(district.post(f"{page}switch/", {"version": "3", "on": "0"}, follow=True))
    assert "here nobody is flagged for this" in off
    assert district.post(f"{page}switch/", {"version": "3", "on": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("reason", "values", "sentence"),
    [
        ("stalled", {"days": "366"}, "Enter a whole number of days from 0 to 365, like 21"),
        ("stale", {"days": "six"}, "Enter a whole number of days from 7 to 730, like 60"),
        ("stalled_one_kind", {"pieces": "1"}, "Enter a whole number of pieces from 2 to 20, like 3"),
        ("attempts", {"tries": ""}, "Enter a whole number of tries from 2 to 20, like 3"),
        ("stalled", {"action": ""}, "Choose what is to be done from the list"),
        ("stalled", {"action": "dance"}, "Choose from the list"),
        ("stalled", {"action": "notice"}, "Choose whom the message goes to"),
        ("stalled", {"action": "notice", "audience": "home"}, "Enter a subject of at most 120 characters"),
        ("stalled", {"action": "notice", "audience": "home", "name": "A word"}, "Enter the message, like We will look"),
        (
            "stalled",
            {"action": "notice", "audience": "home", "name": "A", "text": "x" * 2001},
            "This has 2001 characters",
        ),
    ],
)
def test_what_is_wrong_with_a_rule(home: World, reason: str, values: dict[str, str], sentence: str) -> None:
    good = {"action": "queue", "days": "10", "pieces": "3", "tries": "3"}
    response = signed_in(home, "DST").post(f"/settings/rules/new/?reason={reason}", {**good, **values})
    assert sentence in text_of(response, 422)
    with tenant_context(home.tenant.pk):
        assert not Rule.objects.exists()


def test_a_second_one_for_the_same_is_refused(home: World) -> None:
    make(home)
    response = signed_in(home, "DST").post(NEW, {"action": "queue", "days": "9"})
    assert "There is a rule for this here already. Change that one." in text_of(response, 422)


def stuck(world: World, section: Any, days: float, names: list[str]) -> list[Learner]:
    with tenant_context(world.tenant.pk):
        people = [add_learner(world, name, section) for name in names]
        at = datetime.now(UTC) - timedelta(days=days)
        for one in people:
            StatusChange.objects.create(
                learner=one, milestone=world.milestone, from_level=0, to_level=2, at=timezone.now(), applies_from=at,
                cause="evidence",
            )  # fmt: skip
        return people


def test_tried_before_it_is_saved_by_name(home: World) -> None:
    stuck(home, home.section, 18, ["Dana", "Emil"])
    stuck(home, home.section, 50, ["Finn"])
    school = signed_in(home, "SCH")
    values = {"action": "queue", "place": str(home.school.public_id), "do": "try"}
    wider = text_of(school.post(NEW, {**values, "days": "10"}))
    assert "<b>3 learners</b>, flagged 3 times" in wider
    assert "1 learner, flagged once" in wider
    assert "2 flags are new, 0 are no longer raised" in wider
    assert "Dana LKV" in wider
    assert 'value="10"' in wider
    narrower = text_of(school.post(NEW, {**values, "days": "60"}))
    assert "<b>0 learners</b>, flagged 0 times" in narrower
    assert "0 flags are new, 1 is no longer raised" in narrower
    same = text_of(school.post(NEW, {**values, "days": "21"}))
    assert "<dd>the same</dd>" in same
    assert "That did not save" in text_of(school.post(NEW, {**values, "days": "x"}), 422)
    with tenant_context(home.tenant.pk):
        assert not Rule.objects.exists()
        assert not Alert.objects.exists()


def test_a_teacher_sees_whom_a_rule_flagged_of_their_own(home: World) -> None:
    with tenant_context(home.tenant.pk):
        home.other_section.section_milestones.create(milestone=home.milestone)
    stuck(home, home.section, 30, ["Dana"])
    stuck(home, home.other_section, 30, ["Emil"])
    rule = make(home)
    shown = text_of(signed_in(home, "TCH").get(f"/settings/rules/{rule.public_id}/?try=1"))
    assert "<b>1 learner</b>, flagged once" in shown
    assert "Dana LKV" in shown
    assert "Emil" not in shown


def test_the_district_gets_counts_of_classes_with_ten_learners_or_more(home: World) -> None:
    with tenant_context(home.tenant.pk):
        home.other_section.section_milestones.create(milestone=home.milestone)
    stuck(home, home.section, 30, [f"D{n}" for n in range(9)])
    stuck(home, home.other_section, 30, ["Emil"])
    rule = make(home)
    shown = text_of(signed_in(home, "DST").get(f"/settings/rules/{rule.public_id}/?try=1"))
    assert "<b>10 learners</b>, flagged 10 times" in shown
    assert shown.count("fewer than 10 learners") == 2  # one is small, and so the other cannot be told either
    assert "D1 LKV" not in shown
