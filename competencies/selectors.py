"""Reads of frameworks and policies."""

from collections.abc import Iterable
from typing import Any

from status_engine import Policy as EnginePolicy
from status_engine import parse_policy


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
