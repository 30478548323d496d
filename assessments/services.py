"""Every write into the evidence ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import ledger
from assessments.models import Evidence
from assessments.pieces import Piece, Problem, RowResult, check_piece
from assessments.signals import ledger_changed, short_way
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.ids import uuid7

# Up to so many levels are worked out before the answer; more wait for the worker.
AT_ONCE = 20


@transaction.atomic
def record_evidence(actor: Actor, *, piece: Piece) -> Evidence:
    """Append one piece and work out its level. Sending the same piece again returns the first row.

    Raises Invalid with every problem, Conflict when the identifier was used for other content.
    """
    result = record_many(actor, pieces=[piece])[0]
    if result.problems:
        problems = [problem(p.field, p.message, p.code) for p in result.problems]
        if result.problems[0].code == "conflict":
            raise Conflict(result.problems[0].message, field="source_id")
        raise Invalid(problems)
    evidence: Evidence = Evidence.objects.get(public_id=result.public_id)
    return evidence


@transaction.atomic
def record_many(actor: Actor, *, pieces: Sequence[Piece], is_waited_for: bool = False) -> list[RowResult]:
    """Append the pieces that are right, report each of those that are not, in the order given.

    A few levels are worked out at once, many are left for the worker unless somebody waits for them. Constant number
    of statements.
    """
    results: dict[int, RowResult] = {}
    good: dict[tuple[str, str], Piece] = {}
    now = timezone.now()
    for piece in pieces:
        problems = check_piece(piece, now)
        twice = good.get((piece.source, piece.source_id))
        if not problems and twice is not None and replace(twice, n=piece.n) != piece:
            problems = [_conflict(piece)]
        if problems:
            results[piece.n] = RowResult(piece.n, "rejected", problems=problems)
        elif twice is None:
            good[piece.source, piece.source_id] = piece
    short = _short_way(actor, list(good.values()))
    appended = short or (ledger.append(actor, list(good.values())) if good else [])
    by_source = {(good_piece.source, good_piece.source_id): a for good_piece, a in _paired(good, appended)}
    for piece in pieces:
        if piece.n not in results:
            results[piece.n] = _result(piece, good, by_source)
    touched = sorted({a.learner_competency_id for a in appended if a.created})
    created = sum(a.created for a in appended)
    if touched and not short:
        record_audit(actor, "evidence.recorded", detail={"pieces": created, "levels": len(touched)})
        (announce_now if is_waited_for else announce)(touched, "evidence")
    return [results[piece.n] for piece in pieces]


def _short_way(actor: Actor, pieces: list[Piece]) -> list[ledger.Appended]:
    """A single piece with its audit entry and its level in a few statements; empty where it takes the long way."""
    if len(pieces) != 1:
        return []
    found = (way(actor, pieces[0]) for way in short_way)
    return [appended for appended in found if appended is not None]


def announce(learner_competency_ids: list[int], cause: str) -> None:
    """Levels to be worked out: now if they are few, else by the worker."""
    if len(learner_competency_ids) <= AT_ONCE:
        ledger_changed.send(sender=None, learner_competency_ids=learner_competency_ids, cause=cause)
    else:
        ledger.mark_stale(learner_competency_ids, cause)


def announce_now(learner_competency_ids: list[int], cause: str) -> None:
    """Levels that somebody is waiting for, of a class at most: worked out before the answer however many they are."""
    ledger_changed.send(sender=None, learner_competency_ids=learner_competency_ids, cause=cause)


@transaction.atomic
def withdraw_evidence(actor: Actor, *, evidence: Evidence, reason: str) -> Evidence:
    """A new row that takes the piece out of the count. Raises Conflict when somebody was faster."""
    return _supersede(actor, evidence, Evidence.Entry.WITHDRAWN, {"comment": reason, "state": Evidence.State.HIDDEN})


@transaction.atomic
def withdraw_many(actor: Actor, *, evidence: Sequence[Evidence], reason: str) -> int:
    """Take several pieces out of the count, all or none. Returns how many. Raises Conflict when somebody was faster."""
    rows = [_follow(actor, piece, Evidence.Entry.WITHDRAWN) for piece in evidence]
    for row in rows:
        row.comment, row.state = reason, Evidence.State.HIDDEN
    try:
        with transaction.atomic():
            Evidence.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict("One of these pieces was changed a moment ago. Look at them again.") from error
    record_audit(actor, "evidence.withdrawn", detail={"pieces": len(rows)})
    announce_now(sorted({row.learner_competency_id for row in rows}), "withdrawn")
    return len(rows)


@transaction.atomic
def correct_evidence(
    actor: Actor,
    *,
    evidence: Evidence,
    score: Decimal | None,
    possible: Decimal | None = None,
    occurred_at: datetime | None = None,
    comment: str = "",
    hints: int | None = None,
    minutes: int | None = None,
) -> Evidence:
    """A new row that stands in for the piece; what is None stays, but the score; minutes go with the hints.

    Raises Invalid for bad values, Conflict when somebody was faster."""
    changes: dict[str, Any] = {"score": score, "comment": comment}
    others = {"possible": possible, "occurred_at": occurred_at, "hints": hints}
    changes |= {name: value for name, value in others.items() if value is not None}
    if hints is not None:
        changes["minutes"] = minutes
    return _supersede(actor, evidence, Evidence.Entry.CORRECTED, changes)


def _follow(actor: Actor, evidence: Evidence, entry: str) -> Evidence:
    """A row that stands in for another one, equal to it so far."""
    if evidence.entry == Evidence.Entry.WITHDRAWN:
        raise Conflict("This piece was withdrawn before. Record it again if it should count.")
    row = Evidence(
        **{f.attname: getattr(evidence, f.attname) for f in Evidence._meta.local_concrete_fields if f.name != "id"}
    )
    row.public_id, row.entry, row.supersedes_id = uuid7(), entry, evidence.pk
    row.recorded_at, row.recorded_by_id, row.token_id = timezone.now(), actor.member_id, actor.token_id
    row.source_id = f"{evidence.source_id[:200]}#{evidence.pk}"
    return row


def _supersede(actor: Actor, evidence: Evidence, entry: str, changes: dict[str, Any]) -> Evidence:
    row = _follow(actor, evidence, entry)
    for name, value in changes.items():
        setattr(row, name, value)
    problems = check_piece(_piece_of(row))
    if problems and entry == Evidence.Entry.CORRECTED:
        raise Invalid([problem(p.field, p.message, p.code) for p in problems])
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("This piece was changed a moment ago. Look at it again, then repeat your change.") from error
    record_audit(actor, f"evidence.{entry}", target=evidence)
    announce([row.learner_competency_id], entry)
    return row


def _piece_of(row: Evidence) -> Piece:
    return Piece(
        learner_id=0,
        competency_id=0,
        kind=row.kind,
        task=row.task,
        possible=row.possible,
        occurred_at=row.occurred_at,
        source=row.source,
        source_id=row.source_id,
        score=row.score,
        weight=row.weight,
        state=row.state,
        comment=row.comment,
        attempt=row.attempt,
        pass_mark=row.pass_mark,
        hints=row.hints,
        minutes=row.minutes,
    )


def _paired(good: dict[tuple[str, str], Piece], appended: list[ledger.Appended]) -> list[tuple[Piece, ledger.Appended]]:
    by_n = {piece.n: piece for piece in good.values()}
    return [(by_n[a.n], a) for a in appended]


def _result(
    piece: Piece, good: dict[tuple[str, str], Piece], by_source: dict[tuple[str, str], ledger.Appended]
) -> RowResult:
    key = (piece.source, piece.source_id)
    row = by_source[key]
    if not row.equal:
        return RowResult(piece.n, "rejected", problems=[_conflict(piece)])
    first = row.created and good[key].n == piece.n
    return RowResult(piece.n, "created" if first else "unchanged", row.public_id)


def _conflict(piece: Piece) -> Problem:
    return Problem(
        piece.n,
        "source_id",
        "conflict",
        f'source_id "{piece.source_id}" was sent before with other content. Use a new one, or correct the first piece',
    )
