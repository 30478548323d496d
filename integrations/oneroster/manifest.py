"""manifest.csv: which version, and what each file claims to be (interop.md OR-2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.oneroster.lines import BadCsv, fault_in_text, records
from integrations.oneroster.problems import Sink, refuse
from integrations.oneroster.schema import Mode
from integrations.oneroster.source import Source, UnreadableFile
from integrations.oneroster.tables import TABLES, VERSIONS

MANIFEST = "manifest.csv"

_MAX_ROWS = 1_000
_PLAIN = re.compile(r"[A-Za-z0-9._ -]{1,40}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`modes` has every file of the version; one the manifest does not name counts as absent."""

    version: str
    modes: Mapping[str, Mode]
    source_name: str
    source_code: str


def read_manifest(source: Source, entry: str, sink: Sink) -> Manifest:
    """The manifest in file `entry`. Faults in single properties go to `sink`.

    Raises `BundleRejected` when it cannot be read or names no version of OneRoster read here: nothing else can then
    be understood.
    """
    properties = _properties(source, entry, sink)
    version = _version(properties)
    manifest_version = properties.get("manifest.version", ("", None))
    if manifest_version[0] != "1.0":
        message = "manifest.version is not 1.0. It was read as 1.0"
        sink.tolerate(MANIFEST, manifest_version[1], "manifest.version", "manifest_version", message)
    return Manifest(
        version=version,
        modes=_modes(version, properties, sink),
        source_name=properties.get("source.systemname", ("", 0))[0],
        source_code=properties.get("source.systemcode", ("", 0))[0],
    )


def _properties(source: Source, entry: str, sink: Sink) -> dict[str, tuple[str, int | None]]:
    """Property in lower case → (value, row)."""
    found: dict[str, tuple[str, int | None]] = {}
    try:
        with source.open(entry) as stream:
            for row, cells in records(stream):
                if row > _MAX_ROWS:
                    raise refuse("bad_manifest", "The manifest has too many rows. Send one row a file", file=MANIFEST)
                name, value, *_ = [*(cell.strip() for cell in cells), ""]
                if row == 1:
                    _check_header(name, value)
                elif fault_in_text(name + value):
                    sink.error(MANIFEST, row, "", "bad_character", "The row is not UTF-8 text. Save it as UTF-8")
                elif name.casefold() in found and found[name.casefold()][0] != value:
                    message = "A property is given twice with two values. Keep one"
                    sink.error(MANIFEST, row, _field(name), "repeated_property", message)
                else:
                    found.setdefault(name.casefold(), (value, row))
    except (BadCsv, UnreadableFile) as error:
        raise refuse("bad_manifest", f"The manifest cannot be read: {error}. Make it again", file=MANIFEST) from error
    return found


def _check_header(name: str, value: str) -> None:
    if (name.casefold(), value.casefold()) != ("propertyname", "value"):
        message = "The manifest does not begin with propertyName,value. Put that row first"
        raise refuse("bad_manifest", message, file=MANIFEST)


def _field(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else ""


def _version(properties: Mapping[str, tuple[str, int | None]]) -> str:
    given = properties.get("oneroster.version", ("", 0))[0]
    found = re.fullmatch(r"v?(1\.[12])(?:\.[0-9]+)?", given)
    if not found:
        shown = f' "{given}"' if _PLAIN.fullmatch(given) else ""
        message = f"oneroster.version{shown} cannot be read here. Use {' or '.join(VERSIONS)}"
        raise refuse("unknown_version", message, file=MANIFEST, field="oneroster.version")
    return found[1]


def _modes(version: str, properties: Mapping[str, tuple[str, int | None]], sink: Sink) -> dict[str, Mode]:
    names = {f"file.{name}".casefold(): name for name in TABLES[version]}
    modes = dict.fromkeys(TABLES[version], Mode.ABSENT)
    for key, (value, row) in properties.items():
        if not key.startswith("file."):
            continue
        if key not in names:
            if value.casefold() != Mode.ABSENT:
                message = f"The manifest names a file that OneRoster {version} does not have. It was left out"
                sink.tolerate(MANIFEST, row, _field(key), "unknown_file", message)
            continue
        name = names[key]
        try:
            modes[name] = Mode(value.casefold())
        except ValueError:
            shown = f' "{value}"' if _PLAIN.fullmatch(value) else ""
            message = f"The mode{shown} of {name} is unknown. Use bulk, delta or absent"
            sink.error(MANIFEST, row, f"file.{name}", "unknown_mode", message)
            continue
        if value not in set(Mode):
            message = f"The mode of {name} is written in another case. It was understood"
            sink.tolerate(MANIFEST, row, f"file.{name}", "enum_case", message)
    return modes
