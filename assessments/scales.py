"""From a rubric's levels to the points of the scale that holds for a competency."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from competencies.book import frameworks_of, policy_book
from competencies.models import PolicyVersion

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class ScalePoints:
    """`at`: points of the levels 1…4, rising; `possible`: points of the whole scale; `meets`: those of the goal."""

    at: tuple[Decimal, Decimal, Decimal, Decimal]
    possible: Decimal

    @property
    def meets(self) -> Decimal:
        return self.at[2]

    def points(self, level: Decimal) -> Decimal:
        """Points of a level from 1 to 4; a mean of levels lies on the line between its neighbours."""
        low = min(int(level), 3)
        start, end = self.at[low - 1], self.at[low]
        return (start + (end - start) * (level - low)).quantize(THOUSANDTH, ROUND_HALF_UP)


def scale_points(ratings: Iterable[tuple[Decimal, bool]], possible: Decimal, mastery_at: Decimal) -> ScalePoints:
    """`ratings`: (points, is it the one flagged as meeting); `mastery_at`: the policy's cut for mastery.

    Meets is the flagged rating, developing the highest under it and mastery the lowest that reaches the cut, as the
    engine reads them; where a scale has none of these, half of what is above, or all points.
    """
    rows = sorted(ratings)
    meets = next(points for points, is_meeting in rows if is_meeting)
    below = [points for points, _ in rows if 0 < points < meets]
    developing = below[-1] if below else meets / 2
    beginning = below[0] if len(below) > 1 else developing / 2
    above = [points for points, _ in rows if points > meets and points >= mastery_at]
    return ScalePoints((beginning, developing, meets, above[0] if above else max(possible, meets)), possible)


def scales_of(competency_ids: Iterable[int], school_id: int | None) -> dict[int, ScalePoints]:
    """The scale of each competency by the policy in force for the school. Three queries, more for unseen policies."""
    frameworks = frameworks_of(competency_ids)
    book = policy_book()
    versions = {
        key: book.nearest(competency=key, framework=framework, school=school_id)
        for key, framework in frameworks.items()
    }
    rows = PolicyVersion.objects.filter(id__in={one.version_id for one in versions.values()})
    found: dict[int, ScalePoints] = {}
    cuts = {one.version_id: Decimal(str(one.policy.scale.mastery_cut)) for one in versions.values()}
    for version in rows.select_related("scale").prefetch_related("scale__ratings"):
        ratings = [(rating.points, rating.is_meeting) for rating in version.scale.ratings.all()]
        found[version.pk] = scale_points(ratings, version.scale.points_possible, cuts[version.pk])
    return {key: found[one.version_id] for key, one in versions.items()}
