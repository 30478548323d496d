"""Setting a level by hand in the browser: in the panel, on its own page, without script, on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.place import Place
from tests.e2e.test_grid import cell

REASON = "Explained it to the whole class on Monday"


def fill(tab: Tab, level: str, reason: str = REASON) -> None:
    tab.page.get_by_label(level, exact=True).check()
    tab.page.get_by_label("Reason").fill(reason)
    tab.page.get_by_role("button", name="Set this level").click()


def test_in_the_panel_the_cell_gets_its_pin_at_once(teacher: Tab) -> None:
    page, sheet = teacher.page, teacher.page.locator("#inspector")
    cell(teacher, 3, 4).click()
    sheet.get_by_role("link", name="Set level myself").click()
    expect(sheet.get_by_role("heading", name="Set level myself")).to_be_focused()
    fill(teacher, "Mastery", "too short")
    expect(sheet.get_by_role("alert")).to_contain_text("The reason has 9 characters. Write at least 15")
    expect(sheet.get_by_role("alert")).to_be_focused()
    expect(sheet.get_by_label("Mastery", exact=True)).to_be_checked()
    fill(teacher, "Mastery")
    expect(sheet.get_by_role("status")).to_have_text("Saved. The level that you set holds.")
    expect(sheet.get_by_text(REASON)).to_be_visible()
    there = cell(teacher, 3, 4)
    expect(there).to_have_attribute("data-level", "mastery")
    expect(there).to_have_attribute(
        "aria-label", re.compile(r"^M\+ Mastery, set by teacher( or met under an earlier goal)?: ")
    )
    expect(there.locator(".mk.pin svg")).to_be_visible()
    page.reload()
    expect(cell(teacher, 3, 4)).to_have_attribute(
        "aria-label", re.compile(r"^M\+ Mastery(, dropped)?, set by teacher( or met under an earlier goal)?: ")
    )


def test_somebody_else_was_faster(opened: Opened, school: Place) -> None:
    """Both forms are open; the second one is told, sees what the other set, and saves again."""
    address = school.milestone(5, 5) + "level/"
    one, two = opened("TCH", address), opened("TCH", address)
    fill(one, "Developing", "Needed a lot of help with the last one")
    expect(one.page.get_by_role("status")).to_contain_text("Saved")
    fill(two, "Mastery")
    expect(two.page.get_by_role("alert")).to_contain_text("Keep theirs, or save again to use yours.")
    expect(two.page.get_by_text("Needed a lot of help with the last one")).to_be_visible()
    expect(two.page.get_by_label("Reason")).to_have_value(REASON)
    two.faults = [fault for fault in two.faults if "409" not in fault]
    two.page.get_by_role("button", name="Set this level").click()
    expect(two.page.locator("#why")).to_have_text("Why Mastery?")
    stands = school.ask(
        "SELECT count(*) FROM milestones_leveloverride o WHERE NOT EXISTS "
        "(SELECT FROM milestones_overrideend e WHERE e.override_id = o.id AND e.tenant_id = o.tenant_id) "
        "AND reason IN (%s, %s)",
        REASON,
        "Needed a lot of help with the last one",
    )
    assert stands[0][0] >= 1


def test_without_script_on_a_phone_set_and_end(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.milestone(4, 3), width=390, java_script_enabled=False)
    page = tab.page
    page.get_by_role("link", name="Set level myself").click()
    fill(tab, "Beginning")
    expect(page.get_by_role("status")).to_have_text("Saved. The level that you set holds.")
    expect(page.locator("#why")).to_have_text("Why Beginning?")
    expect(page.locator("section[aria-labelledby=set]")).to_contain_text(REASON)
    page.get_by_role("link", name="Let the rule decide again").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("status")).to_have_text("Ended. The level follows the rule again.")
    expect(page.locator("section[aria-labelledby=hist] tbody tr").last).to_contain_text("A teacher let the rule decide")


def test_family_sees_it_with_its_reason_after_the_release(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.milestone(0, 0) + "level/")
    fill(tab, "Mastery", "Taught it to her brother, who can do it now")
    family = opened("GRD", school.child)
    expect(family.page.get_by_text("Taught it to her brother")).to_have_count(0)
    tab.open(school.grid)
    tab.page.get_by_role("button", name="Release levels to families").click()
    family.page.reload()
    expect(
        family.page.get_by_text("Set by teacher: “Taught it to her brother, who can do it now”").first
    ).to_be_visible()
