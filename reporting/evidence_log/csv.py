"""The evidence log as a file: each piece as it stands, then what it was before, line by line."""

from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from reporting.board import EXPORT
from reporting.csv_cells import csv_text
from reporting.evidence_log.filters import NO, YES, LogFilters
from reporting.evidence_log.page import Entry, LogRow, around_of, chosen, in_words
from reporting.grid_file import MOST_LEARNERS
from reporting.reach import visible_section
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Refused

MOST_ROWS = 10_000
HEAD = (
    "recorded_at", "recorded_by", "entry", "learner", "learner_id", "competency", "title", "kind", "form", "score",
    "possible", "hints", "minutes", "occurred_at", "state", "source", "released", "comment", "evidence_id",
    "replaced_by",
)  # fmt: skip


def log_csv(actor: Actor, section_id: UUID, filters: LogFilters, zone: ZoneInfo) -> str:
    """Times are the school's, with their offset. Raises NotFound, Refused for too much. Noted in the audit."""
    section = visible_section(actor, section_id, *EXPORT)
    around = around_of(actor, section_id)
    if len(around.learners) > MOST_LEARNERS:
        text = _("The class has %(n)d learners. A file takes up to %(most)d")
        raise Refused(text % {"n": len(around.learners), "most": MOST_LEARNERS})
    rows = list(chosen(actor, around, filters)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        raise Refused(_("This is more than %(most)d pieces. Choose a learner or a milestone") % {"most": MOST_ROWS})
    record_audit(actor, "evidence_log.exported", target=section, detail={"pieces": len(rows)})
    return csv_text(HEAD, (line for row in in_words(actor, around, rows) for line in _lines(row, zone)))


def _lines(row: LogRow, zone: ZoneInfo) -> Iterator[list[str]]:
    replaced_by = ""
    for entry in (row.now, *row.before):
        yield _line(row, entry, replaced_by, zone)
        replaced_by = str(entry.public_id)


def _line(row: LogRow, entry: Entry, replaced_by: str, zone: ZoneInfo) -> list[str]:
    released = "" if replaced_by else YES if row.is_released else NO
    return [
        entry.recorded_at.astimezone(zone).isoformat(), entry.by, entry.entry, row.learner, str(row.learner_id),
        row.competency, row.title, row.kind, row.form, entry.score, entry.possible, str(entry.hints),
        "" if entry.minutes is None else str(entry.minutes), entry.occurred_at.astimezone(zone).isoformat(),
        entry.state, row.source, released, entry.comment, str(entry.public_id), replaced_by,
    ]  # fmt: skip
