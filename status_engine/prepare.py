"""From rows to pieces: what counts, in which order, folded by attempt and put on the scale (design: §2).

The steps only build an array where the data need them; clean rows in order pass through as views.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Codes, Floats, Ints, compose, group_starts, is_constant, take
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


def prepare(policy: Policy, table: EvidenceTable) -> Prepared:
    """The pieces that count under a policy, and what became of every other row."""
    order = order_rows(table, policy.order_by)
    reason = drop_reasons(policy, table, order)
    places = None if reason is None else np.flatnonzero(reason == Reason.COUNTED)
    rows = compose(order.index, places)
    columns = (take(column, rows) for column in (table.score, table.possible, table.weight, table.pass_mark))
    chosen, leader = _fold(policy, table, order, Selection(places, *columns))
    value = scale_points(chosen.score, chosen.possible, chosen.pass_mark, policy.scale)
    if policy.attempts != "all" and len(value):
        lost = _lost_attempts(policy, table, compose(order.index, chosen.places), value)
        if lost is not None:
            reason = np.zeros(len(table), dtype=np.int8) if reason is None else reason
            is_best = policy.attempts == "best_per_task"
            dropped = Reason.NOT_BEST_ATTEMPT if is_best else Reason.NOT_LATEST_ATTEMPT
            reason[lost if chosen.places is None else chosen.places[lost]] = dropped
            mask = np.ones(len(value), dtype=np.bool_)
            mask[lost] = False
            chosen, value = chosen.keep(mask), value[mask]
    if reason is not None and leader is not None:
        reason = reason[leader]
    group = take(table.group, order.index)
    start = group_starts(group)
    first, present = _first_pieces(start, len(group), chosen.places)
    is_awaiting = np.zeros(len(start), dtype=np.bool_)
    if reason is not None and len(start):
        is_awaiting = np.logical_or.reduceat(reason == Reason.NOT_JUDGED, start)
    rows = compose(order.index, chosen.places)
    task, kind = _independent(take(table.task, rows)), take(table.kind, rows)
    pieces = Pieces(value, chosen.weight, task, kind, first) if len(value) else None
    return Prepared(pieces, group[start], is_awaiting, present, order.index, reason, leader, chosen.places)


def drop_reasons(policy: Policy, table: EvidenceTable, order: RowOrder) -> Codes | None:
    """int8[n], by place: why a row cannot count whatever the others are; None where every row can."""
    is_null = np.isnan(table.score)
    is_self = np.False_ if policy.count_self_assessment else _equals(table.kind, Kind.SELF_ASSESSMENT)
    is_plain = _equals(table.state, State.COUNTED)
    repeats = _repeats(table, order)
    if repeats is None and np.all(is_plain) and not np.any(is_self) and not is_null.any():
        return None
    reason = np.where(is_null, np.int8(Reason.NULL), np.int8(Reason.COUNTED))
    reason[table.state == State.NOT_JUDGED] = Reason.NOT_JUDGED
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
