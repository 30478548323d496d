"""What a school administrator may import: rows of the schools that they run, and nothing that reaches beyond.

Two nets. Before anything is written, every row of the file that names somebody else's school, class or person is a
problem of that row. After it, the tables are compared with what they were: a change outside of the schools that no row
spelled out refuses the whole file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from integrations.oneroster.bulk import RUNNING, Staging, fetch, number, run, stage
from integrations.oneroster.problems import Problem
from integrations.oneroster.report import RosterRejected, RosterReport
from learners.posts import GIVES
from tenancy.actor import SCH

CODE = "other_school"
ROLES = ("LRN", "GRD", *GIVES[SCH])  # what a roster may give within a school
BEYOND = Staging("roster_beyond", {"sid": "text", "is_learner": "boolean"})
_MINE = "{0} = ANY(%(mine)s::bigint[])"
_THEIR_SECTION = """learners_section c
  ON c.tenant_id = %(tenant)s AND c.id = x.section_id AND c.school_id <> ALL(%(mine)s::bigint[])"""
# A learner is their home school's; without one, the school's where they sit, if they sit nowhere else.
_NOT_MY_LEARNER = f"""
CASE WHEN l.home_school_id IS NOT NULL THEN l.home_school_id <> ALL(%(mine)s::bigint[]) ELSE NOT EXISTS (
  SELECT 1 FROM learners_enrolment x JOIN learners_section c ON c.tenant_id = %(tenant)s AND c.id = x.section_id
  WHERE x.tenant_id = %(tenant)s AND x.learner_id = l.id AND {_MINE.format("c.school_id")}) OR EXISTS (
  SELECT 1 FROM learners_enrolment x JOIN {_THEIR_SECTION}
  WHERE x.tenant_id = %(tenant)s AND x.learner_id = l.id AND NOT x.is_withdrawn AND {RUNNING.format("x")}) END
"""  # noqa: S608 - constants
FIND = (
    f"""
INSERT INTO roster_beyond SELECT l.sourced_id, true FROM learners_learner l
WHERE l.tenant_id = %(tenant)s AND l.sourced_id IS NOT NULL AND {_NOT_MY_LEARNER}
""",  # noqa: S608
    f"""
INSERT INTO roster_beyond SELECT m.sourced_id, false FROM tenancy_member m
WHERE m.tenant_id = %(tenant)s AND m.sourced_id IS NOT NULL AND (
  EXISTS (SELECT 1 FROM tenancy_rolegrant x WHERE x.tenant_id = %(tenant)s AND x.member_id = m.id
    AND x.role <> ALL(%(roles)s) AND {RUNNING.format("x")})
  OR EXISTS (SELECT 1 FROM learners_schoolpost x WHERE x.tenant_id = %(tenant)s AND x.member_id = m.id
    AND x.school_id <> ALL(%(mine)s::bigint[]) AND {RUNNING.format("x")})
  OR EXISTS (SELECT 1 FROM learners_sectionstaff x JOIN {_THEIR_SECTION}
    WHERE x.tenant_id = %(tenant)s AND x.member_id = m.id AND {RUNNING.format("x")})
  OR EXISTS (SELECT 1 FROM learners_guardianlink x JOIN learners_learner l
    ON l.tenant_id = %(tenant)s AND l.id = x.learner_id
    WHERE x.tenant_id = %(tenant)s AND x.member_id = m.id AND x.status <> 'ended' AND {_NOT_MY_LEARNER})
  OR EXISTS (SELECT 1 FROM learners_learner l
    WHERE l.tenant_id = %(tenant)s AND l.member_id = m.id AND {_NOT_MY_LEARNER}))
""",  # noqa: S608
)
_KNOWN = """EXISTS (SELECT 1 FROM tenancy_member m WHERE m.tenant_id = %(tenant)s AND m.sourced_id = s.sid)
  OR EXISTS (SELECT 1 FROM learners_learner l WHERE l.tenant_id = %(tenant)s AND l.sourced_id = s.sid)"""
_MY_ORG = f"""EXISTS (SELECT 1 FROM learners_school o
  WHERE o.tenant_id = %(tenant)s AND o.sourced_id = {{0}} AND {_MINE.format("o.id")})"""  # noqa: S608
_IS_BEYOND = "EXISTS (SELECT 1 FROM roster_beyond b WHERE b.sid = {0})"
_NO_PLACE = "No row gives this person a role in a school that you run. Add one to roles.csv, or leave this row out"
_LEAVE = "Leave the row out, or ask the district to import it"
# (file, column, what is wrong, which rows of which staging table). The staging table is `s`.
RULES = (
    ("orgs", "sourcedId", f"Schools are added and changed by the district. {_LEAVE}", """roster_org s
      LEFT JOIN learners_school t ON t.tenant_id = %(tenant)s AND t.sourced_id = s.sid
      LEFT JOIN learners_school p ON p.tenant_id = %(tenant)s AND p.id = t.parent_id
      WHERE s.gone OR (t.name, t.kind, t.identifier, p.sourced_id, t.is_active)
        IS DISTINCT FROM (s.name, s.kind, s.identifier, s.parent, true)"""),
    ("academicSessions", "sourcedId", f"Years and terms are added and changed by the district. {_LEAVE}", """
      roster_term s LEFT JOIN learners_term t ON t.tenant_id = %(tenant)s AND t.sourced_id = s.sid
      LEFT JOIN learners_term p ON p.tenant_id = %(tenant)s AND p.id = t.parent_id
      WHERE s.gone OR (t.title, t.kind, t.starts_on, t.ends_on, t.school_year, p.sourced_id, t.is_active)
        IS DISTINCT FROM (s.title, s.kind, s.starts_on, s.ends_on, s.school_year, s.parent, true)"""),
    ("courses", "orgSourcedId", f"This course is not one of a school that you run. {_LEAVE}", f"""
      roster_course s LEFT JOIN learners_course t ON t.tenant_id = %(tenant)s AND t.sourced_id = s.sid
      LEFT JOIN learners_school o ON o.tenant_id = %(tenant)s AND o.id = t.school_id
      WHERE (t.id IS NOT NULL AND NOT coalesce({_MINE.format('t.school_id')}, false)
        OR NOT s.gone AND NOT {_MY_ORG.format("s.org")})
      AND (s.gone OR (t.title, t.code, t.grades, t.subjects, o.sourced_id, t.is_active)
        IS DISTINCT FROM (s.title, s.code, s.grades, s.subjects, s.org, true))"""),
    ("classes", "schoolSourcedId", f"This class is not one of a school that you run. {_LEAVE}", f"""
      roster_section s LEFT JOIN learners_section t ON t.tenant_id = %(tenant)s AND t.sourced_id = s.sid
      WHERE t.id IS NOT NULL AND NOT coalesce({_MINE.format('t.school_id')}, false)
        OR NOT s.gone AND NOT {_MY_ORG.format("s.org")}"""),
    ("users", "sourcedId", f"This person is not one of a school that you run, or not of it alone. {_LEAVE}",
     f"roster_user s WHERE {_IS_BEYOND.format('s.sid')}"),
    ("users", "primaryOrgSourcedId", f"This is not a school that you run. {_LEAVE}",
     f"roster_user s WHERE NOT s.gone AND s.org IS NOT NULL AND NOT {_MY_ORG.format('s.org')}"),
    ("users", "agentSourcedIds", f"One of these learners is not of a school that you run. {_LEAVE}", """roster_user s
      WHERE NOT s.gone
        AND EXISTS (SELECT 1 FROM unnest(s.agents) a JOIN roster_beyond b ON b.sid = a AND b.is_learner)"""),
    ("users", "sourcedId", _NO_PLACE, f"""roster_user s WHERE NOT s.gone AND NOT ({_KNOWN}) AND NOT EXISTS (
      SELECT 1 FROM roster_role r WHERE r.person = s.sid AND NOT r.gone AND {_MY_ORG.format("r.org")})"""),  # noqa: S608
    ("roles", "orgSourcedId", f"This is not a school that you run. {_LEAVE}",
     f"roster_role s WHERE NOT {_MY_ORG.format('s.org')}"),
    ("roles", "role", f"Only the district gives this role. {_LEAVE}",
     "roster_role s WHERE s.code <> ALL(%(roles)s)"),
    ("roles", "userSourcedId", f"This person is not one of a school that you run, or not of it alone. {_LEAVE}",
     f"roster_role s WHERE {_IS_BEYOND.format('s.person')}"),
    ("enrollments", "classSourcedId", f"This class is not one of a school that you run. {_LEAVE}", f"""roster_seat s
      JOIN learners_section t ON t.tenant_id = %(tenant)s AND t.sourced_id = s.section
      WHERE NOT coalesce({_MINE.format('t.school_id')}, false)"""),
    ("enrollments", "userSourcedId", f"This person is not one of a school that you run, or not of it alone. {_LEAVE}",
     f"roster_seat s WHERE {_IS_BEYOND.format('s.person')}"),
    ("demographics", "sourcedId", f"This person is not one of a school that you run, or not of it alone. {_LEAVE}",
     f"roster_demographics s WHERE {_IS_BEYOND.format('s.sid')}"),
    # A row that only deletes names a place by its own identifier.
    ("enrollments", "sourcedId", f"This place is not in a class of a school that you run. {_LEAVE}", f"""roster_seat s
      WHERE EXISTS (SELECT 1 FROM learners_enrolment x JOIN {_THEIR_SECTION}
        WHERE x.tenant_id = %(tenant)s AND x.sourced_id = s.sid)
      OR EXISTS (SELECT 1 FROM learners_sectionstaff x JOIN {_THEIR_SECTION}
        WHERE x.tenant_id = %(tenant)s AND x.sourced_id = s.sid)"""),  # noqa: S608
)  # fmt: skip
# Which changed rows lie beyond; `i` is the row as it was, or as it is.
_SECTION = """NOT EXISTS (SELECT 1 FROM learners_section c WHERE c.tenant_id = %(tenant)s
  AND c.id = (i.image ->> 'section_id')::bigint AND c.school_id = ANY(%(mine)s::bigint[]))"""
_SCHOOL = "NOT coalesce((i.image ->> 'school_id')::bigint = ANY(%(mine)s::bigint[]), false)"
_HOME = "(i.image ->> 'home_school_id')::bigint <> ALL(%(mine)s::bigint[])"
_LEARNER = """EXISTS (SELECT 1 FROM learners_learner l WHERE l.tenant_id = %(tenant)s
  AND l.id = (i.image ->> 'learner_id')::bigint AND l.home_school_id <> ALL(%(mine)s::bigint[]))"""
CHANGED_BEYOND = {
    "learners_school": "true",
    "learners_term": "true",
    "learners_course": _SCHOOL,
    "learners_section": _SCHOOL,
    "learners_sectionterm": _SECTION,
    "learners_schoolpost": _SCHOOL,
    "learners_enrolment": _SECTION,
    "learners_sectionstaff": _SECTION,
    "learners_learner": _HOME,
    "learners_guardianlink": _LEARNER,
    "learners_demographics": _LEARNER,
    "tenancy_rolegrant": "i.image ->> 'role' <> ALL(%(roles)s)",
    "tenancy_member": "EXISTS (SELECT 1 FROM roster_beyond b WHERE b.sid = i.image ->> 'sourced_id')",
}
COUNT = """
SELECT count(*) FROM before_{table} b
FULL JOIN (SELECT x.id, to_jsonb(x) AS image FROM {table} x WHERE x.tenant_id = %(tenant)s) t ON t.id = b.id
WHERE b.image IS DISTINCT FROM t.image
  AND EXISTS (SELECT 1 FROM (VALUES (b.image), (t.image)) i (image) WHERE i.image IS NOT NULL AND {beyond})
"""


def rows_of_others(school_ids: list[int], today: date) -> list[Problem]:
    """The rows of the staged file that are not of these schools: nothing is written yet. One problem a row."""
    values = {**_values(school_ids), "today": today}
    stage(BEYOND)
    for statement in FIND:
        run(statement, **values)
    run("ANALYZE roster_beyond")
    found: dict[tuple[str, int], Problem] = {}
    for problem in _found(values):
        found.setdefault((problem.file, problem.row or 0), problem)
    return list(found.values())


def _found(values: dict[str, Any]) -> Iterator[Problem]:
    for file, column, message, rows in RULES:
        for (row,) in fetch(f"SELECT DISTINCT s.row FROM {rows} ORDER BY 1", **values):  # noqa: S608 - constants
            yield Problem("error", f"{file}.csv", row, column, CODE, f"Row {row}: {message}")


def refuse_changes_of_others(report: RosterReport, school_ids: list[int]) -> None:
    """Raises RosterRejected where something of another school has become different."""
    values = _values(school_ids)
    count = sum(number(COUNT.format(table=table, beyond=beyond), **values) for table, beyond in CHANGED_BEYOND.items())
    if count:
        message = f"It would change {count} records of schools that you do not run. Ask the district to import it"
        report.problems = [Problem("error", "", None, "", CODE, message)]
        raise RosterRejected(report)


def _values(school_ids: list[int]) -> dict[str, Any]:
    return {"mine": school_ids, "roles": list(ROLES)}
