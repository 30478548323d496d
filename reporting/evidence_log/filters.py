"""Which part of the ledger of a class is asked for, in the words of the query string."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.judged_evidence import JUDGED, SELF
from milestones import checklists, indicator_marks, score_sheets
from reporting.pages import read_uuid

YES, NO = "yes", "no"
PAGE, API, FILE = "page", "api", "file"
OF_API = "api:"
SOURCES: dict[str, Callable[[], str]] = {
    PAGE: lambda: _("Entered on a page"),
    score_sheets.SOURCE: lambda: _("Score the class"),
    JUDGED: lambda: _("Assessments"),
    SELF: lambda: _("Own views of learners"),
    indicator_marks.SOURCE: lambda: _("Figures"),
    checklists.SOURCE: lambda: _("Check-lists"),
    API: lambda: _("Other systems (API)"),
    FILE: lambda: _("Files"),
}


@dataclass(frozen=True, slots=True)
class LogFilters:
    """None or empty: not filtered. `before`: the last piece of the page before, for the next one."""

    learner: UUID | None = None
    milestone: UUID | None = None
    released: str = ""
    withdrawn: str = ""
    source: str = ""
    before: UUID | None = None

    @property
    def is_any(self) -> bool:
        return any((self.learner, self.milestone, self.released, self.withdrawn, self.source))


def read_log_filters(values: Mapping[str, Any]) -> LogFilters:
    """An unknown value is as if it were not there."""

    def one_of(name: str, allowed: Any) -> str:
        value = str(values.get(name, ""))
        return value if value in allowed else ""

    return LogFilters(
        learner=read_uuid(values.get("learner")),
        milestone=read_uuid(values.get("milestone")),
        released=one_of("released", {YES, NO}),
        withdrawn=one_of("withdrawn", {YES, NO}),
        source=one_of("source", SOURCES),
        before=read_uuid(values.get("before")),
    )


def source_of(source: str) -> str:
    """The group of sources that a row of the ledger belongs to."""
    return API if source.startswith(OF_API) else source if source in SOURCES else FILE


def of_source(wanted: str) -> Q:
    """Condition for the rows of a group of sources."""
    if wanted == API:
        return Q(source__startswith=OF_API)
    if wanted == FILE:
        return ~Q(source__in=[name for name in SOURCES if name not in {API, FILE}]) & ~Q(source__startswith=OF_API)
    return Q(source=wanted)
