"""The class grid: keyboard, filters."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browsing import Tab
from tests.e2e.conftest import Opened
from tests.e2e.place import Place

ROWS, COLUMNS = 14, 10
FOCUSED = """() => {
  const cells = [...document.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".cell")]);
  const r = cells.findIndex((row) => row.includes(document.activeElement));
  return r < 0 ? null : [r, cells[r].indexOf(document.activeElement)];
}"""


def cell(tab: Tab, row: int, column: int) -> Locator:
    return tab.page.locator("tbody tr").nth(row).locator(".cell").nth(column)


def focused(tab: Tab) -> list[int] | None:
    place: list[int] | None = tab.page.evaluate(FOCUSED)
    return place


def test_all_levels_and_marks_are_there(teacher: Tab) -> None:
    levels = teacher.page.locator(".cell").evaluate_all("cells => cells.map((cell) => cell.dataset.level)")
    assert len(levels) == ROWS * COLUMNS
    assert set(levels) == {"not-started", "beginning", "developing", "meets", "mastery"}
    said = teacher.page.locator(".cell:has(.mk)").evaluate_all("cells => cells.map((cell) => cell.ariaLabel)")
    marks = "dropped|stalled|past its target date|set by teacher"
    assert {found.group() for label in said if (found := re.search(marks, label))} == set(marks.split("|"))
    assert all(re.search(marks, label) for label in said)


def test_one_tab_stop_and_the_keys(teacher: Tab) -> None:
    page = teacher.page
    expect(page.locator(".cell[tabindex='0']")).to_have_count(1)
    cell(teacher, 0, 0).focus()
    last = [ROWS - 1, COLUMNS - 1]
    for key, place in (
        ("ArrowRight", [0, 1]),
        ("ArrowDown", [1, 1]),
        ("ArrowLeft", [1, 0]),
        ("ArrowLeft", [1, 0]),
        ("ArrowUp", [0, 0]),
        ("ArrowUp", [0, 0]),
        ("End", [0, COLUMNS - 1]),
        ("ArrowRight", [0, COLUMNS - 1]),
        ("Home", [0, 0]),
        ("Control+End", last),
        ("ArrowDown", last),
        ("Control+Home", [0, 0]),
        ("PageDown", [10, 0]),
        ("PageDown", [ROWS - 1, 0]),
        ("PageUp", [3, 0]),
        ("3", [3, 0]),
    ):
        page.keyboard.press(key)
        assert focused(teacher) == place, key
        expect(page.locator(".cell[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Tab")
    assert focused(teacher) is None
    page.keyboard.press("Shift+Tab")
    assert focused(teacher) == [3, 0], "the grid remembers where one was"


def test_focused_cell_is_never_under_head_or_names(teacher: Tab) -> None:
    cell(teacher, 0, 0).focus()
    for key in ("Control+End", "Control+Home", "PageDown", "End", "PageUp", "Home"):
        teacher.page.keyboard.press(key)
        covered = teacher.page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return !document.activeElement.contains(top);
            }"""
        )
        assert not covered, key


def test_arrows_are_mirrored_from_right_to_left(teacher: Tab) -> None:
    teacher.page.evaluate("document.documentElement.dir = 'rtl'")
    cell(teacher, 0, 0).focus()
    teacher.page.keyboard.press("ArrowLeft")
    assert focused(teacher) == [0, 1]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_enter_and_space_open_the_panel_and_escape_returns(teacher: Tab, key: str) -> None:
    page = teacher.page
    cell(teacher, 2, 3).focus()
    page.keyboard.press(key)
    expect(page.locator("#inspector h2")).to_be_focused()
    expect(cell(teacher, 2, 3)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    assert focused(teacher) == [2, 3]
    assert teacher.path.endswith("/grid/"), "the page stayed"


def test_filters_are_sent_at_once_and_stand_in_the_address(teacher: Tab, school: Place) -> None:
    page = teacher.page
    page.get_by_label("Competency").select_option("Geometry")
    expect(page.locator("tbody tr").first.locator(".cell")).to_have_count(3)
    expect(page).to_have_url(re.compile("competency=Geometry"))
    page.get_by_label("Show").focus()
    page.get_by_label("Show").select_option("attention")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"\d+ of 14 learners shown"))
    expect(page).to_have_url(re.compile("show=attention"))
    expect(page.get_by_label("Show")).to_be_focused()
    expect(page.locator(".cell[tabindex='0']")).to_have_count(1)
    shown = page.locator("tbody tr").count()
    assert 0 < shown <= 14
    cell(teacher, 0, 0).focus()
    page.keyboard.press("ArrowRight")
    assert focused(teacher) == [0, 1], "keys work in the part that came"
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(shown)
    expect(page.get_by_label("Competency")).to_have_value("Geometry")
    expect(page.get_by_label("Show")).to_have_value("attention")


def test_going_back_shows_the_whole_page_as_it_was(teacher: Tab) -> None:
    page = teacher.page
    page.get_by_label("Competency").select_option("Data")
    expect(page.locator("tbody tr").first.locator(".cell")).to_have_count(3)
    page.go_back()
    expect(page.locator("tbody tr").first.locator(".cell")).to_have_count(COLUMNS)
    expect(page.get_by_role("heading", level=1)).to_have_text("LKV Maths 7")
    expect(page.locator("header.top")).to_have_count(1)


def test_sorting_and_nothing_found(teacher: Tab) -> None:
    page = teacher.page
    page.get_by_label("Rows").select_option("meets")
    expect(page).to_have_url(re.compile("sort=meets"))
    numbers = [int(text.split()[0]) for text in page.locator("tbody .who .tiny").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    teacher.open(teacher.path.split("?")[0] + "?competency=Nowhere")
    expect(page.locator(".empty")).to_contain_text("No milestone")


def test_a_class_without_a_plan(opened: Opened, school: Place) -> None:
    tab = opened("TCH", school.empty_grid)
    expect(tab.page.locator(".empty")).to_contain_text("No milestones are planned for this class yet")
