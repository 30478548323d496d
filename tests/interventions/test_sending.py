"""Two workers at once, and one that is killed with rows in its hands: mails go out once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.utils import timezone

from interventions.delivery import send_waiting_of
from interventions.digests import send_digests_of
from interventions.models import Alert, DigestChoice, Message
from reporting.digest.page import compose
from tenancy.context import tenant_context
from tests.builders import Cast

BERLIN = ZoneInfo("Europe/Berlin")


def test_what_another_worker_holds_is_left_to_it_and_found_again_when_it_is_killed(
    committed_cast: Cast, owner_connection: psycopg.Connection[Any], mailoutbox: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    home = committed_cast.home
    day = datetime.now(BERLIN).date()
    moment = datetime.combine(day + timedelta(days=9 - day.weekday()), time(8, 5), BERLIN)  # a Wednesday to come
    with tenant_context(home.tenant.pk):
        place = {"learner": home.learner, "milestone": home.milestone, "section": home.section}
        Alert.objects.create(reason="stale", since=timezone.now(), facts={"days": 80}, **place)
        DigestChoice.objects.create(member=home.members["TCH"], is_on=True, hour=8)
        to = {"recipient": home.members["GRD"], "audience": "guardian"}
        Message.objects.create(learner=home.learner, subject="A", body="B", **to)
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    def work() -> tuple[int, int]:
        return send_waiting_of(home.tenant.pk), send_digests_of(home.tenant.pk, compose)

    other = psycopg.connect(owner_connection.info.dsn, password=owner_connection.info.password)
    for table in ("message", "digestchoice"):
        other.execute(f"SELECT id FROM interventions_{table} FOR NO KEY UPDATE")
    assert work() == (0, 0)
    owner_connection.execute("SELECT pg_terminate_backend(%s, 5000)", [other.info.backend_pid])
    other.close()
    assert [work(), work()] == [(1, 1), (0, 0)]
    assert len(mailoutbox) == 2
