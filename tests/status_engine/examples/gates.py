"""The blocks about gates: each one once failing and once holding; and one whole explanation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from status_engine import NOWHERE, Context, Unmet

from .story import TODAY, Json, judged, scored, story_rows, today
from .words import level, plain, points, table, yes


@dataclass(frozen=True)
class Case:
    """What there is, in words and as rows; needed: what the gate of meets asks for."""

    words: str
    rows: Sequence[Json]
    needed: Any
    context: Context = field(default=NOWHERE)


def _with(rows: list[Json], **columns: Sequence[str]) -> list[Json]:
    """The rows with a column filled."""
    return [{**row, **{name: values[n] for name, values in columns.items()}} for n, row in enumerate(rows)]


def _waiting(count: int) -> Context:
    """So many prerequisites are not met."""
    return today(unmet=Unmet(np.array([0]), np.array([count])))


TWO, THREE = scored(3, 4), scored(3, 4, 3)
CASES: dict[str, tuple[Case, ...]] = {
    "min_pieces": (Case("two pieces, 3 and 4", TWO, 3), Case("three pieces, 3, 4 and 3", THREE, 3)),
    "min_tasks": (
        Case("the same test twice", _with(TWO, task=["test", "test"]), 2),
        Case("a test and a project", _with(TWO, task=["test", "project"]), 2),
    ),
    "min_forms": (
        Case("form A of a test twice", _with(TWO, task=["test", "test"], form=["A", "A"]), 2),
        Case("form A, then form B", _with(TWO, task=["test", "test"], form=["A", "B"]), 2),
    ),
    "min_kinds": (
        Case("two homeworks (formative)", TWO, 2),
        Case("a homework and a test (summative)", _with(TWO, kind=["formative", "summative"]), 2),
    ),
    "required_kinds": (
        Case("a homework and a talk (observation)", _with(TWO, kind=["formative", "observation"]), ["summative"]),
        Case("a homework and a test", _with(TWO, kind=["formative", "summative"]), ["summative"]),
    ),
    "k_of_last_n_at_or_above": (
        Case("5, 5, then 2 and 2", scored(5, 5, 2, 2), {"k": 2, "n": 3}),
        Case("2, 2, then 4 and 4", scored(2, 2, 4, 4), {"k": 2, "n": 3}),
    ),
    "within_days": (
        Case("3 and 4 in March", scored(3, 4, days=["2026-03-02", "2026-03-09"]), 30, today()),
        Case("3 in March, 4 on 20 April", scored(3, 4, days=["2026-03-02", "2026-04-20"]), 30, today()),
    ),
    "prerequisites_met": (
        Case("one prerequisite open, asked for", TWO, True, _waiting(1)),
        Case("none open, asked for", TWO, True, _waiting(0)),
        Case("one open, advice only", TWO, "advice", _waiting(1)),
    ),
}


FIGURES = {"within_days": ("at most {} days old", "newest {} days old"), "prerequisites_met": ("{} open", "{} open")}
"""How the figures of a gate are said where the number alone says too little: (asked for, there)."""


def gate_block(code: str) -> list[str]:
    """Pieces averaged, the gate at meets, none at mastery."""
    rows = []
    for case in CASES[code]:
        gates = {"meets": {code: case.needed}, "mastery": {}}
        found = judged("mean", case.rows, case.context, gates=gates)
        gate = next(one for one in found["conditions"] if one["code"] == code)
        asked, there = FIGURES.get(code, ("{}", "{}"))
        figures = asked.format(_said(gate["needed"])), there.format(_said(gate["has"]))
        rows.append([case.words, *figures, yes(gate["met"]), level(found)])
    head = ["evidence" + (f", on {TODAY}" if code == "within_days" else ""), "asked for", "there", "holds", "level"]
    return table(head, rows)


def without_gate_block() -> list[str]:
    """What mastery is without the gate that stands there unless the policy says otherwise."""
    lucky = scored(5)
    as_it_comes, without = judged("latest", lucky), judged("latest", lucky, gates={"mastery": {}})
    rows = [["as it comes", level(as_it_comes)], ["taken away", level(without)]]
    return table(["`min_tasks` 2 at mastery", "a single 5 of 5"], rows)


def why_block() -> list[str]:
    """The explanation of the story: conditions with figures, shares, the next step."""
    gates = {
        "meets": {"min_pieces": 3, "required_kinds": ["summative"]},
        "mastery": {"min_tasks": 2, "k_of_last_n_at_or_above": {"k": 2, "n": 2}},
    }
    found = judged("last_vs_rest", story_rows(), gates=gates)
    rows = [
        [one["level"], f"`{one['code']}`", _said(one["needed"]), _said(one["has"]), yes(one["met"])]
        for one in found["conditions"]
    ]
    shares = ", ".join(f"{one['task']} {one['value']:g} × {plain(one['weight'])}" for one in found["counted"])
    return [
        *table(["for", "condition", "asked for", "there", "met"], rows),
        "",
        f"- **Level** {found['level']}.",
        f"- **Value** {points(found['value'])}, before rounding {plain(found['value_unrounded'])}.",
        f"- **What each piece had in it:** {shares}.",
        f"- **What would change it:** {_step(found['change'])}.",
    ]


def _step(change: Json) -> str:
    pieces = "one more piece" if change["count"] == 1 else f"{change['count']} more pieces"
    kind = f" ({change['kind']})" if change["kind"] else ""
    return f"{pieces}{kind} at {plain(change['at_least'])} or above, from a task of its own, would reach {change['to']}"


def _said(figure: Any) -> str:
    if isinstance(figure, dict):
        return f"{figure['k']} of the newest {figure['n']} at {figure['level']}"
    if isinstance(figure, list):
        return ", ".join(figure) or "none"
    return "none" if figure is None else plain(float(figure))
