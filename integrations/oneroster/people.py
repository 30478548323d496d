"""Members for all users, learner records for those who learn (interop.md OR-8).

A learner is who has the role student, or a seat as student in a section. Accounts are never made or linked here: an
e-mail alone says nothing about who signs in (permissions.md, rule 10).
"""

from __future__ import annotations

from integrations.oneroster.bulk import (
    NOT_SPARED,
    RUNNING,
    Sourced,
    Staging,
    Written,
    fetch,
    number,
    run,
    stage,
    write_sourced,
)
from integrations.oneroster.modes import Modes
from integrations.oneroster.staging import USERS
from learners.rolls import folded
from tenancy.ids import uuid7

MEMBER = Sourced(
    "tenancy_member",
    USERS.name,
    {
        "given_name": "s.given_name",
        "family_name": "s.family_name",
        "email": "s.email",
        "is_enabled": "s.is_enabled",
    },
    flag="is_enabled",
)
LEARNERS = Staging(
    "roster_learner",
    {"sid": "text", "org": "text", "is_new": "boolean", "public_id": "uuid", "folded_name": "text"},
)
# Who is an active learner once this bundle is in. A file that is not sent in full says nothing about those it leaves
# out: then learners known here stay what they are.
FIND = f"""
INSERT INTO roster_learner (sid, org, is_new)
SELECT DISTINCT ON (sid) sid, org, NOT EXISTS (
  SELECT 1 FROM learners_learner l WHERE l.tenant_id = %(tenant)s AND l.sourced_id = x.sid)
FROM (
  SELECT person AS sid, org, is_secondary::int AS rank, row FROM roster_role WHERE code = 'LRN' AND NOT gone
  UNION ALL SELECT person, NULL, 2, row FROM roster_seat WHERE code = 'LRN' AND NOT gone
  UNION ALL SELECT u.sid, NULL, 3, 0 FROM roster_user u
    JOIN learners_learner l ON l.tenant_id = %(tenant)s AND l.sourced_id = u.sid
    WHERE NOT u.gone AND NOT %(full_roles)s
  UNION ALL SELECT l.sourced_id, NULL, 4, 0 FROM learners_learner l
    WHERE l.tenant_id = %(tenant)s AND l.sourced_id IS NOT NULL AND %(full_roles)s AND NOT %(full_seats)s
    AND EXISTS (SELECT 1 FROM learners_enrolment e WHERE e.tenant_id = %(tenant)s AND e.learner_id = l.id
                AND NOT e.is_withdrawn AND {RUNNING.format("e")})
) x
WHERE NOT EXISTS (SELECT 1 FROM roster_user u WHERE u.sid = x.sid AND u.gone)
  AND (NOT %(full_users)s OR EXISTS (SELECT 1 FROM roster_user u WHERE u.sid = x.sid))
ORDER BY sid, rank, row
"""  # noqa: S608
NEW_NAMES = """
SELECT l.sid, m.given_name, m.family_name FROM roster_learner l
JOIN tenancy_member m ON m.tenant_id = %(tenant)s AND m.sourced_id = l.sid WHERE l.is_new
"""
NAME_NEW = """
UPDATE roster_learner l SET public_id = x.public_id, folded_name = x.folded_name
FROM unnest(%(sids)s::text[], %(ids)s::uuid[], %(names)s::text[]) AS x (sid, public_id, folded_name) WHERE l.sid = x.sid
"""
# `other`: a learner record made by hand for the same member keeps it.
_JOINS = """
LEFT JOIN roster_user u ON u.sid = s.sid AND NOT u.gone
LEFT JOIN learners_school h ON h.tenant_id = %(tenant)s AND h.sourced_id = coalesce(u.org, s.org)
LEFT JOIN tenancy_member m ON m.tenant_id = %(tenant)s AND m.sourced_id = s.sid
LEFT JOIN learners_learner other ON other.tenant_id = %(tenant)s AND other.member_id = m.id
  AND other.sourced_id IS DISTINCT FROM s.sid
"""
_MEMBER = "CASE WHEN other.id IS NULL THEN m.id END"
ADD = f"""
INSERT INTO learners_learner (tenant_id, public_id, sourced_id, member_id, given_name, family_name, preferred_name,
  pronouns, folded_name, identifier, grade, home_school_id, is_active)
SELECT %(tenant)s, s.public_id, s.sid, {_MEMBER}, m.given_name, m.family_name, coalesce(u.preferred_name, ''),
  coalesce(u.pronouns, ''), s.folded_name, coalesce(u.identifier, ''), coalesce(u.grade, ''), h.id, true
FROM roster_learner s {_JOINS} WHERE s.is_new AND m.id IS NOT NULL ORDER BY s.sid
"""  # noqa: S608
_VALUES = {
    "member_id": f"coalesce(t.member_id, {_MEMBER})",
    "given_name": "coalesce(u.given_name, t.given_name)",
    "family_name": "coalesce(u.family_name, t.family_name)",
    "preferred_name": "coalesce(u.preferred_name, t.preferred_name)",
    "pronouns": "coalesce(u.pronouns, t.pronouns)",
    "folded_name": "coalesce(u.folded_name, t.folded_name)",
    "identifier": "coalesce(u.identifier, t.identifier)",
    "grade": "coalesce(u.grade, t.grade)",
    "home_school_id": "coalesce(h.id, t.home_school_id)",
    "is_active": "true",
}
CHANGE = f"""
UPDATE learners_learner t SET ({", ".join(_VALUES)}) = ROW({", ".join(_VALUES.values())})
FROM roster_learner s {_JOINS}
WHERE t.tenant_id = %(tenant)s AND t.sourced_id = s.sid AND NOT s.is_new
  AND ROW({", ".join("t." + name for name in _VALUES)}) IS DISTINCT FROM ROW({", ".join(_VALUES.values())})
"""  # noqa: S608
# Learners who stop being active with this bundle; used by the guard before, and by the write.
LEAVING = f"""
l.tenant_id = %(tenant)s AND l.sourced_id IS NOT NULL AND l.is_active
AND CASE WHEN %(full_users)s OR %(full_roles)s
  THEN NOT EXISTS (SELECT 1 FROM roster_learner s WHERE s.sid = l.sourced_id) AND {NOT_SPARED.format("l.sourced_id")}
  ELSE EXISTS (SELECT 1 FROM roster_user u WHERE u.sid = l.sourced_id AND u.gone) END
"""  # noqa: S608
LEAVE = f"UPDATE learners_learner l SET is_active = false WHERE {LEAVING}"  # noqa: S608


def find_learners(modes: Modes) -> None:
    """Fill the staging table of learners from users, roles and seats. Writes nothing else."""
    stage(LEARNERS)
    run(FIND, **modes.values())
    run("CREATE INDEX IF NOT EXISTS roster_learner_sid ON roster_learner (sid)")
    run("ANALYZE roster_learner")


def write_members(modes: Modes) -> Written:
    """A member for every user; those left out of a full file cannot sign in any more."""
    return write_sourced(MEMBER, is_bulk=modes.full_users)


def write_learners(modes: Modes) -> Written:
    """Learner records; the members are written."""
    new = fetch(NEW_NAMES)
    sids = [sid for sid, _, _ in new]
    run(NAME_NEW, sids=sids, ids=[uuid7() for _ in new], names=[folded(given, family) for _, given, family in new])
    created = run(ADD)
    updated = run(CHANGE)
    left = run(LEAVE, **modes.values())
    return Written(created, updated, number("SELECT count(*) FROM roster_learner") - created - updated, left)
