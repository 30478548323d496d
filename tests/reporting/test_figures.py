"""Figures of a class on the school's calendar: 95 % attendance this term is a milestone like any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.models import Evidence, standing
from assessments.services import record_many
from competencies.indicators import create_indicator
from competencies.models import Indicator
from learners.models import CalendarDay, School
from milestones.models import MilestoneStatus
from milestones.plans import Asked, create_milestone
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.selectors import local_today
from tests.builders import World, piece
from tests.reporting.conftest import As, text_of


def a_weekday(world: World, back: int) -> date:
    """A weekday at least so many days ago; different for different numbers of weeks."""
    day = local_today(world.tenant) - timedelta(days=back)
    return day - timedelta(days=max(0, day.weekday() - 4))


@pytest.fixture
def attendance(home: World) -> Indicator:
    with tenant_context(home.tenant.pk):
        return create_indicator(home.system, name="Attendance", entry="day", unit="days", follows_calendar=True)


@pytest.fixture
def milestone(home: World, attendance: Indicator) -> Any:
    with tenant_context(home.tenant.pk):
        asked = Asked(attendance.competency, measure="rate", target=Decimal(95), period="term")
        return create_milestone(home.system, title="At school 95 % of the time", criteria=[asked])


def page(world: World, indicator: Indicator, day: date) -> str:
    return f"/classes/{world.section.public_id}/figures/?figure={indicator.public_id}&day={day.isoformat()}"


def mark(world: World, teacher: Client, indicator: Indicator, day: date, value: str) -> Any:
    return teacher.post(page(world, indicator, day), {f"figure-{world.learner.public_id}": value})


def level(world: World, milestone: Any) -> int:
    with tenant_context(world.tenant.pk):
        found = MilestoneStatus.objects.filter(learner=world.learner, milestone=milestone).first()
        return int(found.level) if found else 0


def set_calendar(client: Client, day: date, kind: str, school: str = "") -> Any:
    data = {"school": school, "first": day.isoformat(), "last": day.isoformat(), "kind": kind, "title": "Snow"}
    return client.post("/settings/calendar/", data)


def counted(world: World) -> list[tuple[Any, ...]]:
    with tenant_context(world.tenant.pk):
        rows = Evidence.objects.filter(standing(), source="figures").exclude(entry="withdrawn").order_by("id")
        return list(rows.values_list("score", "possible"))


def test_a_snow_day_declared_later_takes_its_marks_out_and_gives_them_back(
    home: World, teacher: Client, signed_in: As, attendance: Indicator, milestone: Any
) -> None:
    days = [a_weekday(home, back) for back in (7, 14, 21)]
    assert mark(home, teacher, attendance, days[0], "yes").status_code == 302
    assert level(home, milestone) == 3
    mark(home, teacher, attendance, days[1], "no")
    assert level(home, milestone) == 1
    assert "50" in text_of(teacher.get(page(home, attendance, days[1])))
    district = signed_in("DST")
    assert set_calendar(district, days[1], "holiday").status_code == 302
    assert level(home, milestone) == 3, "the day of absence was a holiday"
    assert "There is no school on" in text_of(teacher.get(page(home, attendance, days[1])))
    assert "Snow" in text_of(district.get("/settings/calendar/"))
    own = {"school": str(home.school.public_id), "first": days[1].isoformat(), "last": days[1].isoformat()}
    assert set_calendar(district, days[1], "school", str(home.school.public_id)).status_code == 302
    assert level(home, milestone) == 1, "this school had school all the same"
    district.post("/settings/calendar/clear/", own)
    assert level(home, milestone) == 3
    district.post("/settings/calendar/clear/", {**own, "school": ""})
    assert level(home, milestone) == 1
    assert counted(home) == [(1, 1), (0, 1)], "the ledger is as it was"
    assert verify_tenant(home.tenant.pk).differing == 0


def test_a_half_day_counts_half(
    home: World, teacher: Client, signed_in: As, attendance: Indicator, milestone: Any
) -> None:
    days = [a_weekday(home, back) for back in (7, 14, 21)]
    for day, value in zip(days, ("yes", "yes", "no"), strict=True):
        mark(home, teacher, attendance, day, value)
    assert "66.7" in text_of(teacher.get(page(home, attendance, days[0])))
    set_calendar(signed_in("DST"), days[2], "half")
    assert "80" in text_of(teacher.get(page(home, attendance, days[0]))), "2 of 2.5 days"
    assert verify_tenant(home.tenant.pk).differing == 0


def test_another_mark_takes_the_place_of_the_first(home: World, teacher: Client, attendance: Indicator) -> None:
    day = a_weekday(home, 7)
    for value, rows in (("yes", [(1, 1)]), ("yes", [(1, 1)]), ("no", [(0, 1)]), ("excused", []), ("yes", [(1, 1)])):
        assert mark(home, teacher, attendance, day, value).status_code == 302
        assert counted(home) == rows
    with tenant_context(home.tenant.pk):
        assert Evidence.objects.filter(source="figures", supersedes=None).count() == 3, "nothing is lost"


def test_a_share_a_count_and_an_amount(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        homework = create_indicator(home.system, name="Homework", entry="share")
        hours = create_indicator(home.system, name="Service", entry="amount", unit="hours")
    day, ana = a_weekday(home, 7), home.learner.public_id
    teacher.post(page(home, homework, day), {f"figure-{ana}": "3", f"of-{ana}": "4"})
    assert "75" in text_of(teacher.get(page(home, homework, day)))
    teacher.post(page(home, hours, day), {f"figure-{ana}": "2,5"})
    teacher.post(page(home, hours, a_weekday(home, 14)), {f"figure-{ana}": "1.5"})
    assert " 4 " in text_of(teacher.get(page(home, hours, day)))


BAD = [
    ("Homework", "share", {"figure-{}": "5", "of-{}": "4"}, "Ana LKV: enter a number from 0 to 4, not 5"),
    ("Homework", "share", {"figure-{}": "5", "of-{}": ""}, "Ana LKV: enter a number, like 3 or 2.5, not “5”"),
    ("Homework", "share", {"figure-{}": "5", "of-{}": "0"}, "Ana LKV: enter a number from 0 to 0, not 5"),
    ("Hours", "amount", {"figure-{}": "many"}, "Ana LKV: enter a number, like 3 or 2.5, not “many”"),
    ("Hours", "amount", {"figure-{}": "NaN"}, "Ana LKV: enter a number, like 3 or 2.5, not “NaN”"),
    ("Hours", "amount", {"figure-{}": "-1"}, "Ana LKV: enter a number from 0 to 99999.999, not -1"),
    ("Here", "day", {"figure-{}": "maybe"}, "Ana LKV: enter a number, like 3 or 2.5, not “maybe”"),
]


@pytest.mark.parametrize(("name", "entry", "data", "sentence"), BAD, ids=[one[3] for one in BAD])
def test_bad_figures(home: World, teacher: Client, name: str, entry: str, data: dict[str, str], sentence: str) -> None:
    with tenant_context(home.tenant.pk):
        indicator = create_indicator(home.system, name=name, entry=entry)
    sent = {key.format(home.learner.public_id): value for key, value in data.items()}
    sent[f"figure-{home.classmate.public_id}"] = "1" if entry != "day" else "yes"
    sent[f"of-{home.classmate.public_id}"] = "1"
    response = teacher.post(page(home, indicator, a_weekday(home, 7)), sent)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert counted(home) == [], "nothing half-written"
    typed = sent[f"figure-{home.learner.public_id}"]
    assert entry == "day" or f'value="{typed}"' in response.content.decode(), "what was typed is still there"


def test_no_figure_on_a_day_without_school(home: World, teacher: Client, signed_in: As, attendance: Indicator) -> None:
    day = a_weekday(home, 7)
    set_calendar(signed_in("DST"), day, "holiday")
    response = mark(home, teacher, attendance, day, "yes")
    assert response.status_code == 422
    assert "There is no school on" in text_of(response)
    sunday = day - timedelta(days=day.weekday() + 1)
    assert mark(home, teacher, attendance, sunday, "yes").status_code == 422
    assert counted(home) == []


BAD_DAYS = [
    ({"first": "soon"}, "Enter a date, like 19 Nov 2026"),
    ({"last": "2026-03-01"}, "The last day 2026-03-01 is before the first 2026-03-02. Enter a last day on or after"),
    ({"last": "2027-03-01"}, "These are 365 days. Enter at most 120 days at a time"),
    ({"kind": "party"}, "Choose what kind of day it is from the list"),
    ({"school": "x"}, "Choose a school from the list, or all schools"),
    ({"title": "x" * 101}, "The name has 101 characters. Shorten it to 100"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD_DAYS, ids=[one[1] for one in BAD_DAYS])
def test_bad_days(home: World, signed_in: As, wrong: dict[str, str], sentence: str) -> None:
    good = {"school": "", "first": "2026-03-02", "last": "2026-03-03", "kind": "holiday", "title": ""}
    response = signed_in("DST").post("/settings/calendar/", {**good, **wrong})
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not CalendarDay.objects.exists()


BAD_INDICATORS = [
    ({"name": ""}, "Enter the name of the figure, like Attendance"),
    ({"name": "attendance"}, "There is a figure called attendance already. Give this one another name"),
    ({"entry": "guess"}, "Choose how the figure is entered from the list"),
    ({"unit": "x" * 41}, "The unit has 41 characters. Shorten it to 40"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD_INDICATORS, ids=[one[1] for one in BAD_INDICATORS])
def test_bad_indicators(
    home: World, signed_in: As, attendance: Indicator, wrong: dict[str, str], sentence: str
) -> None:
    response = signed_in("DST").post("/curriculum/figures/", {"name": "Hours", "entry": "amount", "unit": "", **wrong})
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_new_figure_can_be_entered_at_once(home: World, signed_in: As, teacher: Client) -> None:
    signed_in("DST").post("/curriculum/figures/", {"name": "Incidents", "entry": "count", "is_less_better": "on"})
    assert "Incidents" in text_of(teacher.get(f"/classes/{home.section.public_id}/figures/"))


def test_figures_of_another_system_follow_the_calendar_too(
    home: World, signed_in: As, attendance: Indicator, milestone: Any
) -> None:
    """What comes by API or file is judged by the same calendar."""
    days = [a_weekday(home, back) for back in (7, 14)]
    with tenant_context(home.tenant.pk):
        sent = [
            piece(
                home, home.learner, attendance.competency, score, kind="indicator", possible=Decimal(1), n=n,
                occurred_at=datetime.combine(day, time(9), tzinfo=UTC),
            )
            for n, (day, score) in enumerate(zip(days, (1, 0), strict=True))
        ]  # fmt: skip
        record_many(home.system, pieces=sent, is_waited_for=True)
    assert level(home, milestone) == 1
    set_calendar(signed_in("DST"), days[1], "holiday")
    assert level(home, milestone) == 3


def test_a_calendar_of_another_school_says_nothing_here(
    home: World, signed_in: As, teacher: Client, attendance: Indicator, milestone: Any
) -> None:
    day = a_weekday(home, 7)
    mark(home, teacher, attendance, day, "no")
    with tenant_context(home.tenant.pk):
        other = School.objects.get(pk=home.other_school.pk)
    set_calendar(signed_in("DST"), day, "holiday", str(other.public_id))
    assert level(home, milestone) == 1
