"""The weekly message of families: one per person and week for all their children, also when all is well.

**Once.** A row per person and week is written first, so that two workers never make two; what went out is written in
the same transaction that sent it. After a kill in between it is sent again with the same Message-ID and the same key,
by which mail programs and text services drop the second copy. Whoever was not reached within a day of their hour hears
next week: news of a week ago is no news.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from interventions.home_choice import is_quiet
from interventions.mails import address_of, for_reader, is_away, mail_of, reason_of
from interventions.models import FamilyChoice, FamilyDigest
from interventions.models.home import EVENING, FRIDAY
from interventions.sms import MOST, is_offered, send_sms
from learners.models import GuardianLink
from learners.reach import running
from tenancy.actor import GRD, Actor
from tenancy.context import tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tenancy.selectors import local_today, zone

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Week:
    """subject: without last names and levels; text: stands on its own, at most 320 characters; values: of the mail."""

    subject: str
    text: str
    values: dict[str, Any]


Compose = Callable[[Tenant, Actor], Week | None]
"""What a guardian is told; None where no child is linked."""


def send_weeks_of(tenant_id: int, compose: Compose, now: datetime | None = None) -> int:
    """Send what is due. Returns how many people were reached; each is a transaction of their own."""
    sent, after = 0, 0
    while True:
        with tenant_context(tenant_id):
            tenant, moment = Tenant.objects.get(pk=tenant_id), now or timezone.now()
            found = _next(tenant, moment, after)
            if found is None:
                return sent
            member, choice, week = found
            after = member.pk
            if is_quiet(choice, tenant, moment):
                continue
            done, must_stop = _send(tenant, member, choice, week, compose)
            sent += done
        if must_stop:
            return sent


def due_weeks(now: datetime, name: str) -> list[tuple[date, Q]]:
    """[(Monday of the week, which weekday and hours are due)] where it is now, for a day after the chosen hour."""
    here = now.astimezone(zone(name))
    today, yesterday = here.date(), here.date() - timedelta(days=1)
    return [
        (today - timedelta(days=today.weekday()), Q(weekday=today.weekday(), hour__lte=here.hour)),
        (yesterday - timedelta(days=yesterday.weekday()), Q(weekday=yesterday.weekday(), hour__gt=here.hour)),
    ]


def _next(tenant: Tenant, now: datetime, after: int) -> tuple[Member, FamilyChoice, date] | None:
    """The next guardian whose hour it is and who has not heard this week."""
    today = local_today(tenant, now)
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), status=GuardianLink.Status.VERIFIED)
    grants = RoleGrant.objects.filter(running(today), role=GRD)
    people = Member.objects.filter(
        Exists(links.filter(member_id=OuterRef("pk"))), Exists(grants.filter(member_id=OuterRef("pk"))),
        pk__gt=after, is_enabled=True,
    )  # fmt: skip
    candidates = [row for one in _windows(tenant, now) for row in _of_window(people, *one)]
    if not candidates:
        return None
    member, week = min(candidates, key=lambda row: row[0].pk)
    choice = FamilyChoice.objects.filter(member=member).first() or FamilyChoice(member=member)
    return member, choice, week


def _windows(tenant: Tenant, now: datetime) -> Iterable[tuple[date, Q]]:
    """One for each time zone that families here live in, and one for those who chose nothing."""
    names = set(FamilyChoice.objects.order_by().values_list("time_zone", flat=True).distinct())
    for name in sorted(names):
        for week, when in due_weeks(now, name or tenant.time_zone):
            chosen = FamilyChoice.objects.filter(when, is_weekly=True, time_zone=name, member_id=OuterRef("pk"))
            yield week, Q(Exists(chosen))
    has_chosen = Exists(FamilyChoice.objects.filter(member_id=OuterRef("pk")))
    here = now.astimezone(zone(tenant.time_zone))
    for back in (0, 1):
        day = here.date() - timedelta(days=back)
        if day.weekday() == FRIDAY and (here.hour >= EVENING) == (back == 0):
            yield day - timedelta(days=day.weekday()), Q(~has_chosen)


def _of_window(people: Any, week: date, wanted: Q) -> list[tuple[Member, date]]:
    closed = FamilyDigest.objects.filter(member_id=OuterRef("pk"), week=week, closed_at__isnull=False)
    first = people.filter(wanted).exclude(Exists(closed)).select_related("user").order_by("pk").first()
    return [(first, week)] if first is not None else []


def _send(tenant: Tenant, member: Member, choice: FamilyChoice, week: date, compose: Compose) -> tuple[int, bool]:
    """(how many people were reached: one or none, whether the mail server is away)."""
    FamilyDigest.objects.bulk_create([FamilyDigest(member=member, week=week)], ignore_conflicts=True)
    rows = FamilyDigest.objects.select_for_update(skip_locked=True, no_key=True)
    row = rows.filter(member=member, week=week, closed_at=None).first()
    if row is None:
        return 0, False
    with for_reader(tenant, member.user):
        actor = Actor(tenant.pk, local_today(tenant), frozenset({GRD}), member.pk, label=member.name)
        found = compose(tenant, actor)
        reached, is_gone, is_done = _deliver(row, member, choice, found) if found else (0, False, True)
    if is_done:
        row.closed_at = timezone.now()
    row.save()
    return reached, is_gone


def _deliver(row: FamilyDigest, member: Member, choice: FamilyChoice, found: Week) -> tuple[int, bool, bool]:
    """(one if somebody was reached now, whether the mail server is away, whether nothing is left to be done)."""
    row.subject, row.text, row.problem = found.subject[:150], found.text[:MOST], ""
    address, key, before = address_of(member), f"week-{row.public_id}", (row.mailed_at, row.texted_at)
    is_gone = False
    if choice.by_mail and address and row.mailed_at is None:
        try:
            mail_of(address, found.subject, key, "family_week", found.values).send()
            row.mailed_at = timezone.now()
        except (SMTPException, OSError, ValueError) as error:
            row.problem, row.tries, is_gone = reason_of(error), row.tries + 1, is_away(error)
    if choice.by_sms and choice.phone and is_offered() and row.texted_at is None:
        try:
            send_sms(choice.phone, found.text, key)
            row.texted_at = timezone.now()
        except (OSError, ValueError) as error:
            row.problem, row.tries = reason_of(error), row.tries + 1
            logger.warning("a text message was not taken")
    return int((row.mailed_at, row.texted_at) != before), is_gone, not row.problem
