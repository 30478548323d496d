"""Statements that count levels. The app's raw SQL; it is run by `keeping`, `history` and `verify`.

A pair of learner and milestone is due at a school where the learner sits in a class that plans it, or is at home there
and was given it: alone, in a group, or with the grade. Personal milestones are nobody's statistics.
{of_plan} and {of_given} narrow it to cells: pairs of school and milestone.
"""

HERE = "e.tenant_id = %(tenant)s AND NOT e.is_withdrawn"
RUNNING = """(e.begins_on IS NULL OR e.begins_on <= %(today)s) AND (e.ends_on IS NULL OR e.ends_on >= %(today)s)"""
CELLS = "(SELECT * FROM unnest(%(schools)s::bigint[], %(milestones)s::bigint[]) AS u (school, milestone))"
SEATED = f"""
  FROM {{cells}} learners_section s
  JOIN milestones_sectionmilestone sm ON sm.tenant_id = s.tenant_id AND sm.section_id = s.id {{of_plan}}
  JOIN milestones_milestone m ON m.tenant_id = s.tenant_id AND m.id = sm.milestone_id AND m.is_active
    AND m.learner_id IS NULL
  JOIN learners_enrolment e ON e.section_id = s.id AND {HERE} AND {RUNNING}
  JOIN learners_learner l ON l.tenant_id = s.tenant_id AND l.id = e.learner_id AND l.is_active
  WHERE s.tenant_id = %(tenant)s AND s.is_active
"""
GIVEN = """
  SELECT l.id, a.milestone_id, l.home_school_id, l.grade FROM {cells} milestones_milestoneassignment a
  JOIN milestones_milestone m ON m.tenant_id = a.tenant_id AND m.id = a.milestone_id AND m.is_active
    AND m.learner_id IS NULL
  JOIN {whom}
  WHERE a.tenant_id = %(tenant)s AND l.is_active AND l.home_school_id IS NOT NULL {of_given}
"""
WHOM = (
    "learners_learner l ON l.tenant_id = a.tenant_id AND l.id = a.learner_id",
    """learners_groupplace p ON p.tenant_id = a.tenant_id AND p.group_id = a.group_id
  JOIN learners_learnergroup g ON g.tenant_id = a.tenant_id AND g.id = a.group_id AND g.is_active
  JOIN learners_learner l ON l.tenant_id = a.tenant_id AND l.id = p.learner_id""",
    """learners_learner l ON l.tenant_id = a.tenant_id AND l.home_school_id = a.school_id AND l.grade = a.grade
    AND l.grade <> ''""",
)


def due(*, is_whole: bool) -> str:
    """(learner_id, milestone_id, school_id, grade) of every due pair, each once; only of the cells unless whole."""
    plan = seated(is_whole=is_whole)
    cells, of_given = ("", "") if is_whole else (f"{CELLS} c JOIN ", "AND c.school = l.home_school_id")
    given = [_given(cells, of_given, whom) for whom in WHOM]
    return f"SELECT l.id AS learner_id, sm.milestone_id, s.school_id, l.grade {plan} UNION {' UNION '.join(given)}"


def _given(cells: str, of_given: str, whom: str) -> str:
    text = GIVEN.format(cells=cells, whom=whom, of_given=of_given)
    if not cells:
        return text
    return text.replace(
        "milestones_milestoneassignment a",
        "milestones_milestoneassignment a ON a.tenant_id = %(tenant)s AND a.milestone_id = c.milestone",
    )


def seated(*, is_whole: bool) -> str:
    """The places in classes and what they plan, from FROM on."""
    if is_whole:
        return SEATED.format(cells="", of_plan="")
    text = SEATED.format(cells=f"{CELLS} c JOIN ", of_plan="AND sm.milestone_id = c.milestone")
    return text.replace("learners_section s\n", "learners_section s ON s.school_id = c.school\n", 1)


LEVELS = ", ".join(f"count(*) FILTER (WHERE coalesce(t.level, 0) = {n})::int AS n{n}" for n in range(5))
STATUS = """LEFT JOIN milestones_milestonestatus t
  ON t.tenant_id = %(tenant)s AND t.learner_id = d.learner_id AND t.milestone_id = d.milestone_id"""


def base(*, is_whole: bool) -> str:
    """The truth: (school, grade, milestone, n0 … n4), a direct GROUP BY."""
    return f"""
SELECT d.school_id, d.grade, d.milestone_id, {LEVELS}
FROM ({due(is_whole=is_whole)}) d {STATUS} GROUP BY 1, 2, 3
"""  # noqa: S608 - no value is ever formatted into it


def by_section(*, is_whole: bool) -> str:
    """The truth of classes: (section, school, milestone, grade, n0 … n4)."""
    return f"""
SELECT d.section_id, d.school_id, d.milestone_id,
  CASE WHEN min(d.grade) = max(d.grade) THEN min(d.grade) ELSE '*' END, {LEVELS}
FROM (SELECT DISTINCT l.id AS learner_id, sm.milestone_id, s.id AS section_id, s.school_id, l.grade
  {seated(is_whole=is_whole)}) d {STATUS} GROUP BY 1, 2, 3
"""  # noqa: S608


def heads(*, is_whole: bool) -> str:
    """(school, grade, framework or 0 for all, kind or '', learners, stalled on two or more) of every topic."""
    return f"""
WITH pairs AS (
  SELECT d.school_id, d.grade, d.learner_id, coalesce(m.framework_id, -1) AS framework, m.kind,
    (t.level IN (1, 2) AND t.since < %(now)s - make_interval(days => CASE t.level WHEN 1 THEN k.one ELSE k.two END))
      AS is_stalled
  FROM ({due(is_whole=is_whole)}) d
  JOIN milestones_milestone m ON m.tenant_id = %(tenant)s AND m.id = d.milestone_id
  JOIN unnest(%(limited)s::bigint[], %(ones)s::int[], %(twos)s::int[]) AS k (milestone, one, two)
    ON k.milestone = d.milestone_id
  {STATUS}
), each AS (
  SELECT school_id, grade, coalesce(framework, 0) AS framework, coalesce(kind, '') AS kind, learner_id,
    count(*) FILTER (WHERE is_stalled) AS stalled
  FROM pairs GROUP BY GROUPING SETS ((school_id, grade, learner_id, framework, kind),
    (school_id, grade, learner_id, framework), (school_id, grade, learner_id, kind), (school_id, grade, learner_id))
)
SELECT school_id, grade, framework, kind, count(*)::int, count(*) FILTER (WHERE stalled >= 2)::int
FROM each GROUP BY 1, 2, 3, 4
"""  # noqa: S608


COUNTS = "learners, n0, n1, n2, n3, n4"
KEY = "school, grade, framework, kind, milestone"
FRESH = "(t.learners, t.n0, t.n1, t.n2, t.n3, t.n4) IS DISTINCT FROM (x.learners, x.n0, x.n1, x.n2, x.n3, x.n4)"


def keep_base(*, is_whole: bool) -> str:
    """Count cells anew and write what differs; cells in which nobody is left become zero."""
    where = "" if is_whole else f"AND (t.school, t.milestone) IN {CELLS}"
    return f"""
WITH x AS MATERIALIZED (
  SELECT school_id AS school, grade, milestone_id AS milestone, n0 + n1 + n2 + n3 + n4 AS learners, n0, n1, n2, n3, n4
  FROM ({base(is_whole=is_whole)}) b
), written AS (
  INSERT INTO reporting_levelcount AS t (tenant_id, {KEY}, {COUNTS}, stalled, sections, assessed, is_shown)
  SELECT %(tenant)s, school, grade, 0, '', milestone, {COUNTS}, 0, 0, 0, false FROM x
  ON CONFLICT (tenant_id, {KEY}) DO UPDATE SET learners = excluded.learners, n0 = excluded.n0, n1 = excluded.n1,
    n2 = excluded.n2, n3 = excluded.n3, n4 = excluded.n4
  WHERE {FRESH.replace("x.", "excluded.")}
)
UPDATE reporting_levelcount t SET learners = 0, n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0
WHERE t.tenant_id = %(tenant)s AND t.milestone > 0 AND t.school > 0 AND t.grade <> '*' AND t.learners > 0 {where}
  AND NOT EXISTS (SELECT FROM x WHERE (x.school, x.grade, x.milestone) = (t.school, t.grade, t.milestone))
"""  # noqa: S608


def keep_sections(*, is_whole: bool) -> str:
    """The same for classes; those that have nobody any more go."""
    where = "" if is_whole else f"AND (t.school, t.milestone) IN {CELLS}"
    return f"""
WITH x AS MATERIALIZED ({by_section(is_whole=is_whole)}), written AS (
  INSERT INTO reporting_sectioncount AS t (tenant_id, section, school, milestone, grade, n0, n1, n2, n3, n4)
  SELECT %(tenant)s, * FROM x
  ON CONFLICT (tenant_id, section, milestone) DO UPDATE SET school = excluded.school, grade = excluded.grade,
    n0 = excluded.n0, n1 = excluded.n1, n2 = excluded.n2, n3 = excluded.n3, n4 = excluded.n4
  WHERE (t.school, t.grade, t.n0, t.n1, t.n2, t.n3, t.n4) IS DISTINCT FROM
    (excluded.school, excluded.grade, excluded.n0, excluded.n1, excluded.n2, excluded.n3, excluded.n4)
)
DELETE FROM reporting_sectioncount t WHERE t.tenant_id = %(tenant)s {where}
  AND NOT EXISTS (SELECT FROM x WHERE (x.section_id, x.milestone_id) = (t.section, t.milestone))
"""  # noqa: S608


def keep_heads(*, is_whole: bool) -> str:
    """Learners of each topic in each grade of each school, and how many of them are stalled on two or more.

    Unless whole, of the schools of the cells, which are then all cells of these schools.
    """
    where = "" if is_whole else "AND t.school = ANY(%(schools)s::bigint[])"
    return f"""
WITH x AS MATERIALIZED (
  SELECT h.school_id AS school, h.grade, h.framework, h.kind, h.count AS learners, h.stalled FROM (
    {heads(is_whole=is_whole)}
  ) h (school_id, grade, framework, kind, count, stalled)
), written AS (
  INSERT INTO reporting_levelcount AS t (tenant_id, {KEY}, {COUNTS}, stalled, sections, assessed, is_shown)
  SELECT %(tenant)s, school, grade, framework, kind, 0, learners, 0, 0, 0, 0, 0, stalled, 0, 0, false FROM x
  ON CONFLICT (tenant_id, {KEY}) DO UPDATE SET learners = excluded.learners, stalled = excluded.stalled
  WHERE (t.learners, t.stalled) IS DISTINCT FROM (excluded.learners, excluded.stalled)
)
UPDATE reporting_levelcount t SET learners = 0, stalled = 0
WHERE t.tenant_id = %(tenant)s AND t.milestone = 0 AND t.school > 0 AND t.grade <> '*' AND t.learners > 0 {where}
  AND NOT EXISTS (SELECT FROM x WHERE (x.school, x.grade, x.framework, x.kind)
    = (t.school, t.grade, t.framework, t.kind))
"""  # noqa: S608


CUBE = f"""
SELECT {KEY}, {COUNTS}, stalled, sections, assessed, is_shown FROM reporting_levelcount WHERE tenant_id = %(tenant)s
ORDER BY {KEY}
"""  # noqa: S608
CLASSES = """
SELECT school, milestone, count(*), count(*) FILTER (WHERE n1 + n2 + n3 + n4 > 0)
FROM reporting_sectioncount WHERE tenant_id = %(tenant)s GROUP BY 1, 2
"""
FIELDS = ("learners", "n0", "n1", "n2", "n3", "n4", "stalled", "sections", "assessed")
PUBLISH = f"""
INSERT INTO reporting_levelcount AS t (tenant_id, {KEY}, {", ".join(FIELDS)}, is_shown)
SELECT %(tenant)s, * FROM unnest(%(school)s::bigint[], %(grade)s::text[], %(framework)s::bigint[], %(kind)s::text[],
  %(milestone)s::bigint[], {", ".join(f"%({name})s::int[]" for name in FIELDS)}, %(is_shown)s::bool[])
ON CONFLICT (tenant_id, {KEY}) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in FIELDS)},
  is_shown = excluded.is_shown
"""  # noqa: S608
CLOSE = f"""
INSERT INTO reporting_levelday (tenant_id, day, {KEY}, {COUNTS}, is_shown)
SELECT %(tenant)s, %(day)s, {", ".join(f"t.{name}" for name in KEY.split(", "))},
  {", ".join(f"t.{name}" for name in COUNTS.split(", "))}, t.is_shown
FROM reporting_levelcount t
LEFT JOIN LATERAL (
  SELECT * FROM reporting_levelday x WHERE x.tenant_id = %(tenant)s AND (x.school, x.grade, x.framework, x.kind,
    x.milestone) = (t.school, t.grade, t.framework, t.kind, t.milestone) AND x.day < %(day)s ORDER BY x.day DESC LIMIT 1
) x ON true
WHERE t.tenant_id = %(tenant)s AND (x.id IS NULL AND t.learners > 0 OR x.id IS NOT NULL AND ({FRESH}
  OR t.is_shown <> x.is_shown))
ON CONFLICT (tenant_id, {KEY}, day) DO UPDATE SET
  {", ".join(f"{name} = excluded.{name}" for name in COUNTS.split(", "))}, is_shown = excluded.is_shown
"""  # noqa: S608
KEEP_DAY = f"""
INSERT INTO reporting_levelday AS t (tenant_id, day, {KEY}, {COUNTS}, is_shown)
SELECT %(tenant)s, %(day)s, * FROM unnest(%(school)s::bigint[], %(grade)s::text[], %(framework)s::bigint[],
  %(kind)s::text[], %(milestone)s::bigint[], {", ".join(f"%({name})s::int[]" for name in COUNTS.split(", "))},
  %(is_shown)s::bool[])
ON CONFLICT (tenant_id, {KEY}, day) DO UPDATE SET
  {", ".join(f"{name} = excluded.{name}" for name in COUNTS.split(", "))}, is_shown = excluded.is_shown
"""  # noqa: S608
# A move marks the learner; these are the cells that it is counted in.
TOUCHED = """
SELECT DISTINCT s.school_id, x.milestone FROM unnest(%(learners)s::bigint[], %(milestones)s::bigint[])
  AS x (learner, milestone)
JOIN learners_enrolment e ON e.tenant_id = %(tenant)s AND e.learner_id = x.learner
JOIN learners_section s ON s.tenant_id = %(tenant)s AND s.id = e.section_id AND s.is_active
UNION
SELECT l.home_school_id, x.milestone FROM unnest(%(learners)s::bigint[], %(milestones)s::bigint[])
  AS x (learner, milestone)
JOIN learners_learner l ON l.tenant_id = %(tenant)s AND l.id = x.learner AND l.home_school_id IS NOT NULL
"""
OF_SCHOOLS = """
SELECT s.school_id, sm.milestone_id FROM learners_section s
JOIN milestones_sectionmilestone sm ON sm.tenant_id = s.tenant_id AND sm.section_id = s.id
WHERE s.tenant_id = %(tenant)s AND s.school_id = ANY(%(schools)s)
UNION SELECT school, milestone FROM reporting_levelcount
WHERE tenant_id = %(tenant)s AND school = ANY(%(schools)s) AND milestone > 0
UNION SELECT x.school, a.milestone_id FROM milestones_milestoneassignment a
CROSS JOIN unnest(%(schools)s::bigint[]) AS x (school) WHERE a.tenant_id = %(tenant)s
"""
