"""The blocks about evidence: how it gets on the scale, what is one piece, which pieces count."""

from status_engine import REASON_NAMES, Scale

from .charts import levels_description
from .story import TODAY, Json, judged, moment, scored, story_rows, today
from .words import level, listed, plain, points, table, yes


def levels_block() -> list[str]:
    return [f"![Five levels on a scale of five points: {levels_description()}](img/engine/levels.svg)"]


def ratings_block() -> list[str]:
    scales = (
        ("five points, 3 meets", 5, [1, 2, 3, 4, 5], 3), ("four ratings, 3 meets", 4, [1, 2, 3, 4], 3),
        ("three ratings, 2 meets", 3, [1, 2, 3], 2), ("passed or not", 1, [0, 1], 1),
    )  # fmt: skip
    rows = []
    for name, possible, ratings, meets in scales:
        scale = Scale.from_ratings(possible, ratings, meets)
        mastery = "gates alone" if scale.mastery_at is None else plain(scale.mastery_at)
        rows.append([name, listed(ratings), plain(scale.developing_at), plain(scale.meets_at), mastery])
    return table(["scale", "ratings", "developing from", "meets from", "mastery from"], rows)


def rounding_block() -> list[str]:
    rows = []
    for score in (2.99, 2.994, 2.995, 3.0):
        found = judged("latest", scored(score))
        rows.append([f"{score:g}", points(found["value"]), level(found)])
    return table(["worked out", "shown and compared", "level"], rows)


def scale_block() -> list[str]:
    rows = []
    for score, possible in ((7, 10), (13, 20), (3, 4), (0, 8), (11, 10)):
        found = judged("latest", [{"score": score, "possible": possible}])
        rows.append([f"{score} of {possible}", f"{score} / {possible} × 5", points(found["value"]), level(found)])
    return table(["sent", "on a scale of five points", "value", "level"], rows)


def pass_mark_block() -> list[str]:
    rows = []
    for percent in (0, 35, 50, 60, 70, 85, 100):
        row: Json = {"score": percent, "possible": 100}
        bare, aligned = (judged("latest", [{**row, **mark}]) for mark in ({}, {"pass_mark": 0.7}))
        rows.append([f"{percent} %", points(bare["value"]), level(bare), points(aligned["value"]), level(aligned)])
    return table(["test", "as it is", "level", "with the pass mark of 70 %", "level"], rows)


def items_block() -> list[str]:
    at = moment("2026-03-02")
    parts = [
        {"score": score, "possible": possible, "task": "first test", "occurred_at": at}
        for score, possible in ((1, 1), (0, 1), (2, 2))
    ]
    found = judged("mean", parts)
    alone = judged("mean", [{**part, "task": f"question {n}"} for n, part in enumerate(parts)])
    one, three = (f"**{points(each['value'])}**; pieces: {len(each['counted'])}" for each in (found, alone))
    return [
        f"- As items of one test: (1 + 0 + 2) / (1 + 1 + 2) × 5 = {one}",
        f"- As three tasks of their own, averaged: (5 + 0 + 5) / 3 = {three}",
    ]


def attempts_block() -> list[str]:
    essay = [{**row, "task": "essay"} for row in scored(1, 4, 3)]
    work = [*essay, *scored(3, days=["2026-04-20"])]
    rows = []
    for way in ("all", "latest_per_task", "best_per_task"):
        found = judged("mean", work, attempts=way)
        counted = listed(one["value"] for one in found["counted"])
        rows.append([f"`{way}`", counted, points(found["value"]), level(found)])
    return table(["attempts", "pieces that count", "average", "level"], rows)


def order_block() -> list[str]:
    """Three pieces whose days of work, of being due and of being entered come in three orders."""
    days = {
        "quiz": (4, "2026-03-02", "2026-03-02", "2026-03-20"),
        "project": (2, "2026-03-09", "2026-03-06", "2026-03-10"),
        "late homework": (3, "2026-03-16", "2026-02-27", "2026-03-17"),
    }
    work = [
        {"score": score, "possible": 5, "task": task, "occurred_at": moment(done), "due_at": moment(due),
         "recorded_at": moment(entered)}
        for task, (score, done, due, entered) in days.items()
    ]  # fmt: skip
    shown = table(
        ["task", "points", "done", "due", "entered"],
        ([task, str(score), *dates] for task, (score, *dates) in days.items()),
    )
    rows = []
    for way in ("occurred_at", "due_at", "recorded_at"):
        found = judged("latest", work, order_by=way)
        order = ", ".join(str(one["task"]) for one in found["counted"])
        rows.append([f"`{way}`", order, points(found["value"])])
    return [*shown, "", *table(["order", "oldest to newest", "`latest` gives"], rows)]


def window_block() -> list[str]:
    ways: tuple[tuple[str, Json | None], ...] = (
        ("everything", None), ("this term, begun 1 April", {"term": True}), ("the last 40 days", {"days": 40}),
        ("the newest 3 pieces", {"pieces": 3}),
    )  # fmt: skip
    rows = []
    for name, window in ways:
        found = judged("mean", story_rows(), today(term_start="2026-04-01"), window=window)
        counted = listed(one["value"] for one in found["counted"])
        rows.append([name, counted, points(found["value"]), level(found)])
    return table([f"looked at on {TODAY}", "pieces that count", "average", "level"], rows)


def expiry_block() -> list[str]:
    rows = []
    for days in (None, 40, 20):
        gates = {"meets": {"min_pieces": 3}, "mastery": {}}
        found = judged("latest", story_rows(), today(), gates=gates, expires_after=days)
        gate = next(one for one in found["conditions"] if one["code"] == "min_pieces")
        name = "never" if days is None else f"after {days} days"
        fresh = f"{gate['has']}, {gate['needed']} asked for"
        rows.append([name, points(found["value"]), fresh, yes(gate["met"]), level(found)])
    return table(["evidence expires", "value", "fresh pieces", "gate holds", "level"], rows)


REASONS = {
    "duplicate": "the same row was sent twice",
    "withdrawn": "somebody took it back",
    "hidden": "it is hidden",
    "self_assessment": "the learner judged it; it is shown beside the level unless the policy counts it",
    "with_hints": "the learner used hints; it is shown beside the level",
    "not_judged": "it is handed in and waits to be judged: the level is at least beginning, with a flag",
    "null": "it has no score. No score is not zero",
    "not_latest_attempt": "a newer attempt at the task counts",
    "not_best_attempt": "a better attempt at the task counts",
    "outside_window": "it is older than what the policy looks at",
}


def reasons_block() -> list[str]:
    return table(["reason", "why a row does not count"], ([f"`{name}`", REASONS[name]] for name in REASON_NAMES[1:]))
