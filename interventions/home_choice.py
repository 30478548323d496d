"""When and how a family hears from school: what a guardian chooses, and what holds for one who has not."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.models import DigestChoice, FamilyChoice
from interventions.sms import is_offered
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem
from tenancy.languages import offered
from tenancy.models import Tenant, User
from tenancy.selectors import zone

PHONE = re.compile(r"\+[1-9]\d{7,14}")
BETWEEN = re.compile(r"[\s()./-]+")
ZONES = tuple(
    sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
)


@transaction.atomic
def choose_home(actor: Actor, *, language: str, wants_messages: bool, **values: object) -> FamilyChoice:
    """`values`: columns of FamilyChoice. Raises Invalid."""
    key = actor.member_id or 0
    row = FamilyChoice.objects.filter(member_id=key).first() or FamilyChoice(member_id=key)
    for name, value in values.items():
        setattr(row, name, value)
    row.phone = BETWEEN.sub("", row.phone)
    problems = list(_problems(row, language))
    if problems:
        raise Invalid(problems)
    row.save()
    DigestChoice.objects.update_or_create(member_id=actor.member_id, defaults={"wants_messages": wants_messages})
    User.objects.filter(pk=actor.user_id or 0).update(language=language)
    detail = {"weekly": row.is_weekly, "mail": row.by_mail, "sms": row.by_sms, "language": language}
    record_audit(actor, "family.chosen", detail=detail)
    return row


def is_quiet(choice: FamilyChoice, tenant: Tenant, moment: datetime) -> bool:
    """Whether the family is not to be disturbed then."""
    hour = moment.astimezone(zone(choice.time_zone or tenant.time_zone)).hour
    if choice.quiet_from <= choice.quiet_until:
        return choice.quiet_from <= hour < choice.quiet_until
    return hour >= choice.quiet_from or hour < choice.quiet_until


def after_quiet(choice: FamilyChoice, tenant: Tenant, moment: datetime) -> datetime:
    """The moment itself, or the first full hour outside of the family's quiet hours."""
    here = moment
    for _hour in range(24):
        if not is_quiet(choice, tenant, here):
            break
        here = here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return here


def _problems(row: FamilyChoice, language: str) -> Iterable[dict[str, str]]:
    if language and not offered(language):
        yield problem("language", _("Choose a language from the list"))
    if row.time_zone and row.time_zone not in ZONES:
        yield problem("time_zone", _("Choose a time zone from the list"))
        return
    if row.by_sms and not is_offered():
        yield problem("by_sms", _("Your school does not send text messages"))
    elif (row.by_sms and not PHONE.fullmatch(row.phone)) or (row.phone and not PHONE.fullmatch(row.phone)):
        yield problem("phone", _("Enter your number with the country code, like +49 151 23456789"))
    if row.is_weekly and not (row.by_mail or row.by_sms):
        yield problem("by_mail", _("Choose how the weekly message comes, or switch it off"))
    start, end = row.quiet_from, row.quiet_until
    is_in = start <= row.hour < end if start <= end else row.hour >= start or row.hour < end
    if row.is_weekly and is_in:
        yield problem("hour", _("This hour is in your quiet time. Choose another hour, or change the quiet time"))
