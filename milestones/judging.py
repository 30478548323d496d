"""From ledger columns to levels: the engine called once per policy version, for one pair or for a whole tenant.

Nothing here reads evidence or writes; what a rule needs beside the evidence (day, term, prerequisites) is asked for
only where a rule asks for it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from competencies.book import EffectivePolicy, PolicyBook, frameworks_of
from learners.models import Learner
from milestones.columns import Columns, Evidence, Floats, Ints
from milestones.day import Day, the_day
from milestones.prerequisites import unmet_prerequisites
from status_engine import NODATE, Context, Policy, Unmet, roll_up
from status_engine.fingerprint import fingerprints


@dataclass(frozen=True, eq=False)
class Pairs(Columns):
    """Learner × competency, ascending by key. int64[p] each."""

    id: Ints
    learner: Ints
    competency: Ints


@dataclass(frozen=True, eq=False)
class Judged(Columns):
    """What the engine says about p pairs, in their order.

    value: NaN = none; watermark: the newest ledger row seen, 0 = none; digest: 64 bits of the fingerprint; judged_on:
    days since 2000-01-01 where the rule looks at the calendar, else -1; newest: microseconds of the newest piece,
    NODATE = none.
    """

    level: Ints
    value: Floats
    pieces: Ints
    flags: Ints
    version: Ints
    watermark: Ints
    digest: Ints
    judged_on: Ints
    newest: Ints


class Circumstances:
    """Day and prerequisites, looked up when the first rule asks for them."""

    def __init__(
        self,
        day: Day | None = None,
        unmet: Callable[[Ints, Ints, Ints], Unmet] | None = None,
        seen: Callable[[Evidence], Evidence] | None = None,
    ) -> None:
        """seen: which ledger rows are looked at; by default those that stand now."""
        self._day = day
        self._unmet = unmet or unmet_prerequisites
        self.seen = seen or Evidence.standing

    @cached_property
    def day(self) -> Day:
        return self._day or the_day()

    def of(self, policy: Policy, pairs: Pairs) -> Context:
        """What a policy may look at for these pairs; nothing for a policy that asks for nothing."""
        needs_day = policy.needs_clock or policy.needs_term
        return Context(
            as_of=self.day.begins_at if needs_day else None,
            term_start=self.day.term_start if needs_day else None,
            unmet=self._unmet(pairs.id, pairs.learner, pairs.competency) if policy.needs_prerequisites else None,
        )


def versions_for(book: PolicyBook, pairs: Pairs) -> Ints:
    """The policy version that holds for each pair: int64[p]. One query, two where schools have policies."""
    frameworks = frameworks_of(np.unique(pairs.competency).tolist())
    framework = _looked_up(pairs.competency, frameworks)
    schools = schools_of(np.unique(pairs.learner).tolist(), book)
    return book.version_ids(pairs.competency, framework, _looked_up(pairs.learner, schools))


def schools_of(learners: Iterable[int], book: PolicyBook) -> dict[int, int]:
    """{learner: home school}; empty, and no query, where no school has a policy of its own."""
    if not book.has_schools:
        return {}
    rows = Learner.objects.filter(id__in=learners).exclude(home_school_id=None)
    return dict(rows.values_list("id", "home_school_id"))


def judge(
    pairs: Pairs,
    evidence: Evidence,
    version: Ints,
    policies: Mapping[int, EffectivePolicy],
    circumstances: Circumstances,
) -> Judged:
    """Levels of all pairs. evidence: standing rows of these pairs; version: int64[p], keys of `policies`."""
    judged = _nothing(len(pairs), version)
    keys = np.unique(version).tolist()
    place = np.searchsorted(pairs.id, evidence.pair)
    for key in keys:
        is_of = version == key
        whole = len(keys) == 1
        chosen = pairs if whole else pairs.rows(is_of)
        rows = evidence if whole else evidence.rows(is_of[place])
        _judge_version(judged, np.flatnonzero(is_of), chosen, rows, policies[key].policy, circumstances)
    if len(evidence):
        start = np.flatnonzero(np.concatenate(([True], evidence.pair[1:] != evidence.pair[:-1])))
        judged.watermark[place[start]] = np.maximum.reduceat(evidence.id, start)
        judged.newest[place[start]] = np.maximum.reduceat(evidence.occurred_at, start)
    return judged


def _judge_version(
    judged: Judged, at: Ints, pairs: Pairs, evidence: Evidence, policy: Policy, circumstances: Circumstances
) -> None:
    context = circumstances.of(policy, pairs)
    table = evidence.table()
    answer = roll_up(policy, table, pairs.id, context)
    judged.level[at], judged.value[at] = answer.level, answer.value
    judged.pieces[at], judged.flags[at] = answer.pieces, answer.flags
    digests = [int(digest, 16) for digest in fingerprints(policy, table, answer, context)]
    judged.digest[at] = np.array(digests, np.uint64).view(np.int64)
    if policy.needs_clock or policy.needs_term:
        judged.judged_on[at] = circumstances.day.number


def _nothing(pairs: int, version: Ints) -> Judged:
    def column(value: int) -> Ints:
        return np.full(pairs, value, np.int64)

    return Judged(
        level=column(0), value=np.full(pairs, np.nan), pieces=column(0), flags=column(0), version=version,
        watermark=column(0), digest=column(0), judged_on=column(-1), newest=column(NODATE),
    )  # fmt: skip


def _looked_up(column: Ints, known: Mapping[int, int]) -> Ints:
    """known[key] for each key of a column, -1 where there is none."""
    keys, place = np.unique(column, return_inverse=True)
    found: npt.NDArray[np.int64] = np.array([known.get(key, -1) for key in keys.tolist()], np.int64)
    return found[place]
