"""One cell to one value (interop.md OR-4): what is strict, what is understood all the same, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from integrations.oneroster.schema import Column, Kind

Scale = tuple[tuple[str, str], ...]
Value = str | bool | int | Decimal | date | datetime | tuple[str, ...] | Scale | None
Parsed = tuple[Value, str]

# What a tolerated spelling is called, and how a report says it.
TOLERATED = {
    "boolean_form": "is written in another form than true or false. It was understood",
    "enum_case": "is written in another case than the standard's. It was understood",
    "date_only": "has a date without a time. Midnight UTC was taken",
    "date_with_time": "has a time after its date. The time was left out",
    "school_year_range": "names two years. The later one was taken, as the standard names a school year by its end",
}
EMPTY: dict[Kind, Value] = {
    Kind.TEXT: "",
    Kind.TEXTS: (),
    Kind.ID: "",
    Kind.IDS: (),
    Kind.ENUM: "",
    Kind.GRADES: (),
    Kind.SCALE: (),
}

MAX_ID_LENGTH = 255
_STRICT = ""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEARS = re.compile(r"([0-9]{4})\s*[-/–]\s*([0-9]{4}|[0-9]{2})")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+")
_STEP = r"\{[^{}:]+:[^{}:]*\}"
_SCALE = re.compile(rf"{_STEP}(?:\s*,\s*{_STEP})*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_ECHOABLE = re.compile(r"[A-Za-z0-9:.,/_+-]{1,32}")


class BadValue(Exception):
    """A cell that cannot be understood. `code` is stable; `wrong` and `remedy` make the message."""

    def __init__(self, code: str, wrong: str, remedy: str) -> None:
        super().__init__(code)
        self.code = code
        self.wrong = wrong
        self.remedy = remedy

    def message(self, column: Column, text: str) -> str:
        """`role "boss" is not … . Use …`; the value only where the column may be quoted and it is one plain word."""
        shown = f' "{text}"' if column.is_echoed and _ECHOABLE.fullmatch(text) else ""
        return f"{column.name}{shown} {self.wrong}. {self.remedy}"


def parse_value(column: Column, text: str) -> Parsed:
    """The value of a stripped, non-empty cell and the code of what was tolerated, "" when written strictly.

    str for TEXT, ID, ENUM; bool, date, datetime (UTC), int, Decimal as the kind says; tuples of str for lists;
    pairs (name, value) for SCALE. Raises `BadValue`.
    """
    return _PARSERS[column.kind](column, text)


def parser_of(column: Column) -> Callable[[Column, str], Parsed]:
    """What `parse_value` uses for this column: looked up once for all its cells."""
    return _PARSERS[column.kind]


def empty_value(column: Column) -> Value:
    """What an empty cell means: "" for words, () for lists, None for the rest."""
    return EMPTY.get(column.kind)


def _text(_column: Column, text: str) -> Parsed:
    return text, _STRICT


def _texts(_column: Column, text: str) -> Parsed:
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part), _STRICT


def _id(_column: Column, text: str) -> Parsed:
    _check_id(text)
    return text, _STRICT


def _ids(_column: Column, text: str) -> Parsed:
    ids = tuple(dict.fromkeys(part for part in (piece.strip() for piece in text.split(",")) if part))
    for one in ids:
        _check_id(one)
    return ids, _STRICT


def _check_id(text: str) -> None:
    if len(text) > MAX_ID_LENGTH or not text.isprintable() or " " in text:
        remedy = f"Use at most {MAX_ID_LENGTH} characters without spaces"
        raise BadValue("invalid_id", "is not a sourcedId", remedy)


def _enum(column: Column, text: str) -> Parsed:
    may_extend = column.name != "status"
    if text in column.values or (may_extend and _EXTENSION.fullmatch(text)):
        return text, _STRICT
    folded = text.casefold()
    for value in column.values:
        if value.casefold() == folded:
            return value, "enum_case"
    extension = ", or ext: and a name of your own" if may_extend else ""
    remedy = f"Use one of {', '.join(column.values)}{extension}"
    raise BadValue("unknown_value", "is not one of the allowed values", remedy)


_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def _boolean(_column: Column, text: str) -> Parsed:
    value = _BOOLEANS.get(text.casefold())
    if value is None:
        raise BadValue("invalid_boolean", "is neither true nor false", "Use true or false")
    return value, _STRICT if text in {"true", "false"} else "boolean_form"


def _date(_column: Column, text: str) -> Parsed:
    has_time = _DATE_TIME.fullmatch(text) is not None
    if has_time or _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text[:10]), "date_with_time" if has_time else _STRICT
        except ValueError:
            pass
    raise BadValue("invalid_date", "is not a date", "Write it like 2026-11-19")


def _date_time(_column: Column, text: str) -> Parsed:
    is_date = _DATE.fullmatch(text) is not None
    if is_date or _DATE_TIME.fullmatch(text):
        try:
            value = datetime.fromisoformat(text)
            in_utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            return in_utc, "date_only" if is_date else _STRICT
    raise BadValue("invalid_date_time", "is not a date and time", "Write it like 2026-11-19T08:30:00.000Z")


def _year(_column: Column, text: str) -> Parsed:
    """A school year is named by the year it ends in; generators also write both years."""
    if re.fullmatch(r"[1-9][0-9]{3}", text):
        return int(text), _STRICT
    years = _YEARS.fullmatch(text)
    if years:
        start, end = int(years[1]), int(years[2]) if len(years[2]) == 4 else int(years[1][:2] + years[2])
        if start and end == start + 1:
            return end, "school_year_range"
    raise BadValue("invalid_year", "is not a year", "Write the year the school year ends in, like 2027")


def _integer(_column: Column, text: str) -> Parsed:
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text) is None:
        raise BadValue("invalid_integer", "is not a whole number", "Write it in at most 9 digits, like 20")
    return int(text), _STRICT


def _number(_column: Column, text: str) -> Parsed:
    if _NUMBER.fullmatch(text) is not None:
        try:
            return Decimal(text), _STRICT
        except InvalidOperation:  # pragma: no cover - the pattern lets nothing through that Decimal refuses
            pass
    raise BadValue("invalid_number", "is not a number", "Write it with digits and a point, like 95.5")


def _scale(_column: Column, text: str) -> Parsed:
    if _SCALE.fullmatch(text) is None:
        raise BadValue("invalid_scale", "is not a list of steps", "Write each as {name:value}, with commas between")
    steps = (step.split(":", 1) for step in re.findall(r"\{([^{}]*)\}", text))
    return tuple((name.strip(), value.strip()) for name, value in steps), _STRICT


def _password(_column: Column, _text: str) -> Parsed:
    return None, _STRICT


_PARSERS: dict[Kind, Callable[[Column, str], Parsed]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.ID: _id,
    Kind.IDS: _ids,
    Kind.ENUM: _enum,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATE_TIME: _date_time,
    Kind.YEAR: _year,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.GRADES: _texts,
    Kind.SCALE: _scale,
    Kind.PASSWORD: _password,
}
