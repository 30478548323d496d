"""The shadow check: every level of a tenant worked out once more from the ledger, and what differs.

A difference counts only if it is still there once its row is locked: what is recorded during the check is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from assessments.models import StaleMark
from competencies.book import PolicyBook, policy_book
from learners.models import Learner
from milestones import bulk
from milestones.columns import Ints, read_evidence, read_statuses
from milestones.criteria import judge_milestones, read_rows, roll_up_milestone_pairs
from milestones.judging import Circumstances, versions_for
from milestones.models import CompetencyStatus, MilestoneStatus, ShadowCheck
from milestones.recompute import recompute_statuses
from milestones.shadow import Bools, Days, judge_again, same
from milestones.standards import Standards
from milestones.whole import Chunk, read_chunks
from status_engine import LEVEL_NAMES, Level
from tenancy.context import tenant_context

SHOWN = 1000
NO_DAY = -1
AT_ONCE = 1000


@dataclass
class Report:
    """What a check found. `lines`: the first differences, one sentence each, with keys and no names."""

    statuses: int = 0
    differing: int = 0
    fixed: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, lines: list[str]) -> None:
        self.differing += len(lines)
        self.lines += lines[: SHOWN - len(self.lines)]


def verify_tenant(tenant_id: int, *, fix: bool = False) -> Report:
    """Compare every stored level of a tenant with the ledger; `fix` works the differing ones out anew.

    Levels that wait for the worker are no differences. The run is kept as a ShadowCheck.
    """
    report = Report()
    with tenant_context(tenant_id):
        suspects = np.concatenate([*_suspects(policy_book(), report), np.empty(0, np.int64)])
    for start in range(0, len(suspects), AT_ONCE):
        with tenant_context(tenant_id):
            _settle(suspects[start : start + AT_ONCE].astype(np.int64), report, fix=fix)
    after = 0
    while True:
        with tenant_context(tenant_id):
            learners = list(Learner.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:AT_ONCE])
            if not learners:
                break
            _check_milestones(learners, report, fix=fix)
            after = learners[-1]
    with tenant_context(tenant_id):
        ShadowCheck.objects.create(statuses=report.statuses, differing=report.differing, fixed=report.fixed)
    return report


def _suspects(book: PolicyBook, report: Report) -> Iterator[Ints]:
    """Keys of pairs whose status does not look as the ledger says, chunk by chunk."""
    days = Days()
    for chunk in read_chunks(book):
        report.statuses += len(chunk.stored)
        yield chunk.pairs.id[~_is_right(chunk, book, days)]


def _is_right(chunk: Chunk, book: PolicyBook, days: Days) -> Bools:
    """bool[p]: whose status stands as the ledger, the policies and the overrides say. No status is right without
    evidence only."""
    stored = chunk.stored
    at = np.searchsorted(chunk.pairs.id, stored.pair)
    evidence = chunk.evidence.rows(np.isin(chunk.evidence.pair, stored.pair))
    judged = judge_again(stored, evidence, book.versions(np.unique(stored.version).tolist()), days)
    binding = [key for key, effective in book.by_version.items() if effective.applies_to_past]
    newest = chunk.version[at]
    is_set = (stored.set_level >= 0) & (stored.set_until >= days.of(NO_DAY).day.number)
    holds = np.where(is_set, stored.set_level, stored.computed)
    is_right = ~np.isin(chunk.pairs.id, chunk.evidence.pair)
    is_right[at] = same(stored, judged) & (stored.level == holds)
    is_right[at] &= (stored.version == newest) | ~np.isin(newest, binding)
    return is_right


def _settle(keys: Ints, report: Report, *, fix: bool) -> None:
    """Look at suspects again under their locks; report those that still differ and, if asked, work them out anew."""
    pairs = bulk.lock_pairs(keys.tolist())
    book = policy_book()
    stored = read_statuses(pairs.id)
    chunk = Chunk(pairs, read_evidence(pairs.id).standing(), stored, versions_for(book, pairs))
    waiting = StaleMark.objects.filter(learner_competency_id__in=keys.tolist())
    is_wrong = ~_is_right(chunk, book, Days())
    is_wrong &= ~np.isin(pairs.id, list(waiting.values_list("learner_competency_id", flat=True)))
    wrong = pairs.rows(is_wrong)
    levels = dict(zip(stored.pair.tolist(), stored.level.tolist(), strict=True))
    report.add([
        f"learner {learner}, competency {competency}: stored {_name(levels.get(key))}, not what the ledger gives"
        for key, learner, competency in zip(
            wrong.id.tolist(), wrong.learner.tolist(), wrong.competency.tolist(), strict=True
        )
    ])  # fmt: skip
    if fix and len(wrong):
        recompute_statuses(wrong.id.tolist(), "verify")
        report.fixed += len(wrong)


def _check_milestones(learners: list[int], report: Report, *, fix: bool) -> None:
    """The milestone levels of some learners against the competency levels as they stand now."""
    keys = _milestone_keys(learners)
    if not len(keys):
        return
    book = policy_book()
    rows = read_rows(keys)
    report.statuses += len(rows)
    wrong = _wrong_milestones(keys, book)
    if wrong:  # once more, with the rows locked
        read_rows(np.array(wrong, np.int64), lock=True)
        wrong = _wrong_milestones(np.array(wrong, np.int64), book)
    report.add(
        [f"learner {learner}, milestone {milestone}: not what its criteria give" for learner, milestone in wrong]
    )
    if fix and wrong:
        roll_up_milestone_pairs(wrong, "verify")
        report.fixed += len(wrong)


def _milestone_keys(learners: list[int]) -> Ints:
    """int64[k, 2]: (learner, active milestone) of all levels there are and all that there should be."""
    rows = MilestoneStatus.objects.filter(learner_id__in=learners, milestone__is_active=True)
    there = list(rows.values_list("learner_id", "milestone_id"))
    started = CompetencyStatus.objects.filter(learner_id__in=learners, level__gt=Level.NOT_STARTED)
    moved = np.array(list(started.values_list("learner_id", "competency_id")), np.int64).reshape(-1, 2)
    standards = Standards.over(np.unique(moved[:, 1]))
    at, criterion = standards.of_competencies(moved[:, 1])
    is_theirs = standards.are_of(criterion, moved[at, 0])
    at, criterion = at[is_theirs], criterion[is_theirs]
    wanted = np.stack([moved[at, 0], standards.milestone[criterion]], axis=1)
    return np.unique(np.concatenate([wanted, np.array(there, np.int64).reshape(-1, 2)]), axis=0)


def _wrong_milestones(keys: Ints, book: PolicyBook) -> list[tuple[int, int]]:
    standards = Standards.of(np.unique(keys[:, 1]))
    rows = read_rows(keys)
    differs = judge_milestones(rows, standards, book, Circumstances(), "verify").differs(rows)
    known = set(zip(rows.learner.tolist(), rows.milestone.tolist(), strict=True))
    missing = [(learner, milestone) for learner, milestone in keys.tolist() if (learner, milestone) not in known]
    found = rows.rows(differs)
    return missing + list(zip(found.learner.tolist(), found.milestone.tolist(), strict=True))


def _name(level: int | None) -> str:
    return "no level" if level is None else LEVEL_NAMES[level]
