"""A competency framework as Moodle exports it (tool_lpimportcsv). The goal: the first value marked as proficient.

Columns by their English names, else by their fixed order: Moodle writes them in the language of whoever exported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from competencies.table_rows import ACTIVE, Fault, TableRow
from integrations.competency_tables.columns import cell_fault
from integrations.competency_tables.found import Found, Proposal, content_of, identifier_of
from integrations.competency_tables.sheet import Sheet, TableRefused

COLUMNS = (
    "parent id number", "id number", "short name", "description", "description format", "scale values",
    "scale configuration", "rule type", "rule outcome", "rule config", "cross-referenced competency id numbers",
    "exported id", "is framework", "taxonomy",
)  # fmt: skip
ALIASES = {
    "parent idnumber": "parent id number", "idnumber": "id number", "shortname": "short name",
    "cross referenced competency id numbers": "cross-referenced competency id numbers",
}  # fmt: skip
NEEDED = ("id number", "short name", "is framework")
OWN_SCALES = ngettext_lazy(
    "%(n)d competency has a scale of its own there: it is not taken over.",
    "%(n)d competencies have a scale of their own there: it is not taken over.",
    "n",
)
RULES = ngettext_lazy(
    "%(n)d competency is completed by a rule there: make a milestone for what it asks for.",
    "%(n)d competencies are completed by a rule there: make a milestone for what it asks for.",
    "n",
)
RELATED = ngettext_lazy(
    "%(n)d competency refers to others as related: that is not taken over.",
    "%(n)d competencies refer to others as related: that is not taken over.",
    "n",
)
YES = frozenset({"1", "true", "yes"})


def read_moodle(sheet: Sheet) -> Found:
    """Raises TableRefused where the columns are not Moodle's or there is not exactly one framework."""
    names = _header(sheet.rows[0][1])
    return _Reading(sheet, names).found()


def _header(cells: list[str]) -> list[str]:
    plain = [cell.casefold().removesuffix("(optional)").strip() for cell in cells]
    names = [ALIASES.get(name, name) for name in plain]
    if all(name in names for name in NEEDED):
        return names
    if len([name for name in names if name]) == len(COLUMNS):
        return list(COLUMNS)  # the words of another language, in Moodle's order
    missing = next(name for name in NEEDED if name not in names)
    said = _("This is no competency framework of Moodle: the column “%(name)s” is missing. Export it there again")
    raise TableRefused(said % {"name": missing.capitalize()})


class _Reading:
    def __init__(self, sheet: Sheet, names: list[str]) -> None:
        self.sheet, self.names, self.result = sheet, names, Found()
        self.own_scales = self.rules = self.cross = 0
        self.taxonomy: list[str] = []

    def found(self) -> Found:
        table = [(row, self._texts(cells)) for row, cells in self.sheet.rows[1:]]
        heads = [(row, texts) for row, texts in table if texts["is framework"].casefold() in YES]
        if len(heads) != 1:
            said = _("The file has %(n)d rows of a framework. Export one framework at a time")
            raise TableRefused(said % {"n": len(heads)})
        row, head = heads[0]
        self.result.title = head["short name"] or head["id number"]
        self.taxonomy = [one.strip() for one in head.get("taxonomy", "").split(",")]
        depths = _depths([(number, texts) for number, texts in table if number != row])
        for number, texts in table:
            if number == row:
                continue
            faults = list(self._faults(number, texts))
            self.result.faults += faults
            if not faults:
                self.result.rows.append(self._row(number, texts, head["id number"], depths))
        self._scale(head)
        self._note()
        return self.result

    def _texts(self, cells: list[str]) -> dict[str, str]:
        texts = dict.fromkeys(COLUMNS, "")
        texts |= {name: cells[place] if place < len(cells) else "" for place, name in enumerate(self.names)}
        return texts

    def _faults(self, row: int, texts: dict[str, str]) -> Iterable[Fault]:
        for place, name in enumerate(self.names):
            odd, is_code = self.sheet.odd.get((row, place), ""), name in {"id number", "parent id number"}
            if broken := cell_fault(texts[name], odd, is_code):
                yield Fault(row, name, texts[name][:80], *broken)
        if not texts["id number"]:
            yield Fault(row, "id number", "", "no_id", _("The ID number is empty. Give each competency one of its own"))
        if not texts["short name"]:
            yield Fault(row, "short name", "", "no_name", _("Enter the short name of the competency"))

    def _row(self, row: int, texts: dict[str, str], framework: str, depths: dict[str, int]) -> TableRow:
        self.own_scales += bool(texts["scale values"])
        self.rules += bool(texts["rule type"])
        self.cross += bool(texts["cross-referenced competency id numbers"])
        key, parent = texts["id number"], texts["parent id number"]
        depth = depths.get(key, 0)
        kind = self.taxonomy[depth] if depth < len(self.taxonomy) else ""
        return TableRow(
            number=row, key=key, identifier=identifier_of("moodle", f"{framework}/{key}"), code=key,
            statement=texts["description"] or texts["short name"], short_statement=texts["short name"][:200],
            parent="" if parent == framework else parent, state=ACTIVE, item_type=kind.capitalize(),
        )  # fmt: skip

    def _scale(self, head: dict[str, str]) -> None:
        """The framework's scale as a draft rule: a rating there holds until the next one, as `latest` does here."""
        words = [word.strip() for word in head["scale values"].split(",") if word.strip()]
        goal = first_proficient(head["scale configuration"])
        ratings = [(Decimal(n), word) for n, word in enumerate(words, 1)]
        content = content_of({"method": "latest"}, ratings, Decimal(goal)) if goal else None
        if content is not None:
            self.result.proposals.append(Proposal(content, (self.result.title,)))
        elif words:
            self.result.notes.append(_("The scale marks no value as proficient: the rule here holds."))

    def _note(self) -> None:
        counts = ((self.own_scales, OWN_SCALES), (self.rules, RULES), (self.cross, RELATED))
        self.result.notes += [said % {"n": n} for n, said in counts if n]


def first_proficient(text: str) -> int | None:
    """The lowest value, from 1, that the scale's configuration marks as proficient."""
    try:
        entries: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    marked = (one for one in entries if isinstance(one, dict) and str(one.get("proficient", "")) in {"1", "True"})
    texts = [str(one.get("id", "")) for one in marked]
    return min((int(text) for text in texts if re.fullmatch(r"[1-9][0-9]{0,2}", text)), default=None)


def _depths(table: list[tuple[int, dict[str, str]]]) -> dict[str, int]:
    """{ID number: how many competencies stand above it}; a circle ends the count."""
    parents = {texts["id number"]: texts["parent id number"] for _, texts in table}
    depths = {}
    for key, parent in parents.items():
        step, seen = parent, {key}
        while step and step in parents and step not in seen:
            seen.add(step)
            step = parents[step]
        depths[key] = len(seen) - 1
    return depths
