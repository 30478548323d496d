"""One browser and one app per session; a tab per test that checks itself at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.builders import PASSWORD
from tests.e2e.browsing import FLAGS, Tab, find_browser, sign_in
from tests.e2e.place import Place, place

# Playwright's loop runs in this thread; Django would take it for asynchronous code while the school is built.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
expect.set_options(timeout=20_000)  # only what never comes waits for so long
HOW = "No Chromium was found. Install one (apt install chromium, brew install --cask chromium) or set BROWSER_PATH."
Opened = Callable[..., Tab]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With two workers each has a school of its own. Pages that are only looked at are shared out one by one; the tests
    of another file change the school, and stay together in their order."""
    for item in items:
        if item.path.parent.name == "e2e" and "test_accessibility.py::test_page" not in item.nodeid:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(HOW)
    if path is None:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def school(
    browser: Browser, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with django_db_blocker.unblock(), place(tmp_path_factory.mktemp("app") / "web.log") as found:
        yield found


@pytest.fixture(scope="session")
def sessions(browser: Browser, school: Place) -> Callable[[str], Any]:
    """{role: cookies} of people who signed in once."""
    known: dict[str, Any] = {}

    def of(role: str) -> Any:
        if role not in known:
            context = browser.new_context()
            sign_in(context, school.url, f"{role.lower()}@lakeview.example", PASSWORD)
            known[role] = context.storage_state()
            context.close()
        return known[role]

    return of


@pytest.fixture
def opened(browser: Browser, school: Place, sessions: Callable[[str], Any]) -> Iterator[Opened]:
    """`opened("TCH", "/classes/", width=390)`: a signed-in tab at an address. Checked when the test ends."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def open_tab(role: str | None, address: str, *, width: int = 1440, status: int = 200, **options: Any) -> Tab:
        context = browser.new_context(
            storage_state=sessions(role) if role else None,
            viewport={"width": width, "height": 900 if width > 500 else 800},
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = Tab(context.new_page(), school.url)
        tabs.append(tab)
        tab.open(address, status)
        return tab

    yield open_tab
    for tab in tabs:
        tab.check()
    for context in contexts:
        context.close()


@pytest.fixture
def teacher(opened: Opened, school: Place) -> Tab:
    """The class grid as its teacher sees it."""
    return opened("TCH", school.grid)
