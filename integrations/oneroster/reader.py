"""Rows of one file as typed records (interop.md OR-3, OR-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, TypeVar, cast

from integrations.oneroster import records as rostering
from integrations.oneroster import records_gradebook as gradebook
from integrations.oneroster.header import Header, read_header
from integrations.oneroster.lines import fault_in_text, records
from integrations.oneroster.problems import Sink
from integrations.oneroster.records import Row
from integrations.oneroster.schema import LIFECYCLE, Column, Kind, Mode, Table
from integrations.oneroster.values import TOLERATED, BadValue, Parsed, Value, empty_value, parser_of

R = TypeVar("R", bound=Row)
Parser = Callable[[Column, str], Parsed]

_ROW_CLASSES: tuple[type[Row], ...] = (
    rostering.OrgRow,
    rostering.SessionRow,
    rostering.CourseRow,
    rostering.ClassRow,
    rostering.UserRow,
    rostering.UserProfileRow,
    rostering.RoleRow,
    rostering.EnrollmentRow,
    rostering.DemographicsRow,
    gradebook.ScoreScaleRow,
    gradebook.CategoryRow,
    gradebook.LineItemRow,
    gradebook.LineItemObjectiveRow,
    gradebook.LineItemScaleRow,
    gradebook.ResultRow,
    gradebook.ResultObjectiveRow,
    gradebook.ResultScaleRow,
    gradebook.ResourceRow,
    gradebook.ClassResourceRow,
    gradebook.CourseResourceRow,
    gradebook.UserResourceRow,
)
ROW_CLASSES: Mapping[str, type[Row]] = {row_class.file: row_class for row_class in _ROW_CLASSES}


def read_rows(table: Table, mode: Mode, stream: IO[bytes], sink: Sink) -> Iterator[Row]:
    """Typed rows, one at a time. A faulty row is yielded too, its faulty cells empty, so that the checks after this
    one still see it; faults go to `sink`. A row with the wrong number of cells cannot be understood and is skipped.

    Raises `lines.BadCsv` and `source.UnreadableFile`.
    """
    source = records(stream)
    first = next(source, None)
    if first is None:
        sink.error(table.file, 1, "", "missing_header", "The file is empty. Put the header row first")
        return
    header = read_header(table, mode, first[1], sink)
    if header is None:
        return
    reader = _RowReader(table, mode, header, sink)
    for number, cells in source:
        row = reader.read(number, cells)
        if row is not None:
            yield row


class _RowReader:
    def __init__(self, table: Table, mode: Mode, header: Header, sink: Sink) -> None:
        self._file = table.file
        self._is_delta = mode is Mode.DELTA
        self._header = header
        self._sink = sink
        self._class = ROW_CLASSES[table.name]
        places = zip(table.columns, header.positions, strict=True)
        self._places = [
            (column.attribute, column, place, parser_of(column), empty_value(column),
             column.required or (self._is_delta and column.name in LIFECYCLE))
            for column, place in places if column.kind is not Kind.PASSWORD
        ]  # fmt: skip
        self._status = next(place for _, column, place, *_ in self._places if column.name == "status")
        self._password = next(
            (place for column, place in zip(table.columns, header.positions, strict=True)
             if column.kind is Kind.PASSWORD), None,
        )  # fmt: skip

    def read(self, number: int, cells: list[str]) -> Row | None:
        self._drop_password(number, cells)
        width = self._header.width
        if len(cells) < width or any(cells[width:]):
            message = f"There are {len(cells)} values for {width} columns. Check quotes and commas"
            self._sink.error(self._file, number, "", "wrong_width", message)
            return None
        deleted = self._is_deleted(cells)
        values: dict[str, Value] = {}
        for attribute, column, place, parse, empty, is_needed in self._places:
            text = self._clean(number, column.name, cells[place]) if place is not None else ""
            if text:
                values[attribute] = self._parsed(number, column, text, parse, deleted)
            else:
                values[attribute] = empty
                if is_needed and _is_judged(column, deleted):
                    self._note_empty(number, column)
        metadata = {
            key: text for key, place in self._header.metadata
            if (text := self._clean(number, f"metadata.{key}", cells[place]))
        }  # fmt: skip
        # The columns of a table and the fields of its class agree, kind by kind: a test compares them.
        build = cast("type[rostering.OrgRow]", self._class)
        return build(row=number, metadata=metadata, **values)  # type: ignore[arg-type]

    def _drop_password(self, number: int, cells: list[str]) -> None:
        """OR-8: passwords in files are ignored. Emptied before anything else looks at the row."""
        if self._password is not None and self._password < len(cells) and cells[self._password]:
            cells[self._password] = ""
            message = "password is filled. Passwords are never imported: leave the column empty"
            self._sink.tolerate(self._file, number, "password", "password_dropped", message)

    def _is_deleted(self, cells: list[str]) -> bool:
        return self._status is not None and cells[self._status].strip().casefold() == "tobedeleted"

    def _clean(self, number: int, field: str, text: str) -> str:
        text = text.strip()
        if not text.isascii() or "\x00" in text:
            fault = fault_in_text(text)
            if fault:
                self._sink.error(self._file, number, field, "bad_character", f"{field} {fault}")
                return ""
        return text

    def _parsed(self, number: int, column: Column, text: str, parse: Parser, deleted: bool) -> Value:
        try:
            value, tolerated = parse(column, text)
        except BadValue as bad:
            if _is_judged(column, deleted):
                self._sink.error(self._file, number, column.name, bad.code, bad.message(column, text))
            return empty_value(column)
        if tolerated and _is_judged(column, deleted):
            message = f"{column.name} {TOLERATED[tolerated]}"
            self._sink.tolerate(self._file, number, column.name, tolerated, message)
        return value

    def _note_empty(self, number: int, column: Column) -> None:
        if column.required:
            message = f"{column.name} is empty. Every row of {self._file} needs it"
            self._sink.error(self._file, number, column.name, "empty_value", message)
        else:
            message = f"{column.name} is empty. Every row of a delta file needs it"
            self._sink.error(self._file, number, column.name, "missing_lifecycle", message)


def _is_judged(column: Column, deleted: bool) -> bool:
    """A row that only says "delete" needs no more than its sourcedId; what else it holds is not judged."""
    return not deleted or column.name == "sourcedId" or column.name in LIFECYCLE
