"""Bringing rows into the order the methods need: by group, then oldest first."""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Ints, group_starts, take
from .table import EvidenceTable


@dataclass(frozen=True, eq=False)
class RowOrder:
    """index: int64[n], the table's row at each place, None where the table is in order already.

    start: int64[g], first place of each group. tied: bool[n - 1], place i + 1 has the group and time of place i; None
    where no two have.
    """

    index: Ints | None
    start: Ints
    tied: Bools | None


def order_rows(table: EvidenceTable, order_by: str) -> RowOrder:
    """Rows by (group, the policy's time, recorded_at, id). Undated rows come first, being the oldest.

    Rows that are in order already are not sorted; only rows of the same group and time are compared further.
    """
    group, time = table.group, getattr(table, order_by)
    if len(table) < 2:
        return RowOrder(None, group_starts(group), None)
    index: Ints | None = None
    same, stalls = group[1:] == group[:-1], _stalls(time)
    stalls &= same
    start = np.concatenate(([0], np.flatnonzero(~same) + 1))
    if not stalls.any() and _ascends(group, start):
        return RowOrder(None, start, None)
    if (time[1:] < time[:-1])[stalls].any() or not _ascends(group, start):
        index = np.lexsort((time, group))
        group, time = group[index], take(time, index)
        same, stalls, start = group[1:] == group[:-1], _stalls(time), group_starts(group)
        stalls &= same
    if not stalls.any():
        return RowOrder(index, start, None)
    return RowOrder(_settle(table, order_by, index, stalls), start, stalls)


def _stalls(time: Ints) -> Bools:
    """bool[n - 1]: a row is no newer than the one before it. In ordered rows of a group that is a tie."""
    stalls: Bools = time[1:] <= time[:-1]
    return stalls


def _ascends(group: Ints, start: Ints) -> bool:
    """Whether every run of equal ids has a larger id than the run before it; looked at where runs begin."""
    first = group[start]
    return bool((first[1:] > first[:-1]).all())


def _settle(table: EvidenceTable, order_by: str, index: Ints | None, tied: Bools) -> Ints | None:
    """The order with ties settled by recorded_at, then id. Tied rows lie side by side, so only they move."""
    is_in_tie = np.zeros(len(table), dtype=np.bool_)
    is_in_tie[1:] = tied
    is_in_tie[:-1] |= tied
    places = np.flatnonzero(is_in_tie)
    rows = places if index is None else index[places]
    time = take(getattr(table, order_by), rows)
    again = np.lexsort((table.id[rows], take(table.recorded_at, rows), time, table.group[rows]))
    if index is None and bool((again == np.arange(len(again))).all()):
        return None
    settled = np.arange(len(table)) if index is None else index.copy()
    settled[places] = rows[again]
    return settled
