"""Reads of levels with their reasons, replayed from the ledger."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from assessments.models import Evidence as EvidenceRow
from competencies.book import EffectivePolicy, PolicyBook, policy_book
from competencies.models import Competency
from milestones.columns import Crossing, Evidence, Ints, Statuses, read_evidence
from milestones.judging import Pairs, schools_of
from milestones.models import Criterion, Milestone
from milestones.shadow import Days, judge_again, same
from status_engine import NO_CODE, EvidenceTable, Level, explain

NO_STATUS = -1
COLUMNS = (
    "group", "id", "score", "possible", "weight", "occurred_at", "recorded_at", "due_at", "kind", "pass_mark", "state",
)  # fmt: skip
NAMED = ("task", "form", "attempt")
Names = Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CriterionReason:
    """One criterion of a milestone for one learner, with the engine's explanation of its level.

    `level` is what holds, `computed_level` what the policy says. The policy is the version the level was judged under;
    where there is no status, the one in force. `is_true_to_ledger` is False when the stored level is not what the
    ledger gives: an incident. `digest`: the stored fingerprint.
    """

    competency_id: int
    competency_public_id: UUID
    code: str
    statement: str
    required_level: int
    level: int
    computed_level: int
    explanation: dict[str, Any]
    policy: EffectivePolicy
    digest: str
    is_true_to_ledger: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A competency whose level is to be explained, and the level that is asked for."""

    competency_id: int
    public_id: UUID
    framework_id: int
    code: str
    statement: str
    required_level: int


def milestone_reasons(learner_id: int, milestone: Milestone) -> list[CriterionReason]:
    """Why the learner stands where they do on each criterion, replayed from the ledger."""
    return reasons_for([(learner_id, milestone.pk)])[learner_id, milestone.pk]


def competency_reason(learner_id: int, competency: Competency) -> CriterionReason:
    """Why the learner stands where they do on one competency."""
    row = competency
    one = Wanted(row.pk, row.public_id, row.framework_id, row.code, row.statement, int(Level.MEETS))
    return _replay({learner_id}, [one]).reason(learner_id, one)


def reasons_for(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[CriterionReason]]:
    """{(learner, milestone): a reason per criterion}. A fixed number of queries, whatever the number of pairs."""
    criteria = criteria_of({milestone for _, milestone in wanted})
    replay = _replay({learner for learner, _ in wanted}, [one for group in criteria.values() for one in group])
    known: dict[tuple[int, int], CriterionReason] = {}

    def reason(who: int, one: Wanted) -> CriterionReason:
        """A competency of several milestones is replayed once."""
        key = (who, one.competency_id)
        if key not in known:
            known[key] = replay.reason(who, one)
        return replace(known[key], required_level=one.required_level)

    return {(who, what): [reason(who, one) for one in criteria[what]] for who, what in wanted}


def criteria_of(milestone_ids: Collection[int]) -> dict[int, list[Wanted]]:
    """{milestone: its criteria in order}. One query."""
    criteria: dict[int, list[Wanted]] = defaultdict(list)
    rows = Criterion.objects.filter(milestone_id__in=milestone_ids).order_by("position", "id")
    fields = ("competency_id", "competency__public_id", "competency__framework_id", "competency__code",
              "competency__statement", "required_level")  # fmt: skip
    for milestone, *row in rows.values_list("milestone_id", *fields):
        criteria[milestone].append(Wanted(*row))
    return criteria


@dataclass(frozen=True, slots=True)
class _Replay:
    """Stored statuses, their evidence and what the engine says about it now, by learner and competency."""

    book: PolicyBook
    schools: Mapping[int, int]
    versions: Mapping[int, EffectivePolicy]
    stored: Statuses
    place: Mapping[tuple[int, int], int]
    evidence: Evidence
    names: Names
    days: Days
    is_true: Sequence[bool]

    def reason(self, learner: int, wanted: Wanted) -> CriterionReason:
        at = self.place.get((learner, wanted.competency_id))
        if at is None:
            school = self.schools.get(learner)
            effective = self.book.nearest(competency=wanted.competency_id, framework=wanted.framework_id, school=school)
            explanation = self._explain(effective, NO_STATUS, NO_STATUS, learner, wanted.competency_id)
            return self._reason(wanted, effective, explanation, 0, 0, "", is_true=True)
        stored = self.stored.rows(np.array([at]))
        pair, judged_on = int(stored.pair[0]), int(stored.judged_on[0])
        effective = self.versions[int(stored.version[0])]
        explanation = self._explain(effective, pair, judged_on, learner, wanted.competency_id)
        digest = f"{int(stored.digest[0]) & (2**64 - 1):016x}"
        level, computed = int(stored.level[0]), int(stored.computed[0])
        return self._reason(wanted, effective, explanation, level, computed, digest, is_true=self.is_true[at])

    def _explain(
        self, effective: EffectivePolicy, pair: int, judged_on: int, learner: int, competency: int
    ) -> dict[str, Any]:
        low, high = (int(np.searchsorted(self.evidence.pair, pair, side)) for side in ("left", "right"))
        table = named_table(self.evidence.rows(np.arange(low, high)), self.names)
        pairs = Pairs(*(np.array([key], np.int64) for key in (pair, learner, competency)))
        return explain(effective.policy, table, self.days.of(judged_on).of(effective.policy, pairs))

    def _reason(
        self, wanted: Wanted, effective: EffectivePolicy, explanation: dict[str, Any], level: int, computed: int,
        digest: str, *, is_true: bool,
    ) -> CriterionReason:  # fmt: skip
        return CriterionReason(
            competency_id=wanted.competency_id, competency_public_id=wanted.public_id, code=wanted.code,
            statement=wanted.statement, required_level=wanted.required_level, level=level, computed_level=computed,
            explanation=explanation, policy=effective, digest=digest, is_true_to_ledger=is_true,
        )  # fmt: skip


def _replay(learners: set[int], wanted: Sequence[Wanted]) -> _Replay:
    competencies = np.unique(np.array([one.competency_id for one in wanted], np.int64))
    stored = Crossing(np.array(sorted(learners), np.int64), competencies).statuses()
    evidence = read_evidence(stored.pair).standing()
    keys = zip(stored.learner.tolist(), stored.competency.tolist(), strict=True)
    days, book = Days(), policy_book()
    versions = book.versions(np.unique(stored.version).tolist())
    is_true = same(stored, judge_again(stored, evidence, versions, days))
    return _Replay(
        book=book, schools=schools_of(learners, book), versions=versions, stored=stored,
        place={key: at for at, key in enumerate(keys)}, evidence=evidence, names=names_of(evidence), days=days,
        is_true=is_true.tolist(),
    )  # fmt: skip


def names_of(evidence: Evidence) -> Names:
    """{ledger row: (task, form, attempt)}: the columns carry hashes, people read names. One query."""
    rows = EvidenceRow.objects.filter(id__in=evidence.id.tolist()).values_list("id", *NAMED)
    return {key: tuple(words) for key, *words in rows}


def named_table(evidence: Evidence, names: Names) -> EvidenceTable:
    """The engine's table with tasks and forms by name."""
    table = evidence.table()
    if not len(table):
        return table
    columns = {name: getattr(table, name) for name in COLUMNS}
    named = {name: _numbered([names[key][n] for key in evidence.id.tolist()]) for n, name in enumerate(NAMED)}
    columns |= {name: codes for name, (_, codes) in named.items()}
    return EvidenceTable(**columns, names={name: words for name, (words, _) in named.items()})


def _numbered(names: Sequence[str]) -> tuple[list[str], Ints]:
    codes: dict[str, int] = {}
    found = [codes.setdefault(name, len(codes)) if name else NO_CODE for name in names]
    return list(codes), np.array(found, np.int64)
