"""Writing a competency in the browser, putting it into use, and walking over the map by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.builders import PASSWORD
from tests.e2e.conftest import Opened
from tests.e2e.pages import framework_of
from tests.e2e.place import Place

pytestmark = pytest.mark.e2e


def test_a_new_competency_with_a_hint_is_put_into_use(opened: Opened, school: Place) -> None:
    page = opened("DST", framework_of(school, "new/")).page
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert").filter(has_text="That did not save")
    alert.get_by_role("link", name=re.compile("^Enter what somebody can do")).click()
    expect(page.get_by_label("Statement")).to_be_focused()
    page.get_by_label("Statement").fill("Understand ratios")
    page.get_by_label("Code").fill("E2E.1")
    page.get_by_label("What comes before it").fill("LKV.2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("E2E.1")
    expect(page.get_by_text("“Understand” cannot be seen from outside.")).to_be_visible()
    page.get_by_role("link", name="Activate…").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put into use").click()
    expect(page.get_by_role("status")).to_contain_text("It is in use now.")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Draft")


def test_the_map_is_walked_by_keyboard(opened: Opened, school: Place) -> None:
    tab = opened("TCH", f"{framework_of(school, 'map/')}?learner={school.learners[0]}")
    page, nodes = tab.page, tab.page.locator("a.node")
    page.get_by_role("group", name="Picture").focus()
    names = []
    for _ in range(nodes.count()):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert names == [one.get_attribute("aria-label") for one in nodes.all()], "in the order of the layers"
    assert names[0] is not None
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(names[-1]).split(",")[0])


def test_the_map_scrolls_in_its_box_on_a_small_screen(opened: Opened, school: Place) -> None:
    page = opened("TCH", framework_of(school, "map/"), width=320).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    box = page.get_by_role("group", name="Picture")
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
