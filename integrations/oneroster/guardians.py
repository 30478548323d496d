"""Guardian links from `agentSourcedIds`, in either direction (interop.md OR-8).

A link is made where one end is an active learner and the other has a guardian's role. Links made by hand, and
restricted ones, are never touched. In a full file the links it does not name are ended, and come back when it names
them again.
"""

from __future__ import annotations

from integrations.oneroster.bulk import NOT_SPARED, RUNNING, Staging, Written, fetch, number, run, stage
from integrations.oneroster.modes import Modes
from integrations.oneroster.problems import Sink

PAIRS = Staging(
    "roster_pair",
    {"row": "integer", "person": "text", "agent": "text", "member_id": "bigint", "learner_id": "bigint"},
)
LINKS = Staging("roster_link", {"member_id": "bigint", "learner_id": "bigint", "relationship": "text"})
# The one who is named is tried first as the guardian; only if that cannot be, the one who names.
PAIR = f"""
WITH named AS (
  SELECT u.row, u.sid AS person, agent FROM roster_user u CROSS JOIN unnest(u.agents) AS agent WHERE NOT u.gone
), guardian AS (
  SELECT m.id, m.sourced_id AS sid FROM tenancy_member m WHERE m.tenant_id = %(tenant)s AND EXISTS (
    SELECT 1 FROM tenancy_rolegrant g
    WHERE g.tenant_id = %(tenant)s AND g.member_id = m.id AND g.role = 'GRD' AND {RUNNING.format("g")})
), learner AS (
  SELECT l.id, l.sourced_id AS sid FROM learners_learner l
  WHERE l.tenant_id = %(tenant)s AND l.sourced_id IS NOT NULL AND l.is_active
)
INSERT INTO roster_pair SELECT n.row, n.person, n.agent,
  CASE WHEN g1.id IS NOT NULL AND l1.id IS NOT NULL THEN g1.id WHEN l2.id IS NOT NULL THEN g2.id END,
  CASE WHEN g1.id IS NOT NULL AND l1.id IS NOT NULL THEN l1.id WHEN g2.id IS NOT NULL THEN l2.id END
FROM named n
LEFT JOIN guardian g1 ON g1.sid = n.agent LEFT JOIN learner l1 ON l1.sid = n.person
LEFT JOIN guardian g2 ON g2.sid = n.person LEFT JOIN learner l2 ON l2.sid = n.agent
"""  # noqa: S608
LINK = """
INSERT INTO roster_link SELECT DISTINCT ON (p.member_id, p.learner_id) p.member_id, p.learner_id, r.role
FROM roster_pair p JOIN tenancy_member m ON m.tenant_id = %(tenant)s AND m.id = p.member_id
LEFT JOIN roster_role r ON r.person = m.sourced_id AND r.code = 'GRD' AND NOT r.gone
WHERE p.member_id IS NOT NULL ORDER BY p.member_id, p.learner_id, r.is_secondary, r.row
"""
CHANGE = """
UPDATE learners_guardianlink t
SET status = 'verified', ends_on = NULL, relationship = coalesce(s.relationship, t.relationship)
FROM roster_link s
WHERE t.tenant_id = %(tenant)s AND t.member_id = s.member_id AND t.learner_id = s.learner_id
  AND t.from_roster AND t.status <> 'restricted'
  AND (t.status, t.ends_on, t.relationship)
    IS DISTINCT FROM ('verified', NULL::date, coalesce(s.relationship, t.relationship))
"""
ADD = """
INSERT INTO learners_guardianlink (tenant_id, member_id, learner_id, relationship, status, from_roster)
SELECT %(tenant)s, member_id, learner_id, coalesce(relationship, ''), 'verified', true FROM roster_link ORDER BY 2, 3
ON CONFLICT (tenant_id, member_id, learner_id) DO NOTHING
"""
# A learner who is spared keeps their guardians; a guardian whose own row was passed over keeps their children.
END = f"""
UPDATE learners_guardianlink t SET status = 'ended', ends_on = %(today)s
WHERE t.tenant_id = %(tenant)s AND t.from_roster AND t.status IN ('verified', 'unverified')
  AND NOT EXISTS (SELECT 1 FROM roster_link s WHERE s.member_id = t.member_id AND s.learner_id = t.learner_id)
  AND (%(full_users)s AND NOT EXISTS (
      SELECT 1 FROM learners_learner l WHERE l.tenant_id = %(tenant)s AND l.id = t.learner_id
      AND NOT {NOT_SPARED.format("l.sourced_id")}
    ) AND NOT EXISTS (
      SELECT 1 FROM tenancy_member m JOIN roster_spared z ON z.sid = m.sourced_id AND z.is_skipped
      WHERE m.tenant_id = %(tenant)s AND m.id = t.member_id)
    OR EXISTS (SELECT 1 FROM roster_user u JOIN tenancy_member m ON m.tenant_id = %(tenant)s AND m.sourced_id = u.sid
               WHERE u.gone AND m.id = t.member_id)
    OR EXISTS (SELECT 1 FROM roster_user u JOIN learners_learner l ON l.tenant_id = %(tenant)s AND l.sourced_id = u.sid
               WHERE u.gone AND l.id = t.learner_id))
"""  # noqa: S608


def write_guardians(modes: Modes, sink: Sink) -> Written:
    """Links; learners and role grants are written. Pairs that make no link are warned about."""
    stage(PAIRS)
    stage(LINKS)
    run(PAIR, **modes.values())
    run(LINK)
    updated = run(CHANGE)
    created = run(ADD)
    for (row,) in fetch("SELECT row FROM roster_pair WHERE member_id IS NULL ORDER BY row"):
        message = "None of the two has a guardian's role while the other learns. No link was made"
        sink.tolerate("users.csv", row, "agentSourcedIds", "agent_without_role", message)
    total = number("SELECT count(*) FROM roster_link")
    return Written(created, updated, total - created - updated, run(END, **modes.values()))
