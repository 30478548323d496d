"""The side panel: why, what would change it, evidence; adding a piece there moves the level and the cell."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.place import PATTERN, Place
from tests.e2e.test_grid import cell, focused


def find(tab: Tab, label: str, skip: int = 0) -> tuple[int, int]:
    """Row and column of the n-th cell whose name starts so."""
    found = tab.page.evaluate(
        """([label, skip]) => [...document.querySelectorAll("tbody tr")].flatMap((row, r) =>
          [...row.querySelectorAll(".cell")].map((cell, c) => [cell.ariaLabel, r, c]))
          .filter(([name]) => name.startsWith(label))[skip].slice(1)""",
        [label, skip],
    )
    return found[0], found[1]


def add(tab: Tab, rating: str, name: str) -> None:
    form = tab.page.locator("#inspector form")
    form.get_by_label(rating, exact=True).check()
    form.get_by_label("Name of the work").fill(name)
    form.get_by_role("button", name="Save evidence").click()


def test_the_panel_says_why_and_what_would_change_it(teacher: Tab) -> None:
    row, column = find(teacher, "D Developing: Compare")
    cell(teacher, row, column).click()
    panel = teacher.page.locator("#inspector")
    expect(panel.locator(".level").first).to_have_text("Developing")
    expect(panel.get_by_role("heading", name="Why this level")).to_be_visible()
    expect(panel.locator(".checks li").first).to_contain_text(re.compile(r"The value is Meets \(3\) or above. Now: 2"))
    expect(panel.locator(".note")).to_contain_text(re.compile(r"What would change it: \d+ more pieces? at .* to Meets"))
    expect(panel.get_by_role("heading", name="Evidence, newest first")).to_be_visible()
    expect(panel.locator("ol.plain li")).to_have_count(2)
    panel.get_by_text("What was counted, and how").click()
    expect(panel.locator("details")).to_contain_text("Newer pieces count more: each new one makes 65% of the value.")
    expect(panel.locator("details")).to_contain_text("Policy: House rule, v1.")


def test_evidence_in_the_panel_moves_level_and_cell_without_a_reload(teacher: Tab) -> None:
    page = teacher.page
    row, column = find(teacher, "N Not started", 3)
    where, panel = cell(teacher, row, column), page.locator("#inspector")
    about = str(where.get_attribute("aria-label")).split(":", 1)[1]
    page.evaluate("window.notReloaded = true")
    for rating, name, letter, level in (("Meets", "Quiz 7", "D", "developing"), ("Meets", "Quiz 8", "M", "meets")):
        where.click()
        panel.get_by_role("link", name="Add evidence").click()
        expect(panel.get_by_role("heading", name="Add evidence")).to_be_focused()
        add(teacher, rating, name)
        expect(panel.get_by_role("status")).to_have_text("Saved. The level is worked out anew.")
        expect(panel.locator("h2")).to_be_focused()
        expect(panel.locator("ol.plain li").first).to_contain_text(name)
        expect(where).to_have_attribute("data-level", level)
        expect(where).to_have_text(letter)
        expect(where).to_have_attribute("aria-label", f"{letter} {level.title()}:{about}")
        expect(where.locator(".mk")).to_have_count(0)
    page.keyboard.press("Escape")
    assert focused(teacher) == [row, column]
    assert page.evaluate("window.notReloaded") is True
    teacher.open(teacher.path)
    expect(cell(teacher, row, column)).to_have_attribute("data-level", "meets")


def test_mistakes_are_listed_and_the_summary_has_the_focus(teacher: Tab) -> None:
    page = teacher.page
    row, column = find(teacher, "N Not started", 1)
    cell(teacher, row, column).click()
    panel = page.locator("#inspector")
    panel.get_by_role("link", name="Add evidence").click()
    tomorrow = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    panel.get_by_label("Date", exact=True).fill(tomorrow)
    panel.get_by_role("button", name="Save evidence").click()
    summary = panel.get_by_role("alert")
    expect(summary).to_be_focused()
    for said in (
        "Choose what this piece shows",
        "Enter a name for the work, like Quiz 3",
        "The date of the evidence must be today or earlier",
    ):
        expect(summary.get_by_role("link", name=said)).to_be_visible()
        expect(panel.locator(".field .err").filter(has_text=said)).to_be_visible()
    expect(panel.get_by_label("Date", exact=True)).to_have_value(tomorrow)
    expect(panel.get_by_label("Name of the work")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Enter a name").click()
    expect(panel.get_by_label("Name of the work")).to_be_focused()
    summary.get_by_role("link", name="Choose what").click()
    expect(panel.locator("input[type=radio]").first).to_be_focused()
    panel.get_by_role("link", name="Cancel").click()
    expect(panel.get_by_role("heading", name="Why this level")).to_be_visible()
    expect(cell(teacher, row, column)).to_have_attribute("data-level", "not-started")


def test_pressing_save_twice_records_one_piece(teacher: Tab, school: Place) -> None:
    row, column = find(teacher, "N Not started", 2)
    cell(teacher, row, column).click()
    panel = teacher.page.locator("#inspector")
    panel.get_by_role("link", name="Add evidence").click()
    form = panel.locator("form")
    form.get_by_label("Developing", exact=True).check()
    form.get_by_label("Name of the work").fill("Pressed twice")
    form.get_by_role("button", name="Save evidence").dblclick()
    expect(panel.get_by_role("status")).to_be_visible()
    assert school.ask("SELECT count(*) FROM assessments_evidence WHERE title = 'Pressed twice'") == [(1,)]


def test_a_lost_answer_is_said_and_nothing_typed_is_lost(opened: Opened, school: Place) -> None:
    """The server falls silent while a piece is saved: the form stays as it is and says so."""
    tab = opened("TCH", school.grid)
    row, column = find(tab, "N Not started", 5)
    cell(tab, row, column).click()
    tab.page.locator("#inspector").get_by_role("link", name="Add evidence").click()
    tab.page.route("**/evidence/new/**", lambda route: route.fulfill(status=500, body="<h1>Broken</h1>"))
    add(tab, "Meets", "Not saved")
    expect(tab.page.locator("[data-fault]")).to_be_visible()
    expect(tab.page.locator("[data-fault]")).to_contain_text("That did not work. What you typed is still here.")
    expect(tab.page.get_by_label("Name of the work")).to_have_value("Not saved")
    tab.page.unroute("**/evidence/new/**")
    tab.page.get_by_role("button", name="Save evidence").click()
    expect(tab.page.locator("#inspector").get_by_role("status")).to_be_visible()
    expect(tab.page.locator("[data-fault]")).to_be_hidden()
    tab.faults = [fault for fault in tab.faults if "500" not in fault]


def test_shapes_of_the_school() -> None:
    assert len(set(PATTERN)) == 7
