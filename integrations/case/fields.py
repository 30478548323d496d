"""Reading one JSON object field by field, recording every fault with its JSON path.

Each reader answers a usable value even after a fault, so that one pass lists all of them. `null` counts as absent:
OpenSALT writes it for fields it has no value for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from integrations.case.model import Link
from integrations.case.problems import ProblemList, quoted

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MAX_SEQUENCE = 2**31 - 1  # a PostgreSQL integer


def is_uuid(value: str) -> bool:
    """Whether `value` has the shape of a UUID, any version, any case."""
    return _UUID.fullmatch(value) is not None


class Fields:
    """One JSON object at `path`, with readers by type."""

    def __init__(self, value: Mapping[str, object], path: str, problems: ProblemList) -> None:
        self._value = value
        self.path = path
        self._problems = problems

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def _wrong_type(self, path: str, wanted: str) -> None:
        name = path.rsplit(".", 1)[-1]
        self._problems.add(path, "wrong_type", f"{name} is not {wanted}. Give {wanted}")

    def _missing(self, name: str) -> None:
        self._problems.add(self._at(name), "missing_field", f"{name} is missing. Every object of this kind needs it")

    def has(self, name: str) -> bool:
        """Whether the field is there with a value."""
        return self._value.get(name) is not None

    def text(self, name: str) -> str:
        """An optional string; "" when absent."""
        value = self._value.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong_type(self._at(name), "a text")
            return ""
        return value

    def required_text(self, name: str) -> str:
        """A string that must be there and must not be blank."""
        value = self.text(name)
        is_text_or_absent = isinstance(self._value.get(name), (str, type(None)))
        if is_text_or_absent and not value.strip():
            self._missing(name)
        return value

    def identifier(self) -> str:
        """The object's own identifier: a UUID (CASE-10)."""
        value = self.required_text("identifier")
        if value.strip() and not is_uuid(value):
            message = f"identifier {quoted(value)} is not a UUID. Use 32 hexadecimal digits in groups of 8-4-4-4-12"
            self._problems.add(self._at("identifier"), "invalid_uuid", message)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """An optional list of strings; a single string stands for a list of one."""
        value = self._value.get(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,) if value else ()
        if not isinstance(value, list):
            self._wrong_type(self._at(name), "a list of texts")
            return ()
        for index, entry in enumerate(value):
            if not isinstance(entry, str):
                self._wrong_type(f"{self._at(name)}[{index}]", "a text")
        return tuple(entry for entry in value if isinstance(entry, str))

    def objects(self, name: str) -> list[Fields]:
        """An optional list of objects, each with its own path."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong_type(self._at(name), "a list")
            return []
        found = []
        for index, entry in enumerate(value):
            path = f"{self._at(name)}[{index}]"
            if isinstance(entry, dict):
                found.append(Fields(entry, path, self._problems))
            else:
                self._wrong_type(path, "an object")
        return found

    def part(self, name: str) -> Fields | None:
        """An optional object."""
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_type(self._at(name), "an object")
            return None
        return Fields(value, self._at(name), self._problems)

    def extensions(self) -> Mapping[str, object]:
        """The `extensions` object, kept whole (CASE-1)."""
        found = self.part("extensions")
        return dict(found._value) if found else {}

    def link(self, name: str) -> Link | None:
        """An optional link. OpenSALT 1.0 writes a bare URI for some: kept as a link without identifier and title."""
        value = self._value.get(name)
        if isinstance(value, str):
            return Link(identifier="", uri=value, title="") if value else None
        found = self.part(name)
        if found is None:
            return None
        return Link(found.text("identifier"), found.text("uri"), found.text("title"), found.text("targetType"))

    def node(self, name: str) -> Link:
        """A required end of an association. Its identifier need not be a UUID: it may lie outside CASE (1.1)."""
        if not self.has(name):
            self._missing(name)
            return Link("", "", "")
        found = self.part(name)
        if found is None:
            return Link("", "", "")
        if not found.has("title"):
            found._missing("title")
        return Link(
            found.required_text("identifier"), found.required_text("uri"), found.text("title"), found.text("targetType")
        )

    def sequence_number(self) -> int | None:
        """The optional sequenceNumber; a whole number written as text is understood (OpenSALT 1.0)."""
        value = self._value.get("sequenceNumber")
        if value is None or value == "":
            return None
        number = _whole_number(value)
        if number is None or abs(number) > _MAX_SEQUENCE:
            self._wrong_type(self._at("sequenceNumber"), "a whole number of at most 10 digits")
            return None
        return number

    def required_time(self, name: str) -> datetime:
        """A date-time that must be there; without a zone it is UTC, without a time it is midnight."""
        if not self.required_text(name).strip():
            return UNKNOWN_TIME
        return self.optional_time(name) or UNKNOWN_TIME

    def optional_time(self, name: str) -> datetime | None:
        """An optional date-time in UTC."""
        value = self.text(name).strip()
        if not value:
            return None
        parsed = _parse_time(value)
        if parsed is None:
            message = f"{name} {quoted(value)} is not a date and time. Write it like 2026-11-19T08:30:00Z"
            self._problems.add(self._at(name), "invalid_datetime", message)
        return parsed

    def optional_date(self, name: str) -> date | None:
        """An optional date; of a date-time only the date counts."""
        value = self.text(name).strip()
        if not value:
            return None
        try:
            return date.fromisoformat(value if _DATE_TIME.fullmatch(value) is None else value[:10])
        except ValueError:
            message = f"{name} {quoted(value)} is not a date. Write it like 2026-11-19"
            self._problems.add(self._at(name), "invalid_date", message)
            return None


def _whole_number(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"\s*-?[0-9]{1,10}\s*", value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value == int(value) else None


def _parse_time(value: str) -> datetime | None:
    if _DATE_TIME.fullmatch(value) is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
