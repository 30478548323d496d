"""How long learners usually stay in a level of a milestone: from the cohort's own finished stays, once a night.

A stay begins with a change to beginning or developing and is finished by the next change of the same learner and
milestone; days are those of the work (`applies_from`), not of its entry. What a teacher set is no stay.
"""

from typing import Any

from django.db import connection
from django.utils import timezone

from tenancy.context import current_tenant_id, tenant_context

FEWEST_STAYS = 10
SHORTEST, LONGEST = 7, 120  # days: outside of it a mark on the grid helps nobody
# The limit is the third quartile: a quarter of the cohort took longer.
FILL = """
INSERT INTO milestones_milestonepace AS p
  (tenant_id, milestone_id, level, stays, median_days, stalled_after, worked_out_at)
SELECT %(tenant)s, milestone_id, level, count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1),
  least(greatest(ceil(percentile_cont(0.75) WITHIN GROUP (ORDER BY days)), %(shortest)s), %(longest)s)::int, %(now)s
FROM (
  SELECT milestone_id, to_level AS level, cause,
    extract(epoch FROM lead(applies_from) OVER stay - applies_from) / 86400 AS days
  FROM milestones_statuschange WHERE tenant_id = %(tenant)s AND milestone_id IS NOT NULL
  WINDOW stay AS (PARTITION BY learner_id, milestone_id ORDER BY applies_from, id)
) AS s
WHERE days IS NOT NULL AND level IN (1, 2) AND cause <> 'override'
GROUP BY milestone_id, level HAVING count(*) >= %(fewest)s
ON CONFLICT (tenant_id, milestone_id, level) DO UPDATE SET stays = excluded.stays, median_days = excluded.median_days,
  stalled_after = excluded.stalled_after, worked_out_at = excluded.worked_out_at
WHERE (p.stays, p.median_days, p.stalled_after) IS DISTINCT FROM
  (excluded.stays, excluded.median_days, excluded.stalled_after)
"""


def work_out_paces(tenant_id: int) -> int:
    """One statement per tenant. Returns how many limits are new or moved; run again it changes nothing."""
    with tenant_context(tenant_id), connection.cursor() as cursor:
        values: dict[str, Any] = {
            "tenant": current_tenant_id(), "now": timezone.now(), "fewest": FEWEST_STAYS,
            "shortest": SHORTEST, "longest": LONGEST,
        }  # fmt: skip
        cursor.execute(FILL, values)
        return int(cursor.rowcount)
