"""A scale: how many points are possible and where developing, meets and mastery begin (design: status engine §1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .checks import as_number, listed, quote
from .errors import PolicyErrors, Problem
from .levels import Level

MAX_POINTS_POSSIBLE = 10_000


@dataclass(frozen=True)
class Scale:
    """Cuts in points of the scale. Raises PolicyErrors unless 0 < developing_at < meets_at < mastery_at <= possible.

    mastery_at None: the scale has no rating above meets; mastery then comes from the gates alone, over the evidence
    at meets or above.
    """

    points_possible: float
    meets_at: float
    developing_at: float
    mastery_at: float | None = None

    def __post_init__(self) -> None:
        problems = cut_problems(self.points_possible, self.meets_at, self.developing_at, self.mastery_at)
        if problems:
            raise PolicyErrors(problems)

    @classmethod
    def from_ratings(cls, points_possible: float, ratings: Sequence[float], meets_at: float) -> "Scale":
        """Cuts from a scale's ratings, `meets_at` being the one flagged as meeting. Raises PolicyErrors."""
        developing_at, mastery_at = cuts_from_ratings(ratings, meets_at)
        return cls(points_possible, meets_at, developing_at, mastery_at)

    @property
    def mastery_cut(self) -> float:
        """The value mastery asks for: its own cut, or meets where the scale has none."""
        return self.meets_at if self.mastery_at is None else self.mastery_at

    def cut_of(self, level: Level) -> float:
        """The value a level asks for: of developing, meets or mastery."""
        return {Level.DEVELOPING: self.developing_at, Level.MEETS: self.meets_at}.get(level, self.mastery_cut)


def cuts_from_ratings(ratings: Sequence[float], meets_at: float) -> tuple[float, float | None]:
    """(developing_at, mastery_at): highest rating between 0 and meets, else half of it; lowest rating above, if any."""
    below = [rating for rating in ratings if 0 < rating < meets_at]
    above = [rating for rating in ratings if rating > meets_at]
    return max(below) if below else meets_at / 2, min(above) if above else None


def cut_problems(possible: object, meets_at: object, developing_at: object, mastery_at: object) -> list[Problem]:
    """Everything wrong with a scale's numbers. A cut is judged only against neighbours that are right themselves."""
    problems: list[Problem] = []
    top = as_number(possible)
    if top is None or not 0 < top <= MAX_POINTS_POSSIBLE:
        wrong = f"points_possible was {quote(possible)}. Use a number above 0, at most {MAX_POINTS_POSSIBLE}"
        problems.append(("points_possible", wrong))
        top = None
    meets = as_number(meets_at)
    if meets is None or meets <= 0 or (top is not None and meets > top):
        limit = "the points possible" if top is None else f"the points possible, {top:g}"
        problems.append(("meets_at", f"meets_at was {quote(meets_at)}. Use a number above 0, at most {limit}"))
        return problems
    developing = as_number(developing_at)
    if developing is None or not 0 < developing < meets:
        wrong = f"developing_at was {quote(developing_at)}. Use a number above 0 and below meets_at, {meets:g}"
        problems.append(("developing_at", wrong))
    mastery = as_number(mastery_at)
    if mastery_at is not None and (mastery is None or mastery <= meets or (top is not None and mastery > top)):
        limit = "" if top is None else f", at most the points possible, {top:g}"
        wrong = f"mastery_at was {quote(mastery_at)}. Use a number above meets_at, {meets:g}{limit}, or leave it out"
        problems.append(("mastery_at", wrong))
    return problems


def rating_problems(ratings: object, possible: object) -> list[Problem]:
    """What is wrong with a list of ratings: not a list, empty, or a rating that is no number from 0 to possible."""
    top = as_number(possible)
    limit = MAX_POINTS_POSSIBLE if top is None else top
    if not isinstance(ratings, (list, tuple)) or not ratings:
        return [("ratings", f"ratings was {quote(ratings)}. Use a list of at least one number from 0 to {limit:g}")]
    numbers = [as_number(rating) for rating in ratings]
    is_right = [number is not None and 0 <= number <= limit for number in numbers]
    wrong = [rating for rating, right in zip(ratings, is_right, strict=True) if not right]
    if not wrong:
        return []
    return [("ratings", f"ratings held {listed([quote(one) for one in wrong])}. Use numbers from 0 to {limit:g}")]
