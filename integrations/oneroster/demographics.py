"""demographics.csv, of what the tenant keeps and nothing else: birth dates and places are not even copied.

OneRoster has a column for sex and a flag for each race; what it lacks (home language, support plan, meals) is read from
metadata columns where a file has them. A row that is taken away is emptied, never deleted, so that it can be set back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from integrations.oneroster.bulk import NOT_SPARED, Staging, Written, number, run, stage
from integrations.oneroster.bundle import Bundle, rows
from integrations.oneroster.records import DemographicsRow
from integrations.oneroster.schema import Mode

FILE = DemographicsRow.file
SEXES = ("male", "female", "other", "unspecified")
RACES = {
    "american_indian_or_alaska_native": "american_indian",
    "asian": "asian",
    "black_or_african_american": "black",
    "native_hawaiian_or_other_pacific_islander": "pacific",
    "white": "white",
}
# Names of metadata columns without case and signs.
METADATA = {
    "language": ("homelanguage", "language", "primarylanguage", "nativelanguage"),
    "support_plan": ("supportplan", "disability", "specialeducation", "iep", "hasiep"),
    "free_meals": ("freemeals", "freeandreducedlunch", "freereducedlunch", "lunchstatus", "economicallydisadvantaged"),
}
YES, NO = ("true", "1", "yes", "y", "free", "reduced"), ("false", "0", "no", "n", "paid", "none")
COLUMNS = {"sex": "text", "ethnicity": "text", "language": "text", "support_plan": "boolean", "free_meals": "boolean"}
NOTHING = "'', '', '', NULL::boolean, NULL::boolean"
STAGING = Staging(
    "roster_demographics", {"row": "integer", "sid": "text", "gone": "boolean", **COLUMNS},
    ("row", "sid", "gone", *COLUMNS),
)  # fmt: skip
LIST = ", ".join(COLUMNS)
SAID = ", ".join(f"coalesce(s.{name}, t.{name})" for name in COLUMNS)
OLD = ", ".join(f"t.{name}" for name in COLUMNS)
IS_SAID = """(coalesce(s.sex, '') <> '' OR coalesce(s.ethnicity, '') <> '' OR coalesce(s.language, '') <> ''
  OR s.support_plan IS NOT NULL OR s.free_meals IS NOT NULL)"""
LEARNER = "JOIN learners_learner l ON l.tenant_id = %(tenant)s AND l.sourced_id = s.sid"
CHANGE = f"""
UPDATE learners_demographics t SET ({LIST}, from_roster) = ROW({SAID}, true)
FROM roster_demographics s {LEARNER}
WHERE t.tenant_id = %(tenant)s AND t.learner_id = l.id AND NOT s.gone AND ROW({OLD}) IS DISTINCT FROM ROW({SAID})
"""  # noqa: S608 - constants
ADD = f"""
INSERT INTO learners_demographics (tenant_id, learner_id, {LIST}, from_roster)
SELECT %(tenant)s, l.id, coalesce(s.sex, ''), coalesce(s.ethnicity, ''), coalesce(s.language, ''), s.support_plan,
  s.free_meals, true
FROM roster_demographics s {LEARNER}
WHERE NOT s.gone AND {IS_SAID} AND NOT EXISTS (
  SELECT FROM learners_demographics t WHERE t.tenant_id = %(tenant)s AND t.learner_id = l.id)
ORDER BY l.id
"""  # noqa: S608
EMPTY = f"""
UPDATE learners_demographics t SET ({LIST}) = ROW({NOTHING}) FROM learners_learner l
WHERE t.tenant_id = %(tenant)s AND t.from_roster AND l.tenant_id = %(tenant)s AND l.id = t.learner_id
  AND ROW({OLD}) IS DISTINCT FROM ROW({NOTHING})
  AND (EXISTS (SELECT FROM roster_demographics s WHERE s.sid = l.sourced_id AND s.gone)
    OR %(is_full)s AND NOT EXISTS (SELECT FROM roster_demographics s WHERE s.sid = l.sourced_id)
    AND {NOT_SPARED.format("l.sourced_id")})
"""  # noqa: S608


def stage_demographics(bundle: Bundle, kept: Collection[str]) -> None:
    """Of a bundle that may not send them, too. `kept`: what the tenant keeps."""
    stage(STAGING, _staged(bundle, frozenset(kept)) if kept else ())


def write_demographics(bundle: Bundle) -> Written:
    """The learners are written, the rows are staged."""
    updated, created = run(CHANGE), run(ADD)
    emptied = run(EMPTY, is_full=bundle.mode(FILE) is Mode.BULK)
    live = number("SELECT count(*) FROM roster_demographics WHERE NOT gone")
    return Written(created, updated, live - created - updated, emptied)


def _staged(bundle: Bundle, kept: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    for row in rows(bundle, DemographicsRow):
        values = {"sex": _sex(row), "ethnicity": _ethnicity(row), **_metadata(row)}
        said = (values[name] if name in kept else None for name in COLUMNS)
        yield (row.row, row.sourced_id, row.is_deleted, *said)


def _sex(row: DemographicsRow) -> str:
    if not row.sex:
        return ""
    return row.sex if row.sex in SEXES else "other"


def _ethnicity(row: DemographicsRow) -> str:
    """One category, as US districts report: of any race where Hispanic or Latino, two or more before a single one."""
    if row.hispanic_or_latino_ethnicity:
        return "hispanic"
    flagged = [category for name, category in RACES.items() if getattr(row, name)]
    if row.demographic_race_two_or_more_races or len(flagged) > 1:
        return "two_or_more"
    return flagged[0] if flagged else ""


def _metadata(row: DemographicsRow) -> dict[str, Any]:
    """What is said in metadata columns; None where nothing is said, or nothing that is understood."""
    given = {re.sub(r"[^a-z]", "", key.casefold()): text for key, text in row.metadata.items()}
    found = {name: next((given[key] for key in keys if key in given), "") for name, keys in METADATA.items()}
    language = " ".join(found["language"].split())[:40]
    return {
        "language": language or None, "support_plan": _yes(found["support_plan"]),
        "free_meals": _yes(found["free_meals"]),
    }  # fmt: skip


def _yes(text: str) -> bool | None:
    folded = text.casefold()
    return True if folded in YES else False if folded in NO else None
