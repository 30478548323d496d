"""What was true of learners in the last days, as stretches of time in which nothing about them changed.

By when the work was done, as the ledger stands today (like the class grid of a past day): what was entered late counts
from the day of the work, and what was withdrawn since does not count. Dates, classes and bars are today's.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from interventions.facts import NOTHING_SEEN, Fact, Place, competencies_of, places_of
from interventions.past_more import MORE, Nothing, moves_of
from interventions.reasons import Now
from milestones.assigned import Pair, Work, works_towards
from milestones.flags import Limits, stall_limits
from status_engine import Level

LOOK_BACK = timedelta(days=30)
Wanted = Callable[[int, Place | None], bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begins` to `ends` the fact was the same."""

    fact: Fact
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class _Levels:
    """The moves of one learner on one milestone, oldest first."""

    times: list[datetime]
    levels: list[int]

    def at(self, moment: datetime) -> tuple[int, int, datetime | None, datetime | None]:
        """Level, the one before, since when, and when mastery was first reached."""
        n = bisect_right(self.times, moment)
        if not n:
            return 0, 0, None, None
        earned = next((at for at, to in zip(self.times[:n], self.levels, strict=False) if to == Level.MASTERY), None)
        return self.levels[n - 1], self.levels[n - 2] if n > 1 else 0, self.times[n - 1], earned


def stretches(learner_ids: Collection[int], reason: str, now: Now, wanted: Wanted) -> Iterator[Stretch]:
    """The last thirty days of each learner on each milestone that is wanted. At most seven queries, at any size.

    Filled in is what the reason looks at; the rest of a fact may be empty. wanted: (milestone, place) -> bool.
    """
    places = places_of(learner_ids, now.today)
    works = {pair: work for pair, work in works_towards(learner_ids, now.today).items()
             if wanted(pair[1], places.get(pair))}  # fmt: skip
    learners, milestones = {learner for learner, _ in works}, {milestone for _, milestone in works}
    moves, limits = moves_of("milestone_id", learners, milestones), stall_limits(milestones)
    start = now.at - LOOK_BACK
    more = MORE.get(reason, Nothing)(learners, competencies_of(milestones), start)
    nothing: tuple[list[datetime], list[int]] = ([], [])
    for pair, work in works.items():
        levels = _Levels(*moves.get(pair, nothing))
        changes = sorted({start, *(at for at in (*levels.times, *more.moments(pair)) if start < at < now.at)})
        for begins, ends in zip(changes, [*changes[1:], now.at], strict=True):
            stand = levels.at(begins)
            fact = _fact(pair, work, places.get(pair), stand, limits)
            found = more.at(pair, stand[2], begins)
            yield Stretch(replace(fact, **found) if found else fact, begins, ends)


def _fact(
    pair: Pair, work: Work, place: Place | None, stand: tuple[int, int, datetime | None, datetime | None],
    limits: Limits,
) -> Fact:  # fmt: skip
    level, previous, since, earned = stand
    limit = limits.get((pair[1], level), 0)
    return Fact(*pair, place, work.due_on, level, previous, since, earned, limit, NOTHING_SEEN, 0, (), None)
