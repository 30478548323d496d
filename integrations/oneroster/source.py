"""Opening a bundle safely, as ZIP or folder (interop.md OR-1).

A bundle comes from outside, so nothing is unpacked to disk and nothing is believed: names may not lead out of the
bundle, declared sizes are summed before reading, and bytes are counted while reading.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from integrations.oneroster.problems import refuse

_JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle may cost. Sizes in bytes; `max_ratio` is unpacked size to packed size, above `ratio_from`."""

    max_archive_bytes: int = 200 * 1024 * 1024
    max_total_bytes: int = 1024 * 1024 * 1024
    max_entries: int = 500
    max_ratio: int = 200
    ratio_from: int = 20 * 1024 * 1024
    max_rows: int = 2_000_000


class UnreadableFile(Exception):
    """A file of the bundle broke while it was read."""


class Source(Protocol):
    """A flat set of named files."""

    @property
    def names(self) -> tuple[str, ...]:
        """File names without the wrapping folder, in the bundle's order."""

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes. Reading raises `UnreadableFile` when it is damaged or longer than it said."""


class _Counted(io.RawIOBase):
    """Reads at most `limit` bytes of `inner` and turns every way a file can break into `UnreadableFile`."""

    def __init__(self, inner: IO[bytes], limit: int) -> None:
        self._inner = inner
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
            ValueError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise UnreadableFile("it is damaged") from error
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFile("it is longer than it says")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


class _ZipSource:
    def __init__(self, path: Path, entries: dict[str, zipfile.ZipInfo]) -> None:
        self._path = path
        self._entries = entries

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def open(self, name: str) -> IO[bytes]:
        entry = self._entries[name]
        try:
            # The entry keeps its archive's handle open, so the archive itself may be closed at once.
            with zipfile.ZipFile(self._path) as archive:
                inner = archive.open(entry)
        except (OSError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile) as error:
            raise UnreadableFile("it is damaged") from error
        return io.BufferedReader(_Counted(inner, entry.file_size))


class _FolderSource:
    def __init__(self, files: dict[str, tuple[Path, int]]) -> None:
        self._files = files

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def open(self, name: str) -> IO[bytes]:
        path, size = self._files[name]
        try:
            inner = path.open("rb")
        except OSError as error:
            raise UnreadableFile("it cannot be opened") from error
        return io.BufferedReader(_Counted(inner, size))


def open_source(path: Path, limits: Limits) -> Source:
    """The files of the ZIP or folder at `path`; raises `BundleRejected` when it is neither, unsafe or too big."""
    try:
        if path.is_dir():
            return _open_folder(path, limits)
        if path.stat().st_size > limits.max_archive_bytes:
            raise refuse("too_big", f"The ZIP is larger than {limits.max_archive_bytes // 1024 // 1024} MB. Send less")
        with zipfile.ZipFile(path) as archive:
            return _ZipSource(path, _checked_entries(archive.infolist(), limits))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a valid path"
        raise refuse("unreadable", f"The bundle cannot be opened: {reason}. Check the path") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise refuse("not_a_zip", "The file is not a readable ZIP. Make it again, or give a folder") from error


def _checked_entries(infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > limits.max_entries:
        raise refuse("too_many_files", f"The ZIP holds more than {limits.max_entries} files. Send only OneRoster files")
    files = []
    for info in infos:
        _check_entry(info)
        if not info.is_dir() and not _is_junk(info.filename):
            files.append(info)
    total = sum(info.file_size for info in files)
    _check_total(total, limits)
    if total > limits.ratio_from and total > limits.max_ratio * sum(info.compress_size for info in files):
        raise refuse("zip_bomb", "The ZIP unpacks to far more than its size. Make it again from the CSV files")
    names = _without_wrapping([info.filename for info in files])
    if len(set(names)) < len(names):
        raise refuse("repeated_file", "The ZIP holds the same file name twice. Keep one of each")
    return dict(zip(names, files, strict=True))


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or "\\" in name or "\x00" in name or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        raise refuse("unsafe_path", "The ZIP holds a file whose path leads out of it. Put the CSV files at the top")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refuse("unsafe_path", "The ZIP holds a symbolic link. Put the CSV files themselves in it")
    if info.flag_bits & 0x1:
        raise refuse("encrypted", "The ZIP is protected by a password. Make it without one")
    if info.compress_type not in _METHODS:
        raise refuse("compression", "The ZIP uses an unusual compression. Make it with the standard method (deflate)")


def _check_total(total: int, limits: Limits) -> None:
    if total > limits.max_total_bytes:
        size = limits.max_total_bytes // 1024 // 1024
        raise refuse("too_big", f"The files are larger than {size} MB together. Send fewer or smaller files")


def _is_junk(name: str) -> bool:
    return not _JUNK.isdisjoint(PurePosixPath(name).parts)


def _without_wrapping(names: list[str]) -> list[str]:
    """The names without the one folder that wraps them all, if there is one."""
    tops = {PurePosixPath(name).parts[0] for name in names}
    is_wrapped = len(tops) == 1 and all(len(PurePosixPath(name).parts) > 1 for name in names)
    return ["/".join(PurePosixPath(name).parts[1 if is_wrapped else 0 :]) for name in names]


def _open_folder(path: Path, limits: Limits) -> Source:
    children = _visible(path)
    if len(children) == 1 and children[0].is_dir() and not children[0].is_symlink():
        children = _visible(children[0])
    if len(children) > limits.max_entries:
        raise refuse(
            "too_many_files", f"The folder holds more than {limits.max_entries} files. Keep OneRoster files only"
        )
    if any(child.is_symlink() for child in children):
        raise refuse("unsafe_path", "The folder holds a symbolic link. Put the CSV files themselves in it")
    files = {child.name: (child, child.stat().st_size) for child in children if child.is_file()}
    _check_total(sum(size for _, size in files.values()), limits)
    return _FolderSource(files)


def _visible(path: Path) -> list[Path]:
    children: Iterable[Path] = sorted(path.iterdir())
    return [child for child in children if child.name not in _JUNK]
