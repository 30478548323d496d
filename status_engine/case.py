"""One group as an explanation looks at it."""

from dataclasses import dataclass

import numpy as np

from .arrays import Ints
from .context import NOWHERE, Context
from .levels import LEVEL_NAMES, Level
from .pieces import Pieces
from .policy import Json, Policy
from .rollup import Assessed, sight_of
from .rounding import lowest_reaching
from .sight import Sight


@dataclass(frozen=True, eq=False)
class Case:
    """One group's pieces (None = no evidence), the id of each, int64[k], and what they came to.

    still_open: how many of its prerequisites are not met.
    """

    policy: Policy
    pieces: Pieces | None
    ids: Ints
    found: Assessed | None
    context: Context = NOWHERE
    still_open: int = 0

    @property
    def value(self) -> float:
        """The rounded value, NaN where there is none."""
        return float("nan") if self.found is None else float(self.found.value[0])

    def reaching(self, cut: float) -> Ints:
        """Ids of the pieces that show at or above a cut."""
        return self.ids[:0] if self.pieces is None else self.ids[self.pieces.value >= lowest_reaching(cut)]

    def sight(self, level: Level) -> Sight | None:
        """What the gates of a level look at; None without pieces."""
        if self.pieces is None:
            return None
        still_open = np.array([self.still_open])
        return sight_of(self.policy, self.pieces, level, self.context, still_open, is_exact=True)


def rounded(value: float) -> float | None:
    """A figure for an explanation: 9 decimals hide the last bits of a float; NaN is None."""
    return None if np.isnan(value) else round(float(value), 9) + 0.0


def condition(code: str, level: Level, *, needed: object, has: object, is_met: bool, evidence: Ints) -> Json:
    return {"code": code, "level": LEVEL_NAMES[level], "needed": needed, "has": has, "met": is_met,
            "evidence": evidence.tolist()}  # fmt: skip
