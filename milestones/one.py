"""A single piece of evidence from the request to its level in three statements, whatever the length of its history.

The rules are those of every other path (`judging`, `criteria`); only reading and writing are put together here. What
does not fit in, such as an identifier that was sent before, takes the long way.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from django.db import connection

from assessments.ledger import Appended
from assessments.pieces import Piece
from competencies.book import policy_book
from milestones import bulk
from milestones.columns import Evidence, Statuses
from milestones.criteria import (
    Rows,
    judge_milestones,
    milestone_changes,
    milestone_write,
    roll_up_milestone_pairs,
    touched,
)
from milestones.judging import Circumstances, Pairs, judge
from milestones.one_sql import READ, RECORD
from milestones.recompute import Outcome, compare, level_changes, mark_dependents, moved_of, status_write
from milestones.staging import run
from milestones.standards import Standards
from tenancy.actor import Actor
from tenancy.context import current_tenant_id
from tenancy.ids import uuid7

CAUSE = "evidence"


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the level of one pair and of its milestones rests on."""

    evidence: Evidence
    stored: Statuses
    rows: Rows
    standards: Standards
    framework: int
    school: int
    stamp: tuple[int, int, str]


def record_one(actor: Actor, piece: Piece) -> Appended | None:
    """Append a checked piece and work out its level, in the caller's transaction.

    None where nothing was written because the identifier is known, or somebody opened the same pair this moment.
    """
    public_id = uuid7()
    given = {one.name: getattr(piece, one.name) for one in fields(Piece)} | {
        "public_id": public_id,
        "member": actor.member_id,
        "token": actor.token_id,
        "role": "+".join(sorted(actor.roles)),
    }
    row = _one(RECORD, given)
    if row is None:
        return None
    pairs = Pairs(*(np.array([key], np.int64) for key in (row[0], piece.learner_id, piece.competency_id)))
    _work_out(pairs, _read(pairs))
    return Appended(piece.n, str(public_id), created=True, learner_competency_id=row[0], equal=True)


def _work_out(pairs: Pairs, found: Found) -> None:
    book, circumstances = policy_book(stamp=found.stamp), Circumstances()
    version = book.version_ids(
        pairs.competency, *(np.array([key], np.int64) for key in (found.framework, found.school))
    )
    judged = judge(pairs, found.evidence.standing(), version, book.by_version, circumstances)
    own = found.stored.rows(found.stored.pair == pairs.id[0])
    outcome = compare(pairs, judged, own, circumstances, CAUSE)
    writes = [status_write(pairs, judged, outcome)]
    moves = [level_changes(pairs, judged, outcome)]
    keys, evidence = touched(moved_of(pairs, judged, outcome), found.standards)
    is_open = np.isin(keys[:, 1], found.rows.milestone)
    if is_open.any():
        rows, evidence = found.rows.rows(np.isin(found.rows.milestone, keys[:, 1])), evidence[is_open]
        stored = _with_outcome(pairs, found.stored, outcome)
        milestones = judge_milestones(rows, found.standards, book, circumstances, CAUSE, stored=stored)
        writes.append(milestone_write(rows, milestones))
        moves.append(milestone_changes(rows, milestones, evidence))
    run(*writes, *bulk.changes(bulk.joined(moves), CAUSE))
    # Made while this piece waited for its locks, as the parts of a split are.
    roll_up_milestone_pairs([(who, what) for who, what in keys[~is_open].tolist()], CAUSE)
    mark_dependents(pairs, outcome, book)


def _with_outcome(pairs: Pairs, stored: Statuses, outcome: Outcome) -> Statuses:
    """The stored statuses with the new level of the pair in place of the old one."""
    others = stored.rows(stored.pair != pairs.id[0])
    columns = {one.name: getattr(others, one.name) for one in fields(Statuses)}
    new = {"pair": pairs.id, "learner": pairs.learner, "competency": pairs.competency, "level": outcome.level,
           "since": outcome.since}  # fmt: skip
    nothing = np.zeros(1, np.int64)
    return Statuses(**{name: np.append(one, new.get(name, nothing)) for name, one in columns.items()})


def _read(pairs: Pairs) -> Found:
    keys = {"pair": int(pairs.id[0]), "learner_id": int(pairs.learner[0]), "competency_id": int(pairs.competency[0])}
    row = _one(READ, keys)
    if row is None:
        raise LookupError("a SELECT without FROM gave no row")
    evidence, stored, rows, criteria, framework, school, stamp = row
    table = np.array(rows, np.int64).reshape(-1, 12)
    return Found(
        Evidence.from_rows(evidence), Statuses.from_rows(stored), Rows(*(table[:, n].copy() for n in range(12))),
        Standards.from_rows(criteria), framework, -1 if school is None else school, (stamp[0], stamp[1], stamp[2]),
    )  # fmt: skip


def _one(sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **values})
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
