"""Indicator criteria: their figures from the ledger, judged against their targets (attendance of 95 % this term)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from assessments.models import LearnerCompetency
from milestones.columns import STATE_FACTOR, Evidence, Ints, read_evidence
from milestones.judging import Circumstances
from milestones.school_days import shares_of_day
from milestones.standards import Asked, spread
from status_engine import IndicatorRollUp, Kind, Measure, State, roll_up_indicators

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Indicated:
    """Per criterion asked: level, met, on track. Criteria that are no indicators are 0 and False."""

    level: Ints
    is_met: Bools
    is_on_track: Bools


def judge_indicators(asked: Asked, circumstances: Circumstances) -> Indicated:
    """Three statements where there are indicators among the criteria, six where the calendar counts, else none."""
    nothing = Indicated(*(np.zeros(len(asked), kind) for kind in (np.int64, np.bool_, np.bool_)))  # type: ignore[arg-type]
    at = np.flatnonzero(asked.is_indicator)
    if not len(at):
        return nothing
    found = _figures(asked.rows(at), circumstances)
    nothing.level[at], nothing.is_met[at], nothing.is_on_track[at] = found.level, found.is_met, found.is_on_track
    return nothing


def _figures(wanted: Asked, circumstances: Circumstances) -> IndicatorRollUp:
    """The figure of each criterion, in their order."""
    owner, evidence = _readings(wanted, circumstances)
    if wanted.is_of_term.any() and circumstances.day.term_start is not None:
        is_in = ~wanted.is_of_term[owner] | (evidence.occurred_at >= circumstances.day.term_start)
        owner, evidence = owner[is_in], evidence.rows(is_in)
    return roll_up_indicators(
        np.arange(len(wanted)), wanted.measure, wanted.target, wanted.is_at_most, wanted.baseline,
        group=owner, score=evidence.score, possible=evidence.possible, occurred_at=evidence.occurred_at,
    )  # fmt: skip


def _readings(wanted: Asked, circumstances: Circumstances) -> tuple[Ints, Evidence]:
    """(place in `wanted`, counted rows of kind indicator): a row once for each criterion that looks at it."""
    rows = LearnerCompetency.objects.filter(
        learner_id__in=np.unique(wanted.learner).tolist(), competency_id__in=np.unique(wanted.competency).tolist()
    ).values_list("learner_id", "competency_id", "id")
    pair_of = {(learner, competency): key for learner, competency, key in rows}
    keys = zip(wanted.learner.tolist(), wanted.competency.tolist(), strict=True)
    pair = np.array([pair_of.get(key, -1) for key in keys], np.int64)
    evidence = circumstances.seen(read_evidence(np.unique(pair[pair >= 0])))
    is_counted = evidence.code == int(Kind.INDICATOR) + STATE_FACTOR * int(State.COUNTED)
    evidence = _on_school_days(evidence.rows(is_counted), wanted, pair)
    order = np.argsort(pair, kind="stable")
    low, high = (np.searchsorted(pair[order], evidence.pair, side) for side in ("left", "right"))
    row, offset = spread(high - low)
    return order[low[row] + offset], evidence.rows(row)


def _on_school_days(evidence: Evidence, wanted: Asked, pair: Ints) -> Evidence:
    """Without holidays; a half day has half its weight."""
    if not len(evidence):
        return evidence
    order = np.argsort(pair, kind="stable")
    at = order[np.searchsorted(pair[order], evidence.pair)]
    share = shares_of_day(evidence, wanted.learner[at], wanted.competency[at])
    scaled = replace(evidence, score=evidence.score * share, possible=evidence.possible * share)
    return scaled.rows(share > 0)


def figures_so_far(learner_ids: Sequence[int], competency_id: int, measure: Measure) -> dict[int, float]:
    """{learner: the figure of the running term}; without those of whom nothing is known. Up to seven statements."""
    keys = np.array(sorted(learner_ids), np.int64)

    def column(value: float, kind: type[np.generic] = np.int64) -> npt.NDArray[Any]:
        return np.full(len(keys), value, kind)

    asked = Asked(
        row=np.arange(len(keys)), learner=keys, competency=column(competency_id), required=column(0),
        points=column(1, np.float64), is_required=column(0, np.bool_), measure=column(int(measure)),
        target=column(0, np.float64), is_at_most=column(0, np.bool_), baseline=column(np.nan, np.float64),
        is_of_term=column(1, np.bool_),
    )  # fmt: skip
    found = _figures(asked, Circumstances())
    return {key: float(value) for key, value in zip(keys.tolist(), found.value, strict=True) if not np.isnan(value)}
