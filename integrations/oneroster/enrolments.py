"""Seats in sections: enrolments of learners and assignments of staff (interop.md OR-6, OR-8).

A place is known by who and where; its sourcedId may change hands. So a roster that numbers its rows anew ends nothing,
and one that moves a row to another section ends the old place and makes a new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.oneroster.bulk import NOT_SPARED, RUNNING, Staging, Written, fetch, number, run, stage
from integrations.oneroster.modes import Modes
from integrations.oneroster.problems import Sink


@dataclass(frozen=True, slots=True)
class Seats:
    """A table of seats. `keys`: what makes a place; `extra`: column → staged value; `end`: how a running one ends."""

    table: str
    staging: Staging
    keys: tuple[str, ...]
    extra: dict[str, str]
    person: str
    role: str
    end: str
    running: str


_DATED = {"sid": "text", "begins_on": "date", "ends_on": "date"}
LEARNERS = Seats(
    "learners_enrolment",
    Staging("roster_enrolled", {"section_id": "bigint", "learner_id": "bigint", "is_withdrawn": "boolean", **_DATED}),
    ("section_id", "learner_id"),
    {"is_withdrawn": "false"},
    "learners_learner",
    "r.code = 'LRN'",
    "ends_on = %(today)s, is_withdrawn = true",
    f"NOT t.is_withdrawn AND {RUNNING.format('t')}",
)
STAFF = Seats(
    "learners_sectionstaff",
    Staging(
        "roster_staff",
        {"section_id": "bigint", "member_id": "bigint", "role": "text", "is_primary": "boolean", **_DATED},
    ),
    ("section_id", "member_id", "role"),
    {"is_primary": "r.is_primary"},
    "tenancy_member",
    "r.code <> 'LRN'",
    "ends_on = %(yesterday)s",
    RUNNING.format("t"),
)
# Rows whose person or section is not there: only where a bundle leaves out who it seats.
LOST = """
SELECT r.row FROM roster_seat r WHERE NOT r.gone AND NOT EXISTS (
  SELECT 1 FROM learners_section c WHERE c.tenant_id = %(tenant)s AND c.sourced_id = r.section
) OR NOT r.gone AND CASE WHEN r.code = 'LRN'
  THEN NOT EXISTS (SELECT 1 FROM learners_learner p WHERE p.tenant_id = %(tenant)s AND p.sourced_id = r.person)
  ELSE NOT EXISTS (SELECT 1 FROM tenancy_member p WHERE p.tenant_id = %(tenant)s AND p.sourced_id = r.person) END
ORDER BY r.row
"""


def write_enrolments(modes: Modes, sink: Sink) -> tuple[Written, Written]:
    """(enrolments, section staff); sections, members and learners are written."""
    for (row,) in fetch(LOST):
        message = "The user or the class of this row is left out of this bundle. Add it, or remove this row"
        sink.error("enrollments.csv", row, "userSourcedId", "unknown_reference", message)
    return _write(LEARNERS, modes, sink), _write(STAFF, modes, sink)


def _write(seats: Seats, modes: Modes, sink: Sink) -> Written:
    table, staged = seats.table, seats.staging.name
    stage(seats.staging)
    _resolve(seats)
    same = " AND ".join(f"t.{key} = s.{key}" for key in seats.keys)
    ended = run(
        f"UPDATE {table} t SET {seats.end} WHERE t.tenant_id = %(tenant)s AND t.sourced_id IS NOT NULL "  # noqa: S608
        f"AND {seats.running} AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE {same}) AND (%(full_seats)s AND EXISTS "
        f"(SELECT 1 FROM {seats.person} p WHERE p.tenant_id = %(tenant)s AND p.id = t.{seats.keys[1]} "
        f"AND {NOT_SPARED.format('p.sourced_id')}) AND EXISTS (SELECT 1 FROM learners_section c "
        f"WHERE c.tenant_id = %(tenant)s AND c.id = t.section_id AND {NOT_SPARED.format('c.sourced_id')}) "
        "OR EXISTS (SELECT 1 FROM roster_seat r WHERE r.sid = t.sourced_id))",
        **modes.values(),
    )
    # An identifier stands once: take it from the place that had it before it is given to another.
    run(
        f"UPDATE {table} t SET sourced_id = NULL FROM roster_seat r WHERE t.tenant_id = %(tenant)s "  # noqa: S608
        f"AND NOT r.gone AND r.sid = t.sourced_id "
        f"AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.sid = t.sourced_id AND {same})"
    )
    names = ("sourced_id", "begins_on", "ends_on", *seats.extra)
    values = ", ".join(("s.sid", "s.begins_on", "s.ends_on", *(f"s.{name}" for name in seats.extra)))
    updated = run(
        f"UPDATE {table} t SET ({', '.join(names)}) = ROW({values}) FROM {staged} s "  # noqa: S608
        f"WHERE t.tenant_id = %(tenant)s AND {same} "
        f"AND ROW({', '.join(f't.{name}' for name in names)}) IS DISTINCT FROM ROW({values})"
    )
    keys = ", ".join(seats.keys)
    created = run(
        f"INSERT INTO {table} (tenant_id, {keys}, {', '.join(names)}) "  # noqa: S608
        f"SELECT %(tenant)s, {keys}, {values} FROM {staged} s ORDER BY {keys} "
        f"ON CONFLICT (tenant_id, {keys}) DO NOTHING"
    )
    total = number(f"SELECT count(*) FROM {staged}")  # noqa: S608
    return Written(created, updated, total - created - updated, ended)


def _resolve(seats: Seats) -> None:
    """One staged row per place: of several rows the one that ends last stands for all."""
    keys = ["c.id", "p.id", "r.code"][: len(seats.keys)]
    columns = ", ".join((*seats.keys, "sid", "begins_on", "ends_on", *seats.extra))
    places = ", ".join(keys)
    run(
        f"INSERT INTO {seats.staging.name} ({columns}) SELECT DISTINCT ON ({places}) {places}, r.sid, r.begins_on, "  # noqa: S608
        f"r.ends_on, {', '.join(seats.extra.values())} FROM roster_seat r "
        "JOIN learners_section c ON c.tenant_id = %(tenant)s AND c.sourced_id = r.section "
        f"JOIN {seats.person} p ON p.tenant_id = %(tenant)s AND p.sourced_id = r.person "
        f"WHERE NOT r.gone AND {seats.role} "
        f"ORDER BY {places}, coalesce(r.ends_on, 'infinity') DESC, r.begins_on DESC NULLS LAST, r.sid"
    )
    run(f"ANALYZE {seats.staging.name}")
