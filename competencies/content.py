"""What a policy says: a rule on a scale with its words, checked as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from competencies.models import PolicyDraft, PolicyVersion
from competencies.selectors import engine_policy
from status_engine import Policy as EnginePolicy
from status_engine import PolicyErrors
from tenancy.errors import Invalid, problem

Rating = tuple[Decimal, str, bool]
"""(points, word, is it the one flagged as meeting)"""
MOST_RATINGS, LONGEST_WORD = 10, 60


@dataclass(frozen=True, slots=True)
class Content:
    """`rule`: what `status_engine.parse_policy` reads, without the scale. Ratings ascend by points."""

    rule: Mapping[str, Any]
    points_possible: Decimal
    ratings: tuple[Rating, ...]

    @property
    def stored_ratings(self) -> list[list[Any]]:
        """As JSON: [[points as text, word, is_meeting], ...]; text keeps 3.60 what it is."""
        return [[f"{points.normalize():f}", word, is_meeting] for points, word, is_meeting in self.ratings]

    def engine(self, version: int | None = None) -> EnginePolicy:
        """Raises PolicyErrors."""
        pairs = [(float(points), is_meeting) for points, _, is_meeting in self.ratings]
        return engine_policy(dict(self.rule), float(self.points_possible), pairs, version)


def content_of_draft(draft: PolicyDraft) -> Content:
    return content_of_stored(draft.rule, draft.points_possible, draft.ratings)


def content_of_stored(rule: Mapping[str, Any], points_possible: Decimal, ratings: list[list[Any]]) -> Content:
    """What a draft or a trial keeps."""
    words = [(Decimal(str(points)), str(word), bool(is_meeting)) for points, word, is_meeting in ratings]
    return Content(rule, points_possible, tuple(words))


def content_of_version(version: PolicyVersion) -> Content:
    """One query for the ratings, none where they were prefetched."""
    rows = sorted(version.scale.ratings.all(), key=lambda rating: rating.points)
    ratings = tuple((row.points, row.word, row.is_meeting) for row in rows)
    return Content(version.rule, version.scale.points_possible, ratings)


def check_content(content: Content) -> EnginePolicy:
    """The engine's policy. Raises Invalid with every problem, each with the field it belongs to."""
    problems = _rating_problems(content)
    if not any(one["field"].startswith("ratings") for one in problems):
        try:
            found = content.engine()
        except PolicyErrors as error:
            problems += [problem(field, message) for field, message in error.errors]
        else:
            if not problems:
                return found
    raise Invalid(problems)


def _rating_problems(content: Content) -> list[dict[str, str]]:
    faults: list[tuple[str, str]] = []
    if sum(is_meeting for _, _, is_meeting in content.ratings) != 1:
        faults.append(("one_meeting", "Flag exactly one rating as meeting: levels follow the flag"))
    if len(content.ratings) > MOST_RATINGS:
        faults.append(("too_many", f"There were {len(content.ratings)} ratings. Use at most {MOST_RATINGS}"))
    points = [points for points, _, _ in content.ratings]
    if len(set(points)) < len(points):
        faults.append(("twice", "Two ratings have the same points. Give each its own"))
    if any(not word.strip() or len(word) > LONGEST_WORD for _, word, _ in content.ratings):
        faults.append(("word", f"Give every rating a word of at most {LONGEST_WORD} characters"))
    return [problem("ratings", message, code) for code, message in faults]
