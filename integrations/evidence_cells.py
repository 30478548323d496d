"""The cells of one row of an evidence file: what each may hold, and what is wrong with it, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

REQUIRED = ("learner", "competency", "score", "possible", "occurred_at", "task", "kind")
LATER = ("attempt", "pass_mark", "hints", "minutes")  # columns that were added after the first files had been sent
OPTIONAL = ("method", "form", "title", "weight", "state", "comment", "due_at", *LATER, "source_id")
COLUMNS = (*REQUIRED, *OPTIONAL)
# What the ledger keeps; more decimals would come back changed, and a row sent twice would not equal itself.
STEP = Decimal("0.001")
SHARE_STEP = Decimal("0.0001")
UNWEIGHTED = Decimal(1).quantize(STEP)
LONGEST_REFERENCE = 255
YEARS = range(1900, 9000)  # what every clock between here and the database can hold

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?")

Fault = tuple[str, str, str]  # field, code, message


@dataclass(slots=True)
class Cells:
    """One row, read. `day` is the date where only a date was given. `faults`: (field, code, message) of each cell."""

    row: int
    texts: dict[str, str]
    score: Decimal | None = None
    possible: Decimal = Decimal(0)
    weight: Decimal = UNWEIGHTED
    occurred_at: datetime | None = None
    due_at: datetime | None = None
    pass_mark: Decimal | None = None
    hints: int = 0
    minutes: int | None = None
    day: date | None = None
    faults: list[Fault] = field(default_factory=list)

    def content(self, learner_id: int, competency_id: int) -> str:
        """Everything that makes this row what it is, in one spelling: the basis of a derived source_id."""
        words = [self.texts.get(name, "") for name in ("task", "kind", "method", "form", "title", "state", "comment")]
        moments = [None if moment is None else moment.astimezone(UTC) for moment in (self.occurred_at, self.due_at)]
        numbers = [self.score, self.possible, self.weight, self.day or moments[0], moments[1]]
        # Columns that came later are part of it only where they say something: older files keep their identifiers.
        later = [text for name in LATER if (text := self.texts.get(name, ""))]
        return repr((learner_id, competency_id, words, [None if n is None else str(n) for n in numbers], *later))


def read_cells(row: int, texts: dict[str, str], zone: ZoneInfo, now: datetime) -> Cells:
    """Parse one row; `texts`: column → stripped text. Raises nothing: faults are listed."""
    cells = Cells(row, texts)
    for name in ("learner", "competency"):
        if not texts[name]:
            cells.faults.append((name, "empty_value", f"{name} is empty. Name the {name} by its identifier"))
        elif len(texts[name]) > LONGEST_REFERENCE:
            cells.faults.append((name, "too_long", f"{name} has {len(texts[name])} characters. That is no identifier"))
    cells.score = _number(cells, "score")
    possible, weight = _number(cells, "possible"), _number(cells, "weight")
    if not texts["possible"]:
        cells.faults.append(("possible", "empty_value", "possible is empty. Enter the highest possible points, like 4"))
    cells.possible = possible if possible is not None else Decimal(0)
    cells.weight = weight if weight is not None else UNWEIGHTED
    cells.pass_mark = _number(cells, "pass_mark", SHARE_STEP)
    cells.hints, cells.minutes = _whole(cells, "hints") or 0, _whole(cells, "minutes")
    if not texts["occurred_at"]:
        message = "occurred_at is empty. Enter the date of the evidence, like 2026-11-19"
        cells.faults.append(("occurred_at", "empty_value", message))
    cells.occurred_at, cells.day = _moment(cells, "occurred_at", zone, now)
    cells.due_at, _ = _moment(cells, "due_at", zone, None)
    return cells


def _number(cells: Cells, name: str, step: Decimal = STEP) -> Decimal | None:
    text = cells.texts.get(name, "")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        cells.faults.append((name, "invalid_number", f"{name}{_shown(text)} is not a number. Write it like 3.5"))
        return None
    return Decimal(text).quantize(step, ROUND_HALF_UP)


def _whole(cells: Cells, name: str) -> int | None:
    text = cells.texts.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        cells.faults.append((name, "invalid_number", f"{name}{_shown(text)} is not a whole number. Write it like 2"))
        return None
    return int(text)


def _moment(cells: Cells, name: str, zone: ZoneInfo, now: datetime | None) -> tuple[datetime | None, date | None]:
    """(moment, day if only a day was given). A day is noon at the school; today before noon it is its midnight."""
    text = cells.texts.get(name, "")
    if not text:
        return None, None
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            _check_year(day)
            noon = datetime.combine(day, time(12), tzinfo=zone)
            return (midnight(day, zone) if now and noon > now and day == now.astimezone(zone).date() else noon), day
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
        _check_year(moment)
    except ValueError:
        message = f"{name}{_shown(text)} is not a date. Write it like 2026-11-19 or 2026-11-19T09:30+01:00"
        cells.faults.append((name, "invalid_date", message))
        return None, None
    if moment.tzinfo is None:
        message = f"{name}{_shown(text)} has no offset. Write it like 2026-11-19T09:30+01:00, or only the date"
        cells.faults.append((name, "missing_offset", message))
        return None, None
    return moment, None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The begin of a day at the school."""
    return datetime.combine(day, time(0), tzinfo=zone)


def _check_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValueError


def _shown(text: str) -> str:
    return f' "{text}"' if len(text) <= 40 and text.isprintable() else ""
