"""Templates of messages: words to start from, in which {learner}, {milestone} and {teacher} are filled in."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from interventions.models import MessageTemplate
from interventions.models.messages import Audience
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, problem

LIBRARY = "Rubric and task in the library"
CHANGE = (LIBRARY, "update, retire")
KNOWN = ("learner", "milestone", "teacher")
WORD = re.compile(r"\{([^{}]*)\}")
LONGEST_NAME, LONGEST_SUBJECT, LONGEST_BODY = 120, 150, 4000
FOR_HOME = (Audience.GUARDIAN.value, Audience.LEARNER.value)
Problems = list[dict[str, str]]


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the words that are known; {milestone} stays where there is none, for the writer to see."""
    return WORD.sub(lambda found: values.get(found[1]) or found[0], text)


def unfilled(field: str, text: str) -> Problems:
    """A word in braces that would be sent as it stands."""
    left = [found[0] for found in WORD.finditer(text) if found[1] in KNOWN]
    if not left:
        return []
    return [problem(field, _("%(word)s is not filled in. Write what it stands for") % {"word": left[0]})]


def make_template(
    actor: Actor, *, name: str, audience: str, subject: str, body: str, language: str = "en"
) -> MessageTemplate:
    """Raises Invalid."""
    values = _checked(name, audience, subject, body)
    template = MessageTemplate(**values, language=language, made_by_id=actor.member_id)
    return _saved(actor, template, "message_template.made")


def change_template(
    actor: Actor, *, template_id: UUID, name: str, audience: str, subject: str, body: str
) -> MessageTemplate:
    """Raises Invalid, and NotFound for somebody else's."""
    values = _checked(name, audience, subject, body)
    template = own_template(actor, template_id)
    for field, value in values.items():
        setattr(template, field, value)
    return _saved(actor, template, "message_template.changed")


def switch_template(actor: Actor, *, template_id: UUID, is_active: bool) -> MessageTemplate:
    """Offer it when messages are written, or no longer. Raises NotFound."""
    template = own_template(actor, template_id)
    template.is_active = is_active
    return _saved(actor, template, "message_template.switched")


def own_template(actor: Actor, template_id: UUID) -> MessageTemplate:
    """One that the actor may change. Raises NotFound."""
    found: MessageTemplate | None = MessageTemplate.objects.visible_to(actor, *CHANGE).filter(
        public_id=template_id
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def text_problems(field: str, text: str, most: int, missing: str) -> Problems:
    """What is wrong with a subject or a text."""
    if not text:
        return [problem(field, missing)]
    if len(text) > most:
        message = _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(text), "most": most}
        return [problem(field, message)]
    if not_storable(text, has_lines=field == "body"):
        return [problem(field, _("This contains a control character. Type it again"))]
    return []


def _checked(name: str, audience: str, subject: str, body: str) -> dict[str, str]:
    values = {"name": _line(name), "audience": audience, "subject": _line(subject), "body": body.strip()}
    found = [
        *text_problems("name", values["name"], LONGEST_NAME, _("Give it a name, like Invitation to talk")),
        *text_problems("subject", values["subject"], LONGEST_SUBJECT, _("Write a subject")),
        *text_problems("body", values["body"], LONGEST_BODY, _("Write the text")),
        *_unknown("subject", values["subject"]), *_unknown("body", values["body"]),
    ]  # fmt: skip
    if audience not in FOR_HOME:
        found.append(problem("audience", _("Choose from the list for whom it is")))
    if found:
        raise Invalid(found)
    return values


def _line(text: str) -> str:
    return " ".join(text.split())


def _unknown(field: str, text: str) -> Problems:
    unknown = [found[0] for found in WORD.finditer(text) if found[1] not in KNOWN]
    if not unknown:
        return []
    message = _("%(word)s is not known. Use {learner}, {milestone} or {teacher}")
    return [problem(field, message % {"word": unknown[0][:40]})]


def _saved(actor: Actor, template: MessageTemplate, action: str) -> MessageTemplate:
    try:
        with transaction.atomic():
            template.save()
            record_audit(actor, action, target=template)
    except IntegrityError as error:
        taken = _("There is a template “%(name)s” already. Choose another name") % {"name": template.name}
        raise Invalid([problem("name", taken)]) from error
    return template
