"""axe on every page in four variants, the tab key through every page, sizes of targets, no sideways scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.pages import PAGES
from tests.e2e.place import Place

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": list(TAGS)},
    "rules": {"target-size": {"enabled": True}},
}
NARROW, WIDE = 390, 1440
# Where the tab key has gone: what it is, and whether any of its box can be seen and is not covered by something else.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const points = [0.02, 0.25, 0.5, 0.75, 0.98].flatMap((x) => [0.1, 0.5, 0.9].map((y) =>
    [box.x + x * box.width, box.y + y * box.height]));
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (at.contains(top) || top.contains(at) && top !== document.body || top.closest("label")?.control === at);
  });
  return { what: at.outerHTML.slice(0, 120), seen };
}"""
# Things to press that are smaller than 24 × 24, other than links within a sentence.
SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, textarea")]
  .filter((one) => one.checkVisibility() && !one.closest("p, .vh, .skip, li:has(> p)") || one.matches(".btn"))
  .map((one) => [one, (one.labels?.[0] ?? one).getBoundingClientRect()])
  .filter(([one, box]) => box.width > 0 && (box.width < 23.5 || box.height < 23.5))
  .map(([one, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`)"""


def visit(opened: Opened, school: Place, name: str, width: int, **options: Any) -> Tab:
    page = PAGES[name]
    tab = opened(page.role, page.address(school), status=page.status, width=width, **options)
    if page.then:
        page.then(tab)
    return tab


def problems(tab: Tab) -> list[str]:
    found = Axe().run(tab.page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} | {node['failureSummary'][:300]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(opened: Opened, school: Place, name: str, scheme: str, width: int) -> None:
    tab = visit(opened, school, name, width, color_scheme=scheme, reduced_motion="reduce")
    assert problems(tab) == []


def test_axe_finds_a_planted_fault(teacher: Tab) -> None:
    teacher.page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    assert any(line.startswith("image-alt") for line in problems(teacher))
    teacher.faults.clear()


@pytest.mark.parametrize("name", PAGES)
def test_every_tab_stop_is_seen(opened: Opened, school: Place, name: str) -> None:
    for width in (WIDE, NARROW):
        tab = visit(opened, school, name, width, reduced_motion="reduce")
        tab.page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
        hidden, stops = [], 0
        while stops < 150:
            tab.page.keyboard.press("Tab")
            at = tab.page.evaluate(FOCUS)
            if at is None:
                break
            stops += 1
            if not at["seen"]:
                hidden.append(f"{width}: {at['what']}")
        assert hidden == []
        assert stops > 1 or name == "hidden page"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_to_press_is_small_and_nothing_scrolls_sideways(opened: Opened, school: Place, name: str) -> None:
    for width in (WIDE, 1024, 768, NARROW, 320):
        tab = visit(opened, school, name, width, reduced_motion="reduce")
        assert tab.page.evaluate(SMALL) == [], width
        wide = tab.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{name} at {width}: {wide[0]} px wide"
        tab.page.context.close()
