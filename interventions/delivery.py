"""Messages by e-mail: what is due and outside of the quiet hours, a small batch at a time, each committed by itself.

**At least once.** A batch is sent, then committed. A worker killed in between leaves its rows waiting, and they are
sent again: at most one batch. Each message has one Message-ID for ever, by which mail programs drop the second copy.
Two workers never take the same row (`skip_locked`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.core.mail import get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.home_choice import after_quiet, is_quiet
from interventions.mails import address_of, first_name, for_reader, home_of, is_away, mail_of, reason_of
from interventions.models import DigestChoice, FamilyChoice, Message
from interventions.models.messages import MESSAGE, Audience
from interventions.quiet import earliest_after
from interventions.reading import still_concerned
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id, tenant_context
from tenancy.errors import Conflict, NotFound
from tenancy.models import Member, Tenant
from tenancy.selectors import local_today, member_names

AT_ONCE, MOST_BATCHES = 10, 60
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
State = Message.State


def send_waiting_of(tenant_id: int) -> int:
    """Send what is due. Returns how many messages left the waiting line."""
    total = 0
    for _batch in range(MOST_BATCHES):
        with tenant_context(tenant_id):
            is_last, left = _batch_of(Tenant.objects.get(pk=tenant_id))
        total += left
        if is_last:
            break
    return total


@transaction.atomic
def try_again(actor: Actor, *, message_id: UUID) -> Message:
    """Send what was given up once more, from the first try on. Raises NotFound, Conflict for what was not given up."""
    reached = Message.objects.visible_to(actor, MESSAGE, "write").filter(public_id=message_id).values("pk")
    message: Message | None = Message.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if message is None:
        raise NotFound
    if message.state != State.FAILED:
        raise Conflict(_("Only a message that was not delivered can be sent again."), code="state")
    message.state, message.tries, message.problem = State.WAITING, 0, ""
    message.send_after = earliest_after(timezone.now(), Tenant.objects.get(pk=current_tenant_id()))
    message.save()
    record_audit(actor, "message.sent_again", target=message)
    return message


def _batch_of(tenant: Tenant) -> tuple[bool, int]:
    """(whether nothing more is to be done now, how many need no further try)."""
    now = timezone.now()
    if earliest_after(now, tenant) > now:
        return True, 0
    due = Message.objects.filter(state=State.WAITING, send_after__lte=now).order_by("send_after", "id")
    locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = list(locked.select_related("learner", "recipient__user")[:AT_ONCE])
    if not rows:
        return True, 0
    with for_reader(tenant):
        was_away = _send(tenant, rows, now)
    Message.objects.bulk_update(rows, ["state", "tries", "problem", "sent_at", "send_after"])
    return was_away or len(rows) < AT_ONCE, sum(row.state != State.WAITING for row in rows)


def _send(tenant: Tenant, rows: Sequence[Message], now: datetime) -> bool:
    """Whether the mail server could not be reached."""
    reached = Message.objects.filter(still_concerned(local_today(tenant, now)), recipient__is_enabled=True)
    allowed = set(reached.filter(id__in=[row.pk for row in rows]).values_list("id", flat=True))
    members = [row.recipient_id for row in rows]
    refused = DigestChoice.objects.filter(member_id__in=members, wants_messages=False).values_list(
        "member_id", flat=True
    )
    without_mail, writers = set(refused), member_names(row.written_by_id for row in rows)
    at_home = {one.member_id: one for one in FamilyChoice.objects.filter(member_id__in=members)}
    connection, away = get_connection(), None
    for row in rows:
        quiet = at_home.get(row.recipient_id)
        if row.pk not in allowed:
            row.state, row.problem = State.FAILED, _("The recipient may no longer read about this learner.")
        elif row.recipient_id in without_mail or not address_of(row.recipient):
            row.state = State.IN_APP
        elif quiet is not None and row.audience == Audience.GUARDIAN and is_quiet(quiet, tenant, now):
            row.send_after = after_quiet(quiet, tenant, now)
        elif away is not None:
            _note(row, tenant, away, now)
        else:
            away = _deliver(row, tenant, writers.get(row.written_by_id, ""), connection, now)
    connection.close()
    return away is not None


def _deliver(row: Message, tenant: Tenant, writer: str, connection: Any, now: datetime) -> Exception | None:
    """Sends one. What went wrong, if the others would not go out either."""
    try:
        with for_reader(tenant, row.recipient.user if row.audience != Audience.STAFF else None):
            mail = message_mail(row, tenant, writer)
        connection.send_messages([mail])
    except (SMTPException, OSError, ValueError) as error:
        connection.close()  # the next one begins afresh
        _note(row, tenant, error, now)
        return error if is_away(error) else None
    row.state, row.sent_at, row.problem = State.SENT, timezone.now(), ""
    return None


def _note(row: Message, tenant: Tenant, error: Exception, now: datetime) -> None:
    row.problem, row.tries = reason_of(error), row.tries + 1
    if row.tries > len(PAUSES):
        row.state = State.FAILED
    else:
        row.send_after = earliest_after(now + PAUSES[row.tries - 1], tenant)


def message_mail(row: Message, tenant: Tenant, writer: str) -> Any:
    """The mail of a message. Its subject is ours: what a teacher or a rule wrote stands inside."""
    to_learner = row.audience == Audience.LEARNER
    subject = _("A message from your school") if to_learner else subject_about(row)
    values = {
        "message": row, "writer": writer, "tenant": tenant, "is_learner": to_learner,
        "address": home_of(tenant) + reverse("message", args=[row.public_id]),
        "settings": home_of(tenant) + reverse("mail_choice"),
    }  # fmt: skip
    return mail_of(address_of(row.recipient), subject, str(row.public_id), "message", values)


def subject_about(row: Message) -> str:
    """Without the last name."""
    return _("%(learner)s: a message from school") % {"learner": first_name(row.learner)}


def can_be_mailed(members: Sequence[Member]) -> set[int]:
    """Of these members those who get messages by e-mail. One query."""
    keys = [one.pk for one in members]
    refused = DigestChoice.objects.filter(member_id__in=keys, wants_messages=False).values_list("member_id", flat=True)
    no_mail = set(refused)
    return {one.pk for one in members if one.pk not in no_mail and address_of(one)}
