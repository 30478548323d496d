"""The class grid as a workbook: the grid on one sheet, every level with its reason on the other.

Every text is stored as text, whatever it starts with, and with the apostrophe of `csv_cells` where it would start a
formula: the file stays harmless when a spreadsheet saves it as CSV.
"""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from milestones.flags import BEHIND_PACE, DROPPED, MET_BEFORE, PAST_TARGET, SET_BY_TEACHER, STALLED
from reporting.csv_cells import neutral
from reporting.grid_file import GridFile, Line
from reporting.levels import WORDS

# The marks of the grid in words; the names of the engine's own flags are words already.
MARKS = {
    DROPPED: gettext_lazy("Dropped"),
    STALLED: gettext_lazy("Stalled"),
    PAST_TARGET: gettext_lazy("Past target"),
    BEHIND_PACE: gettext_lazy("Below Meets after the target date"),
    SET_BY_TEACHER: gettext_lazy("Set by teacher, or met under an earlier goal"),
    MET_BEFORE: gettext_lazy("Met before, recent work below"),
}
WIDTHS = (28, 14, 44, 12, 13, 9, 8, 26, 60)
BOLD = Font(bold=True)


def grid_xlsx(file: GridFile) -> bytes:
    book = Workbook(write_only=True)
    _grid(book, file)
    _list(book, file)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _grid(book: Any, file: GridFile) -> None:
    sheet = book.create_sheet(_("Grid"))
    sheet.freeze_panes = "B4"
    sheet.page_setup.orientation = "landscape"
    sheet.column_dimensions["A"].width = WIDTHS[0]
    for n in range(len(file.board.columns)):
        sheet.column_dimensions[get_column_letter(n + 2)].width = 14
    sheet.append([_text(sheet, f"{file.board.title}, {file.at.date().isoformat()}", is_bold=True)])
    sheet.append([_text(sheet, ""), *(_text(sheet, one.code, is_bold=True) for one in file.board.columns)])
    sheet.append([_text(sheet, _("Learner"), is_bold=True), *(_text(sheet, one.title) for one in file.board.columns)])
    for _key, lines in groupby(file.lines, key=lambda line: line.row.id):
        found = list(lines)
        words = (_text(sheet, str(WORDS[line.stand.level].name)) for line in found)
        sheet.append([_text(sheet, found[0].row.name), *words])


def _list(book: Any, file: GridFile) -> None:
    sheet = book.create_sheet(_("List"))
    sheet.freeze_panes = "B2"
    for n, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    head = (
        _("Learner"), _("Milestone"), _("Title"), _("Target date"), _("Level"), _("Value"), _("Pieces"), _("Flags"),
        _("Reason"),
    )  # fmt: skip
    sheet.append([_text(sheet, one, is_bold=True) for one in head])
    for line in file.lines:
        sheet.append([_cell(sheet, value) for value in _values(line)])


def _values(line: Line) -> Iterator[str | float | date | None]:
    yield from (line.row.name, line.column.code, line.column.title, line.stand.due_on)
    yield from (str(WORDS[line.stand.level].name), line.facts.value, line.facts.pieces)
    marks = (str(MARKS.get(flag, flag.replace("_", " "))) for flag in line.flags)
    yield from ("; ".join(marks), line.reason)


def _cell(sheet: Any, value: str | float | date | None) -> Any:
    return _text(sheet, value) if isinstance(value, str) else value


def _text(sheet: Any, text: str, *, is_bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=neutral(ILLEGAL_CHARACTERS_RE.sub("", text)))
    cell.data_type = "s"  # never a formula, never an error value
    if is_bold:
        cell.font = BOLD
    return cell
