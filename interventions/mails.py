"""Mails: text and simple HTML, and a Message-ID that stays the same however often a mail is sent.

The subject and the first line carry no level, no score and no last name of a learner: they are shown on locked screens.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from smtplib import SMTPConnectError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learners.models import Learner
from tenancy.languages import language_of_user
from tenancy.models import Member, Tenant, User

AUTOMATIC = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no holiday notice answers it


def mail_of(address: str, subject: str, name: str, template: str, values: Mapping[str, Any]) -> EmailMultiAlternatives:
    """A mail from `mails/<template>.txt` and `.html`. `name`: what its Message-ID is made of."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    headers = {**AUTOMATIC, "Message-ID": f"<{name}@{domain}>"}
    text: Any = get_template(f"mails/{template}.txt")
    plain = text.template.render(Context(dict(values), autoescape=False))  # nothing reads it as HTML
    mail = EmailMultiAlternatives(" ".join(subject.split()), plain, to=[address], headers=headers)
    mail.attach_alternative(render_to_string(f"mails/{template}.html", dict(values)), "text/html")
    return mail


def address_of(member: Member) -> str:
    """Where the member gets mail; "" for nowhere."""
    return member.email or (member.user.email if member.user is not None else "")


def first_name(learner: Learner) -> str:
    return learner.preferred_name or learner.given_name


def home_of(tenant: Tenant) -> str:
    """Where the tenant's pages are: its own host, its name under BASE_DOMAIN, or PUBLIC_URL."""
    if tenant.host:
        return f"https://{tenant.host}"
    return f"https://{tenant.slug}.{settings.BASE_DOMAIN}" if settings.BASE_DOMAIN else settings.PUBLIC_URL


def language_for(tenant: Tenant, user: User | None) -> str:
    return language_of_user(user, tenant) if user is not None else str(settings.LANGUAGE_CODE)


@contextmanager
def for_reader(tenant: Tenant, user: User | None = None) -> Iterator[None]:
    """Words in the language of the reader (without one: the installation's), days of the school."""
    with translation.override(language_for(tenant, user)), timezone.override(tenant.time_zone):
        yield


def is_away(error: Exception) -> bool:
    """Whether the server could not be reached, so that the next mail would not go out either."""
    is_answer = isinstance(error, SMTPException | ValueError)
    return not is_answer or isinstance(error, SMTPConnectError | SMTPServerDisconnected)


def reason_of(error: Exception) -> str:
    """Why a mail did not go out, without the server's own words: they may name people."""
    if isinstance(error, SMTPRecipientsRefused):
        return _("The mail server does not accept this address.")
    if is_away(error):
        return _("The mail server could not be reached.")
    if isinstance(error, ValueError):
        return _("This address cannot be written to.")
    return _("The mail server did not take the message.")
