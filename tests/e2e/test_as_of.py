"""Looking back in the browser: a day is chosen, stays through the pages, and there is a way back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.pages import A_WEEK_AGO
from tests.e2e.place import Place
from tests.e2e.test_grid import cell


def test_a_day_is_chosen_and_stays(teacher: Tab, school: Place) -> None:
    page = teacher.page
    today = cell(teacher, 0, 3).get_attribute("aria-label")
    page.get_by_label("As of").fill(A_WEEK_AGO)
    page.get_by_role("button", name="Look back").click()
    expect(page.get_by_text("the work up to that day, as it is recorded now.")).to_be_visible()
    expect(page.get_by_role("button", name="Release levels to families")).to_have_count(0)
    page.get_by_label("Show").select_option("below")
    page.wait_for_url(re.compile(f"as_of={A_WEEK_AGO}.*show=below|show=below.*as_of={A_WEEK_AGO}"))
    page.get_by_label("Show").select_option("everyone")
    page.wait_for_url(re.compile("show=everyone"))
    cell(teacher, 0, 3).click()
    sheet = page.locator("#inspector")
    expect(sheet.get_by_role("heading", name="Why this level")).to_be_visible()
    expect(sheet.get_by_role("link", name="Add evidence")).to_have_count(0)
    expect(sheet.get_by_role("link", name="Set level myself")).to_have_count(0)
    page.get_by_role("link", name="Back to today").click()
    expect(page.get_by_role("button", name="Release levels to families")).to_be_visible()
    expect(cell(teacher, 0, 3)).to_have_attribute("aria-label", today or "")


def test_without_script_from_the_grid_to_the_page_and_on(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid, width=390, java_script_enabled=False)
    page = tab.page
    page.get_by_label("As of").fill(A_WEEK_AGO)
    page.get_by_label("Only what was known then").check()
    page.get_by_role("button", name="Look back").click()
    expect(page.get_by_text("what was known then").first).to_be_visible()
    expect(page.locator("tbody .cell").first).to_have_attribute("data-level", "not-started")
    page.locator("tbody .cell").first.click()
    expect(page.get_by_text("what was known then").first).to_be_visible()
    expect(page.locator("#why")).to_have_text("Why Not started?")
    expect(page.get_by_label("As of")).to_have_value(A_WEEK_AGO)
    page.get_by_role("link", name="Back to today").click()
    expect(page.get_by_role("link", name="Set level myself")).to_be_visible()


def test_the_file_of_what_is_shown(teacher: Tab) -> None:
    with teacher.page.expect_download() as got:
        teacher.page.get_by_role("link", name="These levels as a file (CSV)").click()
    assert got.value.suggested_filename == "class-grid.csv"
    assert got.value.path().read_text(encoding="utf-8-sig").startswith("learner,learner_id,milestone")
