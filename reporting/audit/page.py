"""Who saw or changed what: the audit trail, filtered, as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from learners.models import Learner
from reporting.audit.words import ACTIONS, WORDS, in_words
from reporting.csv_cells import csv_text
from reporting.pages import read_uuid
from tenancy.actor import Actor
from tenancy.models import AuditEntry, Member, RoleGrant, Tenant
from tenancy.selectors import member_names, zone

READ = ("Audit trail", "read")
ON_A_PAGE, MOST_IN_A_FILE, MOST_PEOPLE = 100, 10_000, 50
LONGEST = 80
ROLES: dict[str, Any] = dict(RoleGrant.Role.choices)


@dataclass(frozen=True, slots=True)
class Filters:
    who: str = ""
    kind: str = ""
    begin: date | None = None
    until: date | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    who: str
    role: str
    action: str
    words: Any
    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trail:
    """`next_before`: the key from which older entries go on; 0 where there are none."""

    rows: tuple[Row, ...]
    filters: Filters
    next_before: int


def read_filters(values: Mapping[str, str]) -> Filters:
    """From the query string; what makes no sense is left out."""
    number = values.get("before", "")
    return Filters(
        who=values.get("who", "")[:LONGEST].replace("\x00", "").strip(), kind=_kind(values.get("kind", "")),
        begin=_day(values.get("from", "")), until=_day(values.get("until", "")),
        before=int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0,
    )  # fmt: skip


def _kind(text: str) -> str:
    """An action, or the number of a group of actions."""
    return text if text in ACTIONS or text in {str(n) for n in range(len(WORDS))} else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def audit_page(actor: Actor, tenant: Tenant, filters: Filters) -> Trail:
    """At most five queries."""
    found = list(_entries(actor, tenant, filters)[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    return Trail(tuple(_rows(shown)), filters, shown[-1].pk if len(found) > ON_A_PAGE else 0)


def audit_file(actor: Actor, tenant: Tenant, filters: Filters) -> str:
    """The same as CSV, at most ten thousand entries, with times of the school."""
    time_zone = zone(tenant.time_zone)
    rows = _rows(list(_entries(actor, tenant, filters)[:MOST_IN_A_FILE]))
    lines = (
        (
            row.at.astimezone(time_zone).isoformat(timespec="seconds"),
            row.who,
            row.role,
            row.action,
            str(row.words),
            row.target,
            row.detail,
        )
        for row in rows
    )
    return csv_text(["at", "who", "role", "action", "what", "about", "detail"], lines)


def _entries(actor: Actor, tenant: Tenant, filters: Filters) -> Any:
    time_zone = zone(tenant.time_zone)
    rows = AuditEntry.objects.visible_to(actor, *READ)
    if filters.kind:
        wanted = [filters.kind] if filters.kind in ACTIONS else list(WORDS[int(filters.kind)][1])
        rows = rows.filter(action__in=wanted)
    if filters.begin:
        rows = rows.filter(at__gte=datetime.combine(filters.begin, time(), time_zone))
    if filters.until and filters.until < date.max:
        rows = rows.filter(at__lt=datetime.combine(filters.until + timedelta(days=1), time(), time_zone))
    if filters.before:
        rows = rows.filter(id__lt=filters.before)
    if filters.who:
        people = Member.objects.all()
        for word in filters.who.split()[:4]:
            people = people.filter(given_name__icontains=word) | people.filter(family_name__icontains=word)
        rows = rows.filter(member_id__in=list(people.values_list("id", flat=True)[:MOST_PEOPLE]))
    return rows.order_by("-id")


def _rows(entries: Iterable[AuditEntry]) -> list[Row]:
    """With names: two queries, whatever the number."""
    entries = list(entries)
    names = member_names(entry.member_id for entry in entries)
    keys = {kind: [e.target_id for e in entries if e.target_kind == kind and read_uuid(e.target_id)]
            for kind in ("learners.learner", "tenancy.member")}  # fmt: skip
    learners = Learner.objects.filter(public_id__in=keys["learners.learner"])
    people = Member.objects.filter(public_id__in=keys["tenancy.member"])
    called = {str(one.public_id): one.name for rows in (learners, people) for one in rows}
    return [
        Row(
            entry.at, names.get(entry.member_id, "") if entry.member_id else "", _roles(entry.role), entry.action,
            in_words(entry.action),
            called.get(entry.target_id) or entry.target_kind.rpartition(".")[2],
            ", ".join(f"{key}: {value}" for key, value in entry.detail.items() if isinstance(value, str | int))[:300],
        )
        for entry in entries
    ]  # fmt: skip


def _roles(codes: str) -> str:
    """ "SCH+TCH" as people call it."""
    return ", ".join(str(ROLES.get(code, code)) for code in codes.split("+") if code)
