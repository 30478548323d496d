"""Reads of frameworks and policies."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from competencies.models import Competency, PolicyVersion
from status_engine import Policy as EnginePolicy
from status_engine import parse_policy


class NoPolicy(LookupError):
    """A tenant without a published policy cannot have levels."""


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """The policy version that holds for a competency, ready for the engine."""

    version_id: int
    number: int
    name: str
    policy: EnginePolicy


def effective_policies(competency_ids: Iterable[int]) -> dict[int, EffectivePolicy]:
    """{competency id: the newest version of the nearest policy: competency, else framework, else tenant}.

    Two queries. Raises NoPolicy where the tenant has none.
    """
    newest = PolicyVersion.objects.filter(policy_id=OuterRef("policy_id")).order_by("-number").values("number")[:1]
    versions = PolicyVersion.objects.filter(number=Subquery(newest)).select_related("policy", "scale")
    by_place: dict[tuple[int | None, int | None], EffectivePolicy] = {}
    for version in versions.prefetch_related("scale__ratings"):
        place = (version.policy.framework_id, version.policy.competency_id)
        by_place[place] = _effective(version)
    found: dict[int, EffectivePolicy] = {}
    rows = Competency.objects.filter(id__in=set(competency_ids)).values_list("id", "framework_id")
    for competency_id, framework_id in rows:
        places = ((None, competency_id), (framework_id, None), (None, None))
        match = next((by_place[place] for place in places if place in by_place), None)
        if match is None:
            raise NoPolicy("This tenant has no published policy. Publish one before recording evidence.")
        found[competency_id] = match
    return found


def _effective(version: PolicyVersion) -> EffectivePolicy:
    ratings = sorted((float(rating.points), rating.is_meeting) for rating in version.scale.ratings.all())
    policy = engine_policy(version.rule, float(version.scale.points_possible), ratings, version.number)
    return EffectivePolicy(version.pk, version.number, version.policy.name, policy)


def engine_policy(
    rule: dict[str, Any], points_possible: float, ratings: Iterable[tuple[float, bool]], version: int | None
) -> EnginePolicy:
    """The engine's policy for a stored rule on a scale of (points, is_meeting). Raises PolicyErrors."""
    ratings = list(ratings)
    return parse_policy(
        {
            **rule,
            "points_possible": points_possible,
            "ratings": [points for points, _ in ratings],
            "meets_at": next(points for points, is_meeting in ratings if is_meeting),
            "version": version,
        }
    )
