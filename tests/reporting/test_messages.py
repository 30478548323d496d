"""Messages: written, delivered, read; templates; what somebody gets by e-mail."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from interventions.delivery import send_waiting_of
from interventions.models import Alert, DigestChoice, Message, MessageTemplate
from learners.models import GuardianLink, SectionStaff
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Member
from tests.builders import World, add_member
from tests.reporting.conftest import As, text_of

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(BERLIN).date()
WEDNESDAY = TODAY + timedelta(days=9 - TODAY.weekday())  # of the coming week
NOON = datetime.combine(WEDNESDAY, time(12), BERLIN)
FRIDAY_NIGHT = datetime.combine(WEDNESDAY + timedelta(days=2), time(20), BERLIN)
MONDAY = datetime.combine(WEDNESDAY + timedelta(days=5), time(7), BERLIN)


class Refusing(EmailBackend):
    """Takes no mail to guardians."""

    def send_messages(self, messages: Any) -> int:
        if any(address.startswith("grd") for one in messages for address in one.to):
            raise SMTPRecipientsRefused({"x": (550, b"no such person Ana LKV")})
        return int(super().send_messages(messages) or 0)


class Away(EmailBackend):
    tried = 0

    def send_messages(self, messages: Any) -> int:
        type(self).tried += 1
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def noon(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the cast is there: its work was done on real days."""
    at(monkeypatch, NOON)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))


def write(world: World, client: Client, **values: Any) -> Any:
    address = f"/learners/{world.learner.public_id}/messages/new/"
    data = {"audience": "guardian", "subject": "A talk", "body": "Can we talk?", "key": str(uuid4()), **values}
    return client.post(address, data)


def rows(world: World) -> list[Message]:
    with tenant_context(world.tenant.pk):
        return list(Message.objects.order_by("id").select_related("recipient"))


def change(world: World, **values: Any) -> None:
    with tenant_context(world.tenant.pk):
        Message.objects.update(**values)


def second_guardian(world: World, **values: Any) -> Member:
    with tenant_context(world.tenant.pk):
        member = add_member(world, "GRD", "GRD2")
        GuardianLink.objects.create(member=member, learner=world.learner, **{"status": "verified", **values})
        return member


def test_each_guardian_gets_an_own_message_by_mail_and_in_the_app(
    home: World, teacher: Client, signed_in: As, mailoutbox: list[Any]
) -> None:
    second_guardian(home)
    page = text_of(teacher.get(f"/learners/{home.learner.public_id}/messages/new/"))
    assert "Guardians: LKV GRD Person (app and e-mail), LKV GRD2 Person (app and e-mail)" in page
    assert "the e-mail goes out within a minute" in page
    assert write(home, teacher).status_code == 302
    assert [(row.recipient_id, row.state) for row in rows(home)] == [
        (home.members["GRD"].pk, "waiting"),
        (home.members["GRD2"].pk, "waiting"),
    ]
    assert send_waiting_of(home.tenant.pk) == 2
    assert send_waiting_of(home.tenant.pk) == 0
    mail = mailoutbox[0]
    assert mail.subject == "Ana: a message from school"
    assert mail.to == ["grd@lakeview.example"]
    first = rows(home)[0]
    assert mail.message().get_all("Message-ID") == [f"<{first.public_id}@localhost>"]
    assert "LKV TCH Person at LKV District wrote to you." in mail.body.splitlines()[0]
    assert f"http://127.0.0.1:8000/messages/{first.public_id}/" in mail.body
    assert "Can we talk?" in mail.alternatives[0][0]
    guardian = signed_in("GRD")
    assert "Messages, 1 unread" in guardian.get(f"/family/{home.learner.public_id}/").content.decode()
    assert "One is new. " in text_of(guardian.get("/family/messages/"))
    opened = guardian.get(f"/messages/{first.public_id}/")
    assert "Can we talk?" in text_of(opened)
    assert "1 unread" not in opened.content.decode()
    assert "unread" not in guardian.get("/family/messages/").content.decode().replace("btn icon unread", "")
    log = text_of(teacher.get(f"/learners/{home.learner.public_id}/messages/"))
    assert "To LKV GRD Person (Guardian)" in log
    assert f"read {date_format(WEDNESDAY, 'j M')}" in log
    with tenant_context(home.tenant.pk):
        names = AuditEntry.objects.filter(action__startswith="message.").order_by("id").values_list("action", flat=True)
        assert list(names) == ["message.written", "message.read"]


def test_double_submit_writes_once_and_other_words_are_a_conflict(home: World, teacher: Client) -> None:
    key = str(uuid4())
    assert [write(home, teacher, key=key).status_code for _ in range(2)] == [302, 302]
    assert len(rows(home)) == 1
    assert write(home, teacher, key=key, body="Something else").status_code == 409
    assert len(rows(home)) == 1


def test_nobody_whose_link_ended_or_is_not_verified(home: World, teacher: Client, signed_in: As) -> None:
    member = second_guardian(home, ends_on=home.system.today - timedelta(days=1))
    third = second_guardian_not_verified(home)
    write(home, teacher)
    assert {row.recipient_id for row in rows(home)} == {home.members["GRD"].pk}
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.filter(member=home.members["GRD"]).update(ends_on=home.system.today - timedelta(days=1))
    assert {member.pk, third.pk}.isdisjoint({row.recipient_id for row in rows(home)})
    assert "No guardian of Ana LKV can be written to" in text_of(write(home, teacher))
    # What waited is not sent, and no longer read: the link ended before the morning came.
    send_waiting_of(home.tenant.pk)
    (row,) = rows(home)
    assert (row.state, row.problem) == ("failed", "The recipient may no longer read about this learner.")
    guardian = signed_in("GRD")
    assert guardian.get(f"/messages/{row.public_id}/").status_code == 404
    assert "Nothing new." in text_of(guardian.get("/family/messages/"))
    assert "1 unread" not in guardian.get("/family/messages/").content.decode()


def second_guardian_not_verified(world: World) -> Member:
    with tenant_context(world.tenant.pk):
        member = add_member(world, "GRD", "GRD3")
        GuardianLink.objects.create(member=member, learner=world.learner, status="pending")
        return member


def test_in_the_quiet_hours_it_waits_for_monday(
    home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    at(monkeypatch, FRIDAY_NIGHT)
    teacher = signed_in("TCH")
    page = text_of(teacher.get(f"/learners/{home.learner.public_id}/messages/new/"))
    assert f"it is in the app at once, and the e-mail goes out on Monday {date_format(MONDAY, 'j M')}, 07:00." in page
    response = write(home, teacher)
    assert f"The e-mail goes out on Monday {date_format(MONDAY, 'j M')}, 07:00." in text_of(teacher.get(response.url))
    send_waiting_of(home.tenant.pk)
    change(home, send_after=FRIDAY_NIGHT)  # even what is due by its own time
    send_waiting_of(home.tenant.pk)
    assert mailoutbox == []
    at(monkeypatch, MONDAY)
    assert send_waiting_of(home.tenant.pk) == 1
    assert len(mailoutbox) == 1


def test_a_failing_address_is_tried_six_times_then_told(
    home: World, signed_in: As, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "tests.reporting.test_messages.Refusing"
    second_guardian(home)
    change_address(home, "GRD2", "mail@home.example")
    write(home, signed_in("TCH"))
    moment, pauses = NOON, []
    for _ in range(5):
        at(monkeypatch, moment)
        send_waiting_of(home.tenant.pk)
        row = rows(home)[0]
        pauses.append(row.send_after - moment)
        moment = row.send_after
    assert [int(one.total_seconds() // 60) for one in pauses[:4]] == [1, 5, 30, 120]
    assert pauses[4] > timedelta(hours=12)  # the night counts on top
    at(monkeypatch, moment)
    send_waiting_of(home.tenant.pk)
    first, second = rows(home)
    assert (first.state, first.problem) == ("failed", "The mail server does not accept this address.")
    assert second.state == "sent"
    teacher = signed_in("TCH")
    page = text_of(teacher.get(f"/messages/{first.public_id}/"))
    assert "Not delivered The mail server does not accept this address." in page
    assert teacher.post(f"/messages/{first.public_id}/again/").status_code == 302
    assert (rows(home)[0].state, rows(home)[0].tries) == ("waiting", 0)
    assert teacher.post(f"/messages/{first.public_id}/again/").status_code == 409


def change_address(world: World, key: str, address: str) -> None:
    with tenant_context(world.tenant.pk):
        Member.objects.filter(pk=world.members[key].pk).update(email=address)


def test_a_server_that_is_away_is_asked_once_in_a_batch(
    home: World, teacher: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Away, "tried", 0)
    settings.EMAIL_BACKEND = "tests.reporting.test_messages.Away"
    second_guardian(home)
    write(home, teacher)
    send_waiting_of(home.tenant.pk)
    assert Away.tried == 1
    assert [(row.state, row.tries, row.problem) for row in rows(home)] == [
        ("waiting", 1, "The mail server could not be reached.")
    ] * 2


def test_without_mail_or_without_wanting_it_only_in_the_app(
    home: World, teacher: Client, signed_in: As, mailoutbox: list[Any]
) -> None:
    second_guardian(home)
    write(home, teacher)
    form = signed_in("GRD").get("/settings/mail/")
    assert "school day" not in text_of(form)
    assert signed_in("GRD").post("/settings/mail/", {}).status_code == 302
    send_waiting_of(home.tenant.pk)
    assert [row.state for row in rows(home)] == ["in_app", "sent"]
    write(home, teacher, subject="Again")
    assert [row.state for row in rows(home)[2:]] == ["in_app", "waiting"]
    assert len(mailoutbox) == 1


def test_to_the_learner_from_an_entry_of_today_with_a_template(
    home: World, teacher: Client, signed_in: As, mailoutbox: list[Any]
) -> None:
    with tenant_context(home.tenant.pk):
        alert = Alert.objects.create(
            learner=home.learner, milestone=home.milestone, reason="asked", since=NOON, facts={"kind": "help"}
        )
    values = {
        "name": "Help",
        "audience": "learner",
        "subject": "{milestone}",
        "body": "Dear {learner}, yours {teacher}",
    }
    assert teacher.post("/settings/templates/new/", values).status_code == 302
    with tenant_context(home.tenant.pk):
        template = MessageTemplate.objects.get()
    address = f"/learners/{home.learner.public_id}/messages/new/"
    page = teacher.get(f"{address}?alert={alert.public_id}&template={template.public_id}").content.decode()
    assert "Dear Ana, yours LKV TCH Person" in page
    assert 'value="LKV Fractions"' in page
    data = {"audience": "learner", "subject": "LKV Fractions", "body": "Dear Ana", "key": str(uuid4())}
    assert teacher.post(f"{address}?alert={alert.public_id}", data).status_code == 302
    (row,) = rows(home)
    assert (row.recipient_id, row.alert_id) == (home.members["LRN"].pk, alert.pk)
    send_waiting_of(home.tenant.pk)
    assert mailoutbox[0].subject == "A message from your school"
    assert "LKV Fractions" in text_of(signed_in("LRN").get("/me/messages/"))
    assert "LKV Fractions" not in text_of(signed_in("GRD").get("/family/messages/"))
    assert signed_in("GRD").get(f"/messages/{row.public_id}/").status_code == 404
    assert "LKV Fractions" in text_of(teacher.get("/messages/"))
    # Without a milestone its word stays, and is not sent as it is.
    page = teacher.get(f"{address}?template={template.public_id}").content.decode()
    assert 'value="{milestone}"' in page
    refused = write(home, teacher, subject="{milestone}")
    assert "{milestone} is not filled in. Write what it stands for" in text_of(refused)


WRONG_MESSAGES: tuple[tuple[dict[str, str], str], ...] = (
    ({"subject": " "}, "Write a subject"),
    ({"body": ""}, "Write the text"),
    ({"subject": "x" * 151}, "This has 151 characters. Shorten it to 150"),
    ({"body": "x" * 4001}, "This has 4001 characters. Shorten it to 4000"),
    ({"body": "a\x07b"}, "This contains a control character. Type it again"),
    ({"audience": "staff"}, "Choose to whom you write"),
    ({"body": "Ana works with  BEN lkv now"}, "Ben LKV is named. Leave other learners out"),
)
WRONG_TEMPLATES: tuple[tuple[dict[str, str], str], ...] = (
    ({"name": ""}, "Give it a name, like Invitation to talk"),
    ({"subject": "For {pupil}"}, "{pupil} is not known. Use {learner}, {milestone} or {teacher}"),
    ({"body": "{} and {Learner}"}, "{} is not known. Use {learner}, {milestone} or {teacher}"),
    ({"audience": ""}, "Choose from the list for whom it is"),
    ({"name": "Taken"}, "There is a template “Taken” already. Choose another name"),
)


def test_what_is_wrong_with_a_message(home: World, teacher: Client) -> None:
    for values, sentence in WRONG_MESSAGES:
        response = write(home, teacher, **values)
        assert response.status_code == 422
        assert sentence in text_of(response)
    assert rows(home) == []


def test_what_is_wrong_with_a_template(home: World, teacher: Client) -> None:
    good = {"name": "Talk", "audience": "guardian", "subject": "A talk", "body": "Dear family of {learner}"}
    teacher.post("/settings/templates/new/", {**good, "name": "Taken"})
    for values, sentence in WRONG_TEMPLATES:
        response = teacher.post("/settings/templates/new/", {**good, **values})
        assert response.status_code == 422
        assert sentence in text_of(response)


def test_a_template_is_changed_and_switched_off_by_its_author_only(home: World, teacher: Client, signed_in: As) -> None:
    good = {"name": "Talk", "audience": "guardian", "subject": "A talk", "body": "Dear family of {learner}"}
    teacher.post("/settings/templates/new/", good)
    with tenant_context(home.tenant.pk):
        page = f"/settings/templates/{MessageTemplate.objects.get().public_id}/"
    assert signed_in("OTHER_TCH").post(page, good).status_code == 404
    assert teacher.post(page, {**good, "name": "A short talk"}).status_code == 302
    assert "A short talk" in text_of(signed_in("OTHER_TCH").get("/settings/templates/"))
    writing = f"/learners/{home.learner.public_id}/messages/new/"
    assert "A short talk" in text_of(teacher.get(writing))
    teacher.post(f"{page}switch/", {"on": "0"})
    assert "A short talk" not in text_of(teacher.get(writing))


def test_messages_stay_with_those_who_may_read_them(home: World, teacher: Client, signed_in: As) -> None:
    write(home, teacher)
    (row,) = rows(home)
    for who in ("OTHER_TCH", "LRN", "DST"):
        assert signed_in(who).get(f"/messages/{row.public_id}/").status_code == 404
    assert "A talk" in text_of(signed_in("SCH").get(f"/messages/{row.public_id}/"))
    assert rows(home)[0].read_at is None  # opened by others is not read
    assert signed_in("OTHER_TCH").get(f"/learners/{home.learner.public_id}/messages/new/").status_code == 404


def test_a_notice_of_a_rule_goes_to_staff_while_they_teach_the_learner(
    home: World, teacher: Client, mailoutbox: list[Any]
) -> None:
    with tenant_context(home.tenant.pk):
        notice = {"learner": home.learner, "recipient": home.members["TCH"], "audience": "staff", "send_after": NOON}
        Message.objects.create(subject="Stalled", body="Look at Ana", key="rule:1:a", **notice)
    assert "Messages, 1 unread" in teacher.get("/classes/").content.decode()
    assert "Written by a rule" in text_of(teacher.get("/messages/"))
    send_waiting_of(home.tenant.pk)
    assert "LKV District wrote to you." in mailoutbox[0].body
    with tenant_context(home.tenant.pk):
        SectionStaff.objects.all().delete()
    assert "1 unread" not in teacher.get("/messages/").content.decode()


def test_hours_are_chosen_by_teachers(home: World, teacher: Client) -> None:
    refused = teacher.post("/settings/mail/", {"is_on": "on", "hour": "23"})
    assert "Choose an hour from the list" in text_of(refused)
    assert "Choose an hour from 7 to 18" in text_of(teacher.post("/settings/mail/", {"is_on": "on", "hour": ""}))
    assert teacher.post("/settings/mail/", {"is_on": "on", "hour": "9"}).status_code == 302
    with tenant_context(home.tenant.pk):
        choice = DigestChoice.objects.get()
    assert (choice.wants_messages, choice.is_on, choice.hour) == (False, True, 9)
