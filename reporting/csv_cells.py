"""CSV that a spreadsheet only shows: no cell is run as a formula, and every cell can be read back exactly.

A cell that would start a formula, or that starts with an apostrophe, gets one apostrophe in front. Whoever reads the
file takes one leading apostrophe away.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

FORMULA = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")  # the last four: their full-width forms
MARK = "'"
INVISIBLE = frozenset({"Cc", "Cf"})  # Unicode: control and format characters


def neutral(cell: str) -> str:
    is_formula = cell[:1] in FORMULA or _first_shown(cell) in FORMULA
    return f"{MARK}{cell}" if is_formula or cell.startswith(MARK) else cell


def _first_shown(cell: str) -> str:
    """The first character that is neither space nor invisible: a program may skip those and read on."""
    return next((one for one in cell if not one.isspace() and unicodedata.category(one) not in INVISIBLE), "")


def read_back(cell: str) -> str:
    return cell.removeprefix(MARK)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines end in CRLF (RFC 4180); a byte order mark in front tells spreadsheets that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return f"\ufeff{text.getvalue()}"
