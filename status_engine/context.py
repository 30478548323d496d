"""What a judgement needs besides the evidence: the moment it is made, the term, and open prerequisites.

The engine has no clock and knows no calendar. A caller that keeps the context can replay a judgement to the byte.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Ints

DAY = 86_400_000_000
"""Microseconds of a day: windows count days of 24 hours back from the moment of the judgement."""


@dataclass(frozen=True, eq=False)
class Unmet:
    """How many prerequisites of a group are not met yet. group: int64[m], ascending, each once; count: int64[m].

    A group that is not listed has none open. Raises ValueError for groups out of order or a count below 0.
    """

    group: Ints
    count: Ints

    def __post_init__(self) -> None:
        group, count = (np.asarray(column, dtype=np.int64).reshape(-1) for column in (self.group, self.count))
        if len(group) != len(count):
            raise ValueError(f"unmet had {len(group)} groups and {len(count)} counts. Give one count per group")
        if (group[1:] <= group[:-1]).any():
            raise ValueError("unmet.group was not ascending. Give each group once, in order")
        if (count < 0).any():
            raise ValueError(f"unmet.count was {count.min()}. Use 0 or above")
        object.__setattr__(self, "group", group)
        object.__setattr__(self, "count", count)

    def of(self, groups: Ints) -> Ints:
        """int64[g]: the count of each group asked for."""
        if not len(self.group):
            return np.zeros(len(groups), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.group, groups), len(self.group) - 1)
        return np.where(self.group[place] == groups, self.count[place], 0)


@dataclass(frozen=True)
class Context:
    """as_of: "now" of the judgement, int64 microseconds since 1970-01-01T00:00Z; needed where `policy.needs_clock`.

    term_start: first moment of the term in the same unit; None = no term known, nothing is left out for it.
    unmet: open prerequisites; None = none are open.
    """

    as_of: int | None = None
    term_start: int | None = None
    unmet: Unmet | None = None

    def days_ago(self, days: int) -> int:
        """The moment so many days before now. Raises ValueError where now is not known."""
        return self.now - days * DAY

    @property
    def now(self) -> int:
        """`as_of`. Raises ValueError where it was not given."""
        if self.as_of is None:
            raise ValueError("context.as_of was not given, but the policy counts days. Give microseconds UTC")
        return self.as_of

    def open_prerequisites(self, groups: Ints) -> Ints:
        """int64[g]: how many prerequisites of each group are not met."""
        return np.zeros(len(groups), dtype=np.int64) if self.unmet is None else self.unmet.of(groups)


NOWHERE = Context()
"""No clock, no term, no prerequisites: enough for every policy that asks for none of them."""
