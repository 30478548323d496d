"""What is known about learners on the milestones they work towards: everything that a rule may look at.

A fixed number of queries for any number of learners; the reasons are worked out from these facts without another one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Max

from assessments.models import Attempt, Evidence, RetryRequest, standing
from competencies.models import Prerequisite
from interventions.models import LearnerRequest
from learners.models import Enrolment
from learners.reach import running
from milestones.assigned import Pair, Work, works_towards
from milestones.flags import stall_limits
from milestones.models import CompetencyStatus, Criterion, MilestoneStatus
from status_engine import Level

AGAIN = "again"  # asked to be assessed again
JUDGED = (Attempt.State.JUDGED, Attempt.State.RELEASED)


@dataclass(frozen=True, slots=True)
class Place:
    section: int
    school: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Counted pieces on the competencies of a milestone. kinds: how many different ones among the pieces."""

    pieces: int
    kinds: tuple[str, ...]
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One learner on one milestone. since: when the level began; None where nothing was shown yet.

    attempts: judged tries at tasks of the milestone since the level began. blockers: (competency, level) that come
    before and are below meets. asked: kind and time of the oldest request that waits.
    """

    learner: int
    milestone: int
    place: Place | None
    due_on: date | None
    level: int
    previous_level: int
    since: datetime | None
    earned_at: datetime | None
    stalled_after: int
    seen: Seen
    attempts: int
    blockers: tuple[tuple[int, int], ...]
    asked: tuple[str, datetime] | None


NOTHING_SEEN = Seen(0, (), None)
Competencies = Mapping[int, tuple[int, ...]]  # {milestone: its competencies}


def facts_of(learner_ids: Collection[int], today: date) -> list[Fact]:
    """Facts of these learners, ordered by learner and milestone. Eleven queries."""
    learners = sorted(set(learner_ids))
    works = works_towards(learners, today)
    milestones = sorted({milestone for _, milestone in works})
    asks_for = competencies_of(milestones)
    statuses = _statuses(learners, milestones)
    limits = stall_limits(milestones)
    places, seen = places_of(learners, today), _seen(learners, asks_for)
    tries, blockers, asked = _tries(learners), _blockers(learners, asks_for), _asked(learners, asks_for)

    def fact(pair: Pair, work: Work) -> Fact:
        level, previous, since, earned_at = statuses.get(pair, (0, 0, None, None))
        return Fact(
            *pair,
            place=places.get(pair),
            due_on=work.due_on,
            level=level,
            previous_level=previous,
            since=since,
            earned_at=earned_at,
            stalled_after=limits.get((pair[1], level), 0),
            seen=_together(seen, pair[0], asks_for[pair[1]]),
            attempts=_since(tries, pair[0], asks_for[pair[1]], since),
            blockers=_of(blockers, pair[0], asks_for[pair[1]]),
            asked=asked.get(pair),
        )

    return [fact(pair, work) for pair, work in works.items()]


def competencies_of(milestones: Collection[int]) -> Competencies:
    found: dict[int, list[int]] = {milestone: [] for milestone in milestones}
    rows = Criterion.objects.filter(milestone_id__in=milestones).order_by("id")
    for milestone, competency in rows.values_list("milestone_id", "competency_id"):
        found[milestone].append(competency)
    return {milestone: tuple(competencies) for milestone, competencies in found.items()}


def _statuses(
    learners: Collection[int], milestones: Collection[int]
) -> dict[Pair, tuple[int, int, datetime | None, datetime | None]]:
    rows = MilestoneStatus.objects.filter(learner_id__in=learners, milestone_id__in=milestones)
    columns = ("learner_id", "milestone_id", "level", "previous_level", "since", "earned_at")
    return {(row[0], row[1]): row[2:] for row in rows.values_list(*columns)}


def places_of(learners: Collection[int], today: date) -> dict[Pair, Place]:
    """The section in which a learner works on a milestone; of several, the one that was there first."""
    rows = Enrolment.objects.filter(
        running(today), learner_id__in=learners, is_withdrawn=False, section__is_active=True
    ).exclude(section__section_milestones=None)
    columns = ("learner_id", "section__section_milestones__milestone_id", "section_id", "section__school_id")
    found: dict[Pair, Place] = {}
    for learner, milestone, section, school in rows.order_by("-section_id").values_list(*columns):
        found[learner, milestone] = Place(section, school)
    return found


def _seen(learners: Collection[int], asks_for: Competencies) -> dict[Pair, list[tuple[str, int, datetime]]]:
    """{(learner, competency): (kind, pieces, the latest)}."""
    competencies = {competency for some in asks_for.values() for competency in some}
    learner, competency = "learner_competency__learner_id", "learner_competency__competency_id"
    rows = Evidence.objects.filter(
        standing(), state=Evidence.State.COUNTED, hints=0, learner_competency__learner_id__in=learners,
        learner_competency__competency_id__in=competencies,
    ).exclude(entry=Evidence.Entry.WITHDRAWN).exclude(kind=Evidence.Kind.SELF_ASSESSMENT)  # fmt: skip
    found: dict[Pair, list[tuple[str, int, datetime]]] = defaultdict(list)
    grouped = rows.values_list(learner, competency, "kind").annotate(pieces=Count("id"), last=Max("occurred_at"))
    for who, what, kind, pieces, last in grouped.order_by(learner, competency, "kind"):
        found[who, what].append((kind, pieces, last))
    return found


def _together(
    seen: Mapping[Pair, list[tuple[str, int, datetime]]], learner: int, competencies: tuple[int, ...]
) -> Seen:
    rows = [row for competency in competencies for row in seen.get((learner, competency), ())]
    if not rows:
        return NOTHING_SEEN
    kinds = tuple(sorted({kind for kind, _, _ in rows}))
    return Seen(sum(pieces for _, pieces, _ in rows), kinds, max(last for _, _, last in rows))


def _tries(learners: Collection[int]) -> dict[Pair, list[datetime]]:
    rows = Attempt.objects.filter(learner_id__in=learners, state__in=JUDGED, judged_at__isnull=False)
    rows = rows.filter(assessment__is_practice=False).annotate(shows=F("assessment__alignments__competency_id"))
    found: dict[Pair, list[datetime]] = defaultdict(list)
    for learner, competency, at in rows.values_list("learner_id", "shows", "judged_at"):
        found[learner, competency].append(at)
    return found


def _since(
    tries: Mapping[Pair, list[datetime]], learner: int, competencies: tuple[int, ...], since: datetime | None
) -> int:
    """Tries that were judged while the level stood; a try at a task with two of the competencies is one of each, so
    the highest count of one competency is taken."""
    counts = [
        sum(1 for at in tries.get((learner, competency), ()) if since is None or at >= since)
        for competency in competencies
    ]
    return max(counts, default=0)


def _blockers(learners: Collection[int], asks_for: Competencies) -> dict[Pair, tuple[tuple[int, int], ...]]:
    """{(learner, competency): (what comes before and is below meets, its level)}."""
    competencies = {competency for some in asks_for.values() for competency in some}
    edges = Prerequisite.objects.filter(after_id__in=competencies, is_in_cycle=False).order_by("before_id")
    before: dict[int, list[int]] = defaultdict(list)
    for after_id, before_id in edges.values_list("after_id", "before_id"):
        before[after_id].append(before_id)
    if not before:
        return {}
    first = {one for some in before.values() for one in some}
    rows = CompetencyStatus.objects.filter(learner_id__in=learners, competency_id__in=first)
    levels = {(who, what): level for who, what, level in rows.values_list("learner_id", "competency_id", "level")}
    found: dict[Pair, tuple[tuple[int, int], ...]] = {}
    for learner in learners:
        for after_id, some in before.items():
            below = tuple((one, levels.get((learner, one), 0)) for one in some)
            found[learner, after_id] = tuple((one, level) for one, level in below if level < Level.MEETS)
    return found


def _of(
    blockers: Mapping[Pair, tuple[tuple[int, int], ...]], learner: int, competencies: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """What blocks the milestone: nothing that it asks for itself."""
    some = {one for competency in competencies for one in blockers.get((learner, competency), ())}
    return tuple(sorted(one for one in some if one[0] not in competencies))


def _asked(learners: Collection[int], asks_for: Competencies) -> dict[Pair, tuple[str, datetime]]:
    """The oldest open request of each pair: for help, for a second look, or to be assessed again."""
    found: dict[Pair, tuple[str, datetime]] = {}
    tries: dict[Pair, datetime] = {}
    retries = RetryRequest.objects.filter(learner_id__in=learners, closed_at=None)
    for learner, competency, at in retries.values_list("learner_id", "competency_id", "asked_at"):
        tries[learner, competency] = at
    for milestone, competencies in asks_for.items():
        for learner in {learner for learner, competency in tries if competency in competencies}:
            at = min(tries[learner, one] for one in competencies if (learner, one) in tries)
            found[learner, milestone] = (AGAIN, at)
    rows = LearnerRequest.objects.filter(learner_id__in=learners, answered_at=None, taken_back_at=None)
    for learner, milestone, kind, at in rows.values_list("learner_id", "milestone_id", "kind", "asked_at"):
        known = found.get((learner, milestone))
        if known is None or at < known[1]:
            found[learner, milestone] = (kind, at)
    return found
