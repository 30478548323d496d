"""The weekly message of families: one per person and week for all their children, also when all is well.

**Once.** A row per person and week is written first, so that two workers never make two; what went out is written in
the same transaction that sent it. After a kill in between it is sent again with the same Message-ID and the same key,
by which mail programs and text services drop the second copy. Whoever was not reached within a day of their hour hears
next week: news of a week ago is no news.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from learners.models import GuardianLink, Learner
from learners.reach import my_children_ids, running
from tenancy.actor import GRD, Actor
from tenancy.context import tenant_context
from tenancy.models import Member, RoleGrant, Tenant
from tenancy.selectors import local_today, zone

logger = logging.getLogger(__name__)
BATCH = 50  # composed together; small, so that what was read is still so when the last of them is sent


@dataclass(frozen=True, slots=True)
class Week:
    """subject: without last names and levels; text: stands on its own, at most 320 characters; values: of the mail.

    learners: whom it is about, to look once more before it goes out.
    """

    subject: str
    text: str
    values: dict[str, Any]
    learners: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    member: Member
    choice: FamilyChoice
    week: date


Compose = Callable[[Tenant, Sequence[Member]], Mapping[int, Week]]
"""What each guardian is told; nothing where no child is linked. A fixed number of queries for a batch."""


def send_weeks_of(tenant_id: int, compose: Compose, now: datetime | None = None) -> int:
    """Send what is due. Returns how many people were reached; a batch is composed at once, each is sent by itself."""
    sent, after = 0, 0
    while True:
        with tenant_context(tenant_id):
            tenant, moment = Tenant.objects.get(pk=tenant_id), now or timezone.now()
            batch = _next(tenant, moment, after)
            due = [one for one in batch if not is_quiet(one.choice, tenant, moment)]
            rows = [FamilyDigest(member=one.member, week=one.week) for one in due]
            FamilyDigest.objects.bulk_create(rows, ignore_conflicts=True)
            told = compose(tenant, [one.member for one in due]) if due else {}
        if not batch:
            return sent
        after = batch[-1].member.pk
        for one in due:
            with tenant_context(tenant_id):
                done, must_stop = _send(tenant, one, told.get(one.member.pk))
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


def _next(tenant: Tenant, now: datetime, after: int) -> list[Due]:
    """The next guardians whose hour it is and who have not heard this week, by key."""
    today = local_today(tenant, now)
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), status=GuardianLink.Status.VERIFIED)
    people = Member.objects.filter(
        Exists(links.filter(member_id=OuterRef("pk"))), Exists(_grants(today).filter(member_id=OuterRef("pk"))),
        pk__gt=after, is_enabled=True,
    )  # fmt: skip
    weeks: dict[int, tuple[Member, date]] = {}
    for window in _windows(tenant, now):
        for member, week in _of_window(people, *window):
            weeks.setdefault(member.pk, (member, week))
    first = [weeks[key] for key in sorted(weeks)[:BATCH]]
    choices = {one.member_id: one for one in FamilyChoice.objects.filter(member__in=[member for member, _ in first])}
    return [Due(one, choices.get(one.pk) or FamilyChoice(member=one), week) for one, week in first]


def _grants(today: date) -> Any:
    return RoleGrant.objects.filter(running(today), role=GRD)


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
    rows = people.filter(wanted).exclude(Exists(closed)).select_related("user").order_by("pk")
    return [(member, week) for member in rows[:BATCH]]


def _send(tenant: Tenant, due: Due, found: Week | None) -> tuple[int, bool]:
    """(how many people were reached: one or none, whether the mail server is away)."""
    member = due.member
    rows = FamilyDigest.objects.select_for_update(skip_locked=True, no_key=True)
    row = rows.filter(member=member, week=due.week, closed_at=None).first()
    if row is None or (found is not None and _children_of(tenant, member) != found.learners):
        return 0, False  # somebody else has it, or what the person may see has changed: the next round looks anew
    with for_reader(tenant, member.user):
        reached, is_gone, is_done = _deliver(row, member, due.choice, found) if found else (0, False, True)
    if is_done:
        row.closed_at = timezone.now()
    row.save()
    return reached, is_gone


def _children_of(tenant: Tenant, member: Member) -> frozenset[int]:
    actor = Actor(tenant.pk, local_today(tenant), frozenset({GRD}), member.pk)
    children = Learner.objects.filter(id__in=my_children_ids(actor), is_active=True)
    still = Exists(_grants(actor.today).filter(member=member, member__is_enabled=True))
    return frozenset(children.filter(still).values_list("pk", flat=True))


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
