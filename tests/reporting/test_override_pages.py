"""Pages of levels that a teacher sets: the form, its mistakes, two at once, ending, and where the pin shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from milestones.models import LevelOverride, MilestoneStatus, OverrideEnd
from milestones.overrides import Place, set_override
from milestones.services import release_levels
from status_engine import Level
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, grid_of, milestone_page, text_of

REASON = "Explained it to the whole class on Monday"


def form(**changes: Any) -> dict[str, Any]:
    return {"thing": "milestone", "level": "4", "reason": REASON, "until": "", "seen": ""} | changes


def judged(world: World, level: int = Level.MASTERY, **values: Any) -> LevelOverride:
    teacher = replace(world.system, roles=frozenset({"TCH"}), member_id=world.members["TCH"].pk)
    place = Place(world.learner, world.milestone)
    return set_override(teacher, place=place, level=level, reason=REASON, **values)


def set_page(world: World, **values: Any) -> str:
    return f"{milestone_page(world, **values)}level/"


def test_the_form_says_what_the_rule_says(home: World, teacher: Client) -> None:
    words = text_of(teacher.get(set_page(home)))
    assert "Set level myself" in words
    assert "LKV Fractions (the rule says Meets)" in words
    assert "LKV.0 Can do LKV.0 (the rule says Meets)" in words
    assert "Learner and family read it, once you have released the level." in words


def test_saving_goes_to_the_page_with_the_pin(home: World, teacher: Client) -> None:
    until = home.system.today + timedelta(days=30)
    response = teacher.post(set_page(home), form(level="2", until=until.isoformat()), follow=True)
    assert response.redirect_chain == [(milestone_page(home), 302)]
    words = text_of(response)
    assert "Saved. The level that you set holds." in words
    assert f"Developing, set by LKV TCH Person on {short(home.system.today)}, until {short(until)}." in words
    assert f"“{REASON}”" in words
    assert "The rule goes on beside it. It says Meets :" in words
    assert f"Set by a teacher: LKV TCH Person “{REASON}”" in words, "in the history, with who and why"
    assert "Why Developing?" in words


def short(day: date) -> str:
    return f"{day.day} {day:%b}"


def test_a_criterion_is_set_by_its_competency(home: World, teacher: Client) -> None:
    chosen = home.competencies[1]
    address = set_page(home, milestone=home.other_milestone)
    assert teacher.post(address, form(thing=str(chosen.pk), level="3")).status_code == 302
    with tenant_context(home.tenant.pk):
        assert LevelOverride.objects.get().competency_id == chosen.pk
    words = text_of(teacher.get(milestone_page(home, milestone=home.other_milestone)))
    assert "LKV.1: Meets, set by LKV TCH Person" in words
    strange = home.competencies[3]
    assert teacher.post(address, form(thing=str(strange.pk))).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": ""}, "Choose the level from the list"),
        ({"level": "7"}, "Choose the level from the list"),
        ({"thing": ""}, "Choose the milestone or one of its competencies"),
        ({"thing": "0"}, "Choose the milestone or one of its competencies"),
        ({"reason": ""}, "Enter the reason with at least 15 characters"),
        ({"reason": "good"}, "The reason has 4 characters. Write at least 15"),
        ({"reason": "x" * 2001}, "The reason has 2001 characters. Shorten it to 2000"),
        ({"reason": f"{REASON}\x00"}, "The reason contains a control character"),
        ({"reason": f"{REASON}\x1b"}, "The reason contains a control character"),
        ({"until": "soon"}, "Enter the last day, like 2026-11-19, or leave it empty"),
        ({"until": "2001-01-01"}, "The last day was 1 Jan 2001. Enter a day from today to 2199"),
        ({"until": "9999-12-31"}, "Enter a day from today to 2199"),
    ],
)
def test_mistakes_are_named_and_what_was_typed_stays(
    home: World, teacher: Client, changes: dict[str, str], words: str
) -> None:
    response = teacher.post(set_page(home), form(**changes))
    assert response.status_code == 422
    shown = text_of(response)
    assert shown.count(words) == 2, "in the summary and at the field"
    assert response.content.decode().split("<title>")[1].startswith("Error:")
    if "reason" not in changes:
        assert REASON in shown
    with tenant_context(home.tenant.pk):
        assert not LevelOverride.objects.exists()


def test_two_teachers_at_once(home: World, teacher: Client) -> None:
    """The second one is told, sees both, and may save again."""
    with tenant_context(home.tenant.pk):
        first = judged(home, Level.DEVELOPING)
    response = teacher.post(set_page(home), form(level="4"))
    assert response.status_code == 409
    words = text_of(response)
    assert "Somebody else set this level a moment ago. Keep theirs, or save again to use yours." in words
    assert "Developing, set by LKV TCH Person" in words
    assert REASON in words
    body = response.content.decode()
    assert f'name="seen" value="{first.public_id}"' in body
    assert teacher.post(set_page(home), form(level="4", seen=str(first.public_id))).status_code == 302
    with tenant_context(home.tenant.pk):
        assert MilestoneStatus.objects.get(learner=home.learner).level == Level.MASTERY
        assert LevelOverride.objects.filter(ends=None).count() == 1


def test_the_panel_saves_and_tells_the_grid(home: World, teacher: Client) -> None:
    headers = {"HX-Request": "true"}
    part = teacher.get(set_page(home), headers=headers).content.decode()
    assert part.strip().startswith("<form")
    response = teacher.post(set_page(home), form(), headers=headers)
    assert response.status_code == 200
    news = json.loads(response.headers["HX-Trigger"])["level-changed"]
    assert news == {
        "path": milestone_page(home), "level": "mastery", "letter": "M+", "name": "Mastery", "pin": "set by teacher",
    }  # fmt: skip
    assert "Set by teacher" in text_of(response)


def test_ending_lets_the_rule_decide(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        one = judged(home)
    address = f"{set_page(home)}{one.public_id}/end/"
    assert address in teacher.get(milestone_page(home)).content.decode()
    assert "Let the rule decide again?" in text_of(teacher.get(address))
    assert teacher.post(address, {"reason": "x" * 2001}).status_code == 422
    response = teacher.post(address, {"reason": "She asked for it"}, follow=True)
    words = text_of(response)
    assert "Ended. The level follows the rule again." in words
    assert "A teacher let the rule decide again: LKV TCH Person “She asked for it”" in words
    assert "Why Meets?" in words
    assert teacher.get(address).status_code == 409
    assert teacher.post(address).status_code == 409
    with tenant_context(home.tenant.pk):
        assert OverrideEnd.objects.get().reason == "She asked for it"


def test_an_override_under_another_address_is_not_there(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        one = judged(home)
    for page in (milestone_page(home, home.classmate), milestone_page(home, milestone=home.other_milestone)):
        assert teacher.get(f"{page}level/{one.public_id}/end/").status_code == 404


def test_the_pin_on_the_grid(home: World, teacher: Client) -> None:
    before = teacher.get(grid_of(home)).content.decode()
    assert "mk pin" not in before
    with tenant_context(home.tenant.pk):
        judged(home)
    body = teacher.get(grid_of(home)).content.decode()
    assert 'aria-label="M+ Mastery, set by teacher or met under an earlier goal: LKV Fractions, Ana LKV"' in body
    assert body.count("mk pin") == 1
    assert "#i-pin" in body.split("mk pin")[1][:200]
    assert "Ana LKV" not in text_of(teacher.get(f"{grid_of(home)}?show=attention")), "a pin asks for nothing"


def test_a_more_urgent_mark_is_drawn_and_both_are_said(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        judged(home, Level.DEVELOPING)
    body = teacher.get(grid_of(home)).content.decode()
    said = "D Developing, dropped, set by teacher or met under an earlier goal: LKV Fractions, Ana LKV"
    assert f'aria-label="{said}"' in body
    assert "mk pin" not in body


@pytest.mark.parametrize(("role", "address"), [("GRD", "/family/{}/"), ("LRN", "/me/")])
def test_family_and_learner_see_it_once_it_is_released(
    home: World, signed_in: As, teacher: Client, role: str, address: str
) -> None:
    page = address.format(home.learner.public_id)
    with tenant_context(home.tenant.pk):
        judged(home, Level.MEETS)  # the same level as the released one
    reader = signed_in(role)
    assert "Set by teacher" not in text_of(reader.get(page))
    with tenant_context(home.tenant.pk):
        assert release_levels(home.system, section=home.section) == 1
        assert release_levels(home.system, section=home.section) == 0
    words = text_of(reader.get(page))
    assert f"Set by teacher: “{REASON}”" in words
    assert "LKV TCH Person" not in words
