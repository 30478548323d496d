"""Today in the browser: a row is acted on and comes back, by keyboard, and on a phone without script."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened


def first_row(tab: Tab) -> tuple[Locator, str]:
    """The first row that has a menu, and its id."""
    row = tab.page.locator(".queue > li").first
    key = row.get_attribute("id")
    assert key
    return row, key


def test_on_a_phone_without_script_a_row_is_snoozed_and_comes_back(opened: Opened) -> None:
    tab = opened("TCH", "/today/?all=1", width=390, java_script_enabled=False)
    row, key = first_row(tab)
    row.locator("summary").click()
    row.get_by_role("button", name="Snooze a week").click()
    expect(tab.page.get_by_text("Done. The entry is off your list.")).to_be_visible()
    expect(tab.page.locator(f"#{key}")).to_have_count(0)
    tab.page.get_by_role("button", name="Undo").click()
    tab.open("/today/?all=1")
    expect(tab.page.locator(f"#{key}")).to_be_visible()


def test_the_menu_of_a_row_by_keyboard(opened: Opened) -> None:
    tab = opened("TCH", "/today/")
    row, _ = first_row(tab)
    row.locator("summary").focus()
    tab.page.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Snooze a week")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Snooze a week")).to_be_hidden()
    expect(row.locator("summary")).to_be_focused()


def test_not_a_concern_without_a_reason_says_so(opened: Opened) -> None:
    tab = opened("TCH", "/today/", java_script_enabled=False)
    row, key = first_row(tab)
    row.locator("summary").click()
    row.get_by_label("Not a concern, because").fill("no")
    row.get_by_role("button", name="Not a concern").click()
    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("Say why it is not a concern, in a few words.")
    expect(alert.get_by_role("link")).to_have_attribute("href", f"#{key}")
