"""Reads and writes catalogues as text (.po) and compiles them (.mo): what `msgfmt` does, on a machine without it.

The formats are those of the GNU gettext manual, "The Format of PO Files" and "The Format of GNU MO Files".
"""

import ast
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAGIC = 0x950412DE
NUL = "\0"


@dataclass(slots=True)
class Entry:
    """forms: one, or one per plural form of the language. A fuzzy entry is a guess: it is not compiled."""

    text: str
    plural: str = ""
    forms: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def is_whole(self) -> bool:
        return bool(self.forms) and all(self.forms) and not self.is_fuzzy


def read(path: Path) -> dict[str, Entry]:
    """{text: entry}, the header under "". Obsolete entries (`#~`) are left out. Raises ValueError for anything odd."""
    found: dict[str, Entry] = {}
    entry, into, is_fuzzy = Entry(""), "", False
    for number, raw in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if into:
                found[entry.text] = entry
                entry, into, is_fuzzy = Entry(""), "", False
            is_fuzzy = is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        keyword, _, rest = line.partition(" ")
        if line.startswith('"'):
            keyword, rest = "", line
        elif keyword == "msgid" and into:
            found[entry.text] = entry
            entry, is_fuzzy = Entry(""), False
        if keyword:
            into = keyword
        entry.is_fuzzy = is_fuzzy
        _add(entry, into, bool(keyword), _literal(rest, path, number))
    return found


def write(path: Path, header: str, entries: Iterable[Entry]) -> None:
    lines = ['msgid ""', 'msgstr ""', *(_quoted(f"{line}\n") for line in header.strip().splitlines()), ""]
    for entry in entries:
        if entry.is_fuzzy:
            lines.append("#, fuzzy")
        lines.append(f"msgid {_quoted(entry.text)}")
        if entry.plural:
            lines.append(f"msgid_plural {_quoted(entry.plural)}")
            lines += [f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(entry.forms)]
        else:
            lines.append(f"msgstr {_quoted(entry.forms[0] if entry.forms else '')}")
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def compiled(entries: Mapping[str, Entry]) -> bytes:
    """The bytes of the .mo: entries that are whole, in order of their keys."""
    rows = sorted(
        (f"{one.text}{NUL}{one.plural}".encode() if one.plural else one.text.encode(), NUL.join(one.forms).encode())
        for one in entries.values()
        if one.is_whole
    )
    start = 28 + 16 * len(rows)
    keys, texts, table = b"".join(key + b"\0" for key, _ in rows), b"".join(text + b"\0" for _, text in rows), b""
    at = start
    for key, _ in rows:
        table += struct.pack("<II", len(key), at)
        at += len(key) + 1
    for _, text in rows:
        table += struct.pack("<II", len(text), at)
        at += len(text) + 1
    head = struct.pack("<7I", MAGIC, 0, len(rows), 28, 28 + 8 * len(rows), 0, start)
    return head + table + keys + texts


def _add(entry: Entry, into: str, is_new: bool, text: str) -> None:
    if into == "msgid":
        entry.text += text
    elif into == "msgid_plural":
        entry.plural += text
    elif into.startswith("msgstr"):
        if is_new:
            entry.forms.append("")
        entry.forms[-1] += text
    else:
        raise ValueError(f"{into or text!r} is not known here")


def _literal(text: str, path: Path, number: int) -> str:
    try:
        return str(ast.literal_eval(text.strip()))
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{path}, line {number}: {text!r} is not a text in quotes") from error


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{plain}"'
