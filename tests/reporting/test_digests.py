"""The daily digest: off until asked for, once a school day at its hour, and nothing when nobody needs the teacher."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from interventions.digests import send_digests_of
from interventions.models import Alert, DigestChoice
from learners.models import CalendarDay
from reporting.digest.page import compose
from tenancy.context import tenant_context
from tests.builders import World, add_learner

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(BERLIN).date()
WEDNESDAY = TODAY + timedelta(days=9 - TODAY.weekday())  # of the coming week


class Day:
    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.monkeypatch = world, monkeypatch

    def send(self, hour: int, day: int = 0) -> int:
        """At an hour of Berlin, so many days after the Wednesday."""
        moment = datetime.combine(WEDNESDAY + timedelta(days=day), time(hour, 5), BERLIN).astimezone(UTC)
        self.monkeypatch.setattr(timezone, "now", lambda: moment)
        return send_digests_of(self.world.tenant.pk, compose)


@pytest.fixture
def day(home: World, monkeypatch: pytest.MonkeyPatch) -> Day:
    with tenant_context(home.tenant.pk):
        people = [home.learner, *(add_learner(home, f"Kim{n:02}", home.section) for n in range(13))]
        for person in people:
            Alert.objects.create(
                learner=person, milestone=home.milestone, section=home.section, reason="stale",
                since=datetime.now(UTC) - timedelta(days=80), facts={"days": 80},
            )  # fmt: skip
        DigestChoice.objects.create(member=home.members["TCH"], is_on=True, hour=8)
        DigestChoice.objects.create(member=home.members["OTHER_TCH"], is_on=True, hour=8)  # nobody needs them
        DigestChoice.objects.create(member=home.members["SCH"], is_on=True, hour=8)  # teaches nobody
    return Day(home, monkeypatch)


def test_once_a_day_at_its_hour(day: Day, mailoutbox: list[Any]) -> None:
    assert [day.send(hour) for hour in (7, 8, 8, 9, 15)] == [0, 1, 0, 0, 0]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["tch@lakeview.example"], "14 learners need you today")
    assert mail.body.startswith("14 learners need you today. This is your day at LKV District.")
    assert mail.body.count("- ") == 12 + 1  # twelve of them, and the line above the foot
    assert "And 2 more." in mail.body
    assert "- Ana L., LKV Fractions: " in mail.body
    assert "Ana LKV" not in mail.body
    world = day.world
    address = f"http://127.0.0.1:8000/learners/{world.learner.public_id}/milestones/{world.milestone.public_id}/"
    assert address in mail.body
    assert address in mail.alternatives[0][0]
    assert mail.extra_headers["Message-ID"].startswith(f"<digest-{world.tenant.pk}-{world.members['TCH'].pk}-")
    assert day.send(8, day=1) == 1


def test_not_on_days_without_school_nor_hours_later(day: Day) -> None:
    assert day.send(12) == 0  # switched on in the afternoon: tomorrow
    with tenant_context(day.world.tenant.pk):
        CalendarDay.objects.create(day=WEDNESDAY + timedelta(days=1), kind="holiday")
    assert [day.send(8, n) for n in (1, 2, 3, 4)] == [0, 1, 0, 0]


def test_a_mail_server_that_is_away_leaves_the_day_open(day: Day, settings: Any) -> None:
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.reporting.test_messages.Away"
    assert day.send(8) == 0
    settings.EMAIL_BACKEND = works
    assert day.send(9) == 1
