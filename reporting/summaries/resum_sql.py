"""Sums over cells whose levels moved while nobody came or went.

What may be shown stays as it is then, so only the sums of the touched rows are added up anew, in this order. The rest
of the raw SQL is in `sql`.
"""

from reporting.summaries.sql import CELLS

LEVELS = ("n0", "n1", "n2", "n3", "n4")
SUMS = ", ".join(f"sum(r.{name})::int AS {name}" for name in LEVELS)
SET = ", ".join(f"{name} = x.{name}" for name in LEVELS)
OLD, NEW = (", ".join(f"{row}.{name}" for name in LEVELS) for row in "tx")
SIZES = f"""
SELECT school, grade, milestone, learners FROM reporting_levelcount
WHERE tenant_id = %(tenant)s AND (school, milestone) IN {CELLS} AND grade <> '*' AND learners > 0 ORDER BY 1, 2, 3
"""  # noqa: S608 - no value is ever formatted into any of these
OF_SCHOOLS = f"""
UPDATE reporting_levelcount t SET {SET}, sections = x.sections, assessed = x.assessed
FROM (
  SELECT r.school, r.milestone, {SUMS}, coalesce(c.sections, 0) AS sections, coalesce(c.assessed, 0) AS assessed
  FROM reporting_levelcount r
  LEFT JOIN (
    SELECT school, milestone, count(*) AS sections, count(*) FILTER (WHERE n1 + n2 + n3 + n4 > 0) AS assessed
    FROM reporting_sectioncount WHERE tenant_id = %(tenant)s AND (school, milestone) IN {CELLS} GROUP BY 1, 2
  ) c ON (c.school, c.milestone) = (r.school, r.milestone)
  WHERE r.tenant_id = %(tenant)s AND (r.school, r.milestone) IN {CELLS} AND r.grade <> '*'
  GROUP BY 1, 2, c.sections, c.assessed
) x
WHERE t.tenant_id = %(tenant)s AND t.school = x.school AND t.grade = '*' AND t.milestone = x.milestone
  AND ({OLD}, t.sections, t.assessed) IS DISTINCT FROM ({NEW}, x.sections, x.assessed)
"""  # noqa: S608
OF_ALL = f"""
UPDATE reporting_levelcount t SET {SET}, sections = x.sections, assessed = x.assessed
FROM (
  SELECT r.milestone, {SUMS}, sum(r.sections)::int AS sections, sum(r.assessed)::int AS assessed
  FROM reporting_levelcount r
  WHERE r.tenant_id = %(tenant)s AND r.milestone = ANY(%(milestones)s::bigint[]) AND r.school > 0 AND r.grade = '*'
  GROUP BY 1
) x
WHERE t.tenant_id = %(tenant)s AND t.school = 0 AND t.grade = '*' AND t.milestone = x.milestone
"""  # noqa: S608
ACROSS = f"""
UPDATE reporting_levelcount t SET {SET}
FROM (
  SELECT r.milestone, r.grade, {SUMS} FROM reporting_levelcount r
  WHERE r.tenant_id = %(tenant)s AND r.milestone = ANY(%(milestones)s::bigint[]) AND r.school > 0 AND r.grade <> '*'
    AND r.is_shown
  GROUP BY 1, 2
) x
WHERE t.tenant_id = %(tenant)s AND t.school = 0 AND t.grade = x.grade AND t.milestone = x.milestone
"""  # noqa: S608
OF_TOPICS = f"""
WITH topics AS (
  SELECT DISTINCT m.id AS milestone, v.framework, v.kind FROM milestones_milestone m
  CROSS JOIN LATERAL (VALUES (coalesce(m.framework_id, -1), m.kind), (coalesce(m.framework_id, -1), ''), (0, m.kind),
    (0, '')) v (framework, kind)
  WHERE m.tenant_id = %(tenant)s AND m.learner_id IS NULL
)
UPDATE reporting_levelcount t SET {SET}
FROM (
  SELECT r.school, r.grade, k.framework, k.kind, {SUMS}
  FROM reporting_levelcount r JOIN topics k ON k.milestone = r.milestone
  WHERE r.tenant_id = %(tenant)s AND r.school = ANY(%(schools)s::bigint[] || 0::bigint) AND r.is_shown
  GROUP BY 1, 2, 3, 4
) x
WHERE t.tenant_id = %(tenant)s AND t.milestone = 0
  AND (t.school, t.grade, t.framework, t.kind) = (x.school, x.grade, x.framework, x.kind)
  AND ({OLD}) IS DISTINCT FROM ({NEW})
"""  # noqa: S608
IN_ORDER = (OF_SCHOOLS, OF_ALL, ACROSS, OF_TOPICS)
