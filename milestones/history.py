"""Levels of milestones at any past moment, from the ledger by the engine that works out today's; the history in words.

A fixed number of statements, whatever the number of learners and milestones.
"""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import numpy.typing as npt

from milestones.columns import Ints
from milestones.criteria import BY_MISTAKE
from milestones.flags import STALLED_AFTER, Limits, Stand
from milestones.indicators import judge_indicators
from milestones.models import StatusChange
from milestones.past import OCCURRED, Key, Moment, Past, SetThen, competencies_then, overrides_then
from milestones.standards import Asked, Standards, ask
from status_engine import CriteriaRollUp, Flag, Level, roll_up_criteria
from tenancy.context import current_tenant_id
from tenancy.models import Tenant
from tenancy.selectors import local_today

Bools = npt.NDArray[np.bool_]
Moves = dict[Key, list[StatusChange]]


def levels_as_of(
    learner_ids: Iterable[int], milestone_ids: Iterable[int], at: datetime, by: str = OCCURRED
) -> dict[Key, int]:
    """{(learner, milestone): level} at a moment, without those that were not started. See `past.Moment` for `by`."""
    tenant = Tenant.objects.get(pk=current_tenant_id())
    day = local_today(tenant, at)
    found = stands_as_of(learner_ids, milestone_ids, Moment(at, day, by, tenant.time_zone), {})
    return {pair: stand.level for pair, stand in found.items() if stand.level}


def stands_as_of(
    learner_ids: Iterable[int], milestone_ids: Iterable[int], moment: Moment, limits: Limits
) -> dict[Key, Stand]:
    """{(learner, milestone): where the learner stood}; pairs without evidence and override by then are not in it."""
    return stands_with_past(learner_ids, milestone_ids, moment, limits)[0]


def stands_with_past(
    learner_ids: Iterable[int], milestone_ids: Iterable[int], moment: Moment, limits: Limits
) -> tuple[dict[Key, Stand], Past]:
    """The same, with the competencies from which it was worked out."""
    learners = np.unique(np.array(list(learner_ids), np.int64))
    standards = Standards.then(np.unique(np.array(list(milestone_ids), np.int64)), moment.at)
    set_then = overrides_then(learners, moment)
    past = competencies_then(learners, np.unique(standards.competency), moment, set_then)
    return milestones_then(learners, standards, past, set_then, moment, limits), past


def milestones_then(
    learners: Ints, standards: Standards, past: Past, set_then: SetThen, moment: Moment, limits: Limits
) -> dict[Key, Stand]:
    """Milestones rolled up from the levels of a moment. One query, three with indicators."""
    milestones = np.unique(standards.milestone)
    learner, milestone = np.repeat(learners, len(milestones)), np.tile(milestones, len(learners))
    is_theirs = standards.are_of(standards.first(milestone), learner)
    learner, milestone = learner[is_theirs], milestone[is_theirs]
    moves = _moves(learners, milestones, moment)
    asked = ask(standards, learner, milestone)
    pairs = list(zip(learner.tolist(), milestone.tolist(), strict=True))
    is_earned = np.array([_is_earned(moves.get(pair, [])) for pair in pairs], np.bool_)
    answer = _roll_up(asked, standards, past, learner, milestone, is_earned)
    is_touched = np.zeros(len(pairs), np.bool_)
    is_touched[asked.row[_has_evidence(asked, past)]] = True
    stands: dict[Key, Stand] = {}
    for n, pair in enumerate(pairs):
        held = set_then.milestones.get(pair)
        if held is None and not is_touched[n]:
            continue
        computed = int(answer.level[n])
        if held is not None and pair in set_then.floors and computed > held:
            held = None
        flags = int(Flag.MET_BEFORE) * bool(answer.is_held[n]) | int(Flag.SET_BY_TEACHER) * (held is not None)
        level = computed if held is None else held
        limit = limits.get((pair[1], level), STALLED_AFTER)
        stands[pair] = _stand(level, computed, flags, moves.get(pair, []), limit)
    return stands


def _stand(level: int, computed: int, flags: int, moves: list[StatusChange], limit: int) -> Stand:
    """Since when the level held is told by the history, where its last word is this level."""
    last = moves[-1] if moves and moves[-1].to_level == level else None
    return Stand(
        level=level,
        computed_level=computed,
        previous_level=last.from_level if last else 0,
        since=last.applies_from if last else None,
        flags=flags,
        due_on=None,
        stalled_after=limit,
    )


def _roll_up(
    asked: Asked, standards: Standards, past: Past, learner: Ints, milestone: Ints, is_earned: Bools
) -> CriteriaRollUp:
    indicators = judge_indicators(asked, past.circumstances)
    levels = past.level_of(asked.learner, asked.competency)
    return roll_up_criteria(
        np.arange(len(learner)), standards.rule_of(milestone), standards.need_of(milestone),
        standards.holds(past.book, learner, milestone) & is_earned,
        group=asked.row, level=np.where(asked.is_indicator, indicators.level, levels).astype(np.int8),
        required_level=asked.required, points=asked.points, is_required=asked.is_required,
        is_judged=asked.is_indicator, is_met=indicators.is_met, is_on_track=indicators.is_on_track,
    )  # fmt: skip


def _has_evidence(asked: Asked, past: Past) -> Bools:
    """bool per criterion: there was evidence of its competency, or a level that a teacher had set."""
    known = np.isin(past.pairs.id, past.evidence.pair) | past.is_set
    there = {
        key
        for key, is_there in zip(
            zip(past.pairs.learner.tolist(), past.pairs.competency.tolist(), strict=True), known.tolist(), strict=True
        )
        if is_there
    }
    wanted = zip(asked.learner.tolist(), asked.competency.tolist(), strict=True)
    return np.array([key in there for key in wanted], np.bool_)


def _moves(learners: Ints, milestones: Ints, moment: Moment) -> Moves:
    """The changes of these milestones that had happened by then, in the order in which they became known."""
    rows = StatusChange.objects.filter(moment.told_by, milestone_id__in=milestones.tolist())
    found: Moves = {}
    for row in rows.filter(learner_id__in=learners.tolist()).order_by("id"):
        if row.milestone_id is not None:
            found.setdefault((row.learner_id, row.milestone_id), []).append(row)
    return found


def _is_earned(moves: list[StatusChange]) -> bool:
    """Mastery was reached and not lost because it had been a mistake: what a policy that holds mastery looks at."""
    earned = False
    for move in moves:
        if move.to_level == Level.MASTERY and not move.cause.startswith("override"):
            earned = True
        elif move.from_level == Level.MASTERY and move.cause in BY_MISTAKE:
            earned = False
    return earned
