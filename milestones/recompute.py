"""From ledger to status: read the pieces of some (learner, competency) pairs, run the engine, write what differs.

One path for one pair and for thousands. Everything happens in the caller's transaction; see `milestones.bulk` for the
locks. A status is always what the ledger says at that moment, so running it twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from competencies.selectors import EffectivePolicy, effective_policies
from milestones import bulk
from milestones.criteria import roll_up_milestones
from status_engine import NODATE, EvidenceTable, Kind, State, roll_up
from status_engine.fingerprint import fingerprints

KIND_CODES = {kind.name.lower(): int(kind) for kind in Kind}
STATE_CODES = {state.name.lower(): int(state) for state in State}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """A learner × competency whose level is being worked out."""

    id: int
    learner_id: int
    competency_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The engine's answer for one pair, ready to be written."""

    pair: Pair
    level: int
    value: Decimal | None
    pieces: int
    flags: int
    version_id: int
    watermark: int
    digest: str
    since: datetime


@transaction.atomic
def recompute_statuses(learner_competency_ids: Sequence[int], cause: str) -> int:
    """Work out the levels of these pairs and of the milestones above them. Returns how many levels moved."""
    ids = sorted(set(learner_competency_ids))
    pairs = {row[0]: Pair(*row) for row in bulk.rows(bulk.LOCK, ids=ids)}
    if not pairs:
        return 0
    evidence = bulk.evidence_rows(list(pairs))
    before = {row[0]: (row[1], row[2]) for row in bulk.rows(bulk.CURRENT, ids=list(pairs))}
    policies = effective_policies(pair.competency_id for pair in pairs.values())
    standings = work_out(pairs, evidence, policies)
    _write(standings)
    changes = [
        bulk.Change(s.pair.learner_id, s.pair.competency_id, None, was, s.level, s.since, s.watermark, s.version_id)
        for s in standings
        if (was := before.get(s.pair.id, (0, None))[0]) != s.level
    ]
    moved = [s.pair.id for s in standings if before.get(s.pair.id, (None, None))[0] != s.level]
    bulk.write_changes(changes, cause)
    return len(changes) + roll_up_milestones(moved, cause)


def work_out(
    pairs: dict[int, Pair], evidence: list[tuple[Any, ...]], policies: dict[int, EffectivePolicy]
) -> list[Standing]:
    """One engine call per policy version, over all pairs that it holds for. Rows of `evidence`: bulk.EVIDENCE."""
    by_version: dict[int, list[int]] = defaultdict(list)
    for pair in pairs.values():
        by_version[policies[pair.competency_id].version_id].append(pair.id)
    rows_of: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in evidence:
        rows_of[row[0]].append(row)
    standings: list[Standing] = []
    for members in by_version.values():
        effective = policies[pairs[members[0]].competency_id]
        chosen = [row for member in sorted(members) for row in rows_of[member]]
        standings += _of_version(effective, [pairs[member] for member in sorted(members)], chosen)
    return sorted(standings, key=lambda standing: standing.pair.id)


def _of_version(effective: EffectivePolicy, pairs: list[Pair], rows: list[tuple[Any, ...]]) -> list[Standing]:
    table = evidence_table(rows)
    answer = roll_up(effective.policy, table, [pair.id for pair in pairs])
    digests = fingerprints(effective.policy, table, answer)
    watermark, newest = _watermarks(rows)
    now = timezone.now()
    return [
        Standing(
            pair=pair,
            level=int(answer.level[i]),
            value=None if np.isnan(answer.value[i]) else Decimal(f"{answer.value[i]:.2f}"),
            pieces=int(answer.pieces[i]),
            flags=int(answer.flags[i]),
            version_id=effective.version_id,
            watermark=watermark.get(pair.id, 0),
            digest=digests[i],
            since=newest.get(pair.id, now),
        )
        for i, pair in enumerate(pairs)
    ]


def evidence_table(rows: list[tuple[Any, ...]]) -> EvidenceTable:
    """Ledger rows (bulk.EVIDENCE) as the engine's columns."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 12
    group, ids, score, possible, weight, occurred, recorded, due, task, kind, form, state = columns
    tasks, task_codes = _codes(task)
    forms, form_codes = _codes(form)
    return EvidenceTable(
        group=np.array(group, np.int64),
        id=np.array(ids, np.int64),
        score=np.array([np.nan if value is None else value for value in score], np.float64),
        possible=np.array(possible, np.float64),
        weight=np.array(weight, np.float64),
        occurred_at=np.array(occurred, np.int64),
        recorded_at=np.array(recorded, np.int64),
        due_at=np.array([NODATE if value is None else value for value in due], np.int64),
        task=task_codes,
        kind=np.array([KIND_CODES[name] for name in kind], np.int8),
        form=form_codes,
        state=np.array([STATE_CODES[name] for name in state], np.int8),
        names={"task": tasks, "form": forms},
    )


def _codes(names: Sequence[str]) -> tuple[list[str], np.ndarray[Any, np.dtype[np.int64]]]:
    codes: dict[str, int] = {}
    found = [codes.setdefault(name, len(codes)) if name else -1 for name in names]
    return list(codes), np.array(found, np.int64)


def _watermarks(rows: list[tuple[Any, ...]]) -> tuple[dict[int, int], dict[int, datetime]]:
    """The newest ledger row seen and the moment of the newest piece, per pair."""
    seen: dict[int, int] = {}
    newest: dict[int, int] = {}
    for row in rows:
        seen[row[0]] = max(seen.get(row[0], 0), row[1])
        newest[row[0]] = max(newest.get(row[0], row[5]), row[5])
    return seen, {key: EPOCH + timedelta(microseconds=value) for key, value in newest.items()}


def _write(standings: list[Standing]) -> None:
    bulk.run(
        bulk.WRITE,
        k=[s.pair.id for s in standings],
        l=[s.pair.learner_id for s in standings],
        c=[s.pair.competency_id for s in standings],
        level=[s.level for s in standings],
        value=[s.value for s in standings],
        pieces=[s.pieces for s in standings],
        flags=[s.flags for s in standings],
        version=[s.version_id for s in standings],
        watermark=[s.watermark for s in standings],
        digest=[s.digest for s in standings],
        since=[s.since for s in standings],
    )
