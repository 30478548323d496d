"""The class grid as CSV and as a workbook, read back; a teacher's own workload."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from assessments.models import Attempt, Evidence
from learners.models import CalendarDay, Learner
from milestones.models import Milestone
from milestones.school_days import school_days
from reporting.workload import minutes_of
from tenancy.context import tenant_context
from tests.builders import World
from tests.reporting.conftest import As, grid_of, text_of
from tests.reporting.tasks import add_attempt, add_task

HOSTILE = ('=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "#N/A", "\x0b=1")


def workbook(world: World, client: Client, query: str = "") -> Any:
    response = client.get(grid_of(world).replace("grid/", "grid.xlsx") + query)
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content))


def listed(world: World, client: Client, query: str = "") -> list[dict[str, Any]]:
    rows = list(workbook(world, client, query)["List"].values)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_level_value_pieces_and_reason(home: World, teacher: Client) -> None:
    line = next(row for row in listed(home, teacher) if (row["Learner"], row["Milestone"]) == ("Ben LKV", "Fractions"))
    assert (line["Level"], line["Pieces"], line["Value"]) == ("Beginning", 1, 1)
    assert line["Reason"] == "Developing begins at 2. The value is 1.00, from 1 piece."
    other = next(row for row in listed(home, teacher) if (row["Learner"], row["Milestone"]) == ("Ben LKV", "Ratios"))
    assert (other["Level"], other["Pieces"], other["Value"], other["Reason"]) == (
        "Not started", 0, None, "No evidence yet.",
    )  # fmt: skip
    grid = list(workbook(home, teacher)["Grid"].values)
    assert grid[1][1:] == ("Fractions", "Ratios")
    assert [row[0] for row in grid[3:]] == ["Ana LKV", "Ben LKV"]
    assert grid[4][1:] == ("Beginning", "Not started")
    text = teacher.get(grid_of(home).replace("grid/", "grid.csv")).content.decode("utf-8-sig")
    rows = {(row["learner"], row["milestone"]): row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Ben LKV", "Fractions"]["reason"] == line["Reason"]
    assert (rows["Ben LKV", "Fractions"]["value"], rows["Ben LKV", "Fractions"]["pieces"]) == ("1.00", "1")


def test_filters_and_day_of_the_page(home: World, teacher: Client) -> None:
    assert {row["Learner"] for row in listed(home, teacher, "?show=below&sort=stuck")} == {"Ana LKV", "Ben LKV"}
    ago = (home.system.today - timedelta(days=30)).isoformat()
    assert {row["Reason"] for row in listed(home, teacher, f"?as_of={ago}")} == {"No evidence yet."}
    yesterday = (home.system.today - timedelta(days=1)).isoformat()
    known = next(row for row in listed(home, teacher, f"?as_of={yesterday}") if row["Pieces"] == 1)
    assert (known["Learner"], known["Value"]) == ("Ben LKV", 1)


def test_nothing_in_a_file_is_a_formula(home: World, teacher: Client) -> None:
    for hostile in HOSTILE:
        with tenant_context(home.tenant.pk):
            Learner.objects.filter(pk=home.classmate.pk).update(given_name=hostile, family_name="")
            Milestone.objects.filter(pk=home.milestone.pk).update(title=hostile, code=hostile[:20])
        cells = [cell for sheet in workbook(home, teacher) for row in sheet.iter_rows() for cell in row if cell.value]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
        shown = [str(cell.value).strip() for cell in cells if cell.data_type == "s"]
        assert [text for text in shown if text[:1] in "=+-@"] == []
        text = teacher.get(grid_of(home).replace("grid/", "grid.csv")).content.decode("utf-8-sig")
        found = [cell.strip() for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert [cell for cell in found if cell[:1] in {"=", "+", "-", "@"}] == []


def test_work_that_waits_is_told_to_its_teacher_only(home: World, teacher: Client, signed_in: As) -> None:
    assert "No work has waited for a judgement for more than five school days." in text_of(teacher.get("/classes/"))
    assert "Only you see this." not in text_of(signed_in("SCH").get("/classes/"))
    with tenant_context(home.tenant.pk):
        attempt = add_attempt(home, add_task(home))
        before = school_days(home.system.today - timedelta(days=30), home.system.today, home.school.pk)[-6]
        for back, told in ((1, True), (0, False)):
            at = datetime.combine(before - timedelta(days=back), datetime.min.time(), UTC) + timedelta(hours=12)
            Attempt.objects.filter(pk=attempt.pk).update(state="handed_in", handed_in_at=at)
            text = text_of(teacher.get("/classes/"))
            assert ("One piece of work has waited for a judgement for more than five school days" in text) is told
        CalendarDay.objects.create(day=before + timedelta(days=1), kind="school")  # a Saturday with school, perhaps
        Attempt.objects.filter(pk=attempt.pk).update(state="judged")
    assert "No work has waited" in text_of(teacher.get("/classes/"))


def test_minutes_spent_entering(home: World, teacher: Client) -> None:
    start = timezone.now() - timedelta(hours=5)
    seconds = (0, 30, 90, 210, 1000, 1060)  # two series: 210 s and 60 s, each begun with half a minute
    assert minutes_of(start + timedelta(seconds=one) for one in seconds) == round((210 + 30 + 60 + 30) / 60)
    assert minutes_of([]) == 0
    assert "minute" in text_of(teacher.get("/classes/"))
    with tenant_context(home.tenant.pk):
        assert Evidence.objects.filter(recorded_by_id=home.members["TCH"].pk).exists()
