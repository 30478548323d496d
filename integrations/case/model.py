"""The parts of a CASE package as frozen records (CASE 1.0/1.1; interop.md §2.1).

Identifiers and URIs stay exactly as given; `key` is the identifier in lower case and is what everything is joined by.
Optional text that is absent or null is "", optional lists are empty tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from integrations.case.problems import Problem

Extensions = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Link:
    """A LinkURI or LinkGenURI: what another object is called and where it lives."""

    identifier: str
    uri: str
    title: str
    target_type: str = ""

    @property
    def key(self) -> str:
        return self.identifier.lower()


@dataclass(frozen=True, slots=True)
class Document:
    """The CFDocument: a framework as a whole."""

    identifier: str
    uri: str
    creator: str
    title: str
    last_change: datetime
    official_source_url: str = ""
    publisher: str = ""
    description: str = ""
    subjects: tuple[str, ...] = ()
    language: str = ""
    version: str = ""
    adoption_status: str = ""
    status_start_on: date | None = None
    status_end_on: date | None = None
    license: Link | None = None
    notes: str = ""
    framework_type: str = ""
    case_version: str = ""
    package: Link | None = None
    extensions: Extensions = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.identifier.lower()


@dataclass(frozen=True, slots=True)
class Item:
    """A CFItem: one competency. `place` is its position in the file, from 0."""

    identifier: str
    uri: str
    full_statement: str
    last_change: datetime
    place: int
    human_coding_scheme: str = ""
    list_enumeration: str = ""
    abbreviated_statement: str = ""
    alternative_label: str = ""
    item_type: str = ""
    item_type_link: Link | None = None
    education_level: tuple[str, ...] = ()
    concept_keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    notes: str = ""
    language: str = ""
    status_start_on: date | None = None
    status_end_on: date | None = None
    license: Link | None = None
    extensions: Extensions = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.identifier.lower()

    @property
    def label(self) -> str:
        """What to call the item in a message: its code where it has one (a label, not a key: CASE-8)."""
        return self.human_coding_scheme or self.identifier


@dataclass(frozen=True, slots=True)
class Association:
    """A CFAssociation: `origin` *type* `destination`. `place` is its position in the file, from 0."""

    identifier: str
    uri: str
    type: str
    origin: Link
    destination: Link
    last_change: datetime
    place: int
    sequence_number: int | None = None
    grouping: Link | None = None
    notes: str = ""
    extensions: Extensions = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.identifier.lower()


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of CFDefinitions. `kind` is the list it came from, such as `CFItemTypes`."""

    kind: str
    identifier: str
    uri: str
    title: str
    last_change: datetime | None
    description: str = ""
    code: str = ""
    hierarchy_code: str = ""
    text: str = ""
    extensions: Extensions = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.identifier.lower()


@dataclass(frozen=True, slots=True)
class CasePackage:
    """A package that passed every check.

    `associations` leaves out identical repeats; `repeated_associations` says how many there were.
    `warnings` names what was tolerated.
    """

    document: Document
    items: tuple[Item, ...]
    associations: tuple[Association, ...]
    definitions: tuple[Definition, ...]
    repeated_associations: int
    warnings: tuple[Problem, ...]

    def items_by_key(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}
