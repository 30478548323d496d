"""Did it work? Learners who had something, each beside one similar learner who did not, and how many of both moved up.

Similar: the same milestone, the same level and about as long at it (see BANDS of `spells`), on the very day on which
it began for the other. Of several the one whose time in the level is nearest; nobody stands beside two. Who had the
same on this milestone before or in these thirty days is nobody's counterpart, and who has nobody similar is left out.
A learner counts once per milestone: with the first time. Who is at mastery cannot move up and is left out.

It is counted, not explained: whoever chooses for whom something is tried chooses learners for whom it seems to fit.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from interventions.effect import FEWEST, WITHIN, had_resource
from interventions.intervals import Difference, newcombe
from interventions.models import SupportPlan
from interventions.spells import DAY, History, Spells, band, history_of
from milestones.assigned import Pair
from status_engine import Level

KIND, PROTOCOL, APPROACH, RESOURCE = "kind", "protocol", "approach", "resource"
COUNTED_FOR = timedelta(days=365)
Tried = tuple[str, str]  # what kind of thing, and which one
Began = tuple[int, int, datetime]  # learner, milestone, when


@dataclass(frozen=True, slots=True)
class Side:
    """pairs: learners × milestones; moved: of these, moved up within thirty days; learners: different ones."""

    pairs: int
    moved: int
    learners: int


@dataclass(frozen=True, slots=True)
class Compared:
    """what, which: of the thing tried. alone: how many had nobody similar. is_told: ten learners or more on each side,
    and nothing small could be worked out from it."""

    what: str
    which: str
    having: Side
    without: Side
    alone: int
    is_told: bool

    @property
    def difference(self) -> Difference:
        return newcombe(self.having.moved, self.having.pairs, self.without.moved, self.without.pairs)


def results(learner_ids: Collection[int], now: datetime, today: date) -> list[Compared]:
    """Of these learners, for everything tried in the last year. Four queries, whatever the number."""
    began = _began(learner_ids, now - COUNTED_FOR, now)
    milestones = {milestone for some in began.values() for _, milestone, _ in some}
    history = history_of(learner_ids, milestones, today)
    found = [_compared(tried, some, history, now) for tried, some in sorted(began.items())]
    return _without_single_hidden(found)


def _began(learner_ids: Collection[int], since: datetime, now: datetime) -> Mapping[Tried, list[Began]]:
    """What was tried with whom, the earliest first. Two queries."""
    found: dict[Tried, list[Began]] = defaultdict(list)
    plans = SupportPlan.objects.filter(learner_id__in=learner_ids, started_at__range=(since, now)).order_by(
        "started_at"
    )
    columns = ("learner_id", "milestone_id", "started_at", "kind", "protocol_id", "approach")
    for learner, milestone, at, kind, protocol, approach in plans.values_list(*columns):
        one = (learner, milestone, at)
        found[KIND, kind].append(one)
        found[APPROACH, " ".join(approach.split()).casefold()].append(one)
        if protocol is not None:
            found[PROTOCOL, str(protocol)].append(one)
    uses = had_resource().filter(learner_id__in=learner_ids, given_at__range=(since, now)).order_by("given_at")
    for learner, milestone, at, resource in uses.values_list("learner_id", "milestone_id", "given_at", "resource_id"):
        found[RESOURCE, str(resource)].append((learner, milestone, at))
    return found


def _compared(tried: Tried, some: Iterable[Began], history: History, now: datetime) -> Compared:
    first: dict[Pair, datetime] = {}
    for learner, milestone, at in some:
        first.setdefault((learner, milestone), at)
    had = {pair: at.timestamp() for pair, at in first.items()}
    having, without, alone, taken = [], [], 0, set[Pair]()
    for pair, at in first.items():
        if at + WITHIN > now:
            continue
        begins, ends = at.timestamp(), (at + WITHIN).timestamp()
        like = _similar(pair, begins, history.spells.get(pair[1]), had, taken)
        if like is None:
            continue
        if like == pair:
            alone += 1
            continue
        taken.add(like)
        having.append((pair, history.rose(pair, begins, ends)))
        without.append((like, history.rose(like, begins, ends)))
    sides = _side(having), _side(without)
    return Compared(*tried, *sides, alone, is_told=min(side.learners for side in sides) >= FEWEST)


def _similar(
    pair: Pair, begins: float, spells: Spells | None, had: Mapping[Pair, float], taken: set[Pair]
) -> Pair | None:
    """The counterpart; the pair itself where there is none; None where nothing is to be counted."""
    if spells is None:
        return None
    here = spells.at(begins)
    own = here[spells.learner[here] == pair[0]]
    if not len(own) or spells.level[own[0]] == Level.MASTERY:
        return None
    days = (begins - spells.begins[here]) / DAY
    own_days = (begins - spells.begins[own]) / DAY
    alike = (spells.level[here] == spells.level[own[0]]) & (band(days) == band(own_days)[0])
    distance = np.where(np.isinf(days), 0.0, np.abs(days - (0.0 if np.isinf(own_days[0]) else own_days[0])))
    after = begins + WITHIN.total_seconds()
    order = np.lexsort((spells.learner[here], distance))
    for n in order[alike[order]].tolist():
        other = (int(spells.learner[here[n]]), pair[1])
        if other not in taken and had.get(other, np.inf) > after:
            return other
    return pair


def _side(rows: list[tuple[Pair, bool]]) -> Side:
    return Side(len(rows), sum(rose for _, rose in rows), len({learner for (learner, _), _ in rows}))


def _without_single_hidden(found: list[Compared]) -> list[Compared]:
    """Where one alone of a kind of thing is hidden, the smallest other one is, too: else it could be subtracted."""
    for what in (KIND, PROTOCOL, APPROACH, RESOURCE):
        same = [n for n, one in enumerate(found) if one.what == what and one.having.pairs]
        told = [n for n in same if found[n].is_told]
        if told and len(same) - len(told) == 1:
            least = min(told, key=lambda n: found[n].having.pairs)
            found[least] = replace(found[least], is_told=False)
    return found
