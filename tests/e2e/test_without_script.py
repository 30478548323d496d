"""Every page works with script switched off."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.place import Place


def plain(opened: Opened, role: str | None, address: str) -> Tab:
    return opened(role, address, java_script_enabled=False)


def test_filters_with_apply(opened: Opened, school: Place) -> None:
    tab = plain(opened, "TCH", school.grid)
    tab.page.get_by_label("Competency").select_option("Geometry")
    tab.page.get_by_label("Show").select_option("below")
    tab.page.get_by_label("Rows").select_option("stuck")
    tab.page.get_by_role("button", name="Apply").click()
    assert tab.path == f"{school.grid}?competency=Geometry&show=below&sort=stuck"
    expect(tab.page.locator("tbody tr").first.locator(".cell")).to_have_count(3)
    expect(tab.page.get_by_label("Show")).to_have_value("below")


def test_apply_is_hidden_with_script(teacher: Tab) -> None:
    expect(teacher.page.get_by_role("button", name="Apply")).to_be_hidden()


def test_a_cell_leads_to_the_page_evidence_is_added_and_withdrawn(opened: Opened, school: Place) -> None:
    tab = plain(opened, "TCH", school.grid)
    page = tab.page
    page.locator("tbody tr").nth(1).locator(".cell").nth(4).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben LKV")
    expect(page.locator("#why")).to_have_text("Why Not started?")
    page.get_by_role("link", name="Add evidence").click()
    page.get_by_role("button", name="Save evidence").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what this piece shows")
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Meets", exact=True).check()
    page.get_by_label("Name of the work").fill("Poster <b>")
    page.get_by_role("button", name="Save evidence").click()
    expect(page.get_by_role("status")).to_have_text("Saved. The level is worked out anew.")
    expect(page.locator("#why")).to_have_text("Why Developing?")
    expect(page.locator(".timeline li h3")).to_have_text("Poster <b>")
    page.get_by_role("link", name="Withdraw").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw “Poster <b>”?")
    page.get_by_label("Reason").fill("Wrong learner")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
    expect(page.locator("#why")).to_have_text("Why Not started?")
    expect(page.locator(".timeline li")).to_contain_text("withdrawn")


def test_release(opened: Opened, school: Place) -> None:
    """What was added after the last release reaches the family only by the button."""
    tab = plain(opened, "TCH", school.milestone(0, 5) + "evidence/new/")
    tab.page.get_by_label("Mastery", exact=True).check()
    tab.page.get_by_label("Name of the work").fill("Talk")
    tab.page.get_by_role("button", name="Save evidence").click()
    level = tab.page.locator("section .level").first.inner_text()
    assert level != "Not started"
    family = plain(opened, "GRD", school.child)
    line = family.page.locator("section:not(.cheer) li").filter(has_text="7.RP")
    expect(line).to_have_count(0)
    tab.open(school.grid)
    tab.page.get_by_role("button", name="Release levels to families").click()
    expect(tab.page.get_by_role("status").first).to_contain_text(re.compile(r"\d+ levels? (is|are) new to learners"))
    assert tab.path == school.grid
    family.open(school.child)
    expect(line.last).to_contain_text(level)


def test_menu_and_theme(opened: Opened) -> None:
    tab = plain(opened, "DST", "/reports/")
    tab.page.get_by_role("button", name="Dark theme").click()
    assert tab.path == "/reports/"
    tab.page.get_by_role("button", name="Light theme").click()
    tab.page.locator(".menu summary").click()
    tab.page.get_by_role("button", name="Colours of the device").click()
    expect(tab.page.get_by_role("button", name="Dark theme")).to_be_visible()
