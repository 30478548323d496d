"""The arrays a method or a gate works on: counted pieces, oldest first, group after group."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Codes, Floats, Ints, Scalar
from .kinds import NO_CODE, NODATE


@dataclass(frozen=True, eq=False)
class Pieces:
    """k pieces of p groups, each group at least one piece, oldest first.

    value, weight: float64[k], points on the scale and the evidence's own weight; task: int64[k], distinct codes are
    independent tasks; kind: int8[k]; start: int64[p], first piece of each group. form, moment: int64[k], form code
    and occurred_at, which are only filled in for policies that look at them.
    """

    value: Floats
    weight: Floats
    task: Ints
    kind: Codes
    start: Ints
    form: Ints | None = None
    moment: Ints | None = None

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

    @cached_property
    def owner(self) -> Ints:
        """int64[k]: the number, 0 to p - 1, of the group a piece belongs to."""
        return np.repeat(np.arange(len(self.start)), self.count)

    @property
    def age(self) -> Ints:
        """int64[k]: how many pieces of the group are newer."""
        age = np.repeat(self.end - 1, self.count)
        age -= np.arange(len(self.value))
        return age

    @property
    def forms(self) -> Ints:
        """int64[k]: form code, NO_CODE = not given."""
        return np.broadcast_to(np.int64(NO_CODE), (len(self),)) if self.form is None else self.form

    @property
    def moments(self) -> Ints:
        """int64[k]: occurred_at in microseconds, NODATE = undated."""
        return np.broadcast_to(np.int64(NODATE), (len(self),)) if self.moment is None else self.moment

    def spread(self, per_group: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """A figure per group repeated for each of its pieces: [p] -> [k]."""
        return np.repeat(per_group, self.count)

    def where(self, mask: Bools) -> tuple["Pieces", Ints]:
        """The pieces where mask (bool[k]) holds, and which groups still have one: (Pieces, int64[<= p])."""
        left = np.add.reduceat(mask, self.start, dtype=np.int64)
        groups = np.flatnonzero(left)
        start = np.cumsum(left[groups]) - left[groups]
        form, moment = (None if column is None else column[mask] for column in (self.form, self.moment))
        seen = Pieces(self.value[mask], self.weight[mask], self.task[mask], self.kind[mask], start, form, moment)
        return seen, groups
