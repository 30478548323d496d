"""Roles and posts in schools (interop.md OR-8: a user with several roles has them all).

A grant joins all rows of one user and role: from the earliest begin to the latest end. Grants and posts of a member who
came from the roster are the roster's: a full file ends those it leaves out, on the day before, and keeps the row as
history. A delta ends only what it names; there the end of a staff role is read off the posts that still run.
"""

from __future__ import annotations

from integrations.oneroster.bulk import NOT_SPARED, RUNNING, Staging, Written, fetch, number, run, stage
from integrations.oneroster.modes import Modes
from integrations.oneroster.problems import Sink

_DISTRICT = "('district', 'local', 'state', 'national')"
_SPAN = """
CASE WHEN bool_and(begins_on IS NOT NULL) THEN min(begins_on) END,
CASE WHEN bool_and(ends_on IS NOT NULL) THEN max(ends_on) END
"""
ASSIGNED = Staging(
    "roster_assigned",
    {"member_id": "bigint", "school_id": "bigint", "role": "text", "begins_on": "date", "ends_on": "date",
     "gone": "boolean"},
)  # fmt: skip
POSTS = Staging(
    "roster_post",
    {"member_id": "bigint", "school_id": "bigint", "role": "text", "begins_on": "date", "ends_on": "date"},
)
GRANTS = Staging("roster_grant", {"member_id": "bigint", "role": "text", "begins_on": "date", "ends_on": "date"})
# One row per roles row: the member, our role, and the school where it is a post.
ASSIGN = f"""
INSERT INTO roster_assigned
SELECT m.id, CASE WHEN o.kind NOT IN {_DISTRICT} AND r.code IN ('TCH', 'AST', 'ADM') THEN o.id END,
  CASE WHEN r.code <> 'ADM' THEN r.code WHEN o.kind IN {_DISTRICT} THEN 'DST' ELSE 'SCH' END,
  r.begins_on, r.ends_on, r.gone
FROM roster_role r
JOIN tenancy_member m ON m.tenant_id = %(tenant)s AND m.sourced_id = r.person
LEFT JOIN learners_school o ON o.tenant_id = %(tenant)s AND o.sourced_id = r.org
"""  # noqa: S608
MAKE_POSTS = f"""
INSERT INTO roster_post SELECT member_id, school_id, role, {_SPAN} FROM roster_assigned
WHERE NOT gone AND school_id IS NOT NULL GROUP BY 1, 2, 3
"""  # noqa: S608
# In a delta the posts that are there count, too: another school's post is not mentioned and goes on.
MAKE_GRANTS = f"""
INSERT INTO roster_grant SELECT member_id, role, {_SPAN} FROM (
  SELECT member_id, role, begins_on, ends_on FROM roster_assigned WHERE NOT gone
  UNION ALL
  SELECT p.member_id, p.role, p.begins_on, p.ends_on FROM learners_schoolpost p
  WHERE p.tenant_id = %(tenant)s AND NOT %(full_roles)s AND EXISTS (
    SELECT 1 FROM roster_assigned a WHERE a.member_id = p.member_id AND a.role = p.role)
) x GROUP BY 1, 2
"""  # noqa: S608


def _upsert(table: str, staging: str, keys: tuple[str, ...]) -> tuple[str, str]:
    """UPDATE of what differs and INSERT of what is missing, matched by `keys`."""
    names = ", ".join(keys)
    same = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    change = (
        f"UPDATE {table} t SET begins_on = s.begins_on, ends_on = s.ends_on FROM {staging} s "  # noqa: S608
        f"WHERE t.tenant_id = %(tenant)s AND {same} "
        "AND (t.begins_on, t.ends_on) IS DISTINCT FROM (s.begins_on, s.ends_on)"
    )
    add = (
        f"INSERT INTO {table} (tenant_id, {names}, begins_on, ends_on) "  # noqa: S608
        f"SELECT %(tenant)s, {names}, begins_on, ends_on FROM {staging} ORDER BY {names} "
        f"ON CONFLICT (tenant_id, {names}) DO NOTHING"
    )
    return change, add


_OF_ROSTER = f"""EXISTS (SELECT 1 FROM tenancy_member m
  WHERE m.tenant_id = %(tenant)s AND m.id = t.member_id AND m.sourced_id IS NOT NULL
  AND {NOT_SPARED.format("m.sourced_id")})"""  # noqa: S608
END_POSTS = f"""
UPDATE learners_schoolpost t SET ends_on = %(yesterday)s
WHERE t.tenant_id = %(tenant)s AND {RUNNING.format("t")}
  AND NOT EXISTS (SELECT 1 FROM roster_post s
    WHERE s.member_id = t.member_id AND s.school_id = t.school_id AND s.role = t.role)
  AND CASE WHEN %(full_roles)s THEN {_OF_ROSTER}
    AND EXISTS (SELECT 1 FROM learners_school o
      WHERE o.tenant_id = %(tenant)s AND o.id = t.school_id AND o.sourced_id IS NOT NULL
      AND {NOT_SPARED.format("o.sourced_id")})
  ELSE EXISTS (SELECT 1 FROM roster_assigned a
    WHERE a.gone AND a.member_id = t.member_id AND a.school_id = t.school_id AND a.role = t.role) END
"""  # noqa: S608
END_GRANTS = f"""
UPDATE tenancy_rolegrant t SET ends_on = %(yesterday)s
WHERE t.tenant_id = %(tenant)s AND {RUNNING.format("t")}
  AND NOT EXISTS (SELECT 1 FROM roster_grant s WHERE s.member_id = t.member_id AND s.role = t.role)
  AND CASE WHEN %(full_roles)s THEN {_OF_ROSTER} AND NOT EXISTS (
    SELECT 1 FROM learners_schoolpost p JOIN learners_school o ON o.tenant_id = %(tenant)s AND o.id = p.school_id
    JOIN roster_spared z ON z.sid = o.sourced_id
    WHERE p.tenant_id = %(tenant)s AND p.member_id = t.member_id AND p.role = t.role AND {RUNNING.format("p")})
  ELSE EXISTS (SELECT 1 FROM roster_assigned a WHERE a.gone AND a.member_id = t.member_id AND a.role = t.role) END
"""  # noqa: S608


# Only where a learner came in by another door: there is a record, and no member who could hold a role.
LOST = """
SELECT r.row FROM roster_role r WHERE NOT r.gone AND NOT EXISTS (
  SELECT 1 FROM tenancy_member m WHERE m.tenant_id = %(tenant)s AND m.sourced_id = r.person) ORDER BY r.row
"""


def write_roles(modes: Modes, sink: Sink) -> tuple[Written, Written]:
    """(grants, posts); members and schools are written. Rows of users who are not there are errors."""
    for (row,) in fetch(LOST):
        message = "The user of this row is left out of this bundle. Add the user, or remove this row"
        sink.error("roles.csv", row, "userSourcedId", "unknown_reference", message)
    stage(ASSIGNED)
    stage(POSTS)
    stage(GRANTS)
    run(ASSIGN)
    run(MAKE_POSTS)
    posts = _write("learners_schoolpost", POSTS.name, ("member_id", "school_id", "role"), END_POSTS, modes)
    run(MAKE_GRANTS, **modes.values())
    grants = _write("tenancy_rolegrant", GRANTS.name, ("member_id", "role"), END_GRANTS, modes)
    return grants, posts


def _write(table: str, staging: str, keys: tuple[str, ...], end: str, modes: Modes) -> Written:
    run(f"ANALYZE {staging}")
    change, add = _upsert(table, staging, keys)
    updated = run(change)
    created = run(add)
    total = number(f"SELECT count(*) FROM {staging}")  # noqa: S608
    return Written(created, updated, total - created - updated, run(end, **modes.values()))
