"""Professional development and needs of schools: what there is, and what it adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from interventions.models import DevelopmentPlace, DevelopmentRecord, ResourceNeed
from interventions.models.programme import DEVELOPMENT, NEED
from learners.models import School
from learners.posts import schools_of
from learners.reach import running
from reporting.csv_cells import csv_text
from tenancy.actor import GRD, LRN, MEN, Actor
from tenancy.errors import NotFound
from tenancy.models import Member, RoleGrant

READ_DEVELOPMENT, RECORD_DEVELOPMENT = (DEVELOPMENT, "read"), (DEVELOPMENT, "record")
READ_NEEDS, RECORD_NEED = (NEED, "read"), (NEED, "record")
SHOWN, A_YEAR = 200, timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Total:
    name: Any
    times: int
    hours: str


@dataclass(frozen=True, slots=True)
class PersonHours:
    name: str
    hours: str


@dataclass(frozen=True, slots=True)
class Development:
    """Of the last year. `hours`: per person, the fewest first; `without`: staff with none."""

    records: tuple[DevelopmentRecord, ...]
    totals: tuple[Total, ...]
    hours: tuple[PersonHours, ...]
    without: int
    staff: tuple[Member, ...]
    schools: tuple[School, ...]


def hours_of(minutes: int) -> str:
    return f"{Decimal(minutes) / 60:.2f}".rstrip("0").rstrip(".")


def how_many() -> Any:
    """How many took part, for rows of records."""
    places = DevelopmentPlace.objects.filter(record_id=OuterRef("pk")).order_by().values("record_id")
    return Coalesce(Subquery(places.annotate(n=Count("id")).values("n")), 0)


def staff_of(actor: Actor) -> list[Member]:
    """Who works where the actor decides, by name. One query."""
    grants = RoleGrant.objects.filter(running(actor.today)).exclude(role__in=(GRD, LRN, MEN))
    rows = Member.objects.visible_to(actor).filter(id__in=grants.values("member_id"), is_enabled=True)
    return list(rows.order_by("family_name", "given_name", "id"))


def development_page(actor: Actor) -> Development:
    """Six queries."""
    since = actor.today - A_YEAR
    rows = DevelopmentRecord.objects.visible_to(actor, *READ_DEVELOPMENT).filter(is_removed=False, on__gte=since)
    kinds = {row["kind"]: row for row in rows.values("kind").annotate(times=Count("id"), minutes=Sum("minutes"))}
    totals = [
        Total(label, kinds[kind]["times"], hours_of(kinds[kind]["minutes"]))
        for kind, label in DevelopmentRecord.Kind.choices
        if kind in kinds
    ]
    places = DevelopmentPlace.objects.filter(record__in=rows.values("id"))
    spent = dict(
        places.values("member_id").annotate(minutes=Sum("record__minutes")).values_list("member_id", "minutes")
    )
    staff = staff_of(actor)
    people = sorted(staff, key=lambda one: (spent.get(one.pk, 0), one.family_name, one.pk))
    found = rows.select_related("school", "lead").annotate(people=how_many()).order_by("-on", "-id")
    hours = tuple(PersonHours(one.name, hours_of(spent.get(one.pk, 0))) for one in people)
    without = sum(one.pk not in spent for one in staff)
    return Development(tuple(found[:SHOWN]), tuple(totals), hours, without, tuple(staff), tuple(schools_of(actor)))


def development_file(actor: Actor) -> str:
    """Two queries."""
    rows = DevelopmentRecord.objects.visible_to(actor, *READ_DEVELOPMENT).filter(is_removed=False)
    found = rows.select_related("school", "lead").annotate(people=how_many()).order_by("-on", "-id")
    lines = (
        (str(row.on), str(row.get_kind_display()), row.title, row.school.name, hours_of(row.minutes),
         row.lead.name if row.lead else "", str(row.people))
        for row in found
    )  # fmt: skip
    return csv_text(["day", "kind", "title", "school", "hours", "led by", "people"], lines)


def visible_record(actor: Actor, public_id: UUID) -> DevelopmentRecord:
    """Raises NotFound."""
    rows = DevelopmentRecord.objects.visible_to(actor, *RECORD_DEVELOPMENT)
    row: DevelopmentRecord | None = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class StateTotal:
    name: Any
    needs: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Needs:
    rows: tuple[ResourceNeed, ...]
    totals: tuple[StateTotal, ...]
    schools: tuple[School, ...]
    states: tuple[tuple[str, Any], ...]


def needs_page(actor: Actor) -> Needs:
    """Three queries."""
    rows = ResourceNeed.objects.visible_to(actor, *READ_NEEDS)
    sums = {
        row["state"]: row
        for row in rows.values("state").annotate(needs=Count("id"), cost=Sum(F("amount") * F("cost_each")))
    }
    states = tuple(ResourceNeed.State.choices)
    totals = tuple(
        StateTotal(name, sums[state]["needs"], sums[state]["cost"]) for state, name in states if state in sums
    )
    found = rows.select_related("school").annotate(cost=F("amount") * F("cost_each"))
    return Needs(tuple(found.order_by("state", "needed_by", "id")[:SHOWN]), totals, tuple(schools_of(actor)), states)


def needs_file(actor: Actor) -> str:
    rows = ResourceNeed.objects.visible_to(actor, *READ_NEEDS).select_related("school").order_by("school_id", "id")
    lines = (
        (row.school.name, row.title, row.why, str(row.amount), str(row.cost_each), str(row.amount * row.cost_each),
         str(row.needed_by or ""), str(row.get_state_display()))
        for row in rows
    )  # fmt: skip
    return csv_text(["school", "what", "why", "how many", "cost each", "cost", "needed by", "state"], lines)


def visible_need(actor: Actor, public_id: UUID) -> ResourceNeed:
    """Raises NotFound."""
    row: ResourceNeed | None = ResourceNeed.objects.visible_to(actor, *RECORD_NEED).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def read_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "") if len(text or "") == 10 else None
    except ValueError:
        return None
