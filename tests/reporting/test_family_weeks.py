"""The weekly message: once per person and week, on its own, in the family's language, outside of quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interventions import sms
from interventions.models import FamilyChoice, FamilyDigest, InfoSession
from interventions.weeks import send_weeks_of
from learners.models import GuardianLink
from milestones.models import Release
from reporting.family.digest import ChildWeek, compose_weeks, in_short
from tenancy.context import tenant_context
from tenancy.models import Member, User
from tests.builders import World, add_learner

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(BERLIN).date()
FRIDAY = TODAY + timedelta(days=18 - TODAY.weekday())  # more than a week after everything in the standing cast


@pytest.fixture
def send(home: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    def at(hour: int, days: int = 0) -> int:
        moment = datetime.combine(FRIDAY + timedelta(days=days), time(hour, 5), BERLIN).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return send_weeks_of(home.tenant.pk, compose_weeks)

    return at


def choose(world: World, **values: Any) -> None:
    with tenant_context(world.tenant.pk):
        FamilyChoice.objects.create(member=world.members["GRD"], **values)


def test_once_a_week_for_all_children_together(home: World, send: Any, mailoutbox: list[Any]) -> None:
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.create(member=home.members["GRD"], learner=home.classmate, status="verified")
    assert [send(16), send(17), send(18), send(10, 1), send(18, 1)] == [0, 1, 0, 0, 0]
    (mail,) = mailoutbox
    assert mail.subject == "Ana · Ben this week"
    assert "Ana this week: nothing new, 1 of 1 at the goal." in mail.body
    assert "Ben this week: nothing new, " in mail.body
    assert "/family/settings/" in mail.body
    assert send(17, 7) == 1
    with tenant_context(home.tenant.pk):
        assert FamilyDigest.objects.filter(closed_at__isnull=False).count() == 2


def test_only_what_was_released_of_linked_children(home: World, send: Any, mailoutbox: list[Any]) -> None:
    with tenant_context(home.tenant.pk):
        Release.objects.create(learner=home.learner, milestone=home.milestone, level=0, is_withdrawn=True)
    send(17)
    assert "the school has not shared levels yet" in mailoutbox[0].body
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.update(status="restricted")
    assert send(17, 7) == 0


def test_in_the_language_and_at_the_hour_that_was_chosen(home: World, send: Any, mailoutbox: list[Any]) -> None:
    with tenant_context(home.tenant.pk):
        User.objects.filter(pk=home.users["GRD"].pk).update(language="ar")
    choose(home, weekday=4, hour=20, quiet_from=22, quiet_until=9, time_zone="Asia/Tokyo")  # noon in Berlin
    assert [send(11), send(13)] == [0, 1]
    assert "هذا الأسبوع" in mailoutbox[0].subject
    assert 'dir="rtl"' in mailoutbox[0].alternatives[0][0]


def test_quiet_hours_hold_it_back(home: World, send: Any, mailoutbox: list[Any]) -> None:
    choose(home, weekday=4, hour=17, quiet_from=16, quiet_until=19)
    assert [send(17), send(18), send(19)] == [0, 0, 1]


def test_off_is_off(home: World, send: Any, mailoutbox: list[Any]) -> None:
    choose(home, is_weekly=False)
    assert send(17) == 0
    assert mailoutbox == []


def test_server_that_is_away_is_asked_again_and_a_kill_sends_the_same_mail(
    home: World, send: Any, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(SMTPServerDisconnected()))
        assert send(17) == 0
    assert send(18) == 1
    with tenant_context(home.tenant.pk):  # as a kill between sending and writing it down would leave it
        FamilyDigest.objects.update(mailed_at=None, closed_at=None)
    send(19)
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1


def test_text_message_goes_out_through_the_backend(
    home: World, send: Any, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(sms, "console", lambda *message: sent.append(message))
    choose(home, by_mail=False, by_sms=True, phone="+4915123456789")
    assert [send(17), send(18)] == [1, 0]
    ((phone, text, key),) = sent
    assert (phone, key.startswith("week-"), len(text) <= 320) == ("+4915123456789", True, True)
    assert text.startswith("Ana this week: ")
    assert mailoutbox == []


def test_fifty_families_cost_what_three_do(home: World) -> None:
    """What is composed for a batch, and what is read to find the batch: a fixed number of queries."""
    with tenant_context(home.tenant.pk):
        InfoSession.objects.create(
            school=home.school, title="Evening", starts_at=timezone.now() + timedelta(days=3), place="Library"
        )
        members = [home.members["GRD"]]
        costs = []
        for number in (3, 30):
            for n in range(len(members), number):
                learner = add_learner(home, f"Kid {n}", home.section, grade="7")
                Release.objects.create(learner=learner, milestone=home.milestone, level=2)
                member = Member.objects.create(given_name=f"Parent {n}", email=f"p{n}@example.org")
                GuardianLink.objects.create(member=member, learner=learner, status="verified")
                members.append(member)
            with CaptureQueriesContext(connection) as captured:
                told = compose_weeks(home.tenant, members)
            assert len(told) == number
            costs.append(len(captured))
        assert costs[0] == costs[1] <= 16
        assert "Information session: Evening, " in told[members[-1].pk].text
        assert "Working on LKV Fractions." in told[members[-1].pk].text


def test_what_changed_since_it_was_written_is_not_sent(home: World, send: Any, mailoutbox: list[Any]) -> None:
    """A link that ends between composing and sending: the next round looks anew, and finds nobody."""

    def compose(tenant: Any, members: Any) -> Any:
        told = compose_weeks(tenant, members)
        GuardianLink.objects.update(status="ended")
        return told

    moment = datetime.combine(FRIDAY, time(17, 5), BERLIN).astimezone(UTC)
    assert send_weeks_of(home.tenant.pk, compose, moment) == 0
    assert mailoutbox == []
    assert send(18) == 0


def test_every_child_is_named_within_320_characters() -> None:
    parts = tuple(f"A sentence of {n} that is quite long, as sentences about school often are." for n in range(4))
    weeks = [
        ChildWeek(name, "", f"{name} this week: nothing new, 3 of 9 at the goal.", parts, (), ()) for name in "ABCD"
    ]
    text = in_short(weeks)
    assert len(text) <= 320
    assert all(one.head in text for one in weeks)
    assert not text.endswith("…")
