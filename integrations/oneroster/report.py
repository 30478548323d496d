"""What an import of a roster did, or why it did nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from integrations.oneroster.problems import Problem
from tenancy.errors import DomainError

OUTCOMES = ("created", "updated", "unchanged", "deactivated", "skipped")


@dataclass(slots=True)
class RosterReport:
    """`counts`: {type: {created, updated, unchanged, deactivated, skipped}}, in our words: schools, terms, courses,
    sections, section_terms, members, learners, role_grants, school_posts, guardian_links, enrolments, section_staff;
    files that are checked and not stored stand under their own name. `version` is "" for a bundle that did not open.
    """

    version: str = ""
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def count(self, kind: str, outcome: str, number: int) -> None:
        """Add to a count; the type is listed even when nothing of it happened."""
        self.counts.setdefault(kind, Counter())[outcome] += number

    @property
    def is_unchanged(self) -> bool:
        """Whether the tenant was already as the bundle says."""
        return not any(c[outcome] for c in self.counts.values() for outcome in ("created", "updated", "deactivated"))


class RosterRejected(DomainError):
    """The bundle has errors, or would deactivate too much. Nothing was written; `report.problems` says why."""

    code = "roster_rejected"
    status = 422

    def __init__(self, report: RosterReport) -> None:
        self.report = report
        errors = [problem for problem in report.problems if problem.severity == "error"]
        message = errors[0].message if errors else "The bundle was refused."
        super().__init__(message, code=errors[0].code if errors else None, problems=[p.as_dict() for p in errors])
