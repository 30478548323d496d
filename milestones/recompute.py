"""From ledger to status: lock some pairs, read their evidence, ask the engine, write what differs.

One path for one pair and for thousands. Everything happens in the caller's transaction; see `milestones.bulk` for the
locks. A status is always what the ledger says at that moment, so running it twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.utils import timezone

from assessments.ledger import mark_stale
from competencies.book import PolicyBook, policy_book
from milestones import bulk
from milestones.columns import Columns, Evidence, Ints, Statuses, read_evidence, read_statuses
from milestones.criteria import Moved, roll_up_milestones
from milestones.day import to_microseconds
from milestones.judging import Circumstances, Judged, Pairs, judge, versions_for
from milestones.prerequisites import dependent_pairs
from milestones.staging import Column, Write, run
from status_engine import NODATE, Flag, Level

Bools = npt.NDArray[np.bool_]
NO_ROW = -1
BY_EVIDENCE = frozenset({"evidence", "corrected", "withdrawn"})
"""Causes that date a change to the newest piece; any other one dates it to the moment it happens."""


@dataclass(frozen=True, eq=False)
class Outcome(Columns):
    """What becomes of p pairs: the level that holds and the one before (0 where there was none), since when, whether
    an override stands, and whether anything differs from what is stored."""

    level: Ints
    before: Ints
    flags: Ints
    since: Ints
    differs: Bools


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands in the database about some pairs."""

    evidence: Evidence
    stored: Statuses


@transaction.atomic
def recompute_statuses(learner_competency_ids: Sequence[int], cause: str, override_id: int | None = None) -> int:
    """Work out the levels of these pairs and of the milestones above them. Returns how many levels moved."""
    pairs = bulk.lock_pairs(sorted(set(learner_competency_ids)))
    if not len(pairs):
        return 0
    ledger = Ledger(read_evidence(pairs.id), read_statuses(pairs.id))
    return recompute_locked(pairs, ledger, policy_book(), cause, override_id)


def recompute_locked(pairs: Pairs, ledger: Ledger, book: PolicyBook, cause: str, override_id: int | None = None) -> int:
    """The same for pairs whose locks are held, with what was read after taking them."""
    circumstances = Circumstances()
    version = versions_for(book, pairs)
    judged = judge(pairs, ledger.evidence.standing(), version, book.by_version, circumstances)
    outcome = compare(pairs, judged, ledger.stored, circumstances, cause)
    if not outcome.differs.any():
        return 0
    moves = level_changes(pairs, judged, outcome, override_id)
    run(status_write(pairs, judged, outcome), *bulk.changes(moves, cause))
    mark_dependents(pairs, outcome, book)
    return len(moves) + roll_up_milestones(moved_of(pairs, judged, outcome), book, circumstances, cause, override_id)


def compare(pairs: Pairs, judged: Judged, stored: Statuses, circumstances: Circumstances, cause: str) -> Outcome:
    """The engine's answer beside what is stored, with the overrides that stand today."""
    at = np.searchsorted(pairs.id, stored.pair)
    set_level = _spread(stored.set_level, at, len(pairs), NO_ROW)
    stands = set_level >= 0
    if stands.any():
        stands &= _spread(stored.set_until, at, len(pairs), NO_ROW) >= circumstances.day.number
    level = np.where(stands, set_level, judged.level)
    flags = judged.flags | np.where(stands, int(Flag.SET_BY_TEACHER), 0)
    before = _spread(stored.level, at, len(pairs), NO_ROW)
    differs = before != level
    for is_now, was in (
        (judged.level, stored.computed), (judged.pieces, stored.pieces), (flags, stored.flags),
        (judged.version, stored.version), (judged.watermark, stored.watermark), (judged.digest, stored.digest),
        (judged.judged_on, stored.judged_on), (_cents(judged.value), _cents(stored.value)),
    ):  # fmt: skip
        differs[at] |= is_now[at] != was
    now = to_microseconds(timezone.now())
    newest = judged.newest if cause in BY_EVIDENCE else np.full(len(pairs), NODATE, np.int64)
    moved = np.where(newest == NODATE, now, newest)
    since = np.where(before == level, _spread(stored.since, at, len(pairs), now), moved)
    return Outcome(level, np.maximum(before, 0), flags, since, differs)


def status_write(pairs: Pairs, judged: Judged, outcome: Outcome) -> Write:
    """What differs, ready to be written."""
    columns: dict[str, Column] = {
        "k": pairs.id, "l": pairs.learner, "c": pairs.competency, "level": outcome.level, "computed": judged.level,
        "value": judged.value, "pieces": judged.pieces, "flags": outcome.flags, "version": judged.version,
        "watermark": judged.watermark, "digest": judged.digest, "judged_on": judged.judged_on,
        "since": outcome.since,
    }  # fmt: skip
    return Write(bulk.WRITE, "status_staging", {name: one[outcome.differs] for name, one in columns.items()})


def level_changes(pairs: Pairs, judged: Judged, outcome: Outcome, override_id: int | None = None) -> bulk.Changes:
    """The levels that moved, for the history."""
    nothing = np.full(len(pairs), -1, np.int64)
    override = np.full(len(pairs), -1 if override_id is None else override_id, np.int64)
    return bulk.Changes(
        pairs.learner, pairs.competency, nothing, outcome.before, outcome.level, outcome.since,
        np.where(judged.watermark > 0, judged.watermark, -1), judged.version, override,
    ).rows(outcome.level != outcome.before)  # fmt: skip


def moved_of(pairs: Pairs, judged: Judged, outcome: Outcome) -> Moved:
    """What the milestones above have to know."""
    is_level = outcome.level != outcome.before
    return Moved(pairs.learner, pairs.competency, judged.watermark, is_level).rows(outcome.differs)


def mark_dependents(pairs: Pairs, outcome: Outcome, book: PolicyBook) -> None:
    """Levels whose rule asks for a prerequisite that was just met, or no longer is, are worked out anew."""
    if not any(effective.policy.needs_prerequisites for effective in book.by_version.values()):
        return
    crossed = (outcome.before >= Level.MEETS) != (outcome.level >= Level.MEETS)
    if crossed.any():
        later = dependent_pairs(pairs.learner[crossed], pairs.competency[crossed])
        if later:
            mark_stale(later, "prerequisite")


def _spread(column: Ints, at: Ints, length: int, nothing: int) -> Ints:
    spread = np.full(length, nothing, np.int64)
    spread[at] = column
    return spread


def _cents(value: npt.NDArray[np.float64]) -> Ints:
    """Values in hundredths, so that none (NaN) equals none."""
    return np.where(np.isnan(value), np.iinfo(np.int64).min, np.round(np.nan_to_num(value) * 100)).astype(np.int64)
