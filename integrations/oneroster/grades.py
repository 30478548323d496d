"""Grades against the tenant's own list (interop.md OR-4; wording: ui.md §7.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from integrations.oneroster.problems import Sink
from integrations.oneroster.records import ClassRow, CourseRow, Row, UserRow

_LEADING_NUMBER = re.compile(r"0*([0-9]{1,2})(?![0-9])")
_PLAIN = re.compile(r"[A-Za-z0-9.+-]{1,12}")


def same_grade(given: str, grades: Sequence[str]) -> str | None:
    """The entry of `grades` that `given` means: equal but for case and leading zeros (`07` is `7`)."""
    folded = _folded(given)
    return next((grade for grade in grades if _folded(grade) == folded), None)


def check_grades(file: str, row: Row, grades: Sequence[str], sink: Sink) -> None:
    """Each grade of the row must be on the list, when there is one."""
    if not grades or not isinstance(row, (ClassRow, CourseRow, UserRow)):
        return
    for given in row.grades:
        if same_grade(given, grades) is not None:
            continue
        number = _LEADING_NUMBER.match(given)
        meant = same_grade(number[1], grades) if number else None
        remedy = f"Use {meant or 'one of ' + ', '.join(grades)}, or add it under Policies"
        shown = f' "{given}"' if _PLAIN.fullmatch(given) else ""
        sink.error(file, row.row, "grades", "unknown_grade", f"grade{shown} is not in your list of grades. {remedy}")


def _folded(grade: str) -> str:
    return grade.strip().casefold().lstrip("0") or "0"
