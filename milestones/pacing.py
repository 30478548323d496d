"""Is a learner on pace for a milestone? In kind words; beside the level, never instead of it.

| pace | when |
|---|---|
| done | at Meets or above (`ahead` where that was before the target date, which is still to come) |
| later | the target date is over and the level is below Meets |
| ahead | Developing, and at least the whole usual time is left until the target date |
| later | on the way with less time left than the cohort's usual rest, or not begun when less than that is left |
| on_pace | everything else that has a date |
| no date, no pace | nothing is said |

The usual time is the cohort's own: the median days in Beginning plus the median days in Developing (MilestonePace,
worked out every night); where the cohort is too young to say, 14 days each. The usual rest is both for a learner who
has not begun, what is left of Beginning plus Developing for one in Beginning, and what is left of Developing for one
in Developing; time in a level counts from the day it was reached.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from milestones.models import MilestonePace
from status_engine import Level

DONE, AHEAD, ON_PACE, LATER = "done", "ahead", "on_pace", "later"
USUAL = 14.0  # days in a level, where the cohort does not say


@dataclass(frozen=True, slots=True)
class Usual:
    """Median days in each of the two levels on the way."""

    beginning: float = USUAL
    developing: float = USUAL

    @property
    def whole(self) -> float:
        return self.beginning + self.developing

    def rest(self, level: int, days_in_level: int) -> float:
        """Days that are usually still needed."""
        if level == Level.NOT_STARTED:
            return self.whole
        if level == Level.BEGINNING:
            return max(self.beginning - days_in_level, 0.0) + self.developing
        return max(self.developing - days_in_level, 0.0)


def pace_of(level: int, since: date | None, due_on: date | None, usual: Usual, today: date) -> str:
    """One of the paces above; empty without a date. `since`: the day the level was reached."""
    if due_on is None:
        return ""
    if level >= Level.MEETS:
        return AHEAD if since is not None and since <= due_on and today < due_on else DONE
    if due_on < today:
        return LATER
    days_in_level = (today - since).days if since is not None else 0
    left = (due_on - today).days
    if level == Level.DEVELOPING and left >= usual.whole:
        return AHEAD
    return ON_PACE if usual.rest(level, days_in_level) <= left else LATER


def usual_times(milestone_ids: Collection[int]) -> Mapping[int, Usual]:
    """{milestone: the cohort's usual time}, for all of them. One query."""
    found: dict[tuple[int, int], float] = {
        (milestone, level): float(days)
        for milestone, level, days in MilestonePace.objects.filter(milestone_id__in=list(milestone_ids)).values_list(
            "milestone_id", "level", "median_days"
        )
    }
    return {
        key: Usual(found.get((key, Level.BEGINNING), USUAL), found.get((key, Level.DEVELOPING), USUAL))
        for key in milestone_ids
    }
