"""The three statements of a single piece of evidence: record and lock, read, and (in `milestones.bulk`) write.

Locks are taken in the order of every other writer: the pair, then its milestones that are there, then new ones. Of a
new one the bar is held as well (FOR SHARE): who moves it waits, or is waited for and the new bar is read.
"""

from milestones.columns import EVIDENCE_FIELDS, STATUS_FIELDS, as_json

RECORD = """
WITH known AS (
  SELECT id FROM assessments_learnercompetency
  WHERE tenant_id = %(tenant)s AND learner_id = %(learner_id)s AND competency_id = %(competency_id)s
  FOR NO KEY UPDATE
), made AS (
  INSERT INTO assessments_learnercompetency (tenant_id, learner_id, competency_id)
  SELECT %(tenant)s, %(learner_id)s, %(competency_id)s WHERE NOT EXISTS (SELECT 1 FROM known)
  ON CONFLICT (tenant_id, learner_id, competency_id) DO NOTHING RETURNING id
), pair AS (
  SELECT id FROM known UNION ALL SELECT id FROM made
), piece AS (
  INSERT INTO assessments_evidence (tenant_id, public_id, learner_competency_id, entry, kind, method, task, title,
    form, score, possible, weight, state, occurred_at, due_at, recorded_at, comment, attempt,
    pass_mark, hints, minutes, source, source_id, recorded_by_id, token_id)
  SELECT %(tenant)s, %(public_id)s, pair.id, 'recorded', %(kind)s, %(method)s, %(task)s, %(title)s, %(form)s,
    %(score)s, %(possible)s, %(weight)s, %(state)s, %(occurred_at)s, %(due_at)s, clock_timestamp(), %(comment)s,
    %(attempt)s, %(pass_mark)s, %(hints)s, %(minutes)s, %(source)s, %(source_id)s, %(member)s, %(token)s
  FROM pair ON CONFLICT (tenant_id, source, source_id) DO NOTHING RETURNING learner_competency_id
), wanted AS (
  SELECT DISTINCT c.milestone_id FROM milestones_criterion c
  JOIN milestones_milestone m ON m.tenant_id = c.tenant_id AND m.id = c.milestone_id AND m.is_active
    AND (m.learner_id IS NULL OR m.learner_id = %(learner_id)s)
  WHERE c.tenant_id = %(tenant)s AND c.competency_id = %(competency_id)s AND (SELECT count(*) FROM piece) > 0
), locked AS (
  SELECT s.milestone_id FROM milestones_milestonestatus s
  WHERE s.tenant_id = %(tenant)s AND s.learner_id = %(learner_id)s
    AND s.milestone_id IN (SELECT milestone_id FROM wanted)
  ORDER BY s.milestone_id FOR NO KEY UPDATE
), held AS (
  SELECT m.id AS milestone_id FROM milestones_milestone m
  WHERE m.tenant_id = %(tenant)s AND m.is_active AND m.id IN (SELECT milestone_id FROM wanted)
    AND m.id NOT IN (SELECT milestone_id FROM locked)
  ORDER BY m.id FOR SHARE
), opened AS (
  INSERT INTO milestones_milestonestatus AS t (tenant_id, learner_id, milestone_id, level, computed_level,
    previous_level, criteria_met, flags, since, computed_at)
  SELECT %(tenant)s, %(learner_id)s, milestone_id, 0, 0, 0, 0, 0, clock_timestamp(), clock_timestamp() FROM held
  ORDER BY milestone_id
  ON CONFLICT (tenant_id, learner_id, milestone_id) DO UPDATE SET flags = t.flags RETURNING t.milestone_id
), audited AS (
  INSERT INTO tenancy_auditentry (tenant_id, at, member_id, token_id, role, action, target_kind, target_id, detail,
    request_number)
  SELECT %(tenant)s, clock_timestamp(), %(member)s, %(token)s, %(role)s, 'evidence.recorded', '', '',
    '{"pieces": 1, "levels": 1}', '' FROM piece RETURNING 1
)
SELECT learner_competency_id, (SELECT count(*) FROM opened) + (SELECT count(*) FROM audited) FROM piece
"""
MILESTONES = """
SELECT c.milestone_id FROM milestones_criterion c
JOIN milestones_milestone m ON m.tenant_id = c.tenant_id AND m.id = c.milestone_id AND m.is_active
  AND (m.learner_id IS NULL OR m.learner_id = %(learner_id)s)
WHERE c.tenant_id = %(tenant)s AND c.competency_id = %(competency_id)s
"""
# Looked up once and kept: a planner that believes in empty tables would join them anew for every row.
READ = f"""
WITH mine AS MATERIALIZED ({MILESTONES})
SELECT
  (SELECT coalesce(json_agg(json_build_array({as_json(EVIDENCE_FIELDS)}) ORDER BY e.occurred_at, e.id), '[]')
   FROM assessments_evidence e WHERE e.tenant_id = %(tenant)s AND e.learner_competency_id = %(pair)s),
  (SELECT coalesce(json_agg(json_build_array({as_json(STATUS_FIELDS)}) ORDER BY s.learner_competency_id), '[]')
   FROM milestones_competencystatus s
   WHERE s.tenant_id = %(tenant)s AND s.learner_id = %(learner_id)s AND (s.competency_id = %(competency_id)s
     OR s.competency_id IN (SELECT o.competency_id FROM milestones_criterion o
                            WHERE o.tenant_id = %(tenant)s AND o.milestone_id IN (SELECT milestone_id FROM mine)))),
  (SELECT coalesce(json_agg(json_build_array(s.id, s.learner_id, s.milestone_id, s.level, s.computed_level,
     s.previous_level, coalesce(s.set_level, -1), coalesce(s.set_until - date '2000-01-01', 2147483647),
     s.criteria_met, s.flags, coalesce((extract(epoch FROM s.earned_at) * 1000000)::bigint, -1),
     (extract(epoch FROM s.since) * 1000000)::bigint) ORDER BY s.milestone_id), '[]')
   FROM milestones_milestonestatus s
   WHERE s.tenant_id = %(tenant)s AND s.learner_id = %(learner_id)s
     AND s.milestone_id IN (SELECT milestone_id FROM mine)),
  (SELECT coalesce(json_agg(json_build_array(o.milestone_id, m.rule, m.need, m.framework_id, o.competency_id,
     o.required_level, o.points, o.is_required, o.measure, o.target, o.is_at_most, o.baseline, o.period, m.learner_id)
     ORDER BY o.milestone_id, o.position, o.id), '[]')
   FROM milestones_criterion o JOIN milestones_milestone m ON m.tenant_id = o.tenant_id AND m.id = o.milestone_id
   WHERE o.tenant_id = %(tenant)s AND o.milestone_id IN (SELECT milestone_id FROM mine)),
  (SELECT framework_id FROM competencies_competency WHERE tenant_id = %(tenant)s AND id = %(competency_id)s),
  (SELECT home_school_id FROM learners_learner WHERE tenant_id = %(tenant)s AND id = %(learner_id)s),
  (SELECT json_build_array(count(*), coalesce(max(id), 0), max(published_at)) FROM competencies_policyversion
   WHERE tenant_id = %(tenant)s)
"""  # noqa: S608 - no value is ever formatted into it
