"""The ledger as it was at a moment, and the levels of competencies that it gave (design: status engine §8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from assessments.models import LearnerCompetency
from competencies.book import EffectivePolicy, PolicyBook, policy_book
from competencies.models import PolicyVersion, Prerequisite
from milestones.columns import Evidence, Ints, read_evidence
from milestones.day import the_day, to_microseconds
from milestones.judging import Circumstances, Judged, Pairs, judge, versions_for
from milestones.models import LevelOverride
from status_engine import Level, Unmet

Bools = npt.NDArray[np.bool_]
Key = tuple[int, int]
OCCURRED, RECORDED = "occurred", "recorded"
BY = (OCCURRED, RECORDED)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: `day` is its date in the tenant's time zone; `by` says which question is asked.

    occurred: what work up to then shows, as the ledger stands today. recorded: what was known then, with corrections
    and withdrawals only if they had been entered. time_zone: the tenant's, where it is known: it need not be asked for.
    """

    at: datetime
    day: date
    by: str = OCCURRED
    time_zone: str = ""

    @property
    def told_by(self) -> Q:
        """The changes of a level that had happened by then, for this question."""
        return Q(at__lte=self.at) if self.by == RECORDED else Q(applies_from__lte=self.at)

    @property
    def stood(self) -> Q:
        """Overrides that had been set, not ended by then and not over."""
        open_then = Q(ends=None) | Q(ends__ended_at__gt=self.at)
        return Q(set_at__lte=self.at) & open_then & (Q(until=None) | Q(until__gte=self.day))

    def seen(self, rows: Evidence) -> Evidence:
        """Of every row of the ledger those that stood."""
        instant = to_microseconds(self.at)
        if self.by == RECORDED:
            return rows.rows(rows.recorded_at <= instant).standing()
        standing = rows.standing()
        return standing.rows(standing.occurred_at <= instant)


@dataclass(frozen=True, slots=True)
class SetThen:
    """Overrides that stood at a moment: {(learner, competency): level} and {(learner, milestone): level}.

    floors: the milestones among them that were met under an earlier bar; a higher level of the rule goes before them.
    """

    competencies: dict[Key, int]
    milestones: dict[Key, int]
    floors: set[Key]


@dataclass(frozen=True, eq=False)
class Past:
    """The competencies of some learners at a moment, by pair. level: what held; is_set: a teacher had set it;

    evidence: the rows that stood; policies: the versions that `judged.version` names.
    """

    pairs: Pairs
    judged: Judged
    level: Ints
    is_set: Bools
    evidence: Evidence
    book: PolicyBook
    policies: Mapping[int, EffectivePolicy]
    circumstances: Circumstances

    def level_of(self, learner: Ints, competency: Ints) -> Ints:
        """int64[n]: the level of each pair; 0 where there was nothing."""
        at = {key: n for n, key in enumerate(keys_of(self.pairs))}
        wanted = zip(learner.tolist(), competency.tolist(), strict=True)
        place = np.array([at.get(key, -1) for key in wanted], np.int64)
        return np.where(place >= 0, self.level[place], 0) if len(self.pairs) else np.zeros(len(place), np.int64)


def overrides_then(learners: Ints, moment: Moment) -> SetThen:
    """What teachers had set. One query."""
    rows = LevelOverride.objects.filter(moment.stood, learner_id__in=learners.tolist()).order_by("id")
    found = SetThen({}, {}, set())
    fields = ("learner_id", "competency_id", "milestone_id", "level", "kind")
    for learner, competency, milestone, level, kind in rows.values_list(*fields):
        if competency is not None:
            found.competencies[learner, competency] = level
        else:
            found.milestones[learner, milestone] = level
            if kind == LevelOverride.Kind.EARLIER_BAR:
                found.floors.add((learner, milestone))
    return found


def competencies_then(learners: Ints, competencies: Ints, moment: Moment, set_then: SetThen) -> Past:
    """Levels at a moment, under the versions in force then; in some rounds where a rule asks for prerequisites."""
    book = policy_book(moment.at)
    edges = _edges(book)
    wanted = np.unique(np.concatenate((competencies, edges.reshape(-1))))
    pairs = _pairs(learners, wanted)
    everything = read_evidence(pairs.id)
    evidence = moment.seen(everything)
    version, policies = _versions(book, pairs, everything, moment)
    set_level = np.array([set_then.competencies.get(key, -1) for key in keys_of(pairs)], np.int64)
    day, level = the_day(moment.day, moment.time_zone), np.full(len(pairs), -1, np.int64)
    while True:
        circumstances = Circumstances(day, _unmet(edges, pairs, level), moment.seen)
        judged = judge(pairs, evidence, version, policies, circumstances)
        found = np.where(set_level >= 0, set_level, judged.level)
        if not len(edges) or (found == level).all():
            return Past(pairs, judged, found, set_level >= 0, evidence, book, policies, circumstances)
        level = found


def keys_of(pairs: Pairs) -> list[Key]:
    return list(zip(pairs.learner.tolist(), pairs.competency.tolist(), strict=True))


def _pairs(learners: Ints, competencies: Ints) -> Pairs:
    rows = LearnerCompetency.objects.filter(
        learner_id__in=learners.tolist(), competency_id__in=competencies.tolist()
    ).order_by("id")
    table = np.array(list(rows.values_list("id", "learner_id", "competency_id")), np.int64).reshape(-1, 3)
    return Pairs(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())


def _edges(book: PolicyBook) -> Ints:
    """int64[e, 2] of (after, before), of the whole tenant; none where no rule asks for prerequisites."""
    if not any(effective.policy.needs_prerequisites for effective in book.by_version.values()):
        return np.empty((0, 2), np.int64)
    rows = Prerequisite.objects.filter(is_in_cycle=False).values_list("after_id", "before_id")
    return np.array(list(rows), np.int64).reshape(-1, 2)


def _unmet(edges: Ints, pairs: Pairs, level: Ints) -> Callable[[Ints, Ints, Ints], Unmet]:
    """How many prerequisites stood below meets, from the levels of the round before."""
    before: dict[int, list[int]] = {}
    for after, first in edges.tolist():
        before.setdefault(after, []).append(first)
    met = {key for key, one in zip(keys_of(pairs), level.tolist(), strict=True) if one >= Level.MEETS}

    def unmet(pair: Ints, learner: Ints, competency: Ints) -> Unmet:
        asked = zip(learner.tolist(), competency.tolist(), strict=True)
        count = np.array([sum((who, one) not in met for one in before.get(what, ())) for who, what in asked], np.int64)
        return Unmet(pair[count > 0], count[count > 0])

    return unmet


def _versions(
    book: PolicyBook, pairs: Pairs, everything: Evidence, moment: Moment
) -> tuple[Ints, Mapping[int, EffectivePolicy]]:
    """The version that held for each pair. One that does not apply to the past holds from the next evidence on."""
    version, policies = versions_for(book, pairs), dict(book.by_version)
    newest = _newest_entry(pairs, everything, moment)
    start: datetime | None = None
    while (late := _not_yet(version, policies, newest)) is not None:
        is_late, start = late
        earlier = policy_book(start - timedelta(microseconds=1))
        policies |= earlier.by_version
        before = versions_for(earlier, pairs.rows(is_late))
        if (before == version[is_late]).all():
            break
        version[is_late] = before
    return version, policies


def _not_yet(version: Ints, policies: Mapping[int, EffectivePolicy], newest: Ints) -> tuple[Bools, datetime] | None:
    """(pairs whose version is younger than all their evidence and leaves the past alone, since when it is in force)."""
    for key in np.unique(version).tolist():
        if policies[key].applies_to_past:
            continue
        start = PolicyVersion.objects.values_list("in_force_from", flat=True).get(pk=key)
        is_late = (version == key) & (newest < to_microseconds(start)) & (newest > 0)
        if is_late.any():
            return is_late, start
    return None


def _newest_entry(pairs: Pairs, everything: Evidence, moment: Moment) -> Ints:
    """When the newest row of each pair was entered, of those entered by the moment; 0 = none."""
    entered = everything.rows(everything.recorded_at <= to_microseconds(moment.at))
    newest = np.zeros(len(pairs), np.int64)
    np.maximum.at(newest, np.searchsorted(pairs.id, entered.pair), entered.recorded_at)
    return newest
