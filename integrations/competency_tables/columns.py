"""Our own columns: what the export writes is what the import reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from competencies.table_rows import ID, Fault, TableRow
from integrations.competency_tables.sheet import BROKEN, DATE, Sheet, TableRefused
from reporting.csv_cells import read_back

HEAD = ("code", "statement", "family wording", "parent code", "grades", "prerequisites", "state")
REQUIRED = ("code",)
ALIASES = {
    "family statement": "family wording", "family_wording": "family wording", "family_statement": "family wording",
    "parent": "parent code", "parent_code": "parent code", "grade": "grades", "prerequisite": "prerequisites",
    "status": "state",
}  # fmt: skip
FIELDS = {"parent code": "parent", "family wording": "family_statement"}
CODES = frozenset({"code", "parent code", "prerequisites", "grades"})
# "5-Mar", "05. Mai", "Mar 5": what a spreadsheet makes of 3-5 and writes into a CSV file.
_NAMES = "jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sept?|o[ck]t|nov|de[cz]"
_DAY = r"[-. /]{1,2}\d{1,4}"
_MONTH = re.compile(rf"\d{{1,2}}[-. /]{{1,2}}(?:{_NAMES})\w*\.?(?:{_DAY})?|(?:{_NAMES})\w*\.?{_DAY}", re.IGNORECASE)


def read_rows(sheet: Sheet) -> tuple[list[TableRow], list[Fault]]:
    """Raises TableRefused where the columns cannot be understood; what is wrong with single cells is listed."""
    names = _header(sheet)
    rows: list[TableRow] = []
    faults: list[Fault] = []
    for number, cells in sheet.rows[1:]:
        found = _faults(number, cells, names, sheet)
        unmarked = [cell if sheet.is_typed else read_back(cell) for cell in cells]
        texts = {name: unmarked[place] if place < len(unmarked) else "" for place, name in enumerate(names)}
        if not texts["code"] and not found:
            found = [Fault(number, "code", "", "no_code", _("The code is empty. Give each row a code of its own"))]
        faults += found
        if not found:
            rows.append(_row(number, texts, names))
    return rows, faults


def _header(sheet: Sheet) -> list[str]:
    names = [ALIASES.get(name, name) for name in (cell.strip().casefold() for cell in sheet.rows[0][1])]
    while names and not names[-1]:
        names.pop()
    unknown = [name or "–" for name in names if name not in HEAD]
    if "code" not in names:
        said = _("There is no column “code”. Name the columns in the first row: %(names)s")
        raise TableRefused(said % {"names": ", ".join(HEAD)})
    if unknown:
        said = _("The column “%(name)s” is not known. Take it out, or use one of %(names)s")
        raise TableRefused(said % {"name": unknown[0][:60], "names": ", ".join(HEAD)})
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise TableRefused(_("The column “%(name)s” is there twice. Keep one") % {"name": twice})
    return names


def _faults(number: int, cells: list[str], names: list[str], sheet: Sheet) -> list[Fault]:
    faults = []
    if any(cells[len(names) :]):
        said = _("There are %(n)d values for %(m)d columns. Check quotes and separators")
        faults.append(Fault(number, "", "", "wrong_width", said % {"n": len(cells), "m": len(names)}))
    for place, (name, cell) in enumerate(zip(names, cells, strict=False)):
        if found := cell_fault(cell, sheet.odd.get((number, place), ""), name in CODES):
            faults.append(Fault(number, name, cell[:80], *found))
    return faults


def cell_fault(cell: str, odd: str, is_code: bool) -> tuple[str, str] | None:
    """(code, message) of what a spreadsheet or a copy did to the cell."""
    if not_storable(cell, has_lines=True):
        return "control_character", _("There is a control character in it. Type it again")
    if odd == BROKEN:
        return "broken_formula", _("This is the error of a formula. Put the value there")
    if is_code and (odd == DATE or _MONTH.fullmatch(cell)):
        return "date", _("The spreadsheet made a date of it. Set the column to text and type it again, like 3-5")
    if is_code and odd:
        return "number", _(
            "It is stored as a number, so 3.1 and 3.10 look alike. Set the column to text and type it again"
        )
    return None


def _row(number: int, texts: dict[str, str], names: Iterable[str]) -> TableRow:
    values: dict[str, object] = {}
    for name in names:
        text = texts[name]
        if name == "grades":
            values[name] = _parts(text, ",;")
        elif name == "prerequisites":
            values[name] = _parts(text, ";")
        elif name == "state":
            values[name] = text.casefold() or None
        else:
            values[FIELDS.get(name, name)] = text
    code = texts["code"]
    if code.startswith(ID):
        values["code"] = None
    return TableRow(number, code, **values)  # type: ignore[arg-type]


def _parts(text: str, separators: str) -> tuple[str, ...]:
    parts = re.split(f"[{separators}\n]", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
