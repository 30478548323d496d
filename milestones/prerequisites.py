"""Which prerequisites of a learner's competencies are not met, and whose levels hang on one that moved."""

import numpy as np

from assessments.models import LearnerCompetency
from competencies.models import Prerequisite
from milestones.columns import Crossing, Ints
from status_engine import Level, Unmet


def unmet_prerequisites(pair: Ints, learner: Ints, competency: Ints) -> Unmet:
    """How many prerequisites of each pair stand below meets. Edges on a cycle are not looked at. Two queries."""
    rows = Prerequisite.objects.filter(after_id__in=np.unique(competency).tolist(), is_in_cycle=False)
    edges = np.array(list(rows.values_list("after_id", "before_id")), np.int64).reshape(-1, 2)
    if not len(edges):
        return Unmet(pair[:0], pair[:0])
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    low, high = (np.searchsorted(edges[:, 0], competency, side) for side in ("left", "right"))
    count = high - low
    of = np.repeat(np.arange(len(pair)), count)
    edge = np.repeat(low - (np.cumsum(count) - count), count) + np.arange(count.sum())
    crossing = Crossing(np.unique(learner), np.unique(edges[:, 1]))
    statuses = crossing.statuses()
    met = statuses.rows(statuses.level >= Level.MEETS)
    is_met = np.isin(crossing.code(learner[of], edges[edge, 1]), crossing.code(met.learner, met.competency))
    open_ones = np.bincount(of, weights=~is_met, minlength=len(pair)).astype(np.int64)
    has_open = open_ones > 0
    return Unmet(pair[has_open], open_ones[has_open])


def dependent_pairs(learner: Ints, competency: Ints) -> list[int]:
    """Pairs of the same learners on competencies that come after these. Two queries."""
    rows = Prerequisite.objects.filter(before_id__in=np.unique(competency).tolist(), is_in_cycle=False)
    after: dict[int, set[int]] = {}
    for before_id, after_id in rows.values_list("before_id", "after_id"):
        after.setdefault(before_id, set()).add(after_id)
    wanted = {
        (who, later)
        for who, before in zip(learner.tolist(), competency.tolist(), strict=True)
        for later in after.get(before, ())
    }
    if not wanted:
        return []
    found = LearnerCompetency.objects.filter(
        learner_id__in={who for who, _ in wanted}, competency_id__in={later for _, later in wanted}
    ).values_list("id", "learner_id", "competency_id")
    return sorted(key for key, who, later in found if (who, later) in wanted)
