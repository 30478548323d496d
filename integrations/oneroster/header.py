"""The first row of a file against the columns its table fixes (interop.md OR-3).

Understood with a warning: another case, known aliases, metadata.* columns after the fixed ones, empty columns at the
end, optional columns left out. Refused: a required column left out, fixed columns in another order, metadata columns
among them (the order is part of the format, so a moved column is a sign that cells may be under wrong names), and
any other column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.oneroster.problems import Sink
from integrations.oneroster.schema import LIFECYCLE, Mode, Table

ALIASES = {
    "termsourcedid": "termSourcedIds",  # Blackbaud
    "datalastmodified": "dateLastModified",
}
METADATA = "metadata."

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column of the table stands in this file (None: not given), and each metadata column."""

    positions: tuple[int | None, ...]
    metadata: tuple[tuple[str, int], ...]
    width: int


def read_header(table: Table, mode: Mode, cells: list[str], sink: Sink) -> Header | None:
    """The header of a file; None after an error, when its rows cannot be read."""
    reading = _Reading(table, mode, cells, sink)
    return reading.header()


class _Reading:
    def __init__(self, table: Table, mode: Mode, cells: list[str], sink: Sink) -> None:
        self._table = table
        self._mode = mode
        self._cells = [cell.strip() for cell in cells]
        self._sink = sink
        self._is_good = True
        self._positions: dict[str, int] = {}
        self._metadata: list[tuple[str, int]] = []

    def header(self) -> Header | None:
        self._drop_empty_end()
        names = {column.name.casefold(): column.name for column in self._table.columns}
        if not any(cell.casefold() in names for cell in self._cells):
            self._error("", "missing_header", "The first row does not name the columns. Put the header row first")
            return None
        for position, cell in enumerate(self._cells):
            self._place(position, cell, names)
        self._check_order()
        self._check_missing()
        if not self._is_good:
            return None
        positions = tuple(self._positions.get(column.name) for column in self._table.columns)
        return Header(positions, tuple(self._metadata), len(self._cells))

    def _error(self, field: str, code: str, message: str) -> None:
        self._is_good = False
        self._sink.error(self._table.file, 1, field, code, message)

    def _tolerate(self, field: str, code: str, message: str) -> None:
        self._sink.tolerate(self._table.file, 1, field, code, message)

    def _drop_empty_end(self) -> None:
        before = len(self._cells)
        while self._cells and not self._cells[-1]:
            self._cells.pop()
        if len(self._cells) < before:
            self._tolerate("", "empty_columns", "There are empty columns at the end. They were left out")

    def _place(self, position: int, cell: str, names: dict[str, str]) -> None:
        folded = cell.casefold()
        if folded.startswith(METADATA):
            self._place_metadata(position, cell)
            return
        alias = ALIASES.get(folded, "")
        name = names.get(folded) or names.get(alias.casefold(), "")
        if not name:
            shown = f'"{cell}"' if _PLAIN_NAME.fullmatch(cell) else f"number {position + 1}"
            message = f"The column {shown} does not belong in this file. Remove it, or name it metadata.…"
            self._error("", "unknown_column", message)
        elif name in self._positions:
            self._error(name, "repeated_column", f"The column {name} is given twice. Keep one")
        else:
            self._positions[name] = position
            if folded not in names:
                self._tolerate(name, "header_alias", f"The column {name} has another name here. It was understood")
            elif cell != name:
                self._tolerate(name, "header_case", f"The column {name} is written in another case. It was understood")

    def _place_metadata(self, position: int, cell: str) -> None:
        key = cell[len(METADATA) :]
        if not _PLAIN_NAME.fullmatch(key):
            remedy = "Use letters, digits, dot, dash and underscore after metadata."
            self._error("", "invalid_metadata", f"The column number {position + 1} has no usable name. {remedy}")
        elif key in dict(self._metadata):
            self._error(METADATA + key, "repeated_column", "A metadata column is given twice. Keep one")
        else:
            self._metadata.append((key, position))
            self._tolerate("metadata", "metadata_columns", "There are metadata columns. They were kept as they are")

    def _check_order(self) -> None:
        given = [column.name for column in self._table.columns if column.name in self._positions]
        if given != list(self._positions):
            wrong = next(name for name, fixed in zip(self._positions, given, strict=True) if name != fixed)
            order = ", ".join(column.name for column in self._table.columns)
            self._error(wrong, "column_order", f"The column {wrong} is out of place. Use this order: {order}")
        if self._metadata and self._positions and self._metadata[0][1] < max(self._positions.values()):
            message = "A metadata column stands before other columns. Put all metadata columns at the end"
            self._error("metadata", "column_order", message)

    def _check_missing(self) -> None:
        for column in self._table.columns:
            if column.name in self._positions:
                continue
            is_lifecycle = self._mode is Mode.DELTA and column.name in LIFECYCLE
            if column.required or is_lifecycle:
                self._error(column.name, "missing_column", f"The column {column.name} is missing. Add it to the file")
            else:
                message = f"The column {column.name} is not in the file. It was taken as empty"
                self._tolerate(column.name, "optional_column", message)
