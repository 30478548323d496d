"""Messages that a person writes: to a learner, or to each guardian who may read about them today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.delivery import can_be_mailed
from interventions.models import Alert, Message
from interventions.models.messages import Audience
from interventions.quiet import earliest_after
from interventions.wording import LONGEST_BODY, LONGEST_SUBJECT, text_problems, unfilled
from learners.models import Enrolment, GuardianLink, Learner
from learners.reach import running
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import current_tenant_id
from tenancy.errors import Conflict, Invalid, problem
from tenancy.models import Member, Tenant


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who would get a message. gets_mail: also by e-mail."""

    member: Member
    gets_mail: bool


def recipients_of(actor: Actor, learner: Learner) -> dict[str, list[Recipient]]:
    """{learner, guardian: who would get it}. Three queries.

    Guardians: those with a verified link that is not over, whose account is not suspended.
    """
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today), learner=learner)
    verified = links.filter(status=GuardianLink.Status.VERIFIED, member__is_enabled=True)
    guardians = [row.member for row in verified.select_related("member__user").order_by("member__family_name", "id")]
    own = Member.objects.filter(pk=learner.member_id, is_enabled=True).select_related("user").first()
    people = {Audience.GUARDIAN.value: guardians, Audience.LEARNER.value: [own] if own is not None else []}
    mailed = can_be_mailed([one for some in people.values() for one in some])
    return {key: [Recipient(one, one.pk in mailed) for one in some] for key, some in people.items()}


def leaves_at(now: datetime | None = None) -> tuple[datetime, bool]:
    """(when a message written now goes out by e-mail, whether that is later than now)."""
    now = now or timezone.now()
    after = earliest_after(now, Tenant.objects.get(pk=current_tenant_id()))
    return after, after > now


@transaction.atomic
def write_message(
    actor: Actor, *, learner: Learner, audience: str, subject: str, body: str, key: UUID, alert: Alert | None = None
) -> list[Message]:
    """A message for each recipient. The same key writes once; with other words it is a Conflict. Raises Invalid.

    In the app at once; by e-mail as soon as the quiet hours allow.
    """
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    name = f"by:{actor.member_id}:{key}"
    before = list(Message.objects.filter(key=name).order_by("id"))
    if before:
        if {(one.learner_id, one.audience, one.subject, one.body) for one in before} != {
            (learner.pk, audience, subject, body)
        }:
            raise Conflict(_("This message was sent a moment ago with other words. Write a new one."), code="sent")
        return before
    people = recipients_of(actor, learner).get(audience)
    problems = [*_words_problems(subject, body), *_others_named(actor, learner, f"{subject}\n{body}")]
    problems += _audience_problems(learner, audience, people)
    if problems:
        raise Invalid(problems)
    now = timezone.now()
    rows = [
        Message(
            learner=learner, recipient=one.member, audience=audience, subject=subject, body=body, alert=alert,
            key=name, written_at=now, written_by_id=actor.member_id, send_after=leaves_at(now)[0],
            state=Message.State.WAITING if one.gets_mail else Message.State.IN_APP,
        )
        for one in people or ()
    ]  # fmt: skip
    Message.objects.bulk_create(rows)
    record_audit(actor, "message.written", target=learner, detail={"to": audience, "messages": len(rows)})
    return rows


def _audience_problems(learner: Learner, audience: str, people: list[Recipient] | None) -> list[dict[str, str]]:
    if people is None:
        return [problem("audience", _("Choose to whom you write"))]
    if people:
        return []
    text = (
        _("%(name)s has no account yet, so nobody would read this")
        if audience == Audience.LEARNER
        else _("No guardian of %(name)s can be written to: the school office links them")
    )
    return [problem("audience", text % {"name": learner.name})]


def _words_problems(subject: str, body: str) -> Iterable[dict[str, str]]:
    yield from text_problems("subject", subject, LONGEST_SUBJECT, _("Write a subject"))
    yield from text_problems("body", body, LONGEST_BODY, _("Write the text"))
    yield from unfilled("subject", subject)
    yield from unfilled("body", body)


def _others_named(actor: Actor, learner: Learner, text: str) -> Iterable[dict[str, str]]:
    """Full names of others in the learner's classes: they are not for this reader."""
    places = Enrolment.objects.filter(running(actor.today), is_withdrawn=False)
    classes = places.filter(learner=learner).values("section_id")
    others = places.filter(section_id__in=classes).exclude(learner=learner).select_related("learner")
    written = " ".join(text.casefold().split())
    for one in sorted({row.learner for row in others}, key=lambda other: other.pk):
        given = (one.name, f"{one.given_name} {one.family_name}".strip())
        if one.family_name and any(name.casefold() in written for name in given):
            yield problem("body", _("%(name)s is named. Leave other learners out") % {"name": one.name})
            return
