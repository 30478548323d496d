"""Days are the school's days: in Auckland it is tomorrow while Los Angeles still has yesterday."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Evidence
from assessments.services import record_evidence
from milestones.models import Release, SectionMilestone
from reporting.chart import history_chart
from tenancy.context import tenant_context
from tests.builders import World, piece
from tests.reporting.conftest import As, grid_of, milestone_page, text_of
from tests.reporting.test_evidence_form import address, good, pieces

# 2026-03-10 23:30 in London: the 11th in Auckland, the 10th in Los Angeles.
NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
ZONES = {"Pacific/Auckland": date(2026, 3, 11), "America/Los_Angeles": date(2026, 3, 10)}


@pytest.fixture(params=ZONES)
def today(request: pytest.FixtureRequest, home: World, monkeypatch: pytest.MonkeyPatch) -> date:
    """The school's day at that moment, with the school moved there."""
    home.tenant.time_zone = request.param
    home.tenant.save()
    with tenant_context(home.tenant.pk):  # the cast is of the real today: forget when its places began
        SectionMilestone.objects.update(due_on=None)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return ZONES[str(request.param)]


def test_the_form_offers_the_schools_day_and_refuses_the_next(home: World, teacher: Client, today: date) -> None:
    assert f'value="{today.isoformat()}"' in teacher.get(address(home)).content.decode()
    late = teacher.post(address(home), good(home, occurred_on=(today + timedelta(days=1)).isoformat()))
    assert late.status_code == 422
    assert teacher.post(address(home), good(home, occurred_on=today.isoformat())).status_code == 302
    assert pieces(home)[0].occurred_at == NOW, "today means now"


def test_an_earlier_day_is_that_day_at_the_school(home: World, teacher: Client, today: date) -> None:
    day = today - timedelta(days=5)
    assert teacher.post(address(home), good(home, occurred_on=day.isoformat())).status_code == 302
    with tenant_context(home.tenant.pk):
        row = Evidence.objects.get(title="Quiz 3")
    assert row.occurred_at.astimezone(home_zone(home)).date() == day
    shown = text_of(teacher.get(milestone_page(home)))
    assert f"Quiz 3 {day.day} Mar · Summative" in shown


def home_zone(world: World) -> ZoneInfo:
    return ZoneInfo(world.tenant.time_zone)


def test_moments_are_shown_on_the_schools_day(home: World, teacher: Client, today: date) -> None:
    """A piece of two hours ago is of today or yesterday, as the school's clock says."""
    moment = NOW - timedelta(hours=12, minutes=31)  # 10:59 UTC: 23:59 in Auckland, the 10th; 03:59 in Los Angeles
    with tenant_context(home.tenant.pk):
        record_evidence(
            home.system, piece=piece(home, home.classmate, home.competencies[0], 3, occurred_at=moment, title="Night")
        )
    page = milestone_page(home, home.classmate)
    day = moment.astimezone(home_zone(home)).date()
    assert day == date(2026, 3, 10)
    for headers in ({}, {"HX-Request": "true"}):
        assert f"Night {'· ' if headers else ''}{day.day} Mar" in text_of(teacher.get(page, headers=headers))


def test_days_of_the_chart_are_the_schools() -> None:
    """Ticks stand every ten days and a bit; at 23:30 in London it is the next day in Auckland."""

    def days(zone: str) -> list[str]:
        drawn = history_chart("Ratios", [], [], 0, NOW - timedelta(hours=2, days=2, minutes=24), ZoneInfo(zone))
        return re.findall(r">(\d+ \w+)</text>", drawn)

    assert len(days("UTC")) == 5
    assert days("Pacific/Auckland") != days("America/Los_Angeles")
    assert [days("UTC")[0], days("Pacific/Auckland")[0]] == ["17 Feb", "18 Feb"]


def test_past_target_by_the_schools_day(home: World, teacher: Client, today: date) -> None:
    """A target of the 10th is past in Auckland, where it is the 11th, and not in Los Angeles."""
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).update(due_on=date(2026, 3, 10))
    late = "past its target date: LKV Ratios, Ben LKV" in teacher.get(grid_of(home)).content.decode()
    assert late is (today == date(2026, 3, 11))


def test_families_read_the_schools_day(home: World, signed_in: As, today: date) -> None:
    with tenant_context(home.tenant.pk):
        Release.objects.create(
            learner=home.learner, milestone=home.other_milestone, level=2, released_at=NOW - timedelta(minutes=5)
        )
        Release.objects.filter(milestone=home.milestone).count()
    words = text_of(signed_in("GRD").get(f"/family/{home.learner.public_id}/"))
    newest = max(release_moments(home)).astimezone(home_zone(home)).date()
    assert f"Shared by the school on {newest.day} {newest:%b}." in words


def release_moments(world: World) -> list[datetime]:
    with tenant_context(world.tenant.pk):
        return list(Release.objects.filter(learner=world.learner).values_list("released_at", flat=True))
