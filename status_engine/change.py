"""The smallest next step that would raise a level, found by trying it through the same engine (design: §7)."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .arrays import Ints, Scalar
from .context import NOWHERE, Context
from .gates import Gate
from .kinds import KIND_NAMES, NO_CODE, NODATE, Kind
from .levels import LEVEL_NAMES, Level, level_from_name
from .pieces import Pieces
from .policy import Json, Policy, countable_kinds
from .rollup import roll_up, sight_of
from .table import EvidenceTable

MOST_PIECES = 5
MORE_EVIDENCE, NONE_WITHIN, PREREQUISITES_FIRST = "more_evidence", "none_within", "prerequisites_first"
PREREQUISITES = "prerequisites_met"
PREFERRED = (Kind.SUMMATIVE, Kind.PERFORMANCE, Kind.OBSERVATION, Kind.FORMATIVE, Kind.INDICATOR, Kind.SELF_ASSESSMENT)
"""The kind asked for where a gate wants variety and any other kind would do: the most independent first."""


@dataclass(frozen=True)
class Step:
    """Pieces to try: how many, all at one value (points of the scale), the first ones of these kinds."""

    count: int
    value: float
    kinds: tuple[Kind, ...]


def next_step(
    policy: Policy, table: EvidenceTable, pieces: Pieces | None, level: Level, conditions: list[Json],
    context: Context = NOWHERE,
) -> Json | None:  # fmt: skip
    """What would raise the level of one group to the next one or above; None at mastery.

    Tried: 1 to 5 further pieces, each from a task (and so a form) of its own, newer than everything else, all at the
    same value: the cut of the next level first, then the higher cuts, then full points. The fewest pieces win, then
    the lowest value.
    {"code": "more_evidence", "count", "at_least" (points of the scale), "kind" (first kind a gate asks for, or null =
    any), "kinds" (all of them, one piece each, the rest of any kind), "new_task": true, "new_form" (a gate asks for
    one), "to"}, or {"code": "none_within", "count": 5}. `to` is the next level even where the pieces tried here reach
    further: pieces of another kind might not pass the gates beyond it.

    Where open prerequisites keep the next level back: {"code": "prerequisites_first", "count" (how many), "to",
    "then": what else it takes, in one of the shapes above, or null}.
    """
    if level == Level.MASTERY:
        return None
    target = Level(level + 1)
    failing = [one for one in conditions if not one["met"] and level_from_name(one["level"]) <= target]
    free = replace(policy, gates=policy.gates.without(PREREQUISITES))
    is_new_form = any(one["code"] == "min_forms" for one in failing)
    blocked = [one["has"] for one in failing if one["code"] == PREREQUISITES and one["blocks"]]
    if not blocked:
        return _evidence_step(free, table, pieces, target, is_new_form, context)
    is_enough = len(pieces or ()) > 0 and int(roll_up(free, table, None, context).level[0]) >= target
    then = None if is_enough else _evidence_step(free, table, pieces, target, is_new_form, context)
    return {"code": PREREQUISITES_FIRST, "count": blocked[0], "to": LEVEL_NAMES[target], "then": then}


def _evidence_step(
    policy: Policy, table: EvidenceTable, pieces: Pieces | None, target: Level, is_new_form: bool, context: Context
) -> Json:
    """The first of the steps that reaches the target."""
    values = _ladder(policy, target)
    counts = range(1, _most_pieces(policy) + 1)
    kinds = {count: missing_kinds(policy, _staying(policy, pieces, count), target, context) for count in counts}
    steps = [Step(count, value, tuple(kinds[count][:count])) for count in counts for value in values]
    reached = roll_up(policy, _scenarios(policy, table, steps, context), None, context).level
    better = np.flatnonzero(reached >= target)
    if not len(better):
        return {"code": NONE_WITHIN, "count": MOST_PIECES}
    step = steps[int(better[0])]
    names = [KIND_NAMES[kind] for kind in step.kinds]
    return {
        "code": MORE_EVIDENCE, "count": step.count, "at_least": step.value, "kind": names[0] if names else None,
        "kinds": names, "new_task": True, "new_form": is_new_form, "to": LEVEL_NAMES[target],
    }  # fmt: skip


def _most_pieces(policy: Policy) -> int:
    """More pieces than a window of the newest holds would push each other out."""
    newest = None if policy.window is None else policy.window.newest
    return MOST_PIECES if newest is None else min(MOST_PIECES, newest)


def _staying(policy: Policy, pieces: Pieces | None, count: int) -> Pieces | None:
    """The pieces of one group that still count when so many more come: a window of the newest ones pushes some out."""
    newest = None if policy.window is None else policy.window.newest
    if pieces is None or newest is None:
        return pieces
    stays = pieces.age < newest - count
    return pieces.where(stays)[0] if stays.any() else None


def missing_kinds(policy: Policy, pieces: Pieces | None, target: Level, context: Context) -> list[Kind]:
    """The kinds further pieces must have for the gates up to a level, as few as will do."""
    needed: list[Kind] = []
    scopes: list[tuple[tuple[Gate, ...], set[int]]] = []
    for level, gates in ((Level.MEETS, policy.gates.meets), (Level.MASTERY, policy.gates.mastery)):
        if target >= level:
            scopes.append((gates, _kinds_seen(policy, pieces, level, context)))
    for gates, present in scopes:
        for gate in gates:
            if isinstance(gate.needed, tuple):
                needed += [kind for kind in gate.needed if kind not in present and kind not in needed]
    for gates, present in scopes:
        for gate in gates:
            short = gate.target - len(present | set(needed)) if gate.code == "min_kinds" else 0
            allowed = [kind for kind in PREFERRED if kind in countable_kinds(policy.count_self_assessment)]
            others = [kind for kind in allowed if kind not in present and kind not in needed]
            needed += others[: max(short, 0)]
    return needed


def _kinds_seen(policy: Policy, pieces: Pieces | None, level: Level, context: Context) -> set[int]:
    """The kinds of the pieces that gates of a level count."""
    if pieces is None:
        return set()
    mask = sight_of(policy, pieces, level, context, None).mask(is_scoped=True)
    return set((pieces.kind if mask is None else pieces.kind[mask]).tolist())


def _ladder(policy: Policy, target: Level) -> list[float]:
    """Values worth trying, lowest first: the cut of the level aimed at, the cuts above it, full points."""
    scale = policy.scale
    cuts = [0.0, scale.developing_at, scale.meets_at, scale.mastery_cut, scale.points_possible]
    return sorted({float(cut) for cut in cuts[target - Level.BEGINNING :]})


def _scenarios(policy: Policy, table: EvidenceTable, steps: list[Step], context: Context) -> EvidenceTable:
    """One group per step: the evidence there is and the pieces the step adds."""
    rows, counts = len(table), [step.count for step in steps]
    extended = _with_pieces(policy, table, steps, context)
    first = rows + np.cumsum(counts) - counts
    index = np.concatenate(
        [np.concatenate((np.arange(rows), at + np.arange(count))) for at, count in zip(first, counts, strict=True)]
    )
    return extended.rows(index, np.repeat(np.arange(len(steps)), [rows + count for count in counts]))


def _with_pieces(policy: Policy, table: EvidenceTable, steps: list[Step], context: Context) -> EvidenceTable:
    """The table with the pieces of every step, each of its own task, of now and newer than all before."""
    counts = [step.count for step in steps]
    extra = sum(counts)
    turn = np.concatenate([np.arange(count) for count in counts])
    known = [moment for moment in (context.as_of, context.term_start) if moment is not None]
    newest = max(_newest(table.occurred_at, table.recorded_at, table.due_at), *known, 0)
    newer = newest + 1 + turn
    kinds = [kind for step in steps for kind in [*step.kinds, *[Kind.FORMATIVE] * (step.count - len(step.kinds))]]

    def longer(column: npt.NDArray[Scalar], more: npt.ArrayLike) -> npt.NDArray[Scalar]:
        return np.concatenate((column, np.broadcast_to(np.asarray(more).astype(column.dtype), (extra,))))

    return EvidenceTable(
        group=np.zeros(len(table) + extra, dtype=np.int64),
        id=longer(table.id, table.id.max(initial=-1) + 1 + np.arange(extra)),
        score=longer(table.score, np.repeat([step.value for step in steps], counts)),
        possible=longer(table.possible, policy.scale.points_possible),
        weight=longer(table.weight, 1.0), occurred_at=longer(table.occurred_at, newer),
        recorded_at=longer(table.recorded_at, newer), due_at=longer(table.due_at, newer),
        task=longer(table.task, table.task.max(initial=NO_CODE) + 1 + turn),
        kind=longer(table.kind, kinds), attempt=longer(table.attempt, NO_CODE),
        form=longer(table.form, NO_CODE), pass_mark=longer(table.pass_mark, np.nan), state=longer(table.state, 0),
    )  # fmt: skip


def _newest(*columns: Ints) -> int:
    """The newest moment of any time column; 0 where nothing is dated."""
    newest = max(int(column.max(initial=NODATE)) for column in columns)
    return 0 if newest == NODATE else newest
