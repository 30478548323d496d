"""What a piece of evidence must look like before it may enter the ledger, whichever door it comes through."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from assessments.models import Evidence

KINDS = tuple(Evidence.Kind.values)
STATES = tuple(Evidence.State.values)
LIMIT = Decimal("99999.999")
LEAST_SHARE = Decimal("0.0001")
MOST_HINTS, MOST_MINUTES = 999, 9_999
# Clocks of other systems may run ahead a little; more than this is a mistake.
AHEAD = timedelta(minutes=5)
LINES = dict.fromkeys(map(ord, "\n\r\t"))


@dataclass(frozen=True, slots=True)
class Piece:
    """One row for the ledger. `n` is its place in what was sent; ids are internal keys of the open tenant."""

    learner_id: int
    competency_id: int
    kind: str
    task: str
    possible: Decimal
    occurred_at: datetime
    source: str
    source_id: str
    score: Decimal | None = None
    weight: Decimal = Decimal(1)
    method: str = ""
    title: str = ""
    form: str = ""
    state: str = "counted"
    due_at: datetime | None = None
    comment: str = ""
    attempt: str = ""
    pass_mark: Decimal | None = None
    hints: int = 0
    minutes: int | None = None
    n: int = 0


def moment_of(day: date, zone: ZoneInfo) -> datetime:
    """When work of a day was done, as the ledger keeps it: now for a day of today, noon at the school for another."""
    now = timezone.now()
    return now if day == now.astimezone(zone).date() else datetime.combine(day, time(12), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row: stable code, the field, and a sentence with the value and the fix."""

    n: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RowResult:
    """`outcome`: created, unchanged (sent before with the same content) or rejected with its problems."""

    n: int
    outcome: str
    public_id: str | None = None
    problems: list[Problem] = field(default_factory=list)


def check_piece(piece: Piece, now: datetime | None = None) -> list[Problem]:
    """All problems of one piece; an empty list means that the ledger will take it."""
    now = now or timezone.now()
    problems: list[Problem] = []

    def wrong(name: str, code: str, message: str) -> None:
        problems.append(Problem(piece.n, name, code, message))

    _check_numbers(piece, wrong)
    if piece.kind not in KINDS:
        wrong("kind", "unknown_kind", f'kind was "{piece.kind}". Use one of {", ".join(KINDS)}')
    if piece.state not in STATES:
        wrong("state", "unknown_state", f'state was "{piece.state}". Use one of {", ".join(STATES)}')
    if piece.score is None and piece.state == "counted":
        wrong("score", "missing_score", 'score is empty. Send the points, or state "not_judged" for work handed in')
    if piece.occurred_at > now + AHEAD:
        wrong("occurred_at", "in_the_future", "The date of the evidence must be today or earlier")
    for name, limit in (
        ("task", 100),
        ("title", 200),
        ("method", 40),
        ("form", 40),
        ("attempt", 40),
        ("source_id", 255),
    ):
        text: Any = getattr(piece, name)
        if len(text) > limit:
            wrong(name, "too_long", f"{name} has {len(text)} characters. Shorten it to {limit}")
        if not_storable(text):
            wrong(name, "bad_character", f"{name} contains a control character. Remove it and send the row again")
    if len(piece.comment) > 10_000 or not_storable(piece.comment, has_lines=True):
        wrong(
            "comment", "bad_text", "comment is longer than 10000 characters or contains control characters. Shorten it"
        )
    if not piece.task.strip():
        wrong(
            "task",
            "missing_task",
            "task is empty. Name the piece of work, like quiz-3, so that attempts belong together",
        )
    return problems


def _check_numbers(piece: Piece, wrong: Any) -> None:
    if not Decimal(0) < piece.possible <= LIMIT:
        wrong("possible", "out_of_range", f"possible was {piece.possible}. Use a number above 0, up to {LIMIT}")
    if piece.score is not None and not Decimal(0) <= piece.score <= LIMIT:
        wrong("score", "out_of_range", f"score was {piece.score}. Use a number from 0 to {LIMIT}")
    if not Decimal(0) < piece.weight <= Decimal(100):
        wrong("weight", "out_of_range", f"weight was {piece.weight}. Use a number above 0, up to 100")
    if piece.pass_mark is not None and not LEAST_SHARE <= piece.pass_mark <= 1:
        fix = "Use the share of the points that passes, above 0 and at most 1, like 0.6, or leave it out"
        wrong("pass_mark", "out_of_range", f"pass_mark was {piece.pass_mark}. {fix}")
    for name, value, most in (("hints", piece.hints, MOST_HINTS), ("minutes", piece.minutes, MOST_MINUTES)):
        if value is not None and not 0 <= value <= most:
            wrong(name, "out_of_range", f"{name} was {value}. Use a whole number from 0 to {most}")


def not_storable(text: str, *, has_lines: bool = False) -> bool:
    """Control characters (PostgreSQL refuses NUL) and lone surrogates; in a text of several lines their ends and tabs
    are none."""
    checked = text.translate(LINES) if has_lines else text
    return any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in checked)
