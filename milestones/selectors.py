"""Reads of levels with their reasons."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from competencies.selectors import EffectivePolicy, effective_policies
from milestones import bulk
from milestones.models import CompetencyStatus, Criterion, Milestone
from milestones.recompute import evidence_table
from status_engine import Level, explain, roll_up
from status_engine.fingerprint import fingerprints


@dataclass(frozen=True, slots=True)
class CriterionReason:
    """One criterion of a milestone for one learner, with the engine's explanation of its level.

    `is_true_to_ledger` is False when the stored level is not what the ledger gives: an incident.
    """

    competency_id: int
    code: str
    statement: str
    required_level: int
    level: int
    explanation: dict[str, Any]
    policy: EffectivePolicy
    is_true_to_ledger: bool


def milestone_reasons(learner_id: int, milestone: Milestone) -> list[CriterionReason]:
    """Why the learner stands where they do on each criterion, replayed from the ledger."""
    return reasons_for([(learner_id, milestone.pk)])[learner_id, milestone.pk]


def reasons_for(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[CriterionReason]]:
    """{(learner, milestone): a reason per criterion}. Six queries, whatever the number of pairs."""
    criteria: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    rows = Criterion.objects.filter(milestone_id__in={milestone for _, milestone in wanted}).order_by("position", "id")
    fields = ("milestone_id", "competency_id", "competency__code", "competency__statement", "required_level")
    for milestone, *row in rows.values_list(*fields):
        criteria[milestone].append((row[0], row[1], row[2], row[3]))
    ids = {row[0] for group in criteria.values() for row in group}
    policies = effective_policies(ids)
    statuses = CompetencyStatus.objects.filter(learner_id__in={learner for learner, _ in wanted}, competency_id__in=ids)
    stored = {(status.learner_id, status.competency_id): status for status in statuses}
    evidence: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for piece in bulk.evidence_rows([status.learner_competency_id for status in stored.values()]):
        evidence[piece[0]].append(piece)

    def reason(learner: int, row: tuple[int, str, str, int]) -> CriterionReason:
        status = stored.get((learner, row[0]))
        pieces = evidence[status.learner_competency_id] if status else []
        return _reason(row, policies[row[0]], status, pieces)

    return {
        (learner, milestone): [reason(learner, row) for row in criteria[milestone]] for learner, milestone in wanted
    }


def _reason(
    row: tuple[int, str, str, int],
    effective: EffectivePolicy,
    stored: CompetencyStatus | None,
    evidence: list[tuple[Any, ...]],
) -> CriterionReason:
    table = evidence_table(evidence)
    answer = roll_up(effective.policy, table)
    digest = fingerprints(effective.policy, table, answer)[0] if evidence else ""
    is_current = stored is not None and stored.policy_version_id == effective.version_id
    return CriterionReason(
        competency_id=row[0],
        code=row[1],
        statement=row[2],
        required_level=row[3],
        level=int(stored.level) if stored else int(Level.NOT_STARTED),
        explanation=explain(effective.policy, table),
        policy=effective,
        is_true_to_ledger=not is_current or not evidence or (stored is not None and stored.digest == digest),
    )
