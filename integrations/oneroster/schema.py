"""Words to describe a OneRoster CSV file: its columns in order, and what each may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum


class Mode(StrEnum):
    """What a file claims to be (OneRoster CSV, manifest): everything there is, only changes, or not sent."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


class Kind(Enum):
    """How a value is written. Lists are separated by commas inside one quoted value."""

    TEXT = "text"
    TEXTS = "texts"
    ID = "id"
    IDS = "ids"
    ENUM = "enum"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "date-time"
    YEAR = "year"
    INTEGER = "integer"
    NUMBER = "number"
    GRADES = "grades"
    SCALE = "scale"
    PASSWORD = "password"  # noqa: S105 - the kind's name; such values are dropped at reading


LIFECYCLE = frozenset({"status", "dateLastModified"})

# Kinds whose values say nothing about a person unless the column does. Text and identifiers always may.
_ECHOED_KINDS = frozenset(
    {Kind.ENUM, Kind.BOOLEAN, Kind.DATE, Kind.DATE_TIME, Kind.YEAR, Kind.INTEGER, Kind.NUMBER, Kind.GRADES}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `required` means every row needs a value; `target` is the file an ID or IDS column points to.

    `attribute` is its name on the row dataclass. `is_personal` keeps its values out of every message.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    target: str = ""
    attribute: str = ""
    is_personal: bool = False

    @property
    def is_echoed(self) -> bool:
        """Whether a message may quote this column's value."""
        return self.kind in _ECHOED_KINDS and not self.is_personal


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file in one version. `columns` are in the order the standard fixes."""

    name: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def table(name: str, *columns: Column, own_target: str = "") -> Table:
    """A table with the three columns every file begins with; `own_target`: its sourcedId belongs to another file."""
    lifecycle = (
        Column("sourcedId", Kind.ID, required=True, target=own_target, attribute="sourced_id"),
        Column("status", Kind.ENUM, values=("active", "tobedeleted"), attribute="status"),
        Column("dateLastModified", Kind.DATE_TIME, attribute="date_last_modified"),
    )
    return Table(name, (*lifecycle, *columns))


def column(
    name: str, kind: Kind = Kind.TEXT, *, required: bool = False, attribute: str = "", is_personal: bool = False
) -> Column:
    """A column that stands for itself."""
    return Column(name, kind, required, attribute=attribute or snake_case(name), is_personal=is_personal)


def needed(name: str, kind: Kind = Kind.TEXT) -> Column:
    """A column that needs a value in every row."""
    return column(name, kind, required=True)


def choice(name: str, *values: str, required: bool = True, is_personal: bool = False) -> Column:
    """A column that holds one of `values`, or `ext:` and a name."""
    return Column(name, Kind.ENUM, required, values, attribute=snake_case(name), is_personal=is_personal)


def ref(name: str, target: str, *, required: bool = True, attribute: str = "") -> Column:
    """A column that holds the sourcedId of a row of `target`."""
    return Column(name, Kind.ID, required, target=target, attribute=attribute or snake_case(name))


def refs(name: str, target: str, *, required: bool = False) -> Column:
    """A column that holds any number of sourcedIds of rows of `target`."""
    return Column(name, Kind.IDS, required, target=target, attribute=snake_case(name))


def snake_case(name: str) -> str:
    """`termSourcedIds` → `term_sourced_ids`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
