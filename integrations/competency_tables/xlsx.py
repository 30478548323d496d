"""XLSX in and out. A workbook is a ZIP from outside: what it would unpack to is summed before anything is read."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from integrations.competency_tables.sheet import (
    BROKEN,
    DATE,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBER,
    Sheet,
    TableRefused,
    add_row,
    check_size,
    checked,
)

MOST_UNPACKED, MOST_ENTRIES, MOST_RATIO = 60 * 1024 * 1024, 300, 200
UNREADABLE = (
    OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, RuntimeError, NotImplementedError,
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException,
)  # fmt: skip


def read_xlsx(data: bytes) -> Sheet:
    """The first sheet. Raises TableRefused."""
    check_size(len(data))
    try:
        _check_archive(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = _rows(book.worksheets[0])
        finally:
            book.close()
    except TableRefused:
        raise
    except UNREADABLE as error:
        raise TableRefused(_("This workbook cannot be opened. Save it again as XLSX, or as CSV UTF-8")) from error
    return checked(sheet)


def _check_archive(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > max(len(data), 1) * MOST_RATIO:
            values = {"size": unpacked // 1024 // 1024, "most": MOST_UNPACKED // 1024 // 1024}
            said = _(
                "This workbook would unpack to %(size)d MB. Save only the sheet with the competencies, as XLSX or CSV"
            )
            raise TableRefused(said % values)
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as file:
                    head = file.read(4_096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise TableRefused(
                        _("This workbook declares entities, which no spreadsheet does. Save it again as XLSX")
                    )


def _rows(worksheet: Any) -> Sheet:
    sheet = Sheet(is_typed=True)
    rows = worksheet.iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS + 1)
    for number, cells in enumerate(rows, 1):
        texts = []
        for place, cell in enumerate(cells):
            text, what = _text(cell)
            texts.append(text)
            if what:
                sheet.odd[number, place] = what
        add_row(sheet, number, texts)
        if len(sheet.rows) > MOST_ROWS + 1:
            break
    return sheet


def _text(cell: Any) -> tuple[str, str]:
    """(text, what a spreadsheet made of it if that matters)."""
    value = cell.value
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, datetime | date | time | timedelta):
        shown = value.date().isoformat() if isinstance(value, datetime) and value.time() == time(0) else str(value)
        return shown, DATE
    if isinstance(value, float):
        return (str(int(value)), "") if value.is_integer() and abs(value) < 10**15 else (repr(value), NUMBER)
    text = str(value)
    is_broken = getattr(cell, "data_type", "") == "e"
    return text[: LONGEST_CELL + 1], BROKEN if is_broken else ""


def xlsx_bytes(head: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """Every cell is text: nothing is run as a formula, no code becomes a number or a date."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFG", (18, 70, 50, 18, 12, 30, 10), strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, text, is_bold=True) for text in head])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, is_bold: bool = False) -> Any:
    clean = "".join(one for one in text if one in "\n\t" or ord(one) >= 32)[:32_000]
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type, cell.number_format = "s", "@"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_title(title: str) -> str:
    return "".join(one for one in title if one not in "[]:*?/\\" and ord(one) >= 32).strip("'")[:31] or "Competencies"
