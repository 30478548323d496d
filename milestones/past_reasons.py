"""One learner at a past moment: where they stood on some milestones, and why on one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from competencies.book import EffectivePolicy
from milestones.columns import Ints
from milestones.flags import Stand, stall_limits
from milestones.history import milestones_then
from milestones.judging import Pairs, schools_of
from milestones.models import Milestone
from milestones.past import Moment, Past, competencies_then, overrides_then
from milestones.selectors import CriterionReason, Names, Wanted, criteria_of, named_table, names_of
from milestones.standards import Standards
from status_engine import explain

NO_PAIR = -1


@dataclass(frozen=True, slots=True)
class LearnerThen:
    """{milestone: where the learner stood}, and a reason per criterion of the milestone asked for."""

    stands: dict[int, Stand]
    reasons: list[CriterionReason]


def learner_then(learner_id: int, milestone: Milestone, others: Sequence[int], moment: Moment) -> LearnerThen:
    """A fixed number of statements, whatever the number of milestones."""
    learners = np.array([learner_id], np.int64)
    standards = Standards.then(np.unique(np.array([milestone.pk, *others], np.int64)), moment.at)
    set_then = overrides_then(learners, moment)
    past = competencies_then(learners, np.unique(standards.competency), moment, set_then)
    found = milestones_then(learners, standards, past, set_then, moment, stall_limits([milestone.pk]))
    wanted = _asked_then(criteria_of([milestone.pk])[milestone.pk], standards, milestone.pk)
    pairs = {key: n for n, key in enumerate(past.pairs.competency.tolist())}
    here = [pairs.get(one.competency_id, NO_PAIR) for one in wanted]
    known = past.pairs.id[np.array([at for at in here if at != NO_PAIR], np.int64)]
    names = names_of(past.evidence.rows(np.isin(past.evidence.pair, known)))
    reasons = [_reason(past, learner_id, one, at, names) for one, at in zip(wanted, here, strict=True)]
    return LearnerThen({key: stand for (_, key), stand in found.items()}, reasons)


def _asked_then(wanted: list[Wanted], standards: Standards, milestone_id: int) -> list[Wanted]:
    """The criteria with the levels that the bar asked for then."""
    of_it = standards.rows(standards.milestone == milestone_id)
    required = dict(zip(of_it.competency.tolist(), of_it.required.tolist(), strict=True))
    return [replace(one, required_level=required[one.competency_id]) for one in wanted if one.competency_id in required]


def _reason(past: Past, learner_id: int, wanted: Wanted, at: int, names: Names) -> CriterionReason:
    effective = _policy(past, learner_id, wanted, at)
    one = past.pairs.rows(np.array([at])) if at != NO_PAIR else _nobody(learner_id, wanted)
    table = named_table(past.evidence.rows(past.evidence.pair == one.id[0]), names)
    digest = int(past.judged.digest[at]) & (2**64 - 1) if at != NO_PAIR else 0
    return CriterionReason(
        competency_id=wanted.competency_id, competency_public_id=wanted.public_id, code=wanted.code,
        statement=wanted.statement, required_level=wanted.required_level,
        level=int(past.level[at]) if at != NO_PAIR else 0,
        computed_level=int(past.judged.level[at]) if at != NO_PAIR else 0,
        explanation=explain(effective.policy, table, past.circumstances.of(effective.policy, one)),
        policy=effective, digest=f"{digest:016x}" if digest else "", is_true_to_ledger=True,
    )  # fmt: skip


def _policy(past: Past, learner_id: int, wanted: Wanted, at: int) -> EffectivePolicy:
    if at == NO_PAIR:
        school = schools_of([learner_id], past.book).get(learner_id)
        return past.book.nearest(competency=wanted.competency_id, framework=wanted.framework_id, school=school)
    return past.policies[int(past.judged.version[at])]


def _nobody(learner_id: int, wanted: Wanted) -> Pairs:
    def column(key: int) -> Ints:
        return np.array([key], np.int64)

    return Pairs(column(NO_PAIR), column(learner_id), column(wanted.competency_id))
