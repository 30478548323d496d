"""The guard against a bad export (interop.md OR-7): "missing" means "left", so a file cut short would end a school."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.oneroster.bulk import RUNNING, fetch
from integrations.oneroster.modes import Modes
from integrations.oneroster.people import LEAVING
from integrations.oneroster.problems import Problem

LEARNERS = f"""
SELECT count(*) FILTER (WHERE {LEAVING}), count(*)
FROM learners_learner l WHERE l.tenant_id = %(tenant)s AND l.is_active
"""  # noqa: S608
ENROLMENTS = f"""
SELECT count(*) FILTER (WHERE e.sourced_id IS NOT NULL AND kept.section IS NULL
  AND (%(full_seats)s OR named.sid IS NOT NULL)), count(*)
FROM learners_enrolment e
JOIN learners_section c ON c.tenant_id = %(tenant)s AND c.id = e.section_id
JOIN learners_learner l ON l.tenant_id = %(tenant)s AND l.id = e.learner_id
LEFT JOIN (SELECT DISTINCT section, person FROM roster_seat WHERE NOT gone AND code = 'LRN') kept
  ON kept.section = c.sourced_id AND kept.person = l.sourced_id
LEFT JOIN (SELECT DISTINCT sid FROM roster_seat) named ON named.sid = e.sourced_id
WHERE e.tenant_id = %(tenant)s AND NOT e.is_withdrawn AND {RUNNING.format("e")}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Loss:
    """How many active rows of a kind the import would deactivate, of how many in the tenant."""

    file: str
    noun: str
    lost: int
    active: int

    def is_above(self, percent: float) -> bool:
        return self.lost * 100 > self.active * percent

    def problem(self, percent: float) -> Problem:
        share = f"{self.lost * 100 / self.active:.1f}".removesuffix(".0")
        message = (
            f"This import would deactivate {self.lost} of {self.active} active {self.noun} ({share} %), more than "
            f"{percent:g} %. Check that the file is complete. If it is, confirm with --max-delete-percent 100"
        )
        return Problem("error", self.file, None, "", "too_many_deletions", message)


def losses(modes: Modes) -> list[Loss]:
    """What the staged bundle would deactivate; nothing is written yet, and nothing here writes."""
    values = modes.values()
    return [
        Loss("users.csv", "learners", *fetch(LEARNERS, **values)[0]),
        Loss("enrollments.csv", "enrolments", *fetch(ENROLMENTS, **values)[0]),
    ]
