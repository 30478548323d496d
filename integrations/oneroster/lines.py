"""CSV records from bytes, with bounded memory (RFC 4180; interop.md OR-1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

MAX_LINE = 1024 * 1024
MAX_LINES_PER_RECORD = 1_000


class BadCsv(Exception):
    """The file stopped being CSV at record `row`; what follows cannot be trusted."""

    def __init__(self, row: int, wrong: str) -> None:
        super().__init__(wrong)
        self.row = row
        self.wrong = wrong


class _Lines:
    """Text lines, none longer than `MAX_LINE`, and no more than `MAX_LINES_PER_RECORD` between two `restart`s.

    The csv module alone would collect one endless line, or one endless quoted record, until memory is gone.
    """

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._count = 0

    def restart(self) -> None:
        self._count = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_LINE)
        self._count += 1
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE or self._count > MAX_LINES_PER_RECORD:
            raise csv.Error("a value or row is too long")
        return line


def records(stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) for each record that is not blank; the first record, the header, is row 1.

    UTF-8 with or without BOM, CRLF or LF, last line ended or not. Bytes that are not UTF-8 come as lone surrogates,
    for the caller to report at their row. Raises `BadCsv`, and `source.UnreadableFile` from the stream.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    row = 0
    while True:
        lines.restart()
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadCsv(row, f"the quotes or commas do not add up ({error})") from error
        if any(cells):
            yield row, cells


def fault_in_text(text: str) -> str:
    """What makes `text` impossible to store: "" when nothing does."""
    if "\x00" in text:
        return "holds a NUL character. Remove it"
    if any("\udc80" <= character <= "\udcff" for character in text):
        return "is not UTF-8. Save the file as UTF-8"
    return ""
