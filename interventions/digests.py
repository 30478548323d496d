"""The day's queue by e-mail for teachers who asked for it, once on each school day, at their hour.

At least once: a digest is sent, then its day is written down and committed; after a kill in between it is sent again
with the same Message-ID. Two workers never work on the same teacher (`skip_locked`).
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.mails import address_of, for_reader
from interventions.models import DigestChoice
from interventions.quiet import FROM, UNTIL, earliest_after
from learners.models import SectionStaff
from learners.reach import running
from milestones.school_days import school_days
from tenancy.actor import TCH, Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import Invalid, problem
from tenancy.models import Member, Tenant
from tenancy.selectors import actor_for_user, zone

logger = logging.getLogger(__name__)
HOURS = range(UNTIL.hour, FROM.hour)  # outside of the quiet hours
LATEST = 3  # hours after the chosen one; then that day has none
Compose = Callable[[Tenant, Actor, str], EmailMultiAlternatives | None]
"""The mail of somebody's day to an address; None when nobody needs them."""


@transaction.atomic
def choose_mail(actor: Actor, *, wants_messages: bool, is_on: bool = False, hour: int | None = None) -> DigestChoice:
    """What the actor gets by e-mail; the digest is for teachers. Raises Invalid."""
    if is_on and hour not in HOURS:
        values = {"first": HOURS[0], "last": HOURS[-1]}
        raise Invalid([problem("hour", _("Choose an hour from %(first)d to %(last)d") % values)])
    wanted: dict[str, bool | int] = {"wants_messages": wants_messages}
    if actor.has(TCH):
        wanted["is_on"] = is_on
        if hour is not None and hour in HOURS:
            wanted["hour"] = hour
    choice: DigestChoice
    choice, _is_new = DigestChoice.objects.update_or_create(member_id=actor.member_id, defaults=wanted)
    record_audit(actor, "mail.chosen", detail=wanted)
    return choice


def send_digests_of(tenant_id: int, compose: Compose, now: datetime | None = None) -> int:
    """Send what is due at this hour. Returns how many went out; each teacher is a transaction of their own."""
    sent, after = 0, 0
    while True:
        with tenant_context(tenant_id):
            tenant, moment = Tenant.objects.get(pk=tenant_id), now or timezone.now()
            choice = _next(tenant, moment, after)
            if choice is None:
                return sent
            after = choice.pk
            with for_reader(tenant):
                sent += _send(tenant, choice, moment, compose)


def _next(tenant: Tenant, now: datetime, after: int) -> DigestChoice | None:
    """The next teacher whose hour it is, locked."""
    if earliest_after(now, tenant) > now:
        return None
    here = now.astimezone(zone(tenant.time_zone))
    is_new = Q(sent_on=None) | ~Q(sent_on=here.date())
    rows = DigestChoice.objects.filter(is_new, is_on=True, hour__lte=here.hour, hour__gt=here.hour - LATEST)
    rows = rows.filter(pk__gt=after, member__is_enabled=True).exclude(member__user=None).order_by("pk")
    found: DigestChoice | None = (
        rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("member__user").first()
    )
    return found


def _send(tenant: Tenant, choice: DigestChoice, now: datetime, compose: Compose) -> int:
    """How many were sent: one or none. A mail server that is away leaves the day open for the next round."""
    day = now.astimezone(zone(tenant.time_zone)).date()
    mail = _mail_of(tenant, choice.member, day, compose)
    if mail is not None:
        try:
            mail.send()
        except (SMTPException, OSError, ValueError):
            logger.warning("a digest was not taken by the mail server")
            return 0
    DigestChoice.objects.filter(pk=choice.pk).update(sent_on=day)
    return int(mail is not None)


def _mail_of(tenant: Tenant, member: Member, day: date, compose: Compose) -> EmailMultiAlternatives | None:
    actor = actor_for_user(tenant, member.user) if member.user is not None else None
    address = address_of(member)
    if actor is None or not actor.has(TCH) or not address or not _has_school(actor, day):
        return None
    return compose(tenant, actor, address)


def _has_school(actor: Actor, day: date) -> bool:
    """Whether there is school today in one of the schools of the teacher's classes."""
    rows = SectionStaff.objects.filter(running(actor.today), member_id=actor.member_id, section__is_active=True)
    schools = sorted(set(rows.values_list("section__school_id", flat=True)))
    return any(school_days(day, day, school) for school in schools)
