"""How a page is looked at: axe in four variants, the tab key, sizes of targets, sideways scrolling."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.e2e.browsing import Tab

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "selectors": False,  # a third of its time; what is wrong is told by its HTML
    "runOnly": {"type": "tag", "values": list(TAGS)},
    "rules": {"target-size": {"enabled": True}},
}
# What the dark scheme can change: it sets colours and nothing else.
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
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
    const around = top?.contains(at) && top !== document.body;
    return top && (at.contains(top) || around || top.closest("label")?.control === at);
  });
  return { what: at.outerHTML.slice(0, 120), seen };
}"""
# Things to press that are smaller than 24 × 24, other than links within a sentence.
SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, textarea")]
  .filter((one) => one.checkVisibility() && !one.closest("p, .vh, .skip, li:has(> p)") || one.matches(".btn"))
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([one, box]) => box.width > 0 && (box.width < 23.5 || box.height < 23.5))
  .map(([one, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`)"""


WIDTHS = (WIDE, 1024, 768, NARROW, 320)
VARIANTS = tuple((scheme, width) for width in (WIDE, NARROW) for scheme in ("light", "dark"))


def resize(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 900 if width > 500 else 800})


def problems(tab: Tab, options: dict[str, Any] = OPTIONS) -> list[str]:
    found = tab.page.evaluate("(options) => axe.run(options)", OPTIONS | options)["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} | {node['failureSummary'][:300]}" for one in found for node in one["nodes"]
    ]


def hidden_stops(tab: Tab) -> tuple[int, list[str]]:
    """How many tab stops there are, and those that cannot be seen when they have the focus."""
    tab.page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    hidden: list[str] = []
    for stops in range(150):
        tab.page.keyboard.press("Tab")
        at = tab.page.evaluate(FOCUS)
        if at is None:
            return stops, hidden
        if not at["seen"]:
            hidden.append(at["what"])
    return 150, hidden


def look(tab: Tab) -> list[str]:
    """What is wrong with the page as it stands: axe in light and dark, wide and narrow; targets; width; tab stops."""
    found: list[str] = []
    tab.page.evaluate(Axe().axe_script)
    for scheme, width in VARIANTS:
        resize(tab, width)
        tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        options = OF_COLOUR if scheme == "dark" else OPTIONS
        found += [f"axe {scheme} {width}: {line}" for line in problems(tab, options)]
    for width in WIDTHS:
        resize(tab, width)
        found += [f"small at {width}: {line}" for line in tab.page.evaluate(SMALL)]
        needs = tab.page.evaluate("document.documentElement.scrollWidth")
        found += [f"sideways at {width}: {needs} px"] if needs > width else []
    for width in (NARROW, WIDE):
        resize(tab, width)
        stops, hidden = hidden_stops(tab)
        found += [f"not seen at {width}: {line}" for line in hidden] if stops else ["no tab stop"]
    return found
