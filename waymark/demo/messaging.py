"""What teachers of the district wrote to families and learners: templates, and a few messages in every state."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from interventions.digests import choose_mail
from interventions.models import Alert, Message
from interventions.wording import filled, make_template
from interventions.writing import recipients_of, write_message
from learners.models import Learner, SectionStaff
from tenancy.actor import TCH, Actor
from tenancy.models import Member

TALK = """Dear family of {learner},

{learner} is working on this: “{milestone}” I would like to show you what comes next, and how you can help at home.
Could we talk for ten minutes this week?

Kind regards
{teacher}"""
NEWS = """Dear family of {learner},

{learner} did something today that made me smile. Ask about this: “{milestone}”

Kind regards
{teacher}"""
SHOW = """Hello {learner},

I think you can soon show me this: “{milestone}” Tell me when you want to try.

{teacher}"""
TEMPLATES = (
    ("A short talk", "guardian", "A short talk about what comes next for {learner}", TALK),
    ("Good news", "guardian", "Good news from {learner}", NEWS),
    ("Come and show me", "learner", "Ready to show me?", SHOW),
)
# Which template, how many days ago, and how it stands.
WRITTEN = ((0, 6, "sent"), (1, 3, "sent"), (2, 2, "sent"), (0, 1, "failed"))


def add_messages(system: Actor) -> None:
    """Of the teacher with most entries on Today; nothing where nobody needs anybody."""
    alerts = list(
        Alert.objects.filter(closed_at=None).exclude(section=None).select_related("learner", "milestone").order_by("id")
    )
    taught = SectionStaff.objects.filter(section_id__in={one.section_id for one in alerts})
    sections: dict[int, set[int]] = {}
    for teacher, section in taught.order_by("member_id", "section_id").values_list("member_id", "section_id"):
        sections.setdefault(teacher, set()).add(section)
    if not sections:
        return
    # Who has most to do has most to write.
    busy = max(sections, key=lambda one: (sum(alert.section_id in sections[one] for alert in alerts), -one))
    member = Member.objects.get(pk=busy)
    actor = replace(system, roles=frozenset({TCH}), member_id=member.pk, label=member.name)
    for name, audience, subject, body in TEMPLATES:
        make_template(actor, name=name, audience=audience, subject=subject, body=body)
    choose_mail(actor, wants_messages=True, is_on=True, hour=7)
    mine: dict[int, Alert] = {}
    for alert in alerts:
        if alert.section_id in sections[busy]:
            mine.setdefault(alert.learner_id, alert)
    for n, (alert, (template, days, state)) in enumerate(zip(mine.values(), WRITTEN, strict=False)):
        _write(actor, alert, TEMPLATES[template], days, state, n)


def _write(actor: Actor, alert: Alert, template: tuple[str, str, str, str], days: int, state: str, n: int) -> None:
    learner: Learner = alert.learner
    _name, audience, subject, body = template
    if not recipients_of(actor, learner)[audience]:
        return
    words = {"learner": learner.preferred_name or learner.given_name, "milestone": alert.milestone.title,
             "teacher": actor.label}  # fmt: skip
    key = UUID(int=n + 1, version=4)
    rows = write_message(
        actor, learner=learner, audience=audience, subject=filled(subject, words)[:150], body=filled(body, words),
        key=key, alert=alert,
    )  # fmt: skip
    at = (timezone.now() - timedelta(days=days)).replace(hour=22, minute=10 + n)  # the afternoon where they are
    values = {"written_at": at, "send_after": at, "state": state}
    values |= (
        {"sent_at": at} if state == Message.State.SENT else {"problem": "The mail server does not accept this address."}
    )
    Message.objects.filter(id__in=[row.pk for row in rows]).update(**values)
