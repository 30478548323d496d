"""The blocks about methods: each one worked out step by step, and all of them side by side."""

from typing import Any

import numpy as np

from status_engine import METHODS, round_half_away

from . import averages, curves
from .charts import description
from .story import PARAMETERS, STORY, Json, judged, parameters_of, scored, story_rows
from .words import level, listed, plain, points, table

WORKED = {**averages.WORKED, **curves.WORKED}


def story_block() -> list[str]:
    rows = [
        [str(number), one.day, one.task, one.kind, str(one.weight), plain(one.score)]
        for number, one in enumerate(STORY, start=1)
    ]
    return table(["", "day", "task", "kind", "weight", "points of 5"], rows)


def method_block(method: str) -> list[str]:
    """Chart, parameters, steps and what they come to. Raises ValueError where arithmetic and engine disagree."""
    steps, value = WORKED[method]()
    found = judged(method, story_rows())
    if round(float(round_half_away(np.array(value))) - found["value"], 9):
        raise ValueError(f"{method}: worked out as {value}, but the engine says {found['value']}")
    lines = [f"![Chart of {method}. {description(method)}](img/engine/{method}.svg)", ""]
    if parameters_of(method):
        lines += [f"With {_parameters(method)}.", ""]
    lines += [step if step.startswith("|") or not step else f"- {step}" for step in steps]
    return [*lines, "", f"Value **{points(found['value'])}**: {level(found)}."]


def compared_block() -> list[str]:
    """The same work under every method, and what a bad day, the other order or a single piece would make of it."""
    scores = [one.score for one in STORY]
    rows = [
        [f"`{method}`", _shown(method, story_rows()), _shown(method, _with_a_bad_day()),
         _shown(method, scored(*reversed(scores))),
         _shown(method, scored(4))]
        for method in METHODS
    ]  # fmt: skip
    head = ["method", f"the story ({listed(scores)})", "and a bad day after it (1)", "told backwards", "a single 4"]
    return table(head, rows)


def weights_block() -> list[str]:
    """How nervous `ewma` is: the story and a bad day under several weights."""
    rows = []
    for weight in (0.3, 0.5, 0.65, 0.8):
        both = (_shown("ewma", work, weight=weight) for work in (story_rows(), _with_a_bad_day()))
        rows.append([f"{100 * weight:g} %", *both])
    return table(["weight of the newest", "the story", "and a bad day after it (1)"], rows)


def _with_a_bad_day() -> list[Json]:
    return [*story_rows(), *scored(1, days=["2026-04-27"])]


def _shown(method: str, rows: list[Json], **changes: Any) -> str:
    found = judged(method, rows, **changes)
    return f"{points(found['value'])} {found['level']}{' ⚑' if found['flags'] else ''}"


def _parameters(method: str) -> str:
    names = parameters_of(method)
    chosen = ", ".join(
        f"{name} = {plain(one) if isinstance(one, (int, float)) else one}" for name, one in names.items()
    )
    return chosen + ("" if method in PARAMETERS else " (what it is unless the policy says otherwise)")
