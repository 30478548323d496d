"""The blocks for schools that come from other software or from percentages."""

from .story import Json, judged, scored
from .words import level, listed, plain, points, table

SAME = (2, 3, 4)
LONGER = (1, 2, 3, 4, 5)
CANVAS: tuple[tuple[str, str, str, Json], ...] = (
    ("Weighted Average, formerly Decaying Average", "decaying_average", "last_vs_rest", {"weight": 0.65}),
    ("Decaying Average, the newer one", "standard_decaying_average", "ewma", {"weight": 0.65}),
    ("n Number of Times", "n_mastery", "n_times", {"n": 2}),
    ("Most Recent Score", "latest", "latest", {}),
    ("Highest Score", "highest", "highest", {}),
    ("Average", "average", "mean", {}),
)
OTHERS: tuple[tuple[str, str, str, Json], ...] = (
    ("Mastery Connect", "Decaying Average, 65 %", "ewma", {"weight": 0.65}),
    ("Otus", "Decaying Average, 65 %", "ewma", {"weight": 0.65}),
    ("Otus", "Mean", "mean", {}),
    ("Otus", "Mode", "mode", {}),
    ("Otus", "Most Recent", "latest", {}),
    ("Otus", "Highest", "highest", {}),
    ("JumpRope", "Rolling Average 75", "ewma", {"weight": 0.75}),
    ("JumpRope", "Weighted Average", "weighted_mean", {}),
    ("JumpRope", "Max Value", "highest", {}),
    ("JumpRope", "Most Recent", "latest", {}),
    ("Moodle quiz", "Highest grade", "highest", {}),
    ("Moodle quiz", "Average grade", "mean", {}),
    ("Moodle quiz", "Last attempt", "latest", {}),
)


def canvas_block() -> list[str]:
    rows = []
    for name, stored, method, given in CANVAS:
        found, longer = (judged(method, scored(*scores), **given) for scores in (SAME, LONGER))
        both = points(found["value"]), points(longer["value"])
        rows.append([name, f"`{stored}`", _ours(method, given), *both, level(found)])
    head = [f"{listed(scores)} give" for scores in (SAME, LONGER)]
    return table(["there", "stored as", "here", *head, f"level here of {listed(SAME)}"], rows)


def others_block() -> list[str]:
    rows = [
        [product, name, _ours(method, given), points(judged(method, scored(*SAME), **given)["value"])]
        for product, name, method, given in OTHERS
    ]
    return table(["product", "there", "here", f"{listed(SAME)} give here"], rows)


def _ours(method: str, given: Json) -> str:
    return ", ".join([f"`{method}`", *(f"{name} {plain(value)}" for name, value in given.items())])


WORDS = (("Exceeds Mastery", 4), ("Mastery", 3), ("Near Mastery", 2), ("Below Mastery", 1), ("Well Below Mastery", 0))


def flag_block() -> list[str]:
    """Words of another product's ratings, 3 being flagged there, and the level of a learner who shows each again."""
    rows = []
    for word, rating in WORDS:
        ratings = [{**row, "score": rating, "possible": 4} for row in scored(0, 0)]
        scale: Json = {"points_possible": 4, "developing_at": None, "mastery_at": None, "ratings": [0, 1, 2, 3, 4]}
        rows.append([word, plain(rating), level(judged("latest", ratings, **scale))])
    return table(["word there", "points", "level here"], rows)


def percents_block() -> list[str]:
    """The same percentages laid on five points as they are, and on a scale with cuts of its own."""
    own: Json = {"points_possible": 100, "developing_at": 50, "meets_at": 70, "mastery_at": 90}
    rows = []
    for percent in (45, 55, 60, 70, 85, 95):
        twice = [{**row, "score": percent, "possible": 100} for row in scored(0, 0)]
        laid, with_cuts = judged("latest", twice), judged("latest", twice, **own)
        rows.append([f"{percent} %", points(laid["value"]), level(laid), points(with_cuts["value"]), level(with_cuts)])
    head = ["test, twice", "of 5 points", "cuts 2, 3, 4 of 5", "of 100 points", "cuts 50, 70, 90 of 100"]
    return table(head, rows)


def decaying_block() -> list[str]:
    """Both "decaying averages" of the same three pieces."""
    lines = []
    for method in ("last_vs_rest", "ewma"):
        counted = judged(method, scored(*SAME))
        sum_of = " + ".join(f"{plain(one['weight'])} × {one['value']:g}" for one in counted["counted"])
        lines.append(f"- `{method}`: {sum_of} = {plain(counted['value_unrounded'])} → **{points(counted['value'])}**")
    return lines


def missing_block() -> list[str]:
    """Work that was not handed in, as a zero and as what it is."""
    done = scored(3, 4, 3)
    missing = scored(0, 0, 0, 0)[3]
    ways: tuple[tuple[str, Json], ...] = (
        ("as a zero", missing), ("without a score", {**missing, "score": None}),
        ("handed in, not judged yet", {**missing, "score": None, "state": "not_judged"}),
    )  # fmt: skip
    rows = []
    for name, row in ways:
        found = judged("mean", [*done, row])
        rows.append([name, points(found["value"]), level(found)])
    return table(["the fourth piece", "average of 3, 4, 3 and it", "level"], rows)
