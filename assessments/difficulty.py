"""Forms and criteria that are hard, and whether they tell learners apart. Shown from ten judged attempts on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import F

from assessments.judged_evidence import JUDGED
from assessments.models import Assessment, Evidence, standing
from assessments.scales import scales_of

FEWEST = 10
MEETS = 3


@dataclass(frozen=True, slots=True)
class Difficulty:
    """A form or a criterion. Percent at Meets and discrimination are None under ten judged attempts.

    discrimination: from -1 to 1; None also where everybody or nobody is at Meets, or the others do not differ.
    """

    name: str
    judged: int
    at_meets: int | None = None
    discrimination: float | None = None


def difficulty(name: str, reached: Sequence[bool], elsewhere: Sequence[float | None]) -> Difficulty:
    """`reached`: at Meets here, per attempt; `elsewhere`: the learner's mean share in other work, or None.

    Discrimination is the point-biserial correlation between the two (F. M. Lord, M. R. Novick, Statistical Theories of
    Mental Test Scores, 1968, chapter 15): above about 0.2 those who do well elsewhere do well here.
    """
    if len(reached) < FEWEST:
        return Difficulty(name, len(reached))
    share = round(100 * sum(reached) / len(reached))
    return Difficulty(name, len(reached), share, point_biserial(reached, elsewhere))


def point_biserial(reached: Sequence[bool], elsewhere: Sequence[float | None]) -> float | None:
    """The correlation over pairs whose second value is known; None under ten pairs or where one side is constant."""
    pairs = [(one, other) for one, other in zip(reached, elsewhere, strict=True) if other is not None]
    if len(pairs) < FEWEST:
        return None
    right, values = np.array([one for one, _ in pairs], np.float64), np.array([other for _, other in pairs], np.float64)
    if np.ptp(right) == 0 or np.ptp(values) < 1e-9:
        return None
    return round(float(np.corrcoef(right, values)[0, 1]), 2)


def of_criteria(names: Mapping[int, str], levels: Iterable[Mapping[int, int]]) -> list[Difficulty]:
    """Per criterion, with the mean of the attempt's other criteria as what is shown elsewhere."""
    rows = list(levels)
    return [difficulty(name, *_column(key, rows)) for key, name in names.items()]


def _column(key: int, rows: list[Mapping[int, int]]) -> tuple[list[bool], list[float | None]]:
    scored = [row for row in rows if key in row]
    rest = [[level for other, level in row.items() if other != key] for row in scored]
    return [row[key] >= MEETS for row in scored], [sum(each) / len(each) if each else None for each in rest]


def of_forms(assessment: Assessment, competency_ids: Collection[int]) -> list[Difficulty]:
    """Per form of a task, from the ledger: at Meets in every competency of it; elsewhere: the learner's other counted
    work on the same competencies, as a mean share. Two queries, and those of the scales."""
    judged = _judged(assessment, competency_ids)
    others = _elsewhere(assessment, competency_ids, {learner for learner, _ in judged.values()}) if judged else {}
    by_form: dict[str, list[tuple[bool, float | None]]] = defaultdict(list)
    for (form, _attempt), (learner, reached) in judged.items():
        by_form[form].append((reached, others.get(learner)))
    return [difficulty(form, [a for a, _ in rows], [b for _, b in rows]) for form, rows in sorted(by_form.items())]


def _judged(assessment: Assessment, keys: Collection[int]) -> dict[tuple[str, str], tuple[int, bool]]:
    """{(form, attempt): (learner, at Meets in every competency)}."""
    school = assessment.section.school_id if assessment.section else None
    scales = scales_of(keys, school)
    rows = Evidence.objects.filter(standing(), task=assessment.task, source=JUDGED, score__isnull=False).exclude(
        entry=Evidence.Entry.WITHDRAWN
    )
    of = "learner_competency__"
    fields = (f"{of}learner_id", f"{of}competency_id", "form", "attempt", "score", "possible")
    rows = rows.filter(learner_competency__competency_id__in=list(keys))
    found: dict[tuple[str, str], tuple[int, bool]] = {}
    for learner, key, form, attempt, score, possible in rows.values_list(*fields):
        scale = scales[key]
        wanted: Decimal = scale.meets / scale.possible
        if assessment.possible is not None and assessment.pass_mark is not None:
            wanted = assessment.pass_mark
        _, before = found.get((form, attempt), (learner, True))
        found[form, attempt] = (learner, before and score / possible >= wanted)
    return found


def _elsewhere(assessment: Assessment, keys: Collection[int], learners: Collection[int]) -> dict[int, float]:
    rows = Evidence.objects.filter(
        standing(),
        state=Evidence.State.COUNTED,
        score__isnull=False,
        learner_competency__learner_id__in=learners,
        learner_competency__competency_id__in=list(keys),
    )
    rows = rows.exclude(entry=Evidence.Entry.WITHDRAWN).exclude(task=assessment.task)
    rows = rows.exclude(kind=Evidence.Kind.SELF_ASSESSMENT)
    shares: dict[int, list[float]] = defaultdict(list)
    for learner, share in rows.values_list("learner_competency__learner_id", F("score") / F("possible")):
        shares[learner].append(float(share))
    return {learner: sum(each) / len(each) for learner, each in shares.items()}
