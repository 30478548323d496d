"""A review session in the browser: prepared, decided, promised, kept; and what a milestone then says of itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opened
from tests.e2e.pages import prepare_review
from tests.e2e.place import Place

pytestmark = pytest.mark.e2e


def test_a_session_from_the_list_to_the_promise(opened: Opened, school: Place) -> None:
    tab = opened("SCH", "/reviews/")
    prepare_review(tab)
    page = tab.page
    first = page.locator("article.card").first
    expect(first).to_contain_text("learners with evidence")
    first.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert").filter(has_text="That did not save")
    alert.get_by_role("link", name="Choose a decision from the list").click()
    expect(first.get_by_label("Decision")).to_be_focused()
    first.get_by_label("Decision").select_option("Teach it again")
    first.get_by_label("Why").fill("Two lessons with drawings")
    first.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(first).to_contain_text("Decided by LKV SCH Person")
    first.get_by_text("Add a follow-up").click()
    first.get_by_label("What").fill("Plan the two lessons")
    first.get_by_label("Who").select_option("LKV SCH Person")
    first.get_by_label("Until").fill("2099-01-31")
    first.get_by_role("button", name="Add").click()
    expect(first).to_contain_text("until 31 Jan 2099")
    first.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("region", name="Decided in review sessions")).to_contain_text("Two lessons with drawings")
    tab.open("/reviews/")
    page.get_by_role("button", name=re.compile("^Done.*Plan the two lessons")).click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


def test_on_a_small_screen_everything_is_within_reach(opened: Opened, school: Place) -> None:
    tab = opened("SCH", "/reviews/", width=320)
    prepare_review(tab)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(tab.page.get_by_role("navigation", name="Main, small screens").get_by_role("link")).not_to_have_count(0)
