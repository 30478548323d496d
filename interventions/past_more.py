"""What some reasons look at beside the level, at any moment of the last days: pieces, tries, what is before, requests.

Each kind reads its rows once for all learners and answers from them: when something changed, and how it stood then.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, F, Max

from assessments.models import Attempt, Evidence, RetryRequest, standing
from competencies.models import Prerequisite
from interventions.facts import AGAIN, JUDGED, NOTHING_SEEN, Competencies, Seen
from interventions.models import LearnerRequest, Reason
from milestones.assigned import Pair
from milestones.models import StatusChange
from status_engine import Level

Moves = Mapping[Pair, tuple[list[datetime], list[int]]]


class More(Protocol):
    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None: ...

    def moments(self, pair: Pair) -> Iterable[datetime]:
        """When something about the pair changed."""
        ...

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        """The fields of the fact at that moment. since: when the level began."""
        ...


class Nothing:
    """For reasons that look at the level and the date only."""

    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None:
        pass

    def moments(self, pair: Pair) -> Iterable[datetime]:
        return ()

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        return {}


class Pieces:
    """Counted pieces: those before the days looked at are read summed up. Two queries."""

    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None:
        self.asks_for = asks_for
        self.before: dict[Pair, list[tuple[str, int, datetime]]] = defaultdict(list)
        self.within: dict[Pair, list[tuple[datetime, str]]] = defaultdict(list)
        learner, competency = "learner_competency__learner_id", "learner_competency__competency_id"
        rows = Evidence.objects.filter(
            standing(), state=Evidence.State.COUNTED, hints=0, learner_competency__learner_id__in=learners,
            learner_competency__competency_id__in={one for some in asks_for.values() for one in some},
        ).exclude(entry=Evidence.Entry.WITHDRAWN).exclude(kind=Evidence.Kind.SELF_ASSESSMENT)  # fmt: skip
        older = rows.filter(occurred_at__lt=start).values_list(learner, competency, "kind")
        for who, what, kind, pieces, last in older.annotate(pieces=Count("id"), last=Max("occurred_at")):
            self.before[who, what].append((kind, pieces, last))
        younger = rows.filter(occurred_at__gte=start).order_by("occurred_at")
        for who, what, kind, at in younger.values_list(learner, competency, "kind", "occurred_at"):
            self.within[who, what].append((at, kind))

    def moments(self, pair: Pair) -> Iterable[datetime]:
        return (at for one in self.asks_for[pair[1]] for at, _ in self.within.get((pair[0], one), ()))

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        rows: list[tuple[str, int, datetime]] = []
        for one in self.asks_for[pair[1]]:
            rows += self.before.get((pair[0], one), ())
            rows += [(kind, 1, at) for at, kind in self.within.get((pair[0], one), ()) if at <= moment]
        if not rows:
            return {"seen": NOTHING_SEEN}
        kinds = tuple(sorted({kind for kind, _, _ in rows}))
        return {"seen": Seen(sum(pieces for _, pieces, _ in rows), kinds, max(last for _, _, last in rows))}


class Tries:
    """Judged tries at tasks, as `facts` counts them. One query."""

    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None:
        self.asks_for = asks_for
        self.judged: dict[Pair, list[datetime]] = defaultdict(list)
        rows = Attempt.objects.filter(learner_id__in=learners, state__in=JUDGED, judged_at__isnull=False)
        rows = rows.filter(assessment__is_practice=False).annotate(shows=F("assessment__alignments__competency_id"))
        for learner, competency, at in rows.values_list("learner_id", "shows", "judged_at"):
            self.judged[learner, competency].append(at)

    def moments(self, pair: Pair) -> Iterable[datetime]:
        return (at for one in self.asks_for[pair[1]] for at in self.judged.get((pair[0], one), ()))

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        counts = [
            sum(1 for at in self.judged.get((pair[0], one), ()) if at <= moment and (since is None or at >= since))
            for one in self.asks_for[pair[1]]
        ]
        return {"attempts": max(counts, default=0)}


class Before:
    """Levels of the competencies that come before. Two queries."""

    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None:
        edges: dict[int, set[int]] = defaultdict(set)
        rows = Prerequisite.objects.filter(
            after_id__in={one for some in asks_for.values() for one in some}, is_in_cycle=False
        )
        for after, first in rows.values_list("after_id", "before_id"):
            edges[after].add(first)
        self.needs = {
            milestone: sorted({first for one in some for first in edges[one]} - set(some))
            for milestone, some in asks_for.items()
        }
        wanted = {one for some in self.needs.values() for one in some}
        self.moves = moves_of("competency_id", learners, wanted)

    def moments(self, pair: Pair) -> Iterable[datetime]:
        return (at for one in self.needs[pair[1]] for at in self.moves.get((pair[0], one), ((), ()))[0])

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        levels = ((one, level_at(self.moves, (pair[0], one), moment)) for one in self.needs[pair[1]])
        return {"blockers": tuple((one, level) for one, level in levels if level < Level.MEETS)}


class Asks:
    """Requests, from being asked to being answered. Two queries."""

    def __init__(self, learners: Collection[int], asks_for: Competencies, start: datetime) -> None:
        self.asked: dict[Pair, list[tuple[datetime, datetime | None, str]]] = defaultdict(list)
        of_competency: dict[int, list[int]] = defaultdict(list)
        for milestone, some in asks_for.items():
            for one in some:
                of_competency[one].append(milestone)
        retries = RetryRequest.objects.filter(learner_id__in=learners)
        for learner, competency, at, until in retries.values_list("learner_id", "competency_id", "asked_at",
                                                                   "closed_at"):  # fmt: skip
            for milestone in of_competency[competency]:
                self.asked[learner, milestone].append((at, until, AGAIN))
        rows = LearnerRequest.objects.filter(learner_id__in=learners)
        columns = ("learner_id", "milestone_id", "asked_at", "answered_at", "taken_back_at", "kind")
        for learner, milestone, at, answered, taken_back, kind in rows.values_list(*columns):
            until = min((one for one in (answered, taken_back) if one is not None), default=None)
            self.asked[learner, milestone].append((at, until, kind))

    def moments(self, pair: Pair) -> Iterable[datetime]:
        return (one for at, until, _ in self.asked.get(pair, ()) for one in (at, until) if one is not None)

    def at(self, pair: Pair, since: datetime | None, moment: datetime) -> dict[str, Any]:
        waiting = [
            (at, kind)
            for at, until, kind in self.asked.get(pair, ())
            if at <= moment and (until is None or moment < until)
        ]
        at, kind = min(waiting, default=(None, ""))
        return {"asked": None if at is None else (kind, at)}


MORE: dict[str, type[More]] = {
    Reason.ONE_KIND: Pieces,
    Reason.STALE: Pieces,
    Reason.ATTEMPTS: Tries,
    Reason.BLOCKED: Before,
    Reason.ASKED: Asks,
}


def moves_of(column: str, learners: Collection[int], things: Collection[int]) -> Moves:
    """{(learner, thing): when its level moved, and to which}. column: `milestone_id` or `competency_id`. One query."""
    rows = StatusChange.objects.filter(learner_id__in=learners, **{f"{column}__in": things})
    found: dict[Pair, tuple[list[datetime], list[int]]] = defaultdict(lambda: ([], []))
    columns = ("learner_id", column, "applies_from", "to_level")
    for learner, thing, at, level in rows.order_by("applies_from", "id").values_list(*columns):
        times, levels = found[learner, thing]
        times.append(at)
        levels.append(level)
    return found


def level_at(moves: Moves, pair: Pair, moment: datetime) -> int:
    if pair not in moves:
        return 0
    times, levels = moves[pair]
    n = bisect_right(times, moment)
    return levels[n - 1] if n else 0
