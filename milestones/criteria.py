"""From competency levels to milestone levels, for all learners whose competencies moved."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from django.utils import timezone

from competencies.book import PolicyBook, policy_book
from milestones import bulk
from milestones.columns import Columns, Crossing, Ints, Statuses
from milestones.day import to_microseconds
from milestones.indicators import judge_indicators
from milestones.judging import Circumstances
from milestones.models import LevelOverride
from milestones.staging import Write, run
from milestones.standards import Standards, ask
from status_engine import Flag, Level, roll_up_criteria

Bools = npt.NDArray[np.bool_]
BY_MISTAKE = frozenset({"withdrawn", "corrected", "policy"})
"""Causes that show a level was not earned as it seemed: nothing is held on to after one of them."""
TAKEN_BACK = -1


@dataclass(frozen=True, eq=False)
class Moved(Columns):
    """Competency levels that were written: evidence is the newest ledger row behind each, is_level whether the level
    itself moved. (Indicators follow every change of the evidence.)"""

    learner: Ints
    competency: Ints
    evidence: Ints
    is_level: Bools


@dataclass(frozen=True, eq=False)
class Rows(Columns):
    """Milestone statuses, locked, ascending by learner and milestone. Days since 2000-01-01, microseconds since 1970;
    set_level and earned_at -1 = none."""

    id: Ints
    learner: Ints
    milestone: Ints
    level: Ints
    computed: Ints
    previous: Ints
    set_level: Ints
    set_until: Ints
    met: Ints
    flags: Ints
    earned_at: Ints
    since: Ints


@dataclass(frozen=True, eq=False)
class Found(Columns):
    """What milestone statuses have to be, in the order of their rows."""

    level: Ints
    computed: Ints
    met: Ints
    flags: Ints
    since: Ints
    previous: Ints
    earned_at: Ints

    def differs(self, rows: Rows) -> Bools:
        """bool[r]: something other than its date is not as stored."""
        found: Bools = self.level != rows.level
        for name in ("computed", "met", "flags", "earned_at"):
            found |= getattr(self, name) != getattr(rows, name)
        return found


def roll_up_milestones(
    moved: Moved, book: PolicyBook, circumstances: Circumstances, cause: str, override_id: int | None = None
) -> int:
    """Work out every milestone that these levels count towards. Returns how many milestone levels moved."""
    competencies = np.unique(moved.competency)
    pairs, _evidence = touched(moved, Standards.over(competencies))
    if not len(pairs):
        return 0
    rows = _lock(pairs)
    standards = Standards.over(competencies)  # once more: a bar may have moved until the locks were there
    now, evidence = touched(moved, standards)
    if not np.array_equal(now, pairs):
        rows = _lock(now)
    return _roll_up(rows, evidence, standards, book, circumstances, cause, override_id)


def touched(moved: Moved, standards: Standards) -> tuple[Ints, Ints]:
    """(int64[p, 2] of learner and milestone, ascending; the newest ledger row behind each) of what may move now."""
    at, criterion = standards.of_competencies(moved.competency)
    may_move = moved.is_level[at] | (standards.measure[criterion] >= 0)
    may_move &= standards.are_of(criterion, moved.learner[at])
    at, criterion = at[may_move], criterion[may_move]
    keys = np.stack([moved.learner[at], standards.milestone[criterion]], axis=1)
    pairs, place = np.unique(keys, axis=0, return_inverse=True)
    newest = np.zeros(len(pairs), np.int64)
    np.maximum.at(newest, place.reshape(-1), moved.evidence[at])
    return pairs, newest


def roll_up_milestone_pairs(pairs: Sequence[tuple[int, int]], cause: str, override_id: int | None = None) -> int:
    """Work out the milestones of these (learner, milestone) pairs anew, in the caller's transaction."""
    if not pairs:
        return 0
    keys = np.unique(np.array(pairs, np.int64), axis=0)
    rows, none = _lock(keys), np.zeros(len(keys), np.int64)
    standards = Standards.of(np.unique(keys[:, 1]))
    return _roll_up(rows, none, standards, policy_book(), Circumstances(), cause, override_id)


def _roll_up(
    rows: Rows, evidence: Ints, standards: Standards, book: PolicyBook, circumstances: Circumstances, cause: str,
    override_id: int | None,
) -> int:  # fmt: skip
    """The rows were locked before the standards were read, and the competency levels are read now: of two writers on
    different competencies of one milestone, or on its bar, the later one sees what the earlier wrote."""
    found = judge_milestones(rows, standards, book, circumstances, cause, is_act=override_id is not None)
    moves = milestone_changes(rows, found, evidence, override_id)
    run(milestone_write(rows, found), *bulk.changes(moves, cause))
    return len(moves)


def milestone_write(rows: Rows, found: Found) -> Write:
    """What differs, ready to be written."""
    columns = {"id": rows.id, **{one.name: getattr(found, one.name) for one in fields(found)}}
    differs = found.differs(rows)
    return Write(bulk.WRITE_MILESTONES, "milestone_staging", {name: one[differs] for name, one in columns.items()})


def milestone_changes(rows: Rows, found: Found, evidence: Ints, override_id: int | None = None) -> bulk.Changes:
    """The levels that moved, for the history."""
    none = np.full(len(rows), -1, np.int64)
    override = np.full(len(rows), -1 if override_id is None else override_id, np.int64)
    behind = np.where(evidence > 0, evidence, -1)
    return bulk.Changes(
        rows.learner, none, rows.milestone, rows.level, found.level, found.since, behind, none, override
    ).rows(found.level != rows.level)


def judge_milestones(
    rows: Rows,
    standards: Standards,
    book: PolicyBook,
    circumstances: Circumstances,
    cause: str,
    *,
    is_act: bool = False,
    stored: Statuses | None = None,
) -> Found:
    """What milestone levels have to be, from the competency levels. Writes nothing.

    stored: the statuses of these learners on the milestones' competencies; by default as they are in the database now.
    is_act: somebody set or ended a level, so it dates from this moment; else from the newest of its criteria.
    """
    asked = ask(standards, rows.learner, rows.milestone)
    levels, moments = asked.levels(Crossing(np.unique(rows.learner), np.unique(standards.competency)), stored)
    indicators = judge_indicators(asked, circumstances)
    may_hold = standards.holds(book, rows.learner, rows.milestone) & (cause not in BY_MISTAKE)
    answer = roll_up_criteria(
        np.arange(len(rows)), standards.rule_of(rows.milestone), standards.need_of(rows.milestone),
        may_hold & (rows.earned_at >= 0),
        group=asked.row, level=np.where(asked.is_indicator, indicators.level, levels).astype(np.int8),
        required_level=asked.required, points=asked.points, is_required=asked.is_required,
        is_judged=asked.is_indicator, is_met=indicators.is_met, is_on_track=indicators.is_on_track,
    )  # fmt: skip
    computed = answer.level.astype(np.int64)
    stands = rows.set_level >= 0
    if stands.any():
        stands &= rows.set_until >= circumstances.day.number
        stands &= ~_outgrown(rows, stands & (computed > rows.set_level))
    level = np.where(stands, rows.set_level, computed)
    now = to_microseconds(timezone.now())
    newest = np.full(len(rows), -1, np.int64)
    np.maximum.at(newest, asked.row, moments)
    newest = np.where((newest < 0) | is_act, now, newest)
    moved = level != rows.level
    earned = np.where((computed == Level.MASTERY) & (rows.earned_at < 0), newest, rows.earned_at)
    if cause in BY_MISTAKE:
        earned = np.where(computed < Level.MASTERY, TAKEN_BACK, earned)
    return Found(
        level=level, computed=computed, met=answer.met.astype(np.int64),
        flags=answer.is_held * int(Flag.MET_BEFORE) + stands * int(Flag.SET_BY_TEACHER),
        since=np.where(moved, newest, rows.since), previous=np.where(moved, rows.level, rows.previous),
        earned_at=earned,
    )  # fmt: skip


def _outgrown(rows: Rows, is_above: Bools) -> Bools:
    """Of computed levels above the set one, those that hold: what was met under an earlier bar is a floor, no ceiling.

    One query where there are any.
    """
    found = np.zeros(len(rows), np.bool_)
    at = np.flatnonzero(is_above)
    if len(at):
        keys = list(zip(rows.learner[at].tolist(), rows.milestone[at].tolist(), strict=True))
        kept = LevelOverride.objects.filter(
            ends=None, kind=LevelOverride.Kind.EARLIER_BAR, learner_id__in={key[0] for key in keys},
            milestone_id__in={key[1] for key in keys},
        )  # fmt: skip
        floors = set(kept.values_list("learner_id", "milestone_id"))
        found[at] = [key in floors for key in keys]
    return found


def read_rows(pairs: Ints, *, lock: bool = False) -> Rows:
    """The milestone statuses of these pairs that there are. int64[p, 2] of learner and milestone."""
    keys = {"l": pairs[:, 0].tolist(), "m": pairs[:, 1].tolist()}
    table = np.array(bulk.rows(bulk.LOCK_MILESTONES if lock else bulk.MILESTONES, **keys), np.int64).reshape(-1, 12)
    return Rows(*(table[:, n].copy() for n in range(12)))


def open_levels(pairs: Sequence[tuple[int, int]]) -> None:
    """Rows for these (learner, milestone) pairs, locked until the end of the transaction; made where there are none."""
    if pairs:
        _lock(np.unique(np.array(pairs, np.int64), axis=0))


def _lock(pairs: Ints) -> Rows:
    """Lock the rows of these pairs; those that are not there are made first, with their milestones' bars held still.

    The bars come before the rows, as for who moves one: else the two could wait for each other.
    """
    found = read_rows(pairs)
    if len(found) == len(pairs):
        return read_rows(pairs, lock=True)
    known = set(zip(found.learner.tolist(), found.milestone.tolist(), strict=True))
    new = np.array([pair for pair in pairs.tolist() if tuple(pair) not in known], np.int64)
    bulk.rows(bulk.HOLD_BARS, ids=np.unique(new[:, 1]).tolist())
    columns = {"learner": new[:, 0], "milestone": new[:, 1]}
    run(Write(bulk.OPEN_MILESTONES, "milestone_opening", columns, {"now": timezone.now()}))
    return read_rows(pairs, lock=True)
