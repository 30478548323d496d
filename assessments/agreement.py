"""How well two markers agree. Plain figures, no database."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEVELS = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """`pairs`: how many levels were compared; `percent`: equal ones of 100; `kappa`: None where it is undefined.

    `counts[i][j]`: pairs with level i+1 by the first and j+1 by the second marker.
    """

    pairs: int
    percent: int | None
    kappa: float | None
    counts: tuple[tuple[int, ...], ...]


def agreement(first: Sequence[int], second: Sequence[int]) -> Agreement:
    """Compare two markers' levels (1…4, pairwise, equally many).

    The weighted kappa is 1 - Σ w·o / Σ w·e with w = (i - j)² (J. Cohen, "Weighted kappa", Psychological Bulletin 70,
    1968, 213–220): o are the observed pairs, e those expected by chance from how often each marker used each level.
    Undefined without pairs, and where both used one and the same level throughout: chance alone would agree always.
    """
    if len(first) != len(second):
        raise ValueError("Both markers need a level for each pair")
    counts = np.zeros((LEVELS, LEVELS), np.int64)
    np.add.at(counts, (np.asarray(first, np.int64) - 1, np.asarray(second, np.int64) - 1), 1)
    pairs = int(counts.sum())
    percent = round(100 * int(np.trace(counts)) / pairs) if pairs else None
    return Agreement(pairs, percent, _kappa(counts, pairs), tuple(tuple(row) for row in counts.tolist()))


def _kappa(counts: npt.NDArray[np.int64], pairs: int) -> float | None:
    levels = np.arange(LEVELS)
    weights = (levels[:, None] - levels[None, :]) ** 2
    by_chance = int((weights * np.outer(counts.sum(1), counts.sum(0))).sum())
    if by_chance == 0:
        return None
    return 1 - pairs * int((weights * counts).sum()) / by_chance
