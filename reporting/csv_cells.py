"""CSV that a spreadsheet only shows: no cell is run as a formula, and every cell can be read back exactly.

A cell that would start a formula, or that starts with an apostrophe, gets one apostrophe in front. Whoever reads the
file takes one leading apostrophe away.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")  # the last four: their full-width forms
MARK = "'"


def neutral(cell: str) -> str:
    first = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"{MARK}{cell}" if first in FORMULA or cell.startswith(MARK) else cell


def read_back(cell: str) -> str:
    return cell.removeprefix(MARK)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines end in CRLF (RFC 4180); a byte order mark in front tells spreadsheets that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return f"\ufeff{text.getvalue()}"
