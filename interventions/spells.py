"""How long who stood at which level of a milestone, as columns, for finding learners who stood alike on a day.

A level begins when the newest piece behind it was observed, so time in a level is counted as everywhere else.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from milestones.assigned import Pair, works_towards
from milestones.models import StatusChange

DAY = 86_400.0
BANDS = np.array([8.0, 15.0, 29.0, 57.0])  # days: up to a week, two, four, eight, longer
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spells:
    """Of one milestone: learner, level, seconds from and until. From minus infinity: nothing had been shown yet."""

    learner: Ints
    level: Ints
    begins: Floats
    ends: Floats

    def at(self, moment: float) -> Ints:
        """The spells that held at the moment, one per learner."""
        return np.flatnonzero((self.begins <= moment) & (moment < self.ends))


@dataclass(frozen=True, eq=False)
class History:
    spells: dict[int, Spells]
    ups: dict[Pair, list[float]]

    def rose(self, pair: Pair, begins: float, ends: float) -> bool:
        """Whether a move up came after the one and not after the other."""
        found = self.ups.get(pair, [])
        return bisect_right(found, begins) < bisect_right(found, ends)


def history_of(learner_ids: Collection[int], milestone_ids: Collection[int], today: date) -> History:
    """Two queries, whatever the number."""
    moves: dict[Pair, list[tuple[float, int]]] = defaultdict(list)
    ups: dict[Pair, list[float]] = defaultdict(list)
    rows = StatusChange.objects.filter(learner_id__in=learner_ids, milestone_id__in=milestone_ids)
    columns = ("learner_id", "milestone_id", "applies_from", "from_level", "to_level")
    for learner, milestone, at, before, level in rows.order_by("applies_from", "id").values_list(*columns):
        moves[learner, milestone].append((at.timestamp(), level))
        if level > before:
            ups[learner, milestone].append(at.timestamp())
    found: dict[int, list[tuple[int, int, float, float]]] = defaultdict(list)
    for pair in {*works_towards(learner_ids, today, milestone_ids), *moves}:
        steps = [(-np.inf, 0), *moves.get(pair, [])]
        ends = [at for at, _ in steps[1:]] + [np.inf]
        found[pair[1]] += [(pair[0], level, at, end) for (at, level), end in zip(steps, ends, strict=True)]
    return History({milestone: _columns(rows) for milestone, rows in found.items()}, ups)


def _columns(rows: list[tuple[int, int, float, float]]) -> Spells:
    learner, level, begins, ends = zip(*sorted(rows), strict=True)
    return Spells(np.array(learner), np.array(level), np.array(begins), np.array(ends))


def band(days: Floats) -> Ints:
    """Of time in a level; nothing shown yet is a band of its own."""
    found: Ints = np.where(np.isinf(days), -1, np.digitize(days, BANDS)).astype(np.int64)
    return found
