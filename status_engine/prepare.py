"""From rows to pieces: what counts, in which order, folded by attempt and put on the scale (design: §2).

The steps only build an array where the data need them; clean rows in order pass through as views.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Codes, Floats, Ints, compose, group_starts, is_constant, take
from .context import NOWHERE, Context
from .folding import Keys, item_blocks, task_blocks
from .kinds import NO_CODE, Kind, Reason, State
from .ordering import RowOrder, order_rows
from .pieces import Pieces
from .points import scale_points
from .policy import Policy
from .table import EvidenceTable


@dataclass(frozen=True, eq=False)
class Prepared:
    """n rows in order, k pieces, g groups of which p have a piece.

    groups: int64[g], ascending; is_awaiting: bool[g], work not judged yet; present: int64[p], groups with a piece.
    order: int64[n], table row of each place, None = as they stand. reason: int8[n], codes of Reason, None = all count.
    leader: int64[n], the place that stands for a folded item, None = nothing folded. places: int64[k], the place of
    each piece, None = every place is a piece.
    """

    pieces: Pieces | None
    groups: Ints
    is_awaiting: Bools
    present: Ints
    order: Ints | None
    reason: Codes | None
    leader: Ints | None
    places: Ints | None


@dataclass(frozen=True, eq=False)
class Selection:
    """Places still in the running (None = all) and the columns folding changes."""

    places: Ints | None
    score: Floats
    possible: Floats
    weight: Floats
    pass_mark: Floats

    def keep(self, mask: Bools) -> "Selection":
        """The places where mask holds."""
        kept = np.flatnonzero(mask)
        columns = (take(column, kept) for column in (self.score, self.possible, self.weight, self.pass_mark))
        return Selection(compose(self.places, kept), *columns)


@dataclass(frozen=True, eq=False)
class Running:
    """Pieces still in the running: where they stand, what they are worth, and why any row is out (by place)."""

    chosen: Selection
    value: Floats
    reason: Codes | None

    def without(self, lost: Ints | None, why: Reason, rows: int) -> "Running":
        """Those left when the pieces at `lost` (None = none) go for a reason."""
        if lost is None or not len(lost):
            return self
        reason = np.zeros(rows, dtype=np.int8) if self.reason is None else self.reason.copy()
        reason[lost if self.chosen.places is None else self.chosen.places[lost]] = why
        mask = np.ones(len(self.value), dtype=np.bool_)
        mask[lost] = False
        return Running(self.chosen.keep(mask), self.value[mask], reason)


def prepare(policy: Policy, table: EvidenceTable, context: Context = NOWHERE) -> Prepared:
    """The pieces that count under a policy, and what became of every other row."""
    order = order_rows(table, policy.order_by)
    reason = drop_reasons(policy, table, order)
    places = None if reason is None else np.flatnonzero(reason == Reason.COUNTED)
    rows = compose(order.index, places)
    columns = (take(column, rows) for column in (table.score, table.possible, table.weight, table.pass_mark))
    chosen, leader = _fold(policy, table, order, Selection(places, *columns))
    value = scale_points(chosen.score, chosen.possible, chosen.pass_mark, policy.scale)
    running = Running(chosen, value, reason)
    if policy.attempts != "all" or policy.window is not None:
        running = _choose(policy, table, context, order, running)
    reason = running.reason
    if reason is not None and leader is not None:
        reason = reason[leader]
    start = order.start
    first, present = _first_pieces(start, len(table), running.chosen.places)
    is_awaiting = np.zeros(len(start), dtype=np.bool_)
    if reason is not None and len(start):
        is_waiting = reason == Reason.NOT_JUDGED
        if policy.window is not None:
            is_waiting &= ~_is_before(policy.window.since(context), take(table.occurred_at, order.index))
        is_awaiting = np.logical_or.reduceat(is_waiting, start)
    pieces = _pieces(policy, table, compose(order.index, running.chosen.places), running, first)
    return Prepared(
        pieces,
        take(table.group, order.index)[start],
        is_awaiting,
        present,
        order.index,
        reason,
        leader,
        running.chosen.places,
    )


def _choose(policy: Policy, table: EvidenceTable, context: Context, order: RowOrder, running: Running) -> Running:
    """The window in time, then the choice among attempts, then the window over the newest pieces.

    A piece is as old as its newest item. Of an essay handed in twice, the attempt inside the window stands.
    """

    def rows(now: Running) -> Ints | None:
        return compose(order.index, now.chosen.places)

    window, all_rows = policy.window, len(table)
    since = None if window is None else window.since(context)
    if since is not None:
        is_outside = _is_before(since, take(table.occurred_at, rows(running)))
        running = running.without(np.flatnonzero(is_outside), Reason.OUTSIDE_WINDOW, all_rows)
    if policy.attempts != "all" and len(running.value):
        is_best = policy.attempts == "best_per_task"
        dropped = Reason.NOT_BEST_ATTEMPT if is_best else Reason.NOT_LATEST_ATTEMPT
        running = running.without(_lost_attempts(policy, table, rows(running), running.value), dropped, all_rows)
    if window is not None and window.newest is not None and len(running.value):
        start = group_starts(take(table.group, rows(running)))
        end = np.append(start[1:], len(running.value))
        older = np.repeat(end, end - start) - np.arange(len(running.value)) > window.newest
        running = running.without(np.flatnonzero(older), Reason.OUTSIDE_WINDOW, all_rows)
    return running


def _is_before(since: int | None, moment: Ints) -> Bools:
    """Undated evidence is the oldest of all, and outside of any window in time."""
    return np.zeros(len(moment), dtype=np.bool_) if since is None else moment < since


def _pieces(policy: Policy, table: EvidenceTable, rows: Ints | None, running: Running, start: Ints) -> Pieces | None:
    """The pieces as methods and gates see them; None where there are none."""
    if not len(running.value):
        return None
    return Pieces(
        running.value, running.chosen.weight, _independent(take(table.task, rows)), take(table.kind, rows), start,
        form=take(table.form, rows) if policy.needs_forms else None,
        moment=take(table.occurred_at, rows) if policy.needs_clock else None,
    )  # fmt: skip


def drop_reasons(policy: Policy, table: EvidenceTable, order: RowOrder) -> Codes | None:
    """int8[n], by place: why a row cannot count whatever the others are; None where every row can."""
    is_self = np.False_ if policy.count_self_assessment else _equals(table.kind, Kind.SELF_ASSESSMENT)
    repeats = _repeats(table, order)
    has_null = len(table) > 0 and bool(np.isnan(table.score.min()))
    if repeats is None and not has_null and table.state.max(initial=0) == State.COUNTED and not np.any(is_self):
        return None
    reason = np.where(np.isnan(table.score), np.int8(Reason.NULL), np.int8(Reason.COUNTED))
    reason[table.state == State.NOT_JUDGED] = Reason.NOT_JUDGED
    reason[table.state == State.WITH_HINTS] = Reason.WITH_HINTS
    reason[np.broadcast_to(is_self, reason.shape)] = Reason.SELF_ASSESSMENT
    reason[table.state == State.HIDDEN] = Reason.HIDDEN
    reason[table.state == State.WITHDRAWN] = Reason.WITHDRAWN
    reason = take(reason, order.index)
    if repeats is not None:
        reason[repeats] = Reason.DUPLICATE
    return reason


def _equals(column: Codes, code: int) -> Bools | np.bool_:
    """`column == code`, as a single answer where the column is constant."""
    return np.bool_(column[0] == code) if is_constant(column) else column == code


def _repeats(table: EvidenceTable, order: RowOrder) -> Ints | None:
    """Places of rows sent twice: same group, time, recorded_at and id as the one before."""
    if order.tied is None:
        return None
    at = np.flatnonzero(order.tied) + 1
    ids = take(table.id, order.index)
    found = at[ids[at] == ids[at - 1]]
    return found if found.size else None


def _fold(policy: Policy, table: EvidenceTable, order: RowOrder, chosen: Selection) -> tuple[Selection, Ints | None]:
    """Items of one attempt become one piece: sum of points over sum of possible, at the place of the newest item.

    The piece has the largest weight among its items (three questions weighing 1 are one piece weighing 1) and the
    highest pass mark. Second: the place that stands for each place, None where nothing was folded.
    """
    rows = compose(order.index, chosen.places)
    if not len(chosen.score):
        return chosen, None
    is_time_unique = policy.order_by == "occurred_at" and order.tied is None
    keys = Keys(*(take(column, rows) for column in (table.group, table.task, table.attempt, table.occurred_at)))
    blocks = item_blocks(keys, is_time_unique)
    if blocks is None:
        return chosen, None
    at = blocks.last
    columns = []
    for column, gather in zip(
        (chosen.score, chosen.possible, chosen.weight, chosen.pass_mark),
        (np.add, np.add, np.maximum, np.fmax), strict=True,
    ):  # fmt: skip
        folded = column.copy()
        folded[at] = gather.reduceat(column[blocks.rows], blocks.start)
        columns.append(folded)
    places = np.arange(len(table)) if chosen.places is None else chosen.places
    leader = np.arange(len(table))
    leader[places[blocks.rows]] = np.repeat(places[at], blocks.count)
    mask = np.ones(len(chosen.score), dtype=np.bool_)
    mask[blocks.others] = False
    return Selection(chosen.places, *columns).keep(mask), leader


def _lost_attempts(policy: Policy, table: EvidenceTable, rows: Ints | None, value: Floats) -> Ints | None:
    """Attempts a better or newer one at the same task stands in for; of equally good ones the newest stays.

    Nine decimals, because 3/4 and 6/8 of a scale may differ in the last bit and are equally good.
    """
    rank = np.round(value, 9) if policy.attempts == "best_per_task" else None
    blocks = task_blocks(take(table.group, rows), take(table.task, rows), rank)
    return None if blocks is None else blocks.others


def _first_pieces(start: Ints, rows: int, places: Ints | None) -> tuple[Ints, Ints]:
    """(first piece of each group that has one, those groups). start: first row of each group."""
    if places is None:
        return start, np.arange(len(start))
    bounds = np.searchsorted(places, np.append(start, rows))
    present = np.flatnonzero(np.diff(bounds))
    return bounds[present], present


def _independent(task: Ints) -> Ints:
    """Task codes where work without a task stands for itself: nothing shows that it repeats another piece."""
    if not task.size or int(task[0] if is_constant(task) else task.min()) != NO_CODE:
        return task
    return np.where(task == NO_CODE, NO_CODE - 1 - np.arange(len(task)), task)
