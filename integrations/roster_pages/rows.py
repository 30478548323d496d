"""Rows of a bundle that cannot be saved: which they are, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.oneroster.bundle import Bundle, read_bundle
from integrations.oneroster.lines import BadCsv, records
from integrations.oneroster.problems import BundleRejected, Problem
from integrations.oneroster.source import UnreadableFile

# Faults of a whole file: passing one row over does not mend them.
OF_FILE = frozenset({"bad_csv", "unreadable_file", "more_errors", "missing_header"})
IDENTIFIERS = frozenset({"sourcedid", "usersourcedid"})
LONGEST_VALUE, LONGEST_NAME = 120, 60
CHUNK = 1 << 20


def rows_in(path: Path) -> int:
    """About how many rows the bundle has: lines are counted, nothing is understood. 0 where it cannot be read."""
    try:
        bundle = read_bundle(path)
        return sum(max(0, _lines(bundle, table.name) - 1) for table in bundle.tables())
    except (BundleRejected, UnreadableFile):
        return 0


def _lines(bundle: Bundle, name: str) -> int:
    with bundle.source.open(bundle.entries[name]) as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK), b""))


@dataclass
class Passed:
    """Rows that are passed over. `rows`: file → {number: (first problem, cells)}; `ids`: identifiers in them."""

    rows: dict[str, dict[int, Problem]] = field(default_factory=dict)
    cells: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)

    @property
    def skipped(self) -> Mapping[str, frozenset[int]]:
        return {name: frozenset(rows) for name, rows in self.rows.items()}

    @property
    def ids(self) -> frozenset[str]:
        found = set()
        for (name, _row), cells in self.cells.items():
            for column, cell in zip(self.headers.get(name, []), cells, strict=False):
                if column.strip().casefold() in IDENTIFIERS and cell.strip():
                    found.add(cell.strip())
        return frozenset(found)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows.values())

    def add(self, problems: Iterable[Problem], version: str) -> bool:
        """Pass the rows of these problems over, too; False where a problem is not one of a row, or none is new."""
        before = self.count
        for problem in problems:
            if problem.severity != "error":
                continue
            if problem.row is None or problem.row == 1 or problem.code in OF_FILE:
                return False
            name = problem.file.removesuffix(".csv")
            name = "users" if name == "roles" and version == "1.1" else name
            self.rows.setdefault(name, {}).setdefault(problem.row, problem)
        return self.count > before

    def read_cells(self, path: Path) -> Problem | None:
        """What stands in the rows, read from the file; what is wrong with the file where it cannot be read again. Rows
        that are passed over unread would count as rows of people who are not in the file: they would have left."""
        name, number = "", None
        try:
            bundle = read_bundle(path)
            for name, rows in self.rows.items():
                with bundle.source.open(bundle.entries[name]) as stream:
                    for number, cells in records(stream):
                        if number == 1:
                            self.headers[name] = cells
                        elif number in rows:
                            self.cells[name, number] = cells
        except (BundleRejected, BadCsv, UnreadableFile, KeyError) as error:
            number = error.row if isinstance(error, BadCsv) else None
            file = f"{name}.csv" if name else ""
            wrong = error.wrong if isinstance(error, BadCsv) else "it is damaged"
            message = f"The rows that cannot be saved could not be read again: {wrong}. "
            message += "Make the file again and upload it"
            return Problem("error", file, number, "", "unreadable_file", message)
        return None

    def stored(self) -> list[dict[str, Any]]:
        """For the import's row, in the order of files and rows."""
        return [
            {**problem.as_dict(), "file": f"{name}.csv", "value": self._value(name, problem),
             "name": self._name(name, number)[:LONGEST_NAME], "cells": self.cells.get((name, number), [])}
            for name, rows in self.rows.items() for number, problem in sorted(rows.items())
        ]  # fmt: skip

    def _cell(self, name: str, number: int, column: str) -> str:
        head = [one.strip().casefold() for one in self.headers.get(name, [])]
        cells = self.cells.get((name, number), [])
        place = head.index(column.casefold()) if column.casefold() in head else -1
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def _value(self, name: str, problem: Problem) -> str:
        return self._cell(name, problem.row or 0, problem.field)[:LONGEST_VALUE] if problem.field else ""

    def _name(self, name: str, number: int) -> str:
        if name != "users":
            return self._cell(name, number, "title") or self._cell(name, number, "name")
        return f"{self._cell(name, number, 'givenName')} {self._cell(name, number, 'familyName')}".strip()


def passed_of(problems: list[dict[str, Any]], headers: dict[str, list[str]]) -> Passed:
    """The same again from what is stored."""
    passed = Passed(headers=dict(headers))
    for one in problems:
        name = one["file"].removesuffix(".csv")
        if one["row"] is None:
            continue
        plain = Problem(one["severity"], one["file"], one["row"], one["field"], one["code"], one["message"])
        passed.rows.setdefault(name, {})[one["row"]] = plain
        passed.cells[name, one["row"]] = one["cells"]
    return passed
