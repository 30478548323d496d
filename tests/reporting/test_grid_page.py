"""The class grid as HTML: letters, names of cells, marks, filters, fragments."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Enrolment
from milestones.flags import DROPPED, PAST_TARGET, STALLED
from milestones.models import MilestoneStatus, SectionMilestone
from reporting.board import Filters, class_board
from tenancy.context import tenant_context
from tenancy.selectors import actor_for_user, local_today
from tests.builders import World, add_learner, add_milestone
from tests.reporting.conftest import grid_of, text_of

CELL = re.compile(
    r'<a class="cell" href="([^"]*)" data-level="([^"]*)" tabindex="([^"]*)" aria-label="([^"]*)">(.*?)</a>'
)


def put(world: World, learner: Any, milestone: Any, level: int, *, before: int = 0, days: int = 1) -> None:
    """A level as the recompute would have left it so many days ago."""
    with tenant_context(world.tenant.pk):
        MilestoneStatus.objects.update_or_create(
            learner=learner,
            milestone=milestone,
            defaults={"level": level, "previous_level": before, "since": timezone.now() - timedelta(days=days)},
        )


def plan(world: World, milestone: Any, due_in: int | None) -> None:
    due = None if due_in is None else local_today(world.tenant) + timedelta(days=due_in)
    with tenant_context(world.tenant.pk):
        SectionMilestone.objects.filter(section=world.section, milestone=milestone).update(due_on=due)


@pytest.mark.parametrize(
    ("level", "letter", "key", "name"),
    [
        (0, "N", "not-started", "Not started"),
        (1, "B", "beginning", "Beginning"),
        (2, "D", "developing", "Developing"),
        (3, "M", "meets", "Meets"),
        (4, "M+", "mastery", "Mastery"),
    ],
)
def test_letter_level_and_name_of_a_cell(
    home: World, teacher: Client, level: int, letter: str, key: str, name: str
) -> None:
    put(home, home.classmate, home.other_milestone, level)
    found = CELL.findall(teacher.get(grid_of(home)).content.decode())
    assert len(found) == 4
    where = f"/learners/{home.classmate.public_id}/milestones/{home.other_milestone.public_id}/"
    address, shown, stop, label, inside = next(row for row in found if row[0].startswith(where))
    assert address == f"{where}?section={home.section.public_id}"
    assert (shown, stop, label, inside) == (key, "-1", f"{letter} {name}: LKV Ratios, Ben LKV", letter)
    assert [row[2] for row in found].count("0") == 1


@pytest.mark.parametrize(
    ("level", "before", "days", "due", "mark"),
    [
        (2, 4, 1, -9, DROPPED),
        (2, 4, 29, -9, DROPPED),  # also stalled: a drop is more urgent
        (2, 4, 31, -9, STALLED),
        (0, 2, 2, -9, DROPPED),  # also past its target: a drop is more urgent
        (1, 0, 22, -9, STALLED),
        (2, 1, 20, -9, ""),
        (3, 0, 90, -9, ""),
        (4, 4, 90, -9, ""),
        (3, 4, 2, 9, DROPPED),
        (0, 0, 90, -1, PAST_TARGET),
        (0, 0, 90, 0, ""),
        (0, 0, 90, None, ""),
    ],
)
def test_one_mark_the_most_urgent(home: World, level: int, before: int, days: int, due: int | None, mark: str) -> None:
    put(home, home.classmate, home.other_milestone, level, before=before, days=days)
    plan(home, home.other_milestone, due)
    with tenant_context(home.tenant.pk):
        actor = actor_for_user(home.tenant, home.users["TCH"])
        assert actor is not None
        board = class_board(actor, home.section.public_id, Filters())
    assert board.rows[1].cells[1].mark == mark
    assert board.rows[1].stuck == bool(mark) + bool(board.rows[1].cells[0].mark)


def test_marks_are_said_and_drawn(home: World, teacher: Client) -> None:
    put(home, home.learner, home.milestone, 2, before=4)
    put(home, home.learner, home.other_milestone, 1, days=40)
    plan(home, home.other_milestone, -3)
    body = teacher.get(grid_of(home)).content.decode()
    labels = {label for _, _, _, label, _ in CELL.findall(body)}
    assert "D Developing, dropped: LKV Fractions, Ana LKV" in labels
    assert "B Beginning, stalled: LKV Ratios, Ana LKV" in labels
    assert "N Not started, past its target date: LKV Ratios, Ben LKV" in labels
    for icon in ("trending-down", "clock", "flag"):
        assert (
            f'<span class="mk"><svg class="i" aria-hidden="true"><use href="/static/img/icons.svg#i-{icon}"/>' in body
        )


def test_heads_totals_and_sentence(home: World, teacher: Client) -> None:
    plan(home, home.milestone, -2)
    plan(home, home.other_milestone, 5)
    for learner, level in ((home.learner, 3), (home.classmate, 1)):
        put(home, learner, home.milestone, level)
    response = teacher.get(grid_of(home))
    words, body = text_of(response), response.content.decode()
    assert "50% of milestones due so far are at Meets or above." in words
    assert "2 of 2 learners shown." in words
    assert 'aria-label="Beginning 1, Meets 1"' in body
    assert re.search(r'<th scope="col" class="future" title="LKV Ratios">', body)
    assert re.search(r'Ana LKV</a><span class="muted tiny">1<span class="vh"> of 2 milestones</span>', body)


def test_shared_gap_needs_three_learners(home: World, teacher: Client) -> None:
    put(home, home.learner, home.milestone, 1)
    put(home, home.classmate, home.milestone, 2)
    assert "biggest shared gap" not in text_of(teacher.get(grid_of(home)))
    with tenant_context(home.tenant.pk):
        third = add_learner(home, "Dora", home.section)
    put(home, third, home.milestone, 2)
    assert "The biggest shared gap is Fractions LKV Fractions: 3 learners are Beginning or Developing." in text_of(
        teacher.get(grid_of(home))
    )


def test_who_is_on_the_grid(home: World, teacher: Client) -> None:
    """Not those who left, were withdrawn, or come later."""
    today = local_today(home.tenant)
    with tenant_context(home.tenant.pk):
        places: dict[str, dict[str, Any]] = {
            "Gone": {"ends_on": today - timedelta(days=1)},
            "Later": {"begins_on": today + timedelta(days=1)},
            "Withdrawn": {"is_withdrawn": True},
        }
        for name, values in places.items():
            learner = add_learner(home, name, home.section)
            Enrolment.objects.filter(learner=learner).update(**values)
        add_learner(home, "Last Day", home.section)
        inactive = add_learner(home, "Inactive", home.section)
        inactive.is_active = False
        inactive.save()
    words = text_of(teacher.get(grid_of(home)))
    assert "Last Day LKV" in words
    assert not any(name in words for name in ("Gone", "Later", "Withdrawn LKV", "Inactive"))


@pytest.mark.parametrize(
    "query",
    [
        "show=nonsense&sort=nonsense",
        "show=&sort=&competency=",
        "show=everyone&show=nonsense",
        "competency=%00",
        "competency=%ff",
        "sort[]=x&page=9999999999999999999",
        "x" * 4000 + "=1",
    ],
)
def test_bad_filters_are_as_if_they_were_not_there(home: World, teacher: Client, query: str) -> None:
    response = teacher.get(f"{grid_of(home)}?{query}")
    assert response.status_code == 200


def test_unknown_competency_shows_nothing_and_a_way_back(home: World, teacher: Client) -> None:
    response = teacher.get(grid_of(home), {"competency": "<b>Nowhere</b>"})
    assert "No milestone fits this filter." in text_of(response)
    assert "Show everything" in text_of(response)
    assert b"<b>Nowhere" not in response.content


def test_filters_and_order(home: World, teacher: Client) -> None:
    put(home, home.learner, home.milestone, 3)
    put(home, home.learner, home.other_milestone, 4)
    put(home, home.classmate, home.milestone, 2, before=4)
    with tenant_context(home.tenant.pk):
        other = add_milestone("Shapes", [home.competencies[3]])
        other.heading = "Geometry & space"
        other.save()
        SectionMilestone.objects.create(section=home.section, milestone=other, position=9)

    def names(**query: str) -> list[str]:
        body = teacher.get(grid_of(home), query).content.decode()
        return re.findall(r'tabindex="-1">([^<]*)</a><span class="muted tiny">', body)

    assert names() == ["Ana LKV", "Ben LKV"]
    assert names(show="attention") == ["Ben LKV"]
    assert names(show="below", competency="Numbers") == ["Ben LKV"]
    assert names(sort="stuck") == ["Ben LKV", "Ana LKV"]
    assert names(sort="meets") == ["Ana LKV", "Ben LKV"]
    response = teacher.get(grid_of(home), {"competency": "Geometry & space"})
    assert len(CELL.findall(response.content.decode())) == 2
    assert "<option selected>Geometry &amp; space</option>" in response.content.decode()


def test_fragment_is_the_board_alone_and_says_what_it_varies_by(home: World, teacher: Client) -> None:
    whole, part = teacher.get(grid_of(home)), teacher.get(grid_of(home), headers={"HX-Request": "true"})
    for response in (whole, part):
        assert "HX-Request" in response.headers["Vary"]
        assert response.headers["Cache-Control"] == "no-store, private"
    assert part.content.strip().startswith(b'<div id="board"')
    assert b"<html" not in part.content
    assert b"<html" in whole.content
    for header in ("HX-Boosted", "HX-History-Restore-Request"):
        headers = {"HX-Request": "true", header: "true"}
        assert b"<html" in teacher.get(grid_of(home), headers=headers).content, header


def test_same_cells_in_page_and_fragment(home: World, teacher: Client) -> None:
    pages = [teacher.get(grid_of(home), headers=h).content.decode() for h in ({}, {"HX-Request": "true"})]
    assert CELL.findall(pages[0]) == CELL.findall(pages[1]) != []


def test_target_date_stands_in_the_head(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.milestone).update(due_on=date(2026, 11, 9))
    assert '<span class="due">9 Nov</span>' in teacher.get(grid_of(home)).content.decode()
