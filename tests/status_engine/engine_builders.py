"""Short ways to write policies and evidence in the engine's tests."""

from typing import Any

import numpy as np

from status_engine import METHODS, Context, EvidenceTable, Policy, Unmet, parse_policy

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
        "state": rng.choice([0, 0, 0, 0, 0, 1, 2, 3, 4], rows).astype(np.int8),
    }


GATES: list[dict[str, Any] | None] = [
    None,
    {"meets": {"min_pieces": 3}, "mastery": {"min_tasks": 3, "min_kinds": 2}},
    {"meets": {"required_kinds": ["summative", "performance"]}, "mastery": {"required_kinds": ["observation"]}},
    {"meets": {"min_kinds": 3}, "mastery": {}},
    {"meets": {"within_days": 3, "min_forms": 2}, "mastery": {"k_of_last_n_at_or_above": {"k": 2, "n": 3}}},
    {"meets": {"prerequisites_met": "advice"}, "mastery": {"prerequisites_met": True, "min_forms": 3}},
    {"meets": {"prerequisites_met": True, "k_of_last_n_at_or_above": {"k": 2, "n": 2, "level": "developing"}}},
]
WINDOWS: list[dict[str, Any] | None] = [None, None, {"term": True}, {"days": 3}, {"pieces": 3}]


def one_group(seed: int) -> EvidenceTable:
    columns = many_groups(np.random.default_rng(seed), 1)
    return EvidenceTable(**columns)


def drawn_policy(method: str, seed: int) -> Policy:
    rng = np.random.default_rng(seed)
    changes: dict[str, Any] = {
        "attempts": str(rng.choice(["all", "latest_per_task", "best_per_task"])),
        "order_by": str(rng.choice(["occurred_at", "due_at", "recorded_at"])),
        "mastery_at": 4 if rng.random() < 0.7 else None,
        "count_self_assessment": bool(rng.random() < 0.2),
    }
    changes["window"] = WINDOWS[int(rng.integers(0, len(WINDOWS)))]
    changes["expires_after"] = 2 if rng.random() < 0.2 else None
    gates = GATES[int(rng.integers(0, len(GATES)))]
    return a_policy(method, **changes, **({} if gates is None else {"gates": gates}))


def around(evidence: EvidenceTable, seed: int) -> Context:
    """The evening after the last piece, a term that began after the first ones, and perhaps open prerequisites."""
    still_open = int(np.random.default_rng(seed).integers(0, 3))
    return Context(6 * DAY, 2 * DAY, Unmet(evidence.group[:1], np.array([still_open])))
