"""Rules for whole rows that no single cell can show (interop.md OR-4, OR-6, §2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from integrations.oneroster.problems import Sink
from integrations.oneroster.records import EnrollmentRow, RoleRow, Row, SessionRow
from integrations.oneroster.records_gradebook import LineItemObjectiveRow, LineItemRow, ResultObjectiveRow
from integrations.oneroster.schema import Mode

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


def case_identifier(learning_objective_id: str) -> str | None:
    """The CASE CFItem identifier in a learning objective id (`urn:uuid:…` or bare, as given); None if it has none."""
    found = _UUID.fullmatch(learning_objective_id)
    return found[1] if found else None


def check_lifecycle(version: str, mode: Mode, file: str, row: Row, sink: Sink) -> None:
    """`status` and `dateLastModified` in a bulk file. (That a delta row has both, `reader` checks.)

    Bulk rows should have neither, in both versions of the standard, yet many exporters fill them.
    The rule: in 1.1 anything filled is tolerated with one warning per file, as its exporters fill both everywhere.
    In 1.2 a status alone is tolerated likewise, but a row with *both* has the exact shape of a delta row. A delta
    file under the label bulk would end every enrolment and deactivate every record it does not mention, so it is
    refused. In either version `tobedeleted` in a bulk file is honoured.
    """
    has_status, has_time = bool(row.status), row.date_last_modified is not None
    if mode is Mode.DELTA:
        return
    if has_status and has_time and version == "1.2":
        message = "status and dateLastModified are filled in a bulk file. Empty both, or mark the file delta"
        sink.error(file, row.row, "status", "lifecycle_in_bulk", message)
    elif has_status or has_time:
        message = "status or dateLastModified is filled in a bulk file. Only tobedeleted was taken into account"
        sink.tolerate(file, row.row, "status", "lifecycle_in_bulk", message)


def check_row(file: str, row: Row, sink: Sink) -> None:
    """Rules between the cells of one row."""
    match row:
        case SessionRow():
            _check_dates(file, row.row, (row.start_date, row.end_date), sink)
        case EnrollmentRow() | RoleRow():
            _check_dates(file, row.row, (row.begin_date, row.end_date), sink)
        case LineItemRow(result_value_min=low, result_value_max=high) if low is not None and high is not None:
            if low > high:
                message = "resultValueMin is above resultValueMax. Exchange them"
                sink.error(file, row.row, "resultValueMin", "reversed_range", message)
        case LineItemObjectiveRow() | ResultObjectiveRow():
            if row.source == "case" and row.learning_objective_id and not case_identifier(row.learning_objective_id):
                message = "learningObjectiveId is not a CASE identifier. Write urn:uuid: and the UUID of the CFItem"
                sink.error(file, row.row, "learningObjectiveId", "invalid_objective", message)
        case _:
            pass


def _check_dates(file: str, row: int, dates: tuple[date | None, date | None], sink: Sink) -> None:
    begin, end = dates
    if begin is not None and end is not None and end < begin:
        sink.tolerate(file, row, "endDate", "reversed_dates", "endDate is before the first date. Both were kept")


def check_parents(file: str, parents: Mapping[str, tuple[str, int]], sink: Sink) -> None:
    """Orgs and sessions form trees: a row above itself is refused. `parents`: id → (parent id, row)."""
    done: set[str] = set()
    for start in parents:
        chain: dict[str, None] = {}
        node = start
        while node in parents and node not in done and node not in chain:
            chain[node] = None
            node = parents[node][0]
        if node in chain:
            on_cycle = list(chain)[list(chain).index(node) :]
            rows = sorted(parents[one][1] for one in on_cycle)
            shown = ", ".join(str(number) for number in rows[:10])
            message = f"parentSourcedId leads back to the row itself (rows {shown}). Give one of them another parent"
            sink.error(file, rows[0], "parentSourcedId", "cycle", message)
        done.update(chain)
