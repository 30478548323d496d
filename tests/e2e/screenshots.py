"""The pictures of the README, taken from the running demo.

python3 manage.py demo                           # in one terminal
.venv/bin/python -m tests.e2e.screenshots        # in another; writes docs/img/
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import FLAGS, find_browser, sign_in

ROOT = Path(__file__).resolve().parents[2]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# The class with all five levels and the most milestones makes the best picture.
FULLEST = """() => [...document.querySelectorAll(".class-cards li")].map((card) => ({
    levels: card.querySelectorAll("svg .seg").length,
    milestones: parseInt(card.querySelector(".meta").textContent.split("·")[1]),
    address: card.querySelector("h2 a").getAttribute("href"),
  })).sort((a, b) => b.levels - a.levels || b.milestones - a.milestones)[0].address"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, default=ROOT / ".run" / "demo.json", help="what the demo wrote")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "img")
    options = parser.parse_args()
    path = find_browser()
    if path is None or not options.demo.exists():
        sys.stderr.write("Needs a Chromium (or BROWSER_PATH) and the running demo.\n")
        return 1
    demo = json.loads(options.demo.read_text())
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        teacher_pictures(browser, demo, options.out)
        family_picture(browser, demo, options.out)
        report_picture(browser, demo, options.out)
        policy_picture(browser, demo, options.out)
        score_picture(browser, demo, options.out)
        map_picture(browser, demo, options.out)
        today_pictures(browser, demo, options.out)
        browser.close()
    return 0


def score_picture(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    """A sheet half scored: some levels moving up, one learner away."""
    page = page_of(browser, demo, "teacher", WIDE)
    grid = fullest_grid(page, demo)
    page.goto(grid.replace("/grid/", "/score/"))
    page.get_by_label("What was it").fill("Exit ticket")
    page.get_by_role("button", name="Start scoring").click()
    page.locator("#keys:not([hidden])").wait_for(state="attached")
    for key in "3423x32":
        page.keyboard.press(key)
    page.get_by_text("Saved", exact=True).wait_for()
    take(page, out / "score.png")


def map_picture(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    page = page_of(browser, demo, "teacher", WIDE)
    page.goto(demo["url"].rstrip("/") + "/curriculum/")
    page.locator("a[href$='/map/']", has_text="Mathematics").click()
    page.locator("svg a").first.wait_for()
    take(page, out / "map.png")


def today_pictures(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    page = page_of(browser, demo, "teacher", WIDE)
    for name, address in (("today", "/today/"), ("groups", "/groups/"), ("plans", "/support-plans/")):
        page.goto(demo["url"].rstrip("/") + address)
        take(page, out / f"{name}.png")
    page.context.close()


def fullest_grid(page: Page, demo: dict[str, Any]) -> str:
    """The address of the class with the most to see."""
    url: str = demo["url"].rstrip("/")
    page.goto(f"{url}/classes/")
    return url + str(page.evaluate(FULLEST))


def account(demo: dict[str, Any], role: str) -> dict[str, str]:
    found: dict[str, str] = next(one for one in demo["accounts"] if one["role"] == role)
    return found


def page_of(browser: Browser, demo: dict[str, Any], role: str, size: dict[str, int], **options: Any) -> Page:
    person = account(demo, role)
    context = browser.new_context(viewport={**size}, device_scale_factor=1, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    return sign_in(context, demo["url"].rstrip("/"), person["email"], person["password"])


def take(page: Page, file: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file)


def teacher_pictures(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    page = page_of(browser, demo, "teacher", WIDE)
    grid = fullest_grid(page, demo)
    page.goto(grid)
    take(page, out / "class-grid.png")
    cell = page.locator(".cell[aria-label^='D Developing, stalled'], .cell[data-level=developing]").first
    cell.click()
    page.locator("#inspector .checks").wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    take(page, out / "panel.png")
    page.goto(demo["url"].rstrip("/") + str(cell.get_attribute("href")))
    take(page, out / "learner.png")
    page.goto(f"{grid}?as_of={(datetime.now(UTC) - timedelta(weeks=6)).date()}")
    take(page, out / "past-day.png")
    page.context.close()
    dark = page_of(browser, demo, "teacher", WIDE, color_scheme="dark")
    dark.goto(grid)
    take(dark, out / "grid-dark.png")
    dark.context.close()
    phone = page_of(browser, demo, "teacher", PHONE, has_touch=True)
    phone.goto(grid)
    phone.locator(".cell[data-level=developing]").first.tap()
    phone.locator("#inspector .checks").wait_for()
    phone.evaluate("window.scrollTo(0, 0)")
    take(phone, out / "phone.png")
    phone.context.close()


def family_picture(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    page = page_of(browser, demo, "guardian", WIDE)
    if re.search(r"/family/$", page.url):
        page.locator(".class-cards a").first.click()
        page.wait_for_url(re.compile(r"/family/.+/"))
    take(page, out / "family.png")
    page.goto(page.url.partition("?")[0] + "?language=ar")
    take(page, out / "family-ar.png")
    page.goto(page.url.partition("?")[0] + "?language=en")  # the choice is kept: as it was before
    page.context.close()


def report_picture(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    page = page_of(browser, demo, "district administrator", WIDE)
    page.goto(demo["url"].rstrip("/") + "/reports/")
    take(page, out / "report.png")
    page.context.close()


def policy_picture(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    """A draft that asks less for the newest piece, and what it would have meant. The draft is thrown away again."""
    page = page_of(browser, demo, "district administrator", WIDE)
    page.goto(demo["url"].rstrip("/") + "/policies/")
    page.locator("table a").first.click()
    page.get_by_role("button", name="Make a draft").click()
    page.get_by_label("share of the newest piece in percent").last.fill("40")
    page.get_by_role("button", name="Work out again").first.click()
    page.get_by_text("Last run took").wait_for(timeout=60_000)
    page.evaluate("window.scrollTo(0, 0)")
    take(page, out / "policy.png")
    page.get_by_role("button", name="Discard draft").click()
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())
