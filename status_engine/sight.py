"""What the gates of one level look at, for all groups at once."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from .arrays import Bools, Ints
from .context import NOWHERE, Context
from .levels import Level
from .pieces import Pieces
from .rounding import lowest_reaching
from .scale import Scale

ALL, AT_OR_ABOVE_MEETS = "all", "at_or_above_meets"


class Looks(Enum):
    """What a gate looks at: amounts of pieces in scope, the run of all pieces (neither with expired ones), or none."""

    AT_SCOPE = 0
    AT_RUN = 1
    AT_GROUP = 2


@dataclass(frozen=True, eq=False)
class Sight:
    """The pieces of p groups and what else a gate may ask about.

    level: the one whose gates look; fresh_since: pieces before it (microseconds) have expired for gates, None = none
    has; open_prerequisites: int64[p], None = not asked for; is_exact: whether sums that are large enough must still be
    finished, because an explanation shows them.
    """

    pieces: Pieces
    level: Level
    scale: Scale
    fresh_since: int | None = None
    context: Context = NOWHERE
    open_prerequisites: Ints | None = None
    is_exact: bool = False

    @property
    def scope(self) -> str:
        """Which pieces amounts are counted over: all, or for mastery on a scale that ends at meets, those at meets."""
        return scope_of(self.scale, self.level)

    def mask(self, is_scoped: bool) -> Bools | None:
        """bool[k]: the pieces that have not expired and, if scoped, are in the scope; None where every piece is."""
        is_seen = None if self.fresh_since is None else self.pieces.moments >= self.fresh_since
        if is_scoped and self.scope == AT_OR_ABOVE_MEETS:
            reaches = self.pieces.value >= lowest_reaching(self.scale.meets_at)
            is_seen = reaches if is_seen is None else is_seen & reaches
        return is_seen

    def seen(self, looks: Looks) -> tuple[Pieces, Ints] | None:
        """The pieces a gate looks at, and the groups that have one; None where that is every piece."""
        if looks is Looks.AT_GROUP:
            return None
        return self.scoped if looks is Looks.AT_SCOPE else self.fresh

    @cached_property
    def fresh(self) -> tuple[Pieces, Ints] | None:
        """Pieces that have not expired, and the groups that have one; None where every piece is seen."""
        mask = self.mask(is_scoped=False)
        return None if mask is None else self.pieces.where(mask)

    @cached_property
    def scoped(self) -> tuple[Pieces, Ints] | None:
        """Those of them in the scope."""
        mask = self.mask(is_scoped=True)
        return None if mask is None else self.pieces.where(mask)

    def up_to(self, pieces: Pieces, target: int) -> int:
        """How far to count distinct things."""
        return max(len(pieces), target) if self.is_exact else target

    def no_groups(self) -> Ints:
        """int64[p] of zeros."""
        return np.zeros(len(self.pieces.start), dtype=np.int64)


def scope_of(scale: Scale, level: Level) -> str:
    """Mastery on a scale without a rating above meets looks at the evidence at meets or above only."""
    return AT_OR_ABOVE_MEETS if level == Level.MASTERY and scale.mastery_at is None else ALL
