"""An opened bundle: which files it has, and their rows as a stream (interop.md OR-1, OR-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from integrations.oneroster.manifest import MANIFEST, read_manifest
from integrations.oneroster.problems import Findings, Problem, Silence, Sink, refuse
from integrations.oneroster.reader import read_rows
from integrations.oneroster.records import RoleRow, Row, UserRow
from integrations.oneroster.schema import Mode, Table
from integrations.oneroster.source import Limits, Source, open_source
from integrations.oneroster.tables import TABLES

R = TypeVar("R", bound=Row)

DEFAULT_LIMITS = Limits()
HEARD_EVERY = 500  # rows


def _unheard(_rows: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says it holds. Rows are read on demand, so that size never decides how much memory it takes.

    `modes` has every file of the version; `entries` maps those present to their name in `source`. `problems` were
    found while opening; `check.check_bundle` repeats them. `source_name`, `source_code`: the system it comes from.
    `skipped`: file → numbers of rows that are passed over as if they were not there. `heard`: called with how many rows
    were read, now and then.
    """

    version: str
    modes: Mapping[str, Mode]
    entries: Mapping[str, str]
    problems: tuple[Problem, ...]
    source_name: str
    source_code: str
    source: Source
    limits: Limits
    skipped: Mapping[str, frozenset[int]] = field(default_factory=dict)
    heard: Callable[[int], None] = _unheard

    def kept(self, name: str, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows of a file without those that are passed over."""
        skipped = self.skipped.get(name, frozenset())
        count = 0
        for count, row in enumerate(rows, start=1):
            if not count % HEARD_EVERY:
                self.heard(HEARD_EVERY)
            if row.row not in skipped:
                yield row
        self.heard(count % HEARD_EVERY)

    def tables(self) -> list[Table]:
        """The tables to read, what is pointed to first."""
        return [table for name, table in TABLES[self.version].items() if name in self.entries and self.is_sent(name)]

    def mode(self, name: str) -> Mode:
        """The mode of a file of either version. Roles of a 1.1 bundle are part of its users."""
        if name == RoleRow.file and self.version == "1.1":
            name = UserRow.file
        return self.modes.get(name, Mode.ABSENT)

    def is_sent(self, name: str) -> bool:
        """Whether the bundle sends this file."""
        return self.mode(name) is not Mode.ABSENT


def read_bundle(path: Path | str, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Open the ZIP or folder at `path` and read its manifest.

    Raises `BundleRejected` when it is no bundle, unsafe, too big, or has no usable manifest. Everything else wrong
    with it stands in `Bundle.problems` and in the report of `check.check_bundle`.
    Source: 1EdTech OneRoster 1.1 and 1.2.1, CSV binding.
    """
    source = open_source(Path(path), limits)
    by_name: dict[str, list[str]] = {}
    for name in source.names:
        by_name.setdefault(name.casefold(), []).append(name)
    if MANIFEST not in by_name:
        raise refuse(
            "missing_manifest", "There is no manifest.csv. Add one that names version and files", file=MANIFEST
        )
    findings = Findings()
    manifest = read_manifest(source, by_name.pop(MANIFEST)[0], findings)
    entries = _entries(manifest.version, manifest.modes, by_name, findings)
    return Bundle(
        version=manifest.version,
        modes=manifest.modes,
        entries=entries,
        problems=findings.problems(),
        source_name=manifest.source_name,
        source_code=manifest.source_code,
        source=source,
        limits=limits,
    )


def _entries(version: str, modes: Mapping[str, Mode], by_name: dict[str, list[str]], sink: Sink) -> dict[str, str]:
    """Manifest against files: which table is in which entry."""
    entries: dict[str, str] = {}
    for table in TABLES[version].values():
        found = by_name.pop(table.file.casefold(), [])
        is_sent = modes[table.name] is not Mode.ABSENT
        if is_sent and not found:
            message = f"{table.file} is marked {modes[table.name]} but not there. Add the file, or mark it absent"
            sink.error(table.file, None, f"file.{table.name}", "missing_file", message)
        elif found and not is_sent:
            message = f"{table.file} is there but not announced. Mark it bulk or delta in the manifest, or remove it"
            sink.error(table.file, None, f"file.{table.name}", "unannounced_file", message)
        elif len(found) > 1:
            message = f"{table.file} is there twice, in different case. Keep one"
            sink.error(table.file, None, "", "repeated_file", message)
        elif found:
            entries[table.name] = found[0]
            if found[0] != table.file:
                message = f"{table.file} is written in another case. It was understood"
                sink.tolerate(table.file, None, "", "file_case", message)
    if by_name:
        message = f"{sum(map(len, by_name.values()))} files do not belong to OneRoster {version}. They were left out"
        sink.tolerate("", None, "", "extra_files", message)
    return entries


def rows(bundle: Bundle, row_class: type[R]) -> Iterator[R]:
    """Stream the rows of one file, for a bundle whose report has no errors.

    `rows(bundle, UserRow)` yields `UserRow`s in file order and holds one at a time; nothing when the file is absent.
    `RoleRow`s of a 1.1 bundle are made of users.csv: one for each org of the user, the first of them primary.
    """
    if row_class.file == RoleRow.file and bundle.version == "1.1":
        made: Iterator[Row] = (role for user in rows(bundle, UserRow) for role in _roles_of(user))
    else:
        made = _rows_of(bundle, row_class.file)
    return (row for row in made if isinstance(row, row_class))


def _rows_of(bundle: Bundle, name: str) -> Iterator[Row]:
    table = TABLES[bundle.version].get(name)
    if table is None or name not in bundle.entries:
        return
    with bundle.source.open(bundle.entries[name]) as stream:
        yield from bundle.kept(name, read_rows(table, bundle.modes[name], stream, Silence()))


def _roles_of(user: UserRow) -> Iterator[RoleRow]:
    for index, org in enumerate(user.org_sourced_ids):
        yield RoleRow(
            row=user.row,
            sourced_id=f"{user.sourced_id}/{org}/{user.role}",
            status=user.status,
            date_last_modified=user.date_last_modified,
            metadata={},
            user_sourced_id=user.sourced_id,
            role_type="secondary" if index else "primary",
            role=user.role,
            begin_date=None,
            end_date=None,
            org_sourced_id=org,
            user_profile_sourced_id="",
        )
