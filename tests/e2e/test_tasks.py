"""From a new assessment to what the learner reads, in the browser and without script."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Opened
from tests.e2e.place import Place

TITLE = "Compare with a strip"


def test_made_given_handed_in_judged_released_read(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.grid.replace("grid", "assessments"))
    page = tab.page
    page.get_by_role("link", name="New assessment").first.click()
    page.get_by_role("button", name="Save assessment").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a title for the task, like Unit check fractions")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("group", name="Shows").get_by_role("checkbox").first.check()
    page.get_by_label("by one level per competency").check()
    page.get_by_role("button", name="Save assessment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    task = tab.path
    page.get_by_role("link", name="Give it out").click()
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_role("status")).to_contain_text("learners have it now.")

    learner = opened("LRN", "/me/work/", width=390, java_script_enabled=False)
    learner.page.get_by_role("link", name=TITLE).click()
    learner.page.get_by_label("Your work, or a link to it").fill("Four parts, three of them mine")
    learner.page.get_by_role("button", name="Hand in").click()
    expect(learner.page.get_by_role("status")).to_have_text("Handed in. Your teacher looks at it now.")
    mine = learner.path

    tab.open(task)
    page.get_by_role("row", name="Ana").get_by_role("link", name="Handed in").click()
    expect(page.get_by_text("Four parts, three of them mine")).to_be_visible()
    page.get_by_role("group").get_by_label("Meets").check()
    page.get_by_label("Feedback for the learner").fill("The strip shows it clearly")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Judged. The learner sees it when you release the task.")
    learner.open(mine)
    expect(learner.page.get_by_text("The strip shows it clearly")).to_have_count(0)
    tab.open(task)
    page.get_by_role("button", name="Release 1 result").click()
    expect(page.get_by_role("status")).to_contain_text("Released")
    learner.open(mine)
    expect(learner.page.get_by_text("The strip shows it clearly")).to_be_visible()
