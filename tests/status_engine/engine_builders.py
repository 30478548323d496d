"""Short ways to write policies and evidence in the engine's tests."""

from typing import Any

import numpy as np

from status_engine import METHODS, EvidenceTable, Policy, parse_policy

METHOD_KEYS = tuple(METHODS)
PARAMETERS: dict[str, dict[str, Any]] = {
    "n_times": {"n": 2}, "m_of_n": {"m": 2, "n": 3}, "mean_of_top": {"r": 2}, "drop_lowest": {"d": 1},
    "bkt": {"p0": 0.3, "t": 0.1, "s": 0.1, "g": 0.2},
}  # fmt: skip
"""What a method cannot do without."""
DAY = 86_400_000_000


def a_policy(method: str = "highest", /, **changes: Any) -> Policy:
    """A five-point policy: developing 2, meets 3, mastery 4."""
    return parse_policy(policy_data(method, **changes))


def policy_data(method: str = "highest", /, **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "method": method, "points_possible": 5, "meets_at": 3, "developing_at": 2, "mastery_at": 4,
        **PARAMETERS.get(method, {}),
    }  # fmt: skip
    data.update(changes)
    return {key: value for key, value in data.items() if value is not ...}


def day(number: int) -> str:
    return f"2026-03-{number:02d}T09:00:00+00:00"


def a_row(score: float | None, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of `score` out of 5 on a day of March, its task named after the day."""
    row: dict[str, Any] = {"score": score, "possible": 5, "occurred_at": day(number), "task": f"task {number}"}
    row.update(changes)
    return row


def some_rows(*scores: float | None) -> list[dict[str, Any]]:
    """One row a day, each of a task of its own."""
    return [a_row(score, number) for number, score in enumerate(scores, start=1)]


def table(*scores: float | None) -> EvidenceTable:
    return EvidenceTable.from_rows(some_rows(*scores))


def many_groups(rng: np.random.Generator, groups: int, largest: int = 12) -> dict[str, Any]:
    """Random columns of groups of 1 to `largest` rows, with every awkward thing in them."""
    sizes = rng.integers(1, largest + 1, groups)
    rows = int(sizes.sum())
    score = rng.integers(0, 21, rows) / 4.0
    score[rng.random(rows) < 0.05] = np.nan
    return {
        "group": np.repeat(rng.permutation(groups * 3)[:groups], sizes),
        "id": rng.permutation(rows),
        "score": score,
        "possible": rng.choice([4.0, 5.0, 10.0], rows),
        "weight": rng.choice([0.5, 1.0, 2.0], rows),
        "occurred_at": rng.integers(0, 6, rows) * DAY,
        "recorded_at": rng.integers(0, 6, rows) * DAY,
        "due_at": rng.integers(0, 6, rows) * DAY,
        "task": rng.integers(-1, 5, rows),
        "kind": rng.integers(0, 6, rows).astype(np.int8),
        "attempt": rng.integers(-1, 3, rows),
        "form": rng.integers(-1, 2, rows),
        "pass_mark": np.where(rng.random(rows) < 0.2, 0.6, np.nan),
        "state": rng.choice([0, 0, 0, 0, 0, 1, 2, 3], rows).astype(np.int8),
    }
