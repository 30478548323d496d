"""Scoring a class in the browser: one key per learner, a lost connection, two teachers on one row."""

from __future__ import annotations

import re

from playwright.sync_api import Dialog, Page, expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.place import Place

CLASS = 26


def start(tab: Tab, title: str) -> Page:
    page = tab.page
    page.get_by_label("What was it").fill(title)
    page.get_by_role("button", name="Start scoring").click()
    expect(page.locator("[data-entry] tbody tr")).to_have_count(CLASS)
    return page


def ready(page: Page) -> Page:
    """The page says which keys score as soon as they do."""
    expect(page.locator("#keys")).to_be_visible()
    return page


def score_address(school: Place) -> str:
    return school.wide_grid.replace("grid", "score")


def test_26_learners_with_26_keystrokes(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.wide_grid)
    tab.page.get_by_role("link", name="Score the class").click()
    page = ready(start(tab, "Twenty-six keys"))
    for n in range(CLASS):
        page.keyboard.press(str(n % 4 + 1))
    expect(page.locator("[data-scored]")).to_have_text(str(CLASS))
    expect(page.locator("[data-status]")).to_have_text("Saved")
    expect(page.locator(".after", has_text=re.compile("moves up|no change|would drop"))).to_have_count(CLASS)
    saved = school.ask(
        "SELECT count(*), count(DISTINCT level) FROM milestones_scoreentry e JOIN milestones_scoresheet s"
        " ON s.id = e.sheet_id WHERE s.title = %s", "Twenty-six keys",
    )  # fmt: skip
    assert saved == [(CLASS, 4)]
    page.get_by_role("button", name="Release…").click()
    for group in page.locator("fieldset.drop-choice").all():
        group.get_by_label(re.compile("Agree")).check()
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text(f"{CLASS} scores are released.")).to_be_visible()
    page.get_by_role("button", name="Undo the release").click()
    expect(page.get_by_text("The release is undone.")).to_be_visible()
    assert school.ask("SELECT count(*) FROM assessments_evidence WHERE source = 'score-sheet' AND entry = 'withdrawn'")[
        0
    ] == (CLASS,)


def test_other_keys(opened: Opened, school: Place) -> None:
    page = ready(start(opened("TCH", score_address(school)), "Other keys"))
    page.keyboard.press("x")
    page.keyboard.press("0")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    row = page.locator("[data-entry] tbody tr").first
    expect(row.locator("input[value=absent]")).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type("123 see you")
    page.keyboard.press("Enter")
    expect(row.locator("input[value=absent]")).to_be_focused()
    page.keyboard.press("3")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("r")
    expect(page.locator("[data-scored]")).to_have_text(str(CLASS))
    expect(page.locator("input[value='3']:checked")).to_have_count(CLASS - 1)
    expect(page.locator("[data-status]")).to_have_text("Saved")
    page.reload()
    expect(page.locator("[data-entry] tbody tr").first.locator("input[type=text]")).to_have_value("123 see you")
    expect(page.locator("input[value='3']:checked")).to_have_count(CLASS - 1)


def test_scores_wait_for_the_connection(opened: Opened, school: Place) -> None:
    tab = opened("TCH", score_address(school))
    page = ready(start(tab, "In the cellar"))
    page.context.set_offline(True)
    for key in "234":
        page.keyboard.press(key)
    expect(page.locator("[data-status]")).to_have_text(
        "3 scores wait on this device. They are sent as soon as the connection is back."
    )
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_have_text("Saved", timeout=15_000)
    tab.faults.clear()  # the browser says that there was no connection, which was meant
    page.reload()
    expect(page.locator("[data-entry] input:checked")).to_have_count(3)


def test_leaving_with_waiting_scores_asks_first(opened: Opened, school: Place) -> None:
    """The browser asks as long as a score or a comment is not with the server; nothing is kept in its storage."""
    tab = opened("TCH", score_address(school))
    page = ready(start(tab, "On the stairs"))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("c")
    page.keyboard.type("half a sentence")
    expect(page.locator("[data-status]")).to_have_text(
        "1 score waits on this device. It is sent as soon as the connection is back."
    )
    page.evaluate("setTimeout(() => { location.href = '/classes/' })")  # with the caret still in the comment
    expect(page.locator("[data-entry] tbody tr").first.locator("input[type=text]")).not_to_be_focused()
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_have_text("Saved", timeout=15_000)
    tab.faults.clear()  # the browser says that there was no connection, which was meant
    page.reload()
    expect(page.locator("[data-entry] input[value='2']:checked")).to_have_count(1)
    expect(page.locator("[data-entry] tbody tr").first.locator("input[type=text]")).to_have_value("half a sentence")
    assert asked == ["beforeunload"], "all is saved: nothing to ask"


def test_signed_out_meanwhile_the_scores_wait(opened: Opened, school: Place) -> None:
    tab = opened("TCH", score_address(school))
    page = ready(start(tab, "Signed out"))
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("3")
    expect(page.locator("[data-status]")).to_contain_text("1 score waits on this device.")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    expect(page.locator("[data-status]")).to_have_text("Saved", timeout=15_000)
    tab.faults.clear()


def test_two_teachers_on_one_row(opened: Opened, school: Place) -> None:
    mine = opened("TCH", score_address(school))
    page = ready(start(mine, "Two of us"))
    theirs = ready(opened("SCH", mine.path).page)
    theirs.keyboard.press("4")
    expect(theirs.locator("[data-status]")).to_have_text("Saved")
    row = page.locator("[data-entry] tbody tr").first
    page.keyboard.press("2")
    expect(row).to_contain_text("Somebody else changed this score a moment ago to Mastery.")
    row.get_by_role("button", name="Use mine").click()
    expect(row).not_to_contain_text("Somebody else")
    theirs.keyboard.press("ArrowUp")
    theirs.keyboard.press("1")
    other = theirs.locator("[data-entry] tbody tr").first
    other.get_by_role("button", name="Keep theirs").click()
    expect(other.locator("input[type=radio][value='2']")).to_be_checked()


def test_without_script(opened: Opened, school: Place) -> None:
    page = start(opened("TCH", score_address(school), java_script_enabled=False), "By hand")
    expect(page.locator("#keys")).to_be_hidden()
    row = page.locator("[data-entry] tbody tr").nth(2)
    row.get_by_label("Meets").check(force=True)
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("Saved. Nothing reaches families until you release it.")).to_be_visible()
    expect(page.locator("[data-entry] input:checked")).to_have_count(1)
