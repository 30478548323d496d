"""Stored statuses against the ledger: worked out once more, as they were judged, and compared.

A status is judged again under the version it names and, where its rule looks at the calendar, on the day it names.
"""

import numpy as np
import numpy.typing as npt

from competencies.book import EffectivePolicy
from milestones.columns import Evidence, Ints, Statuses
from milestones.day import day_of_number, the_day
from milestones.judging import Circumstances, Judged, Pairs, judge
from status_engine import Flag

Bools = npt.NDArray[np.bool_]
Versions = dict[int, EffectivePolicy]


class Days:
    """The circumstances of each day on which statuses were judged; -1 stands for rules that ask for no day."""

    def __init__(self) -> None:
        self._known: dict[int, Circumstances] = {}

    def of(self, judged_on: int) -> Circumstances:
        if judged_on not in self._known:
            day = the_day(day_of_number(judged_on)) if judged_on >= 0 else None
            self._known[judged_on] = Circumstances(day)
        return self._known[judged_on]


def judge_again(stored: Statuses, evidence: Evidence, versions: Versions, days: Days) -> Judged:
    """What the engine says about stored statuses. evidence: the standing rows of their pairs."""
    parts: list[tuple[Ints, Judged]] = []
    place = np.searchsorted(stored.pair, evidence.pair)
    for judged_on in np.unique(stored.judged_on).tolist():
        is_of = stored.judged_on == judged_on
        chosen = stored.rows(is_of)
        pairs = Pairs(chosen.pair, chosen.learner, chosen.competency)
        judged = judge(pairs, evidence.rows(is_of[place]), chosen.version, versions, days.of(judged_on))
        parts.append((np.flatnonzero(is_of), judged))
    return _joined(parts)


def same(stored: Statuses, judged: Judged) -> Bools:
    """bool[n]: the stored status is what the ledger gives, to the digest."""
    flags = stored.flags & ~np.int64(int(Flag.SET_BY_TEACHER))
    value = np.isclose(stored.value, judged.value, atol=1e-6, equal_nan=True)
    found: Bools = value & (stored.computed == judged.level) & (stored.pieces == judged.pieces)
    found &= (flags == judged.flags) & (stored.watermark == judged.watermark) & (stored.digest == judged.digest)
    return found


def _joined(parts: list[tuple[Ints, Judged]]) -> Judged:
    if len(parts) == 1:
        return parts[0][1]
    order = np.argsort(np.concatenate([at for at, _ in parts])) if parts else np.empty(0, np.int64)
    names = ("level", "value", "pieces", "flags", "version", "watermark", "digest", "judged_on", "newest")
    columns = {
        name: np.concatenate([getattr(judged, name) for _, judged in parts] or [np.empty(0)])[order] for name in names
    }
    return Judged(**columns)
