"""Messages: what somebody got and sent, and what was written about a learner. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format

from interventions.delivery import subject_about
from interventions.models import Alert, Message, MessageTemplate
from interventions.models.messages import MESSAGE, Audience
from interventions.models.queue import ALERT
from interventions.reading import READ
from interventions.wording import FOR_HOME, LIBRARY, filled
from interventions.writing import Recipient, leaves_at, recipients_of
from learners.models import Learner
from milestones.models import Milestone
from reporting.reach import published_milestone, visible_learner
from tenancy.access import may_at_all
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant
from tenancy.selectors import member_names, zone

WRITE = (MESSAGE, "write")
TEMPLATES = (LIBRARY, "read")
MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a list, with who wrote it: "" is a rule."""

    message: Message
    writer: str
    is_new: bool
    may_send_again: bool


@dataclass(frozen=True, slots=True)
class Box:
    """got: unread first, then the newest; sent: None for those who cannot write."""

    got: tuple[Line, ...]
    sent: tuple[Line, ...] | None
    unread: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Log:
    learner: Learner
    lines: tuple[Line, ...]
    may_write: bool
    is_cut: bool


def box(actor: Actor, only: Audience | None = None) -> Box:
    """Three or four queries."""
    got = _seen(actor).filter(recipient_id=actor.member_id)
    if only is not None:
        got = got.filter(audience=only)
    unread = list(got.filter(read_at=None)[:MOST])
    read = list(got.exclude(read_at=None)[:MOST])
    may_write = only is None and may_at_all(actor, *WRITE)
    sent = list(_seen(actor).filter(written_by_id=actor.member_id)[:MOST]) if may_write else []
    lines = _lines([*unread, *read, *sent], actor)
    cut = len(unread) + len(read)
    is_cut = MOST in {len(unread), len(read), len(sent)}
    return Box(tuple(lines[:cut]), tuple(lines[cut:]) if may_write else None, len(unread), is_cut)


def log_of(actor: Actor, learner_id: UUID) -> Log:
    """What was written about a learner, newest first."""
    learner = visible_learner(actor, learner_id, *READ)
    rows = list(_seen(actor).filter(learner=learner)[:MOST])
    return Log(learner, tuple(_lines(rows, actor)), may_at_all(actor, *WRITE), len(rows) == MOST)


def writer_of(message: Message) -> str:
    return member_names([message.written_by_id]).get(message.written_by_id, "")


def may_send_again(actor: Actor, message: Message) -> bool:
    return message.state == Message.State.FAILED and may_at_all(actor, *WRITE)


def _seen(actor: Actor) -> QuerySet[Message]:
    rows: QuerySet[Message] = Message.objects.visible_to(actor, *READ)
    return rows.select_related("learner", "recipient").order_by("-written_at", "-id")


def _lines(rows: Sequence[Message], actor: Actor) -> list[Line]:
    names = member_names(row.written_by_id for row in rows) if rows else {}
    return [
        Line(
            row, names.get(row.written_by_id, ""), row.recipient_id == actor.member_id and row.read_at is None,
            may_send_again(actor, row),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writing:
    """The page on which a message is written. `leaves_at` in words: when it goes out by e-mail, `is_later` than now."""

    learner: Learner
    milestone: Milestone | None
    alert: Alert | None
    people: dict[str, list[Recipient]]
    templates: tuple[MessageTemplate, ...]
    chosen: MessageTemplate | None
    start: dict[str, Any]
    mail_subject: str
    leaves_at: str
    is_later: bool


def writing_page(actor: Actor, tenant: Tenant, learner_id: UUID, asked: dict[str, UUID | None], to: str) -> Writing:
    """`asked`: milestone, alert and template of the address. Raises NotFound."""
    learner = visible_learner(actor, learner_id, *WRITE)
    alert = _alert(actor, learner, asked["alert"])
    milestone = alert.milestone if alert else None
    if milestone is None and asked["milestone"] is not None:
        milestone = published_milestone(actor, asked["milestone"], learner, or_ended=True)
    rows = MessageTemplate.objects.visible_to(actor, *TEMPLATES).filter(is_active=True)
    templates = tuple(rows.filter(audience__in=FOR_HOME).order_by("audience", "name", "id"))
    chosen = next((one for one in templates if one.public_id == asked["template"]), None)
    after, is_later = leaves_at()
    return Writing(
        learner=learner, milestone=milestone, alert=alert, people=recipients_of(actor, learner), templates=templates,
        chosen=chosen, start=_start(actor, learner, milestone, chosen, to),
        mail_subject=str(subject_about(Message(learner=learner))), leaves_at=moment_in_words(after, tenant),
        is_later=is_later,
    )  # fmt: skip


def moment_in_words(at: datetime, tenant: Tenant) -> str:
    """ "Monday 23 Nov, 07:00" on the school's clock."""
    return date_format(at.astimezone(zone(tenant.time_zone)), "l j M, H:i")


def _start(
    actor: Actor, learner: Learner, milestone: Milestone | None, chosen: MessageTemplate | None, to: str
) -> dict[str, Any]:
    """What stands in the form before the teacher reads it over."""
    audience = chosen.audience if chosen else to if to in FOR_HOME else Audience.GUARDIAN.value
    if chosen is None:
        return {"audience": audience}
    values = {
        "learner": learner.preferred_name or learner.given_name,
        "milestone": milestone.title if milestone else "",
        "teacher": actor.label,
    }
    return {"audience": audience, "subject": filled(chosen.subject, values), "body": filled(chosen.body, values)}


def _alert(actor: Actor, learner: Learner, wanted: UUID | None) -> Alert | None:
    if wanted is None:
        return None
    rows = Alert.objects.visible_to(actor, ALERT, "read, acknowledge").filter(learner=learner, public_id=wanted)
    alert: Alert | None = rows.select_related("milestone").first()
    if alert is None:
        raise NotFound
    return alert


def templates_page(actor: Actor) -> list[tuple[MessageTemplate, str, bool]]:
    """(template, whose, whether the actor may change it). Three queries."""
    rows = list(MessageTemplate.objects.visible_to(actor, *TEMPLATES).order_by("-is_active", "name", "id"))
    names = member_names(row.made_by_id for row in rows)
    own = MessageTemplate.objects.visible_to(actor, LIBRARY, "update, retire")
    keys = set(own.values_list("id", flat=True))
    return [(row, names.get(row.made_by_id, ""), row.pk in keys) for row in rows]
