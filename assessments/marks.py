"""Scores on the criteria of a rubric: whose, in which round, and what they come to per competency."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Attempt, RubricScore
from competencies.models import RubricCriterion
from tenancy.actor import Actor

Round = RubricScore.Round


@dataclass(frozen=True, slots=True)
class Marks:
    """One round of one attempt: {criterion: the level that counts}, and who gave one."""

    levels: Mapping[int, int]
    by: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rounds:
    """All rounds of one attempt. `blind`: the first marker's levels as they stood before the second marker began."""

    first: Marks
    second: Marks
    own: Marks
    blind: Marks

    def is_complete(self, marks: Marks, criteria: Collection[int]) -> bool:
        return bool(criteria) and set(criteria) <= set(marks.levels)

    def differing(self) -> list[int]:
        """Criteria on which the two markers gave different levels."""
        shared = self.blind.levels.keys() & self.second.levels.keys()
        return sorted(key for key in shared if self.blind.levels[key] != self.second.levels[key])


def rounds_of(attempt_ids: Collection[int]) -> dict[int, Rounds]:
    """{attempt: its rounds}; of several scores of a round on a criterion the newest counts. One query."""
    fields = ("attempt_id", "id", "round", "criterion_id", "level", "scored_by_id")
    rows = RubricScore.objects.filter(attempt_id__in=attempt_ids).order_by("id").values_list(*fields)
    found: dict[int, list[tuple[int, str, int, int, int | None]]] = {key: [] for key in attempt_ids}
    for attempt, *row in rows:
        found[attempt].append(tuple(row))
    return {key: _rounds(row) for key, row in found.items()}


def _rounds(rows: Sequence[tuple[int, str, int, int, int | None]]) -> Rounds:
    second_began = min((key for key, of, *_ in rows if of == Round.SECOND), default=None)
    before = [row for row in rows if second_began is None or row[0] < second_began]
    return Rounds(
        _marks(rows, Round.FIRST), _marks(rows, Round.SECOND), _marks(rows, Round.SELF), _marks(before, Round.FIRST)
    )


def _marks(rows: Iterable[tuple[int, str, int, int, int | None]], wanted: str) -> Marks:
    of_round = [row for row in rows if row[1] == wanted]
    by = frozenset(member for *_, member in of_round if member is not None)
    return Marks({criterion: level for _, _, criterion, level, _ in of_round}, by)


def add_scores(
    actor: Actor, attempt: Attempt, levels: Mapping[int, int], of_round: str, before: Mapping[int, int]
) -> int:
    """Append the levels that are not what stands in `before`; how many were new."""
    rows = [
        RubricScore(
            learner_id=attempt.learner_id, attempt=attempt, criterion_id=criterion, round=of_round, level=level,
            scored_by_id=actor.member_id,
        )
        for criterion, level in sorted(levels.items()) if before.get(criterion) != level
    ]  # fmt: skip
    RubricScore.objects.bulk_create(rows)
    return len(rows)


def criteria_of(attempt: Attempt) -> list[RubricCriterion]:
    """The criteria of the task's rubric, in order; none where it has no rubric. One query."""
    rows = RubricCriterion.objects.filter(rubric_id=attempt.assessment.rubric_id)
    return list(rows.order_by("position", "id")) if attempt.assessment.rubric_id else []


def means_by_competency(
    criteria: Iterable[RubricCriterion], levels: Mapping[int, int], competency_ids: Iterable[int]
) -> dict[int, Decimal]:
    """{competency: the weighted mean level of its criteria}. A criterion without a competency is evidence for all.

    A competency whose criteria have no level is left out.
    """
    scored = [(one.competency_id, one.weight, levels[one.pk]) for one in criteria if one.pk in levels]
    found: dict[int, Decimal] = {}
    for key in competency_ids:
        own = [(weight, level) for competency, weight, level in scored if competency in {None, key}]
        total = sum((weight for weight, _ in own), Decimal(0))
        if own:
            found[key] = sum((weight * level for weight, level in own), Decimal(0)) / total
    return found
