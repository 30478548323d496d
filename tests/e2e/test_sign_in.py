"""Signing in, and where each role arrives."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.builders import PASSWORD
from tests.e2e.conftest import Opened
from tests.e2e.place import Place


def test_wrong_password_then_the_right_one(opened: Opened) -> None:
    tab = opened(None, "/accounts/login/")
    page = tab.page
    page.get_by_label("Email").fill("tch@lakeview.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("The email or the password does not match. Check both")
    expect(said).to_be_focused()
    expect(page).to_have_title("Error: Sign in – Waymark")
    expect(page.get_by_label("Email")).to_have_value("tch@lakeview.example")
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".nav [aria-current=page]")).to_have_text("Today")


def test_a_hidden_page_asks_to_sign_in_and_goes_on(opened: Opened, school: Place) -> None:
    tab = opened(None, school.grid)
    tab.page.get_by_label("Email").fill("tch@lakeview.example")
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("LKV Maths 7")
    assert tab.path == school.grid


@pytest.mark.parametrize(
    ("role", "address", "heading"),
    [
        ("TCH", "/today/", f"{datetime.now(ZoneInfo('Europe/Berlin')):%B}"),
        ("SCH", "/reports/", "Is learning reaching the standard?"),
        ("DST", "/reports/", "Is learning reaching the standard?"),
        ("GRD", "/family/", "My children"),
        ("LRN", "/me/", "Ana LKV, "),
    ],
)
def test_each_role_reaches_its_home(opened: Opened, role: str, address: str, heading: str) -> None:
    tab = opened(role, "/")
    assert tab.path == address
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(tab.page.locator(".nav [aria-current=page]")).to_have_count(1)


def test_signing_out(opened: Opened, school: Place) -> None:
    tab = opened(None, "/accounts/login/")
    tab.page.get_by_label("Email").fill("dst@lakeview.example")
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.page.get_by_role("button", name="Sign in").click()
    tab.page.locator(".menu summary").click()
    tab.page.get_by_role("button", name="Sign out").click()
    tab.open("/reports/")
    assert tab.path.startswith("/accounts/login/")
