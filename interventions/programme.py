"""Writing down professional development and what a school needs. Corrections: take it away and write it anew."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.models import DevelopmentPlace, DevelopmentRecord, ResourceNeed
from learners.models import School
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.models import Member

LONGEST, LONGEST_WHY, MOST_MINUTES, MOST_PIECES = 200, 500, 6000, 100_000
MOST_COST = Decimal(10_000_000)
Problems = list[dict[str, str]]


@transaction.atomic
def record_development(
    actor: Actor, *, school: School | None, kind: str, title: str, on: date | None, hours: str, lead: Member | None,
    people: Collection[Member],
) -> DevelopmentRecord:  # fmt: skip
    """Raises Invalid, with a sentence for each thing that is wrong."""
    title, minutes = _text(title), _minutes(hours)
    problems = [*_school(school), *_title(title)]
    if kind not in DevelopmentRecord.Kind.values:
        problems.append(problem("kind", _("Choose a kind from the list"), "unknown"))
    if on is None or on > actor.today:
        problems.append(problem("on", _("Enter the day, today or earlier, like 2026-11-19"), "bad_day"))
    if minutes is None:
        problems.append(problem("hours", _("Enter the hours, from 0.25 to 100, like 1.5"), "bad_number"))
    if not people:
        problems.append(problem("people", _("Choose who took part"), "empty"))
    if kind != DevelopmentRecord.Kind.WORKSHOP and (lead is None or lead in people):
        problems.append(
            problem("lead", _("Choose who mentored or observed: somebody else than who took part"), "empty")
        )
    if problems:
        raise Invalid(problems)
    row: DevelopmentRecord = DevelopmentRecord.objects.create(
        school=school, kind=kind, title=title, on=on, minutes=minutes, lead=lead, made_by_id=actor.member_id
    )
    DevelopmentPlace.objects.bulk_create([DevelopmentPlace(record=row, member=one) for one in people])
    record_audit(actor, "development.recorded", target=row, detail={"people": len(people)})
    return row


@transaction.atomic
def remove_development(actor: Actor, *, record: DevelopmentRecord) -> None:
    """It counts no longer; the row stays. Raises Conflict for a second time."""
    if not DevelopmentRecord.objects.filter(pk=record.pk, is_removed=False).update(is_removed=True):
        raise Conflict(_("This was taken away already. Look at the list again"))
    record_audit(actor, "development.removed", target=record)


@transaction.atomic
def record_need(
    actor: Actor, *, school: School | None, title: str, why: str, amount: str, cost: str, needed_by: date | None
) -> ResourceNeed:
    """Raises Invalid."""
    title, why, cost_each = _text(title), _text(why), _money(cost)
    problems = [*_school(school), *_title(title)]
    pieces = int(amount) if amount.isascii() and amount.isdigit() and len(amount) < 7 else 0
    if not 1 <= pieces <= MOST_PIECES:
        problems.append(problem("amount", _("Enter how many, a whole number like 24"), "bad_number"))
    if cost_each is None:
        problems.append(problem("cost", _("Enter what one costs, like 12.50"), "bad_number"))
    if len(why) > LONGEST_WHY:
        text = _("The reason has %(n)d characters. Shorten it to %(most)d") % {"n": len(why), "most": LONGEST_WHY}
        problems.append(problem("why", text, "too_long"))
    if problems:
        raise Invalid(problems)
    row: ResourceNeed = ResourceNeed.objects.create(
        school=school, title=title, why=why, amount=pieces, cost_each=cost_each, needed_by=needed_by,
        made_by_id=actor.member_id,
    )  # fmt: skip
    record_audit(actor, "need.recorded", target=row)
    return row


@transaction.atomic
def move_need(actor: Actor, *, need: ResourceNeed, state: str) -> None:
    """How far it is now. Raises Invalid for a state that is none."""
    if state not in ResourceNeed.State.values:
        raise Invalid([problem("state", _("Choose a state from the list"), "unknown")])
    ResourceNeed.objects.filter(pk=need.pk).update(state=state)
    record_audit(actor, "need.moved", target=need, detail={"state": state})


def _text(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _school(school: School | None) -> Problems:
    return [] if school else [problem("school", _("Choose a school from the list"), "unknown")]


def _title(title: str) -> Problems:
    if not title:
        return [problem("title", _("Enter what it is, like Feedback that helps"), "empty")]
    if len(title) > LONGEST:
        text = _("The name has %(n)d characters. Shorten it to %(most)d") % {"n": len(title), "most": LONGEST}
        return [problem("title", text, "too_long")]
    return []


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", ".")) if len(text) < 16 else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


def _minutes(hours: str) -> int | None:
    value = _number(hours)
    minutes = int(value * 60) if value is not None and abs(value) <= MOST_MINUTES else 0
    return minutes if 15 <= minutes <= MOST_MINUTES else None


def _money(text: str) -> Decimal | None:
    value = _number(text)
    return value.quantize(Decimal("0.01")) if value is not None and 0 <= value <= MOST_COST else None
