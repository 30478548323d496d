"""Organisations, terms, courses and sections (interop.md OR-8: org tree, academicSessions tree)."""

from __future__ import annotations

from integrations.oneroster.bulk import Sourced, Staging, Written, number, run, stage, write_sourced
from integrations.oneroster.staging import COURSES, ORGS, SECTIONS, TERMS


def _found(table: str, alias: str, column: str) -> str:
    """The row of `table` whose sourcedId stands in a staged column."""
    return f"LEFT JOIN {table} {alias} ON {alias}.tenant_id = %(tenant)s AND {alias}.sourced_id = s.{column}"


SCHOOL = Sourced(
    "learners_school",
    ORGS.name,
    {"name": "s.name", "kind": "s.kind", "identifier": "s.identifier", "parent_id": "p.id", "is_active": "true"},
    joins=_found("learners_school", "p", "parent"),
)
TERM = Sourced(
    "learners_term",
    TERMS.name,
    {
        "title": "s.title",
        "kind": "s.kind",
        "starts_on": "s.starts_on",
        "ends_on": "s.ends_on",
        "school_year": "s.school_year",
        "parent_id": "p.id",
        "is_active": "true",
    },
    joins=_found("learners_term", "p", "parent"),
)
COURSE = Sourced(
    "learners_course",
    COURSES.name,
    {
        "title": "s.title",
        "code": "s.code",
        "grades": "s.grades",
        "subjects": "s.subjects",
        "school_id": "o.id",
        "is_active": "true",
    },
    joins=_found("learners_school", "o", "org"),
)
SECTION = Sourced(
    "learners_section",
    SECTIONS.name,
    {
        "title": "s.title",
        "code": "s.code",
        "kind": "s.kind",
        "grades": "s.grades",
        "subjects": "s.subjects",
        "location": "s.location",
        "school_id": "o.id",
        "course_id": "c.id",
        "is_active": "true",
    },
    joins=f"{_found('learners_school', 'o', 'org')} {_found('learners_course', 'c', 'course')}",
)
PLACES = {"orgs": SCHOOL, "academicSessions": TERM, "courses": COURSE, "classes": SECTION}

SECTION_TERMS = Staging("roster_section_term", {"section_id": "bigint", "term_id": "bigint"})
MEET = """
INSERT INTO roster_section_term SELECT DISTINCT c.id, t.id
FROM roster_section s CROSS JOIN unnest(s.terms) AS term_sid
JOIN learners_section c ON c.tenant_id = %(tenant)s AND c.sourced_id = s.sid
JOIN learners_term t ON t.tenant_id = %(tenant)s AND t.sourced_id = term_sid
WHERE NOT s.gone
"""
ADD_TERMS = """
INSERT INTO learners_sectionterm (tenant_id, section_id, term_id)
SELECT %(tenant)s, section_id, term_id FROM roster_section_term ORDER BY 2, 3
ON CONFLICT (tenant_id, section_id, term_id) DO NOTHING
"""
# A listed section meets in the terms listed with it; terms made by hand stay.
DROP_TERMS = """
DELETE FROM learners_sectionterm x USING roster_section s, learners_section c, learners_term t
WHERE x.tenant_id = %(tenant)s AND c.tenant_id = %(tenant)s AND t.tenant_id = %(tenant)s
  AND NOT s.gone AND c.sourced_id = s.sid AND x.section_id = c.id AND t.id = x.term_id AND t.sourced_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM roster_section_term r WHERE r.section_id = x.section_id AND r.term_id = x.term_id)
"""


def write_place(file: str, *, is_bulk: bool) -> Written:
    """Write the staged rows of one of the files in PLACES."""
    return write_sourced(PLACES[file], is_bulk=is_bulk)


def write_section_terms() -> Written:
    """The terms in which the listed sections meet."""
    stage(SECTION_TERMS)
    run(MEET)
    created = run(ADD_TERMS)
    dropped = run(DROP_TERMS)
    return Written(created, 0, number("SELECT count(*) FROM roster_section_term") - created, dropped)
