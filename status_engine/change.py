"""The smallest next step that would raise a level, found by trying it through the same engine (design: §7)."""

import numpy as np
import numpy.typing as npt

from .arrays import Ints, Scalar
from .gates import Gate
from .kinds import KIND_NAMES, NO_CODE, NODATE, Kind
from .levels import LEVEL_NAMES, Level
from .pieces import Pieces
from .policy import Json, Policy, countable_kinds
from .rollup import in_mastery_scope, roll_up
from .table import EvidenceTable

MOST_PIECES = 5
MORE_EVIDENCE, NONE_WITHIN = "more_evidence", "none_within"
PREFERRED = (Kind.SUMMATIVE, Kind.PERFORMANCE, Kind.OBSERVATION, Kind.FORMATIVE, Kind.INDICATOR, Kind.SELF_ASSESSMENT)
"""The kind asked for where a gate wants variety and any other kind would do: the most independent first."""


def next_step(policy: Policy, table: EvidenceTable, pieces: Pieces | None, level: Level) -> Json | None:
    """What would raise the level of one group to the next one or above; None at mastery.

    Tried: 1 to 5 further pieces, each from a task of its own, newer than everything else, all at the same value: the
    cut of the next level first, then the higher cuts, then full points. The fewest pieces win, then the lowest value.
    {"code": "more_evidence", "count", "at_least" (points of the scale), "kind" (first kind a gate asks for, or null =
    any), "kinds" (all of them, one piece each, the rest of any kind), "new_task": true, "to"}, or
    {"code": "none_within", "count": 5}. `to` is the next level even where the pieces tried here reach further: pieces
    of another kind might not pass the gates beyond it.
    """
    if level == Level.MASTERY:
        return None
    target = Level(level + 1)
    kinds = missing_kinds(policy, pieces, target)
    values = _ladder(policy, target)
    steps = [(count, value) for count in range(1, MOST_PIECES + 1) for value in range(len(values))]
    reached = roll_up(policy, _scenarios(policy, table, values, kinds, steps)).level
    better = np.flatnonzero(reached >= target)
    if not len(better):
        return {"code": NONE_WITHIN, "count": MOST_PIECES}
    count, value = steps[int(better[0])]
    names = [KIND_NAMES[kind] for kind in kinds[:count]]
    return {
        "code": MORE_EVIDENCE, "count": count, "at_least": values[value], "kind": names[0] if names else None,
        "kinds": names, "new_task": True, "to": LEVEL_NAMES[target],
    }  # fmt: skip


def missing_kinds(policy: Policy, pieces: Pieces | None, target: Level) -> list[Kind]:
    """The kinds further pieces must have for the gates up to a level, as few as will do."""
    needed: list[Kind] = []
    scopes: list[tuple[tuple[Gate, ...], set[int]]] = []
    if target >= Level.MEETS:
        scopes.append((policy.gates.meets, set() if pieces is None else set(pieces.kind.tolist())))
    if target == Level.MASTERY:
        scope = set() if pieces is None else set(pieces.kind[in_mastery_scope(policy, pieces)].tolist())
        scopes.append((policy.gates.mastery, scope))
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


def _ladder(policy: Policy, target: Level) -> list[float]:
    """Values worth trying, lowest first: the cut of the level aimed at, the cuts above it, full points."""
    scale = policy.scale
    cuts = [0.0, scale.developing_at, scale.meets_at, scale.mastery_cut, scale.points_possible]
    return sorted({float(cut) for cut in cuts[target - Level.BEGINNING :]})


def _scenarios(
    policy: Policy, table: EvidenceTable, values: list[float], kinds: list[Kind], steps: list[tuple[int, int]]
) -> EvidenceTable:
    """One group per step: the evidence there is and the pieces the step adds."""
    rows = len(table)
    extended = _with_pieces(policy, table, values, kinds)
    index = np.concatenate(
        [np.concatenate((np.arange(rows), rows + value * MOST_PIECES + np.arange(count))) for count, value in steps]
    )
    group = np.repeat(np.arange(len(steps)), [rows + count for count, _ in steps])
    return extended.rows(index, group)


def _with_pieces(policy: Policy, table: EvidenceTable, values: list[float], kinds: list[Kind]) -> EvidenceTable:
    """The table with five further pieces for each value, each of its own task and newer than all before."""
    extra = len(values) * MOST_PIECES
    turn = np.tile(np.arange(MOST_PIECES), len(values))
    newer = _newest(table.occurred_at, table.recorded_at, table.due_at) + 1 + turn
    wanted = [*kinds, *[Kind.FORMATIVE] * MOST_PIECES][:MOST_PIECES]

    def longer(column: npt.NDArray[Scalar], more: npt.ArrayLike) -> npt.NDArray[Scalar]:
        return np.concatenate((column, np.broadcast_to(np.asarray(more).astype(column.dtype), (extra,))))

    return EvidenceTable(
        group=np.zeros(len(table) + extra, dtype=np.int64),
        id=longer(table.id, table.id.max(initial=-1) + 1 + np.arange(extra)),
        score=longer(table.score, np.repeat(values, MOST_PIECES)),
        possible=longer(table.possible, policy.scale.points_possible),
        weight=longer(table.weight, 1.0), occurred_at=longer(table.occurred_at, newer),
        recorded_at=longer(table.recorded_at, newer), due_at=longer(table.due_at, newer),
        task=longer(table.task, table.task.max(initial=NO_CODE) + 1 + turn),
        kind=longer(table.kind, np.tile(wanted, len(values))), attempt=longer(table.attempt, NO_CODE),
        form=longer(table.form, NO_CODE), pass_mark=longer(table.pass_mark, np.nan), state=longer(table.state, 0),
    )  # fmt: skip


def _newest(*columns: Ints) -> int:
    """The newest moment of any time column; 0 where nothing is dated."""
    newest = max(int(column.max(initial=NODATE)) for column in columns)
    return 0 if newest == NODATE else newest
