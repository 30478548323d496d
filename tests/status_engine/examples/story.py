"""One learner's seven pieces on one competency, which most examples judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from status_engine import METHODS, NOWHERE, Context, EvidenceTable, Unmet, explain, parse_policy

Json = dict[str, Any]
SCALE: Json = {"points_possible": 5, "developing_at": 2, "meets_at": 3, "mastery_at": 4}
PARAMETERS: dict[str, Json] = {
    "n_times": {"n": 3},
    "m_of_n": {"m": 3, "n": 4},
    "mean_of_top": {"r": 3},
    "drop_lowest": {"d": 2},
    "bkt": {"p0": 0.3, "t": 0.1, "s": 0.1, "g": 0.2},
}
"""What the examples choose where a method has no default."""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence, scored out of five points."""

    day: str
    task: str
    kind: str
    weight: int
    score: float

    @property
    def row(self) -> Json:
        """As the API takes it."""
        return {
            "score": self.score, "possible": 5, "occurred_at": moment(self.day),
            "task": self.task, "kind": self.kind, "weight": self.weight,
        }  # fmt: skip


STORY = (
    Piece("2026-03-02", "warm-up quiz", "formative", 1, 1),
    Piece("2026-03-09", "homework", "formative", 1, 2),
    Piece("2026-03-16", "first test", "summative", 2, 3),
    Piece("2026-03-23", "poster", "performance", 2, 2),
    Piece("2026-03-30", "talk about the poster", "observation", 1, 4),
    Piece("2026-04-13", "second test", "summative", 2, 3),
    Piece("2026-04-20", "project", "performance", 3, 4),
)
TODAY = "2026-05-01"
"""The day on which rules that count days are asked."""


def moment(day: str) -> str:
    return f"{day}T09:00:00+00:00"


def microseconds(day: str) -> int:
    """Of the same hour, as the engine counts."""
    return int(datetime.fromisoformat(moment(day)).astimezone(UTC).timestamp()) * 1_000_000


def today(term_start: str | None = None, unmet: Unmet | None = None) -> Context:
    start = None if term_start is None else microseconds(term_start)
    return Context(as_of=microseconds(TODAY), term_start=start, unmet=unmet)


def scored(*scores: float, days: Sequence[str] = ()) -> list[Json]:
    """Pieces out of five points, each of a task of its own, a day apart in April unless days are given."""
    dates = days or [f"2026-04-{number:02d}" for number in range(1, len(scores) + 1)]
    return [
        Piece(day, f"task {number}", "formative", 1, score).row
        for number, (day, score) in enumerate(zip(dates, scores, strict=True), start=1)
    ]


def story_rows() -> list[Json]:
    return [piece.row for piece in STORY]


def judged(method: str, rows: Sequence[Mapping[str, Any]], context: Context = NOWHERE, **changes: Any) -> Json:
    """The explanation of some rows under a method with the parameters of the examples."""
    data = {**SCALE, "method": method, **PARAMETERS.get(method, {}), **changes}
    return explain(parse_policy(data), EvidenceTable.from_rows(rows), context)


def parameters_of(method: str) -> Json:
    """What the examples give the method, defaults filled in."""
    return dict(parse_policy({**SCALE, "method": method, **PARAMETERS.get(method, {})}).parameters)


def values_so_far(method: str) -> list[float | None]:
    """The value after each piece of the story; None where the method gives none yet."""
    rows = story_rows()
    return [judged(method, rows[:count])["value"] for count in range(1, len(rows) + 1)]


ALL_METHODS = tuple(METHODS)
