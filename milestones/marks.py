"""Levels rest on more than evidence: where a learner is at home, what comes before what, when a term begins.

An import that changes one of these marks the levels that look at it, in its own transaction; the worker takes them
from there.
"""

from collections.abc import Callable, Collection

import numpy as np

from assessments.ledger import mark_stale
from assessments.models import LearnerCompetency
from competencies.book import PolicyBook, policy_book
from competencies.models import PolicyVersion
from milestones.columns import Statuses, read_statuses, read_statuses_between
from milestones.judging import Pairs, versions_for
from milestones.models import CompetencyStatus
from milestones.whole import read_pairs
from status_engine import Policy

CAUSE = "recompute"


def mark_moved() -> int:
    """Learners moved between schools: mark what was judged under another version than now holds there.

    A version that leaves the past alone waits for the next evidence. Returns how many; nothing is read where no school
    has a policy of its own.
    """
    book = policy_book()
    if not book.has_schools:
        return 0
    return sum(
        _mark_other_versions(book, pairs, read_statuses_between(int(pairs.id[0]), int(pairs.id[-1])))
        for pairs in read_pairs()
    )


def mark_moved_learner(learner_id: int) -> int:
    """As `mark_moved`, for one learner."""
    book = policy_book()
    rows = LearnerCompetency.objects.filter(learner_id=learner_id).order_by("id")
    found = list(rows.values_list("id", "competency_id")) if book.has_schools else []
    if not found:
        return 0
    keys, competencies = np.array(found, np.int64).T.copy()
    pairs = Pairs(keys, np.full(len(keys), learner_id, np.int64), competencies)
    return _mark_other_versions(book, pairs, read_statuses(keys))


def _mark_other_versions(book: PolicyBook, pairs: Pairs, stored: Statuses) -> int:
    binding = [key for key, effective in book.by_version.items() if effective.applies_to_past]
    holds = versions_for(book, pairs)[np.searchsorted(pairs.id, stored.pair)]
    keys = stored.pair[(holds != stored.version) & np.isin(holds, binding)].tolist()
    mark_stale(keys, CAUSE)
    return len(keys)


def mark_after(competency_ids: Collection[int]) -> int:
    """What comes before these competencies changed. Returns how many levels are marked."""
    if not _versions_with(lambda policy: policy.needs_prerequisites):
        return 0
    pairs = LearnerCompetency.objects.filter(competency_id__in=competency_ids).order_by("id")
    keys = list(pairs.values_list("id", flat=True))
    mark_stale(keys, CAUSE)
    return len(keys)


def mark_of_term() -> int:
    """Terms changed. Returns how many levels are marked."""
    versions = _versions_with(lambda policy: policy.needs_term)
    rows = CompetencyStatus.objects.filter(policy_version_id__in=versions).order_by("learner_competency_id")
    keys = list(rows.values_list("learner_competency_id", flat=True))
    mark_stale(keys, CAUSE)
    return len(keys)


def _versions_with(looks: Callable[[Policy], bool]) -> list[int]:
    """All versions, in force or not, whose rule looks at something: a level keeps the one it was judged under."""
    versions = policy_book().versions(PolicyVersion.objects.values_list("id", flat=True))
    return [key for key, effective in versions.items() if looks(effective.policy)]
