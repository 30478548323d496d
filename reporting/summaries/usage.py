"""When a class last showed anything: the newest piece that its learners' levels rest on. One statement per school."""

from datetime import datetime

from reporting.summaries.keeping import fetch, today_here
from reporting.summaries.sql import HERE, RUNNING

NEWEST = f"""
SELECT x.section_id, e.recorded_at FROM (
  SELECT s.id AS section_id, max(cs.watermark) AS newest FROM learners_section s
  JOIN milestones_sectionmilestone sm ON sm.tenant_id = s.tenant_id AND sm.section_id = s.id
  JOIN milestones_criterion c ON c.tenant_id = s.tenant_id AND c.milestone_id = sm.milestone_id
  JOIN learners_enrolment e ON e.section_id = s.id AND {HERE} AND {RUNNING}
  JOIN milestones_competencystatus cs
    ON cs.tenant_id = s.tenant_id AND cs.learner_id = e.learner_id AND cs.competency_id = c.competency_id
  WHERE s.tenant_id = %(tenant)s AND s.school_id = %(school)s AND s.is_active GROUP BY 1
) x JOIN assessments_evidence e ON e.tenant_id = %(tenant)s AND e.id = x.newest
"""  # noqa: S608


def newest_evidence(school_id: int) -> dict[int, datetime]:
    """{class: when the newest piece of its learners on its competencies was recorded}; not those without any."""
    return dict(fetch(NEWEST, school=school_id, today=today_here()))
