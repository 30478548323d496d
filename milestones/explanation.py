"""Why a level is what it is, as one piece of data: what the page renders, the API answers and an act freezes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from competencies.models import Competency
from milestones.models import CompetencyStatus, LevelOverride, Milestone, MilestoneStatus
from milestones.past import Moment
from milestones.past_reasons import learner_then
from milestones.selectors import CriterionReason, competency_reason, reasons_for
from status_engine import LEVEL_NAMES
from tenancy.models import Member

Json = dict[str, Any]
Pairs = Sequence[tuple[int, int]]


def explanation_of(learner_id: int, thing: Milestone | Competency) -> Json:
    """The explanation of one level as it is now."""
    if isinstance(thing, Milestone):
        return milestone_explanations([(learner_id, thing.pk)])[learner_id, thing.pk]
    competency = thing
    reason = competency_reason(learner_id, competency)
    status = CompetencyStatus.objects.filter(learner_id=learner_id, competency_id=competency.pk).first()
    levels = (status.level, status.computed_level) if status else (0, 0)
    return {**_levels(*levels), "override": None, "criteria": [criterion_data(reason)]}


def milestone_explanations(pairs: Pairs) -> dict[tuple[int, int], Json]:
    """{(learner, milestone): explanation}, in a fixed number of queries. A pair without a status is not started.

    {"level", "computed_level", "rule", "need", "override", "criteria": [criterion_data, …]}.
    """
    learners, milestones = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    rows = MilestoneStatus.objects.filter(learner_id__in=learners, milestone_id__in=milestones)
    statuses = {(row.learner_id, row.milestone_id): (row.level, row.computed_level) for row in rows}
    rules = {row.pk: row for row in Milestone.objects.filter(id__in=milestones)}
    overrides = standing_overrides(learners, milestones)
    reasons = reasons_for(pairs)
    return {
        pair: milestone_data(rules[pair[1]], statuses.get(pair, (0, 0)), reasons[pair], overrides.get(pair))
        for pair in pairs
    }


def explanation_then(learner_id: int, milestone: Milestone, moment: Moment) -> Json:
    """The same for one milestone of one learner at a past moment."""
    then = learner_then(learner_id, milestone, [], moment)
    stand = then.stands.get(milestone.pk)
    levels = (stand.level, stand.computed_level) if stand else (0, 0)
    override = standing_overrides({learner_id}, {milestone.pk}, moment).get((learner_id, milestone.pk))
    return milestone_data(milestone, levels, then.reasons, override)


def milestone_data(
    milestone: Milestone, levels: tuple[int, int], reasons: Sequence[CriterionReason], override: Json | None
) -> Json:
    """`levels`: what holds, and what the policy says."""
    return {
        **_levels(*levels),
        "rule": milestone.rule,
        "need": None if milestone.need is None else float(milestone.need),
        "override": override,
        "criteria": [criterion_data(reason) for reason in reasons],
    }


def criterion_data(reason: CriterionReason) -> Json:
    """One criterion: what it asks for, where the learner is, under which policy version, and the engine's reasons."""
    return {
        "competency": str(reason.competency_public_id),
        "code": reason.code,
        "level": LEVEL_NAMES[reason.level],
        "computed_level": LEVEL_NAMES[reason.computed_level],
        "required_level": LEVEL_NAMES[reason.required_level],
        "policy": {"name": reason.policy.name, "version": reason.policy.number},
        "digest": reason.digest,
        "is_true_to_ledger": reason.is_true_to_ledger,
        "explanation": reason.explanation,
    }


def standing_overrides(
    learner_ids: set[int], milestone_ids: set[int], moment: Moment | None = None
) -> dict[tuple[int, int], Json]:
    """{(learner, milestone): what a teacher set} as it stands, or stood at a moment. Two queries."""
    stands = moment.stood if moment else Q(ends=None)
    rows = list(
        LevelOverride.objects.filter(stands, learner_id__in=learner_ids, milestone_id__in=milestone_ids).order_by("id")
    )
    members = Member.objects.filter(id__in={row.set_by_id for row in rows}).values_list("id", "public_id")
    people: dict[int | None, str] = {pk: str(public_id) for pk, public_id in members}
    return {(row.learner_id, row.milestone_id): override_data(row, people) for row in rows}


def override_data(row: LevelOverride, people: Mapping[int | None, str]) -> Json:
    """{"id", "kind", "level", "reason", "until", "set_at", "set_by": the member's id}; `people`: {member key: id}."""
    return {
        "id": str(row.public_id),
        "kind": row.kind,
        "level": LEVEL_NAMES[row.level],
        "reason": row.reason,
        "until": None if row.until is None else row.until.isoformat(),
        "set_at": row.set_at.isoformat(),
        "set_by": people.get(row.set_by_id),
    }


def _levels(level: int, computed: int) -> Json:
    return {"level": LEVEL_NAMES[level], "computed_level": LEVEL_NAMES[computed]}
