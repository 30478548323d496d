"""A learner proposes a goal, a teacher confirms it, both see it; in the browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.conftest import Opened
from tests.e2e.place import Place

IN_TWO_MONTHS = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()

GOAL = "Draw a hand that looks like mine"


def class_of(school: Place, end: str = "") -> str:
    found = school.ask("SELECT public_id FROM learners_section WHERE title = 'LKV Maths 7'")
    return f"/classes/{found[0][0]}/{end}"


def test_propose_with_advice_then_confirm(opened: Opened, school: Place) -> None:
    learner = opened("LRN", "/me/").page
    learner.get_by_role("link", name="New goal").click()
    learner.get_by_label("What do you want to be able to do?").fill("Improve my drawing")
    learner.get_by_role("button", name="Send to my teacher").click()
    expect(learner.get_by_text("“Improve” is hard to check")).to_be_visible()
    learner.get_by_label("What do you want to be able to do?").fill(GOAL)
    learner.get_by_label("Why do you want this?").fill("I want to make comics")
    learner.get_by_label("Until when?").fill(IN_TWO_MONTHS)
    learner.get_by_role("button", name="Send it as it is").click()
    expect(learner.get_by_text("Your teacher can see your goal now")).to_be_visible()
    mine = learner.locator(".goal", has_text=GOAL)
    expect(mine.get_by_text("Waits for an answer")).to_be_visible()

    teacher = opened("TCH", class_of(school, "grid/")).page
    teacher.get_by_role("link", name="Goals").click()
    teacher.locator(".goal", has_text=GOAL).get_by_role("link").click()
    teacher.get_by_label("What shows that it is reached").select_option(index=1)
    teacher.get_by_label("A word to the learner").fill("Bring three drawings to choose from")
    teacher.get_by_role("button", name="Confirm").click()
    expect(teacher.get_by_text("Confirmed. It is a milestone of")).to_be_visible()

    learner.goto(f"{school.url}/me/")
    expect(mine.get_by_text("Bring three drawings to choose from")).to_be_visible()
    expect(mine.get_by_text("Waits for an answer")).to_have_count(0)
