"""Statements that count stays: how long learners were in a level before they moved up, as histograms of days."""

from reporting.models import BUCKETS as EDGES
from reporting.summaries.sql import due

COLUMNS = ", ".join(f"b{n}" for n in range(len(EDGES) + 1))
BUCKETS = ", ".join(
    f"count(*) FILTER (WHERE width_bucket(days, ARRAY[{', '.join(map(str, EDGES))}]::float8[]) = {n})::int AS b{n}"
    for n in range(len(EDGES) + 1)
)
WHO = f"(SELECT DISTINCT learner_id, milestone_id, school_id FROM ({due(is_whole=True)}) a)"  # noqa: S608
OF_MILESTONES = "FROM milestones_statuschange WHERE tenant_id = %(tenant)s AND milestone_id IS NOT NULL"
# Level 0 stands for the whole way: from the first level above not started until Meets was first reached.
STAYS = f"""
SELECT d.school_id, d.milestone_id, c.level, {BUCKETS}
FROM {WHO} d JOIN (
  SELECT learner_id, milestone_id, to_level AS level, cause, lead(to_level) OVER stay AS next_level,
    extract(epoch FROM lead(applies_from) OVER stay - applies_from) / 86400 AS days
  {OF_MILESTONES} WINDOW stay AS (PARTITION BY learner_id, milestone_id ORDER BY applies_from, id)
) c ON c.learner_id = d.learner_id AND c.milestone_id = d.milestone_id
WHERE c.next_level > c.level AND c.level BETWEEN 1 AND 3 AND c.cause <> 'override' AND c.days >= 0
GROUP BY 1, 2, 3
UNION ALL
SELECT d.school_id, d.milestone_id, 0, {BUCKETS}
FROM {WHO} d JOIN (
  SELECT learner_id, milestone_id, extract(epoch FROM min(applies_from) FILTER (WHERE to_level >= 3)
    - min(applies_from) FILTER (WHERE to_level >= 1)) / 86400 AS days
  {OF_MILESTONES} GROUP BY 1, 2
) c ON c.learner_id = d.learner_id AND c.milestone_id = d.milestone_id
WHERE c.days >= 0 GROUP BY 1, 2
"""  # noqa: S608
KEEP_STAYS = f"""
WITH x AS MATERIALIZED ({STAYS}), gone AS (DELETE FROM reporting_staycount t WHERE t.tenant_id = %(tenant)s
  AND t.school > 0 AND NOT EXISTS (
    SELECT FROM x WHERE (x.school_id, x.milestone_id, x.level) = (t.school, t.milestone, t.level)))
INSERT INTO reporting_staycount AS t (tenant_id, school, milestone, level, {COLUMNS})
SELECT %(tenant)s, * FROM x
ON CONFLICT (tenant_id, school, milestone, level) DO UPDATE SET
  {", ".join(f"b{n} = excluded.b{n}" for n in range(len(EDGES) + 1))}
"""  # noqa: S608
SUM_STAYS = f"""
WITH x AS MATERIALIZED (
  SELECT milestone, level, {", ".join(f"sum(b{n})::int AS b{n}" for n in range(len(EDGES) + 1))}
  FROM reporting_staycount WHERE tenant_id = %(tenant)s AND school > 0 GROUP BY 1, 2
), gone AS (DELETE FROM reporting_staycount t WHERE t.tenant_id = %(tenant)s AND t.school = 0
  AND NOT EXISTS (SELECT FROM x WHERE (x.milestone, x.level) = (t.milestone, t.level)))
INSERT INTO reporting_staycount (tenant_id, school, milestone, level, {COLUMNS})
SELECT %(tenant)s, 0, * FROM x
ON CONFLICT (tenant_id, school, milestone, level) DO UPDATE SET
  {", ".join(f"b{n} = excluded.b{n}" for n in range(len(EDGES) + 1))}
"""  # noqa: S608
