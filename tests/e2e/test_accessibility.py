"""axe on every page in four variants, the tab key through every page, sizes of targets, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.browsing import Tab
from tests.e2e.looking import SMALL, WIDE, hidden_stops, look, problems, resize
from tests.e2e.pages import PAGES
from tests.e2e.place import Place


@pytest.fixture(scope="module")
def windows(browser: Browser, sessions: Callable[[str], Any]) -> Iterator[Callable[[str | None], BrowserContext]]:
    """One window for each role: what pages share (styles, scripts) is loaded once."""
    known: dict[str | None, BrowserContext] = {}

    def of(role: str | None) -> BrowserContext:
        if role not in known:
            state = sessions(role) if role else None
            known[role] = browser.new_context(storage_state=state, reduced_motion="reduce")
            known[role].set_default_timeout(10_000)
        return known[role]

    yield of
    for context in known.values():
        context.close()


@pytest.fixture(params=PAGES)
def looked_at(
    request: pytest.FixtureRequest, windows: Callable[[str | None], BrowserContext], school: Place
) -> Iterator[Tab]:
    """A page after what it needs was done; looked at in several sizes and colours without loading it again."""
    page = PAGES[request.param]
    tab = Tab(windows(page.role).new_page(), school.url)
    resize(tab, WIDE)
    tab.open(page.address(school), page.status)
    if page.then:
        page.then(tab)
    yield tab
    tab.check()
    tab.page.close()


def test_page(looked_at: Tab) -> None:
    found = look(looked_at)
    assert not found, "\n".join(["", *found])


def test_axe_finds_a_planted_fault(teacher: Tab) -> None:
    teacher.page.evaluate(Axe().axe_script)
    teacher.page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    assert any(line.startswith("image-alt") for line in problems(teacher))


def test_planted_width_size_and_cover_are_found(teacher: Tab) -> None:
    resize(teacher, 320)
    assert teacher.page.evaluate(SMALL) == []
    teacher.page.evaluate(
        """() => {
          const add = (tag, css) => {
            const one = document.createElement(tag);
            one.style.cssText = css;
            document.querySelector("main").prepend(one);
            return one;
          };
          add("div", "width: 900px; height: 1px");
          add("button", "width: 10px; height: 10px; padding: 0");
          add("div", "position: fixed; inset: 0; z-index: 99");
        }"""
    )
    assert len(teacher.page.evaluate(SMALL)) == 1
    assert teacher.page.evaluate("document.documentElement.scrollWidth") > 320
    assert hidden_stops(teacher)[1] != []
