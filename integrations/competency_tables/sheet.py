"""A file as rows of text, whatever it was saved by. What is no table is refused in words, at little cost."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from tenancy.errors import DomainError

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000, 60, 20_000
DATE, NUMBER, BROKEN = "date", "number", "broken"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = ",;\t"


class TableRefused(DomainError):
    """The file is not a table that can be read. Nothing was written."""

    code = "table_refused"
    status = 422


@dataclass(slots=True)
class Sheet:
    """`rows`: (number in the file, cells). `odd`: (row, column from 0) → what a spreadsheet made of the cell.

    `is_typed`: cells came with types, so no apostrophe guards them.
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    is_typed: bool = False


def check_size(size: int) -> None:
    """Raises TableRefused before anything is read."""
    if size > MOST_BYTES:
        values = {"size": f"{size / 1024 / 1024:.1f}", "most": MOST_BYTES // 1024 // 1024}
        raise TableRefused(_("The file is %(size)s MB. Send one of up to %(most)d MB, or split it") % values)
    if not size:
        raise TableRefused(_("The file is empty. Choose the file that you saved"))


def is_spreadsheet(data: bytes) -> bool:
    return data.startswith(_ZIP)


def read_csv(data: bytes) -> Sheet:
    """Commas, semicolons or tabs; UTF-8 or UTF-16, with or without byte order mark. Raises TableRefused."""
    check_size(len(data))
    if data.startswith((_ZIP, _OLD_EXCEL)):
        raise TableRefused(_("This is a spreadsheet, not a CSV file. Choose XLSX, or save it as CSV UTF-8"))
    text = _decoded(data)
    first, _newline, rest = text.partition("\n")
    separator = _separator(text)
    if hint := re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE):  # what Excel writes for itself
        separator, text = hint.group(1), rest
    sheet = Sheet()
    skipped = 1 if hint else 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL * 4))
    try:
        for number, cells in enumerate(islice(reader, MOST_ROWS + 2), 1 + skipped):
            add_row(sheet, number, cells)
    except csv.Error as error:
        values = {"row": len(sheet.rows) + 1 + skipped}
        raise TableRefused(
            _("Row %(row)d: the quotes or separators do not add up. Save the file again") % values
        ) from error
    return checked(sheet)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data[1:2] == b"\x00" and data[:1] != b"\x00":
        encoding = "utf-16-le"
    elif data[:1] == b"\x00" and data[1:2] != b"\x00":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        said = _("Row %(row)d holds a character that is not UTF-8. Save the file as “CSV UTF-8” and send it again")
        raise TableRefused(said % {"row": row}) from error
    if "\x00" in text:
        raise TableRefused(_("The file holds NUL characters: it is no text. Save it as “CSV UTF-8”"))
    return text


def _separator(text: str) -> str:
    """The one of three that stands most often in the head, outside quotes."""
    head = re.sub(r'"(?:[^"]|"")*"', "", text[:20_000]).partition("\n")[0]
    return max(_SEPARATORS, key=lambda one: (head.count(one), -_SEPARATORS.index(one)))


def add_row(sheet: Sheet, number: int, cells: list[str]) -> None:
    long = next((cell for cell in cells if len(cell) > LONGEST_CELL), None)
    if long is not None:
        values = {"row": number, "n": len(long), "most": LONGEST_CELL}
        raise TableRefused(_("Row %(row)d: a cell has %(n)d characters. Shorten it to %(most)d") % values)
    if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
        values = {"row": number, "most": MOST_COLUMNS}
        raise TableRefused(
            _("Row %(row)d has more than %(most)d columns. Take out what does not belong there") % values
        )
    if any(cell.strip() for cell in cells):
        sheet.rows.append((number, [cell.strip() for cell in cells[:MOST_COLUMNS]]))


def checked(sheet: Sheet) -> Sheet:
    """A head and at least one row, and no more than can be previewed. Raises TableRefused."""
    if len(sheet.rows) > MOST_ROWS + 1:
        raise TableRefused(_("The file has more than %(most)d rows. Split it") % {"most": MOST_ROWS})
    if len(sheet.rows) < 2:
        raise TableRefused(_("The file has no rows. Put the names of the columns first and at least one row below"))
    return sheet
