"""Bringing rows into the order the methods need: by group, then oldest first."""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Ints, take
from .table import EvidenceTable


@dataclass(frozen=True, eq=False)
class RowOrder:
    """index: int64[n], the table's row at each place, None where the table is in order already.

    tied: bool[n - 1], place i + 1 has the group and time of place i; None where no two have.
    """

    index: Ints | None
    tied: Bools | None


def order_rows(table: EvidenceTable, order_by: str) -> RowOrder:
    """Rows by (group, the policy's time, recorded_at, id). Undated rows come first, being the oldest.

    Rows that are in order already are not sorted; only rows of the same group and time are compared further.
    """
    if len(table) < 2:
        return RowOrder(None, None)
    group, time = table.group, getattr(table, order_by)
    index: Ints | None = None
    same = group[1:] == group[:-1]
    if (group[1:] < group[:-1]).any() or ((time[1:] < time[:-1]) & same).any():
        index = np.lexsort((time, group))
        group, time = group[index], take(time, index)
        same = group[1:] == group[:-1]
    tied = same & (time[1:] == time[:-1])
    if not tied.any():
        return RowOrder(index, None)
    return RowOrder(_settle(table, order_by, index, tied), tied)


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
