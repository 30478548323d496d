"""Phones, dark theme, paper, and what a page weighs."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Response, expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.pages import PAGES
from tests.e2e.place import Place
from tests.e2e.test_grid import cell, focused

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
TOP, LEFT = "one => one.getBoundingClientRect().y", "one => one.getBoundingClientRect().x"
LIGHT, DARK = "rgb(246, 246, 243)", "rgb(18, 22, 27)"
KB = 1024
BUDGET = {"document": 30 * KB, "stylesheet": 10 * KB, "script": 25 * KB, "font": 30 * KB}


def test_sheet_on_a_phone_opens_and_closes(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid, width=390, has_touch=True)
    page, sheet = tab.page, tab.page.locator("#inspector")
    cell(tab, 4, 2).tap()
    expect(sheet.get_by_role("heading", name="Why this level")).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    assert box["x"] == 0
    assert box["width"] == 390
    assert abs(box["y"] + box["height"] - 800) < 2, "stands at the lower edge"
    assert box["height"] <= 0.73 * 800
    expect(page.locator(".bottom-nav")).to_be_hidden()
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_have_css("position", "static")
    assert focused(tab) == [4, 2]
    expect(page.locator(".bottom-nav")).to_be_visible()


def test_evidence_can_be_added_on_a_phone(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid, width=390, has_touch=True)
    sheet = tab.page.locator("#inspector")
    cell(tab, 9, 1).tap()
    sheet.get_by_role("link", name="Add evidence").tap()
    sheet.get_by_label("Developing", exact=True).check()
    sheet.get_by_label("Name of the work").fill("On the way home")
    sheet.get_by_role("button", name="Save evidence").tap()
    expect(sheet.get_by_role("status")).to_have_text("Saved. The level is worked out anew.")
    expect(sheet.locator("ol.plain li").filter(has_text="On the way home")).to_be_visible()


def test_grid_on_a_phone_has_codes_only_and_scrolls_inside(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid, width=320)
    expect(tab.page.locator("thead .title").first).to_be_hidden()
    widths = tab.page.locator(".grid-wrap").evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert widths[0] > widths[1]
    expect(tab.page.locator(".bottom-nav")).to_be_visible()


def test_learner_page_on_a_phone_starts_with_the_level(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.milestone(0, 0), width=390)
    tops = tab.page.evaluate(
        "['#ms', '#why', '.ms-list'].map((s) => document.querySelector(s).getBoundingClientRect().y)"
    )
    assert tops == sorted(tops)
    table = tab.page.locator("#hist").locator("xpath=ancestor::section").locator("table").bounding_box()
    assert table is not None
    assert table["width"] <= 390


def test_learner_page_on_a_screen_has_the_list_at_the_start(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.milestone(0, 0))
    lefts = tab.page.evaluate(
        "['.profile > nav', '#ms'].map((s) => document.querySelector(s).getBoundingClientRect().x)"
    )
    assert lefts[0] < lefts[1]


def test_dark_by_the_device_and_by_choice(opened: Opened) -> None:
    tab = opened("SCH", "/reports/", color_scheme="dark")
    assert tab.page.evaluate(BACKGROUND) == DARK
    tab.page.emulate_media(color_scheme="light")
    assert tab.page.evaluate(BACKGROUND) == LIGHT
    tab.page.get_by_role("button", name="Dark theme").click()
    expect(tab.page.get_by_role("button", name="Light theme")).to_be_visible()
    assert tab.page.evaluate(BACKGROUND) == DARK
    tab.open("/classes/")
    assert tab.page.evaluate(BACKGROUND) == DARK, "kept with the account"
    tab.page.get_by_role("button", name="Light theme").click()
    tab.page.emulate_media(color_scheme="dark")
    assert tab.page.evaluate(BACKGROUND) == LIGHT, "the choice is above the device"
    tab.page.locator(".menu summary").click()
    tab.page.get_by_role("button", name="Colours of the device").click()
    expect(tab.page.get_by_role("button", name="Dark theme")).to_be_visible()
    assert tab.page.evaluate(BACKGROUND) == DARK


def test_paper_stays_light_and_holds_the_class_on_one_sheet(opened: Opened, school: Place) -> None:
    """26 learners × 20 milestones on one A4 landscape page, nothing to press on it."""
    tab = opened("TCH", school.wide_grid, color_scheme="dark")
    page = tab.page
    page.emulate_media(media="print")
    for gone in (".top", ".bottom-nav", ".btn", ".toolbar.fields", "#inspector", ".site-foot", ".kbd"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    expect(page.locator("table.grid")).to_be_visible()
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    pdf = page.pdf(format="A4", landscape=True, prefer_css_page_size=True)
    assert pages_of(pdf) == 1
    assert re.search(rb"/MediaBox ?\[0 0 84[12]", pdf), "landscape"


def test_long_classes_go_on_with_their_heads(opened: Opened, school: Place) -> None:
    """The head row is repeated by the browser: it is a real head of a real table."""
    tab = opened("TCH", school.wide_grid)
    tab.page.emulate_media(media="print")
    assert tab.page.locator("thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
    tab.page.evaluate("document.querySelector('tbody').innerHTML += document.querySelector('tbody').innerHTML")
    assert pages_of(tab.page.pdf(prefer_css_page_size=True)) == 2


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", pdf))


@pytest.mark.parametrize("name", ["grid", "grid, panel", "learner", "my classes", "report", "child", "me", "sign in"])
def test_weight(opened: Opened, school: Place, name: str) -> None:
    """Compressed, by kind. Fonts as they are; more letters than Latin ones come only where a name has them."""
    page, found = PAGES[name], dict.fromkeys(BUDGET, 0)
    tab = opened(page.role, "/healthz")
    tab.page.on("response", lambda response: note(response, found))
    tab.open(page.address(school), page.status)
    if page.then:
        page.then(tab)
    tab.page.wait_for_load_state("networkidle")
    nodes = tab.page.evaluate("document.querySelectorAll('*').length")
    assert {kind: size for kind, size in found.items() if size > BUDGET[kind]} == {}
    assert nodes <= 15_000


def note(response: Response, found: dict[str, int]) -> None:
    kind, body = response.request.resource_type, response.body()
    if kind in found and "latin-ext" not in response.url:
        found[kind] += len(body) if kind == "font" else len(gzip.compress(body, 6, mtime=0))


def test_forced_colours_keep_letters_and_borders(opened: Opened, school: Place) -> None:
    tab: Tab = opened("TCH", school.grid, forced_colors="active")
    assert cell(tab, 0, 0).evaluate("cell => getComputedStyle(cell).borderTopWidth") == "2px"
    expect(cell(tab, 0, 0)).to_have_text(re.compile("^(N|B|D|M|M\\+)$"))


def test_enlarged_text_does_not_scroll_sideways(opened: Opened, school: Place) -> None:
    """400 % zoom of a 1280 px screen is a page of 320 px with the same text."""
    tab = opened("TCH", school.grid, width=320, device_scale_factor=4)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
