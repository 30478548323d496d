"""Grid, learner page and file as of a past day: what they show, what they do not offer, and what they refuse."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.services import record_evidence
from milestones.models import Milestone, MilestonePace, MilestoneStatus, StatusChange
from milestones.overrides import Place, set_override
from milestones.pace import work_out_paces
from reporting.csv_cells import csv_text, neutral, read_back
from reporting.level_history import CAUSES
from status_engine import Level
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import World, add_learner, add_milestone, piece
from tests.reporting.conftest import grid_of, milestone_page, text_of

REASON = "Explained it to the whole class on Monday"


def shown_before(world: World, days: int, score: float = 1) -> None:
    """One piece of so many days ago on the first competency, entered now."""
    day = timezone.now() - timedelta(days=days)
    record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], score, occurred_at=day))


def day_before(world: World, days: int) -> str:
    return (world.system.today - timedelta(days=days)).isoformat()


def test_the_grid_of_a_past_day(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        shown_before(home, 50)
    response = teacher.get(grid_of(home), {"as_of": day_before(home, 20)})
    assert response.status_code == 200
    body, words = response.content.decode(), text_of(response)
    assert 'aria-label="B Beginning: LKV Fractions, Ana LKV"' in body
    assert 'aria-label="N Not started: LKV Fractions, Ben LKV"' in body
    assert "As of" in words
    assert "the work up to that day, as it is recorded now." in words
    assert "Release levels to families" not in words
    assert f'href="/learners/{home.learner.public_id}/?section={home.section.public_id}&amp;as_of=' in body
    assert "Release levels to families" in text_of(teacher.get(grid_of(home)))


def test_only_what_was_known_then(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        shown_before(home, 50)
    response = teacher.get(grid_of(home), {"as_of": day_before(home, 20), "known": "1"})
    assert 'aria-label="N Not started: LKV Fractions, Ana LKV"' in response.content.decode()
    assert "what was known then, without what was entered or corrected later." in text_of(response)
    assert "&amp;known=1" in response.content.decode()


def test_filters_and_the_day_stay_together(home: World, teacher: Client) -> None:
    day = day_before(home, 20)
    body = teacher.get(grid_of(home), {"as_of": day, "show": "below", "sort": "stuck"}).content.decode()
    assert f'<input type="hidden" name="as_of" value="{day}">' in body
    assert '<input type="hidden" name="show" value="below">' in body
    assert f"grid.csv?as_of={day}&amp;show=below&amp;sort=stuck" in body
    assert '<a href="?show=below&amp;sort=stuck">Back to today</a>' in body


def test_the_learner_page_of_a_past_day(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        shown_before(home, 50)
    day = day_before(home, 20)
    response = teacher.get(milestone_page(home), {"as_of": day})
    body, words = response.content.decode(), text_of(response)
    assert "Why Beginning?" in words
    assert "1 piece counted. Value: 1.00." in words
    assert body.count('class="timeline"') == 1
    assert body.split('class="timeline"')[1].split("</ol>")[0].count("<li>") == 1
    for gone in ("Add evidence", "Set level myself", "Withdraw", "Needs first"):
        assert gone not in words, gone
    assert f"&amp;as_of={day}" in body, "the list of milestones stays on that day"
    assert "Why Meets?" in text_of(teacher.get(milestone_page(home)))


def test_what_a_teacher_set_later_is_not_there_yet(home: World, teacher: Client) -> None:
    before = timezone.now()
    with tenant_context(home.tenant.pk):
        actor = replace(home.system, roles=frozenset({"TCH"}), member_id=home.members["TCH"].pk)
        set_override(actor, place=Place(home.learner, home.milestone), level=4, reason=REASON)
    past = text_of(teacher.get(milestone_page(home), {"as_of": before.isoformat()}))
    assert "Why Meets?" in past
    assert REASON not in past
    now = text_of(teacher.get(milestone_page(home), {"as_of": timezone.now().isoformat()}))
    assert "Why Mastery?" in now
    assert f"“{REASON}”" in now
    assert "Let the rule decide again" not in now


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"as_of": "2999-01-01"}, 'as_of was "2999-01-01". Use today or an earlier day, like 2'),
        ({"as_of": "last week"}, 'as_of was "last week". Use a day like 2026-10-03'),
        ({"as_of": "<script>"}, 'as_of was "<script>". Use a day'),
        ({"as_of": "2026-01-01", "known": "maybe"}, 'known was "maybe". Use 1, or leave it out'),
    ],
)
def test_bad_days_are_named_with_the_fix(home: World, teacher: Client, query: dict[str, str], words: str) -> None:
    for page in (grid_of(home), milestone_page(home), grid_of(home).replace("grid/", "grid.csv")):
        response = teacher.get(page, query)
        assert response.status_code == 400, page
        assert words in text_of(response)


def lines_of(teacher: Client, world: World, **query: str) -> list[dict[str, str]]:
    response = teacher.get(grid_of(world).replace("grid/", "grid.csv"), query)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_class_as_a_file(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        actor = replace(home.system, roles=frozenset({"TCH"}), member_id=home.members["TCH"].pk)
        set_override(actor, place=Place(home.learner, home.milestone), level=2, reason=REASON)
    lines = lines_of(teacher, home)
    assert len(lines) == 4
    ana = lines[0]
    assert (ana["learner"], ana["milestone_title"], ana["level"]) == ("Ana LKV", "LKV Fractions", "developing")
    assert (ana["computed_level"], ana["flags"], ana["set_by_teacher"]) == ("meets", "dropped set_by_teacher", "yes")
    assert (lines[1]["level"], lines[1]["since"], lines[1]["set_by_teacher"]) == ("not-started", "", "no")
    assert {line["learner"] for line in lines_of(teacher, home, show="attention")} == {"Ana LKV"}
    assert {line["level"] for line in lines_of(teacher, home, as_of="2001-01-01")} == {"not-started"}
    with tenant_context(home.tenant.pk):
        entry = AuditEntry.objects.filter(action="grid.exported").order_by("id")[0]
        assert (entry.member_id, entry.detail) == (home.members["TCH"].pk, {"learners": 2})


def test_a_name_that_is_a_formula_is_only_text(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        add_learner(home, "=HYPERLINK(1)", home.section)
    names = {line["learner"] for line in lines_of(teacher, home)}
    assert "'=HYPERLINK(1) LKV" in names


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    " =1",
    "\u00a0=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "'=1",
    "\x1f@1",
    "\u2028=1",
    " \u200b\x7f+1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_is_run_and_every_cell_reads_back(text: str) -> None:
    [row] = list(csv.reader(io.StringIO(csv_text(["a"], [[text]]), newline="")))[1:]
    assert row[0].startswith("'")
    assert read_back(row[0]) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12))
def test_any_text_reads_back(text: str) -> None:
    assert read_back(neutral(text)) == text
    assert not neutral(text).lstrip().startswith(("=", "+", "-", "@"))


def test_every_cause_of_a_change_has_words(home: World) -> None:
    assert all(words() for words in CAUSES.values())
    with tenant_context(home.tenant.pk):
        assert set(StatusChange.objects.values_list("cause", flat=True)) <= set(CAUSES)


def test_days_in_a_level_beside_what_is_usual(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        since = timezone.now() - timedelta(days=24, hours=1)
        MilestoneStatus.objects.filter(learner=home.learner).update(level=2, previous_level=1, since=since)
        MilestonePace.objects.create(milestone=home.milestone, level=2, stays=12, median_days=13, stalled_after=20)
    words = text_of(teacher.get(milestone_page(home)))
    assert "24 days in Developing; usual here: 13" in words
    assert "Stalled" in words


def test_a_drop_says_when_the_goal_was_met(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        for _ in range(3):
            record_evidence(home.system, piece=piece(home, home.learner, home.competencies[0], 1))
        met = StatusChange.objects.get(milestone=home.milestone, learner=home.learner, from_level__lt=3, to_level=3)
    words = text_of(teacher.get(milestone_page(home)))
    assert f"Met on {met.applies_from.day} {met.applies_from:%b}, recent work below" in words


def stays(world: World, milestone: Milestone, days: list[float], level: int = 2) -> None:
    """Finished stays in a level: each learner comes into it and goes up after so many days."""
    begin = timezone.now() - timedelta(days=300)
    for n, length in enumerate(days):
        learner = add_learner(world, f"S{n:02}{milestone.pk}{level}", world.section)
        for before, after, at in ((1, level, begin), (level, 3, begin + timedelta(days=length))):
            values = {"from_level": before, "to_level": after, "applies_from": at, "cause": "evidence"}
            StatusChange.objects.create(learner=learner, milestone=milestone, **values)


def test_the_pace_of_the_cohort(home: World) -> None:
    with tenant_context(home.tenant.pk):
        fresh = add_milestone("LKV Fresh", home.competencies[3:])
        stays(home, fresh, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
        stays(home, home.other_milestone, [1] * 9)  # one too few
    assert work_out_paces(home.tenant.pk) == 1
    assert work_out_paces(home.tenant.pk) == 0
    with tenant_context(home.tenant.pk):
        pace = MilestonePace.objects.get()
        assert (pace.milestone_id, pace.level, pace.stays) == (fresh.pk, Level.DEVELOPING, 10)
        assert (float(pace.median_days), pace.stalled_after) == (11.0, 16)
        stays(home, home.other_milestone, [400] * 12, level=1)
        stays(home, fresh, [0.5] * 60, level=1)
    assert work_out_paces(home.tenant.pk) == 2
    with tenant_context(home.tenant.pk):
        found = dict(MilestonePace.objects.filter(level=1).values_list("milestone_id", "stalled_after"))
        assert found == {fresh.pk: 7, home.other_milestone.pk: 120}
