"""The last pieces behind a row of Today, each at the level that it would be by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from assessments.models import Evidence, standing
from milestones.selectors import CriterionReason
from reporting.learner_pieces import level_of_value

LAST = 5
Reasons = Mapping[tuple[int, int], Sequence[CriterionReason]]


@dataclass(frozen=True, slots=True)
class Shown:
    level: int
    title: str
    at: datetime


def trails(reasons: Reasons) -> dict[tuple[int, int], tuple[Shown, ...]]:
    """{(learner, milestone): the last five counted pieces, oldest first}. One query."""
    scales = {one.competency_id: one.policy.policy.scale for some in reasons.values() for one in some}
    learner, competency = "learner_competency__learner_id", "learner_competency__competency_id"
    rows = Evidence.objects.filter(
        standing(), state=Evidence.State.COUNTED, score__isnull=False,
        learner_competency__learner_id__in={learner for learner, _ in reasons},
        learner_competency__competency_id__in=list(scales),
    ).exclude(entry=Evidence.Entry.WITHDRAWN).exclude(kind=Evidence.Kind.INDICATOR)  # fmt: skip
    place = Window(RowNumber(), [F("learner_competency_id")], [F("occurred_at").desc(), F("id").desc()])
    found: dict[tuple[int, int], list[Shown]] = defaultdict(list)
    listed = rows.annotate(place=place).filter(place__lte=LAST)
    for who, what, score, possible, title, task, at in listed.values_list(
        learner, competency, "score", "possible", "title", "task", "occurred_at"
    ):
        scale = scales[what]
        level = level_of_value(float(score) / float(possible) * scale.points_possible, scale)
        found[who, what].append(Shown(level, title or task, at))
    return {
        (who, what): tuple(sorted(_all(found, who, some), key=lambda one: one.at)[-LAST:])
        for (who, what), some in reasons.items()
    }


def _all(found: Mapping[tuple[int, int], list[Shown]], who: int, criteria: Sequence[CriterionReason]) -> list[Shown]:
    return [piece for one in criteria for piece in found.get((who, one.competency_id), ())]
