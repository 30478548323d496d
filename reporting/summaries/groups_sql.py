"""Statements that count levels by groups of learners. Run by `groups`."""

from collections.abc import Sequence

from reporting.summaries.sql import GIVEN, LEVELS, STATUS, WHOM, due, seated

WORDS = {
    "sex": "coalesce(x.sex, '')",
    "ethnicity": "coalesce(x.ethnicity, '')",
    "language": "lower(coalesce(x.language, ''))",
    "support_plan": "CASE x.support_plan WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '' END",
    "free_meals": "CASE x.free_meals WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '' END",
}
KNOWN = """LEFT JOIN learners_demographics x ON x.tenant_id = %(tenant)s AND x.learner_id = d.learner_id"""
KEY = "school, framework, kind, milestone, dimension, value"
FIELDS = ("learners", "n0", "n1", "n2", "n3", "n4")


def _together() -> str:
    """Every due pair once, with the grade and the classes through which it is due, as one number."""
    given = " UNION ALL ".join(
        GIVEN.format(cells="", whom=whom, of_given="").replace("l.grade FROM", "l.grade, 0::bigint FROM")
        for whom in WHOM
    )
    return f"""
SELECT learner_id, milestone_id, school_id, grade, sum(hashint8extended(section_id, 0)) AS classes FROM (
  SELECT l.id AS learner_id, sm.milestone_id, s.school_id, l.grade, s.id AS section_id {seated(is_whole=True)}
  UNION ALL {given}
) z GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - no value is ever formatted into it


def atoms(dimensions: Sequence[str]) -> str:
    """(school, milestone, grade, classes, a group of each dimension, n0 … n4), by school and milestone."""
    names = ", ".join(WORDS[name] for name in dimensions)
    places = ", ".join(str(n + 1) for n in range(4 + len(dimensions)))
    return f"""
SELECT d.school_id, d.milestone_id, d.grade, d.classes::text, {names}, {LEVELS}
FROM ({_together()}) d {STATUS} {KNOWN} GROUP BY {places} ORDER BY 1, 2
"""  # noqa: S608


def people(dimensions: Sequence[str]) -> str:
    """(school, framework, kind, grade, a group of each dimension, learners) of every topic, by school and topic."""
    names = ", ".join(WORDS[name] for name in dimensions)
    places = ", ".join(str(n + 1) for n in range(4 + len(dimensions)))
    return f"""
WITH pairs AS (
  SELECT d.school_id, d.grade, d.learner_id, coalesce(m.framework_id, -1) AS framework, m.kind
  FROM ({due(is_whole=True)}) d JOIN milestones_milestone m ON m.tenant_id = %(tenant)s AND m.id = d.milestone_id
), d AS (
  SELECT school_id, grade, coalesce(framework, 0) AS framework, coalesce(kind, '') AS kind, learner_id
  FROM pairs GROUP BY GROUPING SETS ((school_id, grade, learner_id, framework, kind),
    (school_id, grade, learner_id, framework), (school_id, grade, learner_id, kind), (school_id, grade, learner_id))
)
SELECT d.school_id, d.framework, d.kind, d.grade, {names}, count(*)::int
FROM d {KNOWN} GROUP BY {places} ORDER BY 1, 2, 3
"""  # noqa: S608


WRITE = f"""
INSERT INTO reporting_groupcount (tenant_id, {KEY}, {", ".join(FIELDS)})
SELECT %(tenant)s, * FROM unnest(%(school)s::bigint[], %(framework)s::bigint[], %(kind)s::text[],
  %(milestone)s::bigint[], %(dimension)s::text[], %(value)s::text[],
  {", ".join(f"%({name})s::int[]" for name in FIELDS)})
"""  # noqa: S608
READ = f"""
SELECT {KEY}, {", ".join(FIELDS)} FROM reporting_groupcount WHERE tenant_id = %(tenant)s
"""  # noqa: S608
SHOWN = """
SELECT school, milestone FROM reporting_levelcount
WHERE tenant_id = %(tenant)s AND school > 0 AND grade = '*' AND milestone > 0 AND is_shown
"""
