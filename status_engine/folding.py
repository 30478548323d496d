"""Rows that belong together: the items of one attempt, the attempts at one task."""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Ints, is_constant
from .kinds import NO_CODE

MIX: tuple[int, ...] = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd 64-bit constants that spread several columns over one. A clash costs a closer look, never a wrong answer."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Rows that share a key with another row. rows: int64[r], block after block, within a block in the given order.

    start: int64[b], first place of each block in `rows`. Every block has at least two rows.
    """

    rows: Ints
    start: Ints

    @property
    def last(self) -> Ints:
        """int64[b]: the last row of each block."""
        last: Ints = self.rows[np.append(self.start[1:], len(self.rows)) - 1]
        return last

    @property
    def others(self) -> Ints:
        """int64[r - b], ascending: every row but the last of its block."""
        is_last = np.zeros(len(self.rows), dtype=np.bool_)
        is_last[np.append(self.start[1:], len(self.rows)) - 1] = True
        return np.sort(self.rows[~is_last])

    @property
    def count(self) -> Ints:
        """int64[b]: rows of each block."""
        return np.append(self.start[1:], len(self.rows)) - self.start


def shared_blocks(keys: tuple[Ints, ...], is_open: Bools | None, rank: Floats | None = None) -> Blocks | None:
    """Blocks of rows that agree in all keys; None where no two do.

    keys: int64[n] each; is_open: rows that may join a block at all; rank: order within a block before row order.
    One sort of a mixed key shows whether any two rows agree, which for most batches is the whole work.
    """
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for key, odd in zip(keys, MIX, strict=False):
        mixed += key.astype(np.uint64) * np.uint64(odd)
    candidates = None if is_open is None else np.flatnonzero(is_open)
    mixed = mixed if candidates is None else mixed[candidates]
    in_order = np.sort(mixed)
    if not (in_order[1:] == in_order[:-1]).any():
        return None
    place = np.argsort(mixed)
    equal = mixed[place][1:] == mixed[place][:-1]
    rows = np.sort(place[_either_side(equal)])
    rows = rows if candidates is None else candidates[rows]
    columns = [key[rows] for key in reversed(keys)]
    rows = rows[np.lexsort(columns if rank is None else [rank[rows], *columns])]
    same = np.ones(len(rows) - 1, dtype=np.bool_)
    for key in keys:
        same &= key[rows[1:]] == key[rows[:-1]]
    is_shared = _either_side(same)
    if not is_shared.any():
        return None
    is_first = np.concatenate(([True], ~same))
    return Blocks(rows[is_shared], np.flatnonzero(is_first[is_shared]))


def _either_side(equal: Bools) -> Bools:
    """bool[n] from bool[n - 1]: whether a row equals the one before or the one after it."""
    result = np.zeros(len(equal) + 1, dtype=np.bool_)
    result[1:] = equal
    result[:-1] |= equal
    return result


@dataclass(frozen=True, eq=False)
class Keys:
    """What tells whether rows belong together, int64[n] each."""

    group: Ints
    task: Ints
    attempt: Ints
    occurred_at: Ints


def item_blocks(keys: Keys, is_time_unique: bool) -> Blocks | None:
    """Rows that are items of one attempt at one task.

    Same task and same attempt; where no attempt is given, same task and same occurred_at. is_time_unique: the caller
    knows already that no two rows of a group share occurred_at.
    """
    if is_constant(keys.task) and keys.task[0] == NO_CODE:
        return None
    if is_constant(keys.attempt) and keys.attempt[0] == NO_CODE:
        if is_time_unique:
            return None
        return shared_blocks((keys.group, keys.task, keys.occurred_at), _with_task(keys.task))
    moment = np.where(keys.attempt == NO_CODE, keys.occurred_at, 0)
    return shared_blocks((keys.group, keys.task, keys.attempt, moment), _with_task(keys.task))


def task_blocks(group: Ints, task: Ints, rank: Floats | None = None) -> Blocks | None:
    """Pieces of one task in one group; the one to keep comes last (the newest, or the highest rank, then newest)."""
    return shared_blocks((group, task), _with_task(task), rank)


def _with_task(task: Ints) -> Bools | None:
    is_open = task != NO_CODE
    return None if is_open.all() else is_open
