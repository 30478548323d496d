"""A board that keeps itself up to date: through the live process, and without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD
from tests.e2e.browsing import Browser, Tab, sign_in
from tests.e2e.conftest import Opened
from tests.e2e.place import Place, app, free_port


@pytest.fixture
def live_url(school: Place, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The same school in front of an app that knows its live process: (pages, live)."""
    database, port, live = urlsplit(school.database).path.lstrip("/"), free_port(), free_port()
    with (
        app(database, live, tmp_path / "live.log", "asgi"),
        app(database, port, tmp_path / "web.log", LIVE_PORT=str(live)),
    ):
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{live}/live/"


def add_piece(page: Page, address: str, title: str) -> None:
    page.goto(address)
    page.get_by_label("Name of the work").fill(title)
    page.locator("input[name=points][value='4']").check()
    page.get_by_role("button", name="Save evidence").click()
    page.wait_for_url(lambda url: "evidence/new" not in url)


def test_a_cell_changes_without_reload(browser: Browser, school: Place, live_url: tuple[str, str]) -> None:
    """The focus stays in its cell; the page was not loaded again."""
    url, live = live_url
    context = browser.new_context()
    context.set_default_timeout(10_000)
    first = sign_in(context, url, "tch@lakeview.example", PASSWORD)
    tab = Tab(first, url, live)
    tab.open(school.grid)
    expect(first.locator("html[data-stream=open]")).to_be_attached()
    first.evaluate("window.sameDocument = true")
    cell = first.locator(f".cell[href^='{school.milestone(2, 3)}']")
    before = cell.get_attribute("aria-label")
    cell.focus()
    other = context.new_page()
    for n in range(3):
        add_piece(other, f"{url}{school.milestone(2, 3)}evidence/new/", f"Shown live {n}")
    expect(cell).not_to_have_attribute("aria-label", str(before))
    assert first.evaluate("window.sameDocument")
    expect(cell).to_be_focused()
    first.keyboard.press("ArrowRight")
    expect(cell).not_to_be_focused()
    tab.check()
    context.close()


def test_without_the_live_process_nothing_complains(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid)
    tab.page.wait_for_load_state("networkidle")
    expect(tab.page.locator("html[data-stream]")).to_have_count(0)
