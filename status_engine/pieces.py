"""The arrays a method or a gate works on: counted pieces, oldest first, group after group."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arrays import Bools, Codes, Floats, Ints


@dataclass(frozen=True, eq=False)
class Pieces:
    """k pieces of p groups, each group at least one piece, oldest first.

    value, weight: float64[k], points on the scale and the evidence's own weight; task: int64[k], distinct codes are
    independent tasks; kind: int8[k]; start: int64[p], first piece of each group.
    """

    value: Floats
    weight: Floats
    task: Ints
    kind: Codes
    start: Ints

    def __len__(self) -> int:
        return len(self.value)

    @cached_property
    def end(self) -> Ints:
        """int64[p]: one past each group's newest piece."""
        return np.append(self.start[1:], len(self.value))

    @cached_property
    def count(self) -> Ints:
        """int64[p]: pieces of each group."""
        return self.end - self.start

    @property
    def age(self) -> Ints:
        """int64[k]: how many pieces of the group are newer."""
        age = np.repeat(self.end - 1, self.count)
        age -= np.arange(len(self.value))
        return age

    def spread(self, per_group: Floats) -> Floats:
        """A figure per group repeated for each of its pieces: float64[p] -> float64[k]."""
        return np.repeat(per_group, self.count)

    def where(self, mask: Bools) -> tuple["Pieces", Ints]:
        """The pieces where mask (bool[k]) holds, and which groups still have one: (Pieces, int64[<= p])."""
        left = np.add.reduceat(mask, self.start, dtype=np.int64)
        groups = np.flatnonzero(left)
        start = np.cumsum(left[groups]) - left[groups]
        return Pieces(self.value[mask], self.weight[mask], self.task[mask], self.kind[mask], start), groups
