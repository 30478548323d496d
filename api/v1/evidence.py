"""Evidence in, one piece or thousands, with a result per row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from assessments.pieces import Piece, Problem, RowResult
from assessments.resolve import keys_of
from assessments.services import record_many
from learners.models import Learner
from tenancy.actor import Actor
from tenancy.errors import Invalid
from tenancy.ids import uuid7

MOST_ROWS = 5_000
# Beyond it a number cannot be rounded to three decimals; the ledger's own limits are far below.
LARGEST_NUMBER = 1e12


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """One row as sent; see EvidenceSerializer for the words."""

    learner: str
    competency: str
    score: float | None
    possible: float
    occurred_at: datetime
    task: str
    kind: str
    method: str = ""
    title: str = ""
    form: str = ""
    weight: float = 1
    state: str = "counted"
    due_at: datetime | None = None
    comment: str = ""
    attempt: str = ""
    pass_mark: float | None = None
    hints: int = 0
    minutes: int | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A row that could be read, or the problem with it."""

    n: int
    row: Row | None
    problem: Problem | None = None


def record_rows(actor: Actor, data: Any) -> list[RowResult]:
    """Record the rows of a request, in the order sent. Raises Invalid when it is no list of 1 to 5,000 objects."""
    if not isinstance(data, list) or not 1 <= len(data) <= MOST_ROWS:
        text = f"Send one object, or a list of 1 to {MOST_ROWS} objects."
        raise Invalid([{"field": "", "code": "out_of_range", "message": text}])
    read = [_read(n, item) for n, item in enumerate(data)]
    rows = [one.row for one in read if one.row is not None]
    learners, competencies = keys_of(
        {row.learner for row in rows},
        {row.competency for row in rows},
        Learner.objects.visible_to(actor, "Evidence", "create"),
    )
    results: dict[int, RowResult] = {}
    pieces: list[Piece] = []
    for one in read:
        problems = [one.problem] if one.problem else _unknown(one, learners, competencies)
        if problems or one.row is None:
            results[one.n] = RowResult(one.n, "rejected", problems=problems)
        else:
            pieces.append(_piece(actor, one.n, one.row, learners, competencies))
    if pieces:
        results.update({result.n: result for result in record_many(actor, pieces=pieces)})
    return [results[n] for n in range(len(data))]


def _read(n: int, item: Any) -> Read:
    try:
        row = msgspec.convert(item, Row, strict=True)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        field = path.strip("`").lstrip(".")
        return Read(
            n, None, Problem(n, field or _field_in(text), "invalid", f"{text}. See the field's type in /api/docs/")
        )
    for name in ("occurred_at", "due_at"):
        moment = getattr(row, name)
        if moment is not None and (moment.utcoffset() is None or not 1900 <= moment.year <= 2199):
            fix = f"{name} needs an offset and a year from 1900 to 2199, like 2026-11-19T09:30:00+01:00"
            return Read(n, None, Problem(n, name, "invalid_time", fix))
    for name in ("score", "possible", "weight", "pass_mark"):
        value = getattr(row, name)
        if value is not None and abs(value) > LARGEST_NUMBER:
            fix = f"{name} was {value:g}. Use a smaller number"
            return Read(n, None, Problem(n, name, "out_of_range", fix))
    return Read(n, row)


def _field_in(text: str) -> str:
    """msgspec names a missing or unknown field inside its sentence, in backticks."""
    parts = text.split("`")
    return parts[-2] if len(parts) > 2 else ""


def _unknown(one: Read, learners: dict[str, int], competencies: dict[str, int]) -> list[Problem]:
    if one.row is None:
        return []
    checks = (("learner", one.row.learner, learners), ("competency", one.row.competency, competencies))
    return [
        Problem(one.n, field, "not_found", f'{field} "{value[:80]}" is not one that this token can see. Check the id')
        for field, value, known in checks
        if value not in known
    ]


def _piece(actor: Actor, n: int, row: Row, learners: dict[str, int], competencies: dict[str, int]) -> Piece:
    return Piece(
        n=n,
        learner_id=learners[row.learner],
        competency_id=competencies[row.competency],
        kind=row.kind,
        task=row.task,
        possible=_decimal(row.possible),
        score=None if row.score is None else _decimal(row.score),
        weight=_decimal(row.weight),
        occurred_at=row.occurred_at.astimezone(UTC),  # PostgreSQL knows no offset beyond ±15:59
        due_at=row.due_at.astimezone(UTC) if row.due_at else None,
        method=row.method,
        title=row.title,
        form=row.form,
        state=row.state,
        comment=row.comment,
        attempt=row.attempt,
        pass_mark=None if row.pass_mark is None else Decimal(repr(row.pass_mark)).quantize(Decimal("0.0001")),
        hints=row.hints,
        minutes=row.minutes,
        source=f"api:{actor.token_id}",
        source_id=row.source_id or str(uuid7()),
    )


def _decimal(value: float) -> Decimal:
    """To the three decimals that the ledger keeps."""
    return Decimal(repr(value)).quantize(Decimal("0.001"))
