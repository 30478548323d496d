"""Why a learner is where they are: everything the level rests on, as data (design: status engine §7)."""

import numpy as np

from .arrays import Ints, take
from .case import Case, rounded
from .change import next_step
from .conditions import level_conditions
from .context import NOWHERE, Context
from .kinds import KIND_NAMES, NO_CODE, NODATE, REASON_NAMES, Reason
from .levels import LEVEL_NAMES, Flag, Level, flag_names
from .methods import METHODS
from .policy import Json, Policy, scale_to_json, settings_to_json
from .prepare import Prepared, prepare
from .rollup import Assessed, assess, check_context
from .rows import iso
from .table import EvidenceTable


def explain(policy: Policy, evidence: EvidenceTable, context: Context = NOWHERE, group: int | None = None) -> Json:
    """The explanation of one group: level, value, policy, pieces that counted and not, conditions, flags, next step.

    JSON-able, in a fixed key order; the same policy, rows and context give the same bytes in whatever order the rows
    come. Agrees with `roll_up`. group: which one it is, needed only for open prerequisites of a group without
    evidence. `weights` says what the weight of a counted piece is: its "share" in the value, or a mark on the pieces
    "looked_at" by a method whose value is no sum of them. Raises ValueError for evidence of more than one group, or
    where the policy needs to know when and the context does not say it.
    """
    check_context(policy, context)
    if len(evidence) and int(evidence.group.min()) != int(evidence.group.max()):
        raise ValueError("evidence held several groups. Explain one at a time")
    prepared = prepare(policy, evidence, context)
    pieces = prepared.pieces
    group = int(evidence.group[0]) if len(evidence) else group
    still_open = 0 if group is None else int(context.open_prerequisites(np.array([group]))[0])
    found = None if pieces is None else assess(policy, pieces, context, np.array([still_open]))
    level, flags = _level(prepared, found)
    rows = _piece_rows(prepared, evidence)
    case = Case(policy, pieces, evidence.id[rows], found, context, still_open)
    conditions = level_conditions(case)
    method = METHODS[policy.method]
    workings = (
        None if method.workings is None or pieces is None else method.workings(pieces, policy.parameters, policy.scale)
    )
    return {
        "level": LEVEL_NAMES[level],
        "next_level": None if level == Level.MASTERY else LEVEL_NAMES[level + 1],
        "value": None if found is None else rounded(float(found.value[0])),
        "value_unrounded": None if found is None else rounded(float(found.value_unrounded[0])),
        "workings": workings,
        "policy": explained_policy(policy),
        "context": explained_context(policy, context, still_open),
        "weights": "share" if method.is_sum else "looked_at",
        "counted": _counted(policy, prepared, evidence, rows, context),
        "ignored": _ignored(prepared, evidence),
        "conditions": conditions,
        "flags": flag_names(flags),
        "change": next_step(policy, evidence, pieces, level, conditions, context),
    }


def explained_context(policy: Policy, context: Context, still_open: int) -> Json:
    """What the judgement rests on besides the evidence; null where the policy does not look at it."""
    term = context.term_start if policy.needs_term else None
    return {
        "as_of": iso(context.now) if policy.needs_clock else None,
        "term_start": None if term is None else iso(term),
        "open_prerequisites": still_open if policy.needs_prerequisites else None,
    }


def explained_policy(policy: Policy) -> Json:
    """A policy as an explanation shows it, parameters and scale apart."""
    return {
        "version": policy.version,
        "method": policy.method,
        "parameters": dict(policy.parameters),
        "scale": scale_to_json(policy.scale),
        **settings_to_json(policy),
    }


def _level(prepared: Prepared, found: Assessed | None) -> tuple[Level, int]:
    is_awaiting = bool(prepared.is_awaiting.any())
    flags = int(Flag.AWAITING_JUDGEMENT) if is_awaiting else 0
    if found is None:
        return Level.BEGINNING if is_awaiting else Level.NOT_STARTED, flags
    return Level(int(found.level[0])), flags | int(found.flags[0])


def _rows(prepared: Prepared, evidence: EvidenceTable) -> Ints:
    """Table row of each place."""
    return np.arange(len(evidence)) if prepared.order is None else prepared.order


def _piece_rows(prepared: Prepared, evidence: EvidenceTable) -> Ints:
    """Table row of each piece; of a folded piece, its newest item."""
    if prepared.pieces is None:
        return np.empty(0, dtype=np.int64)
    return take(_rows(prepared, evidence), prepared.places)


def _counted(policy: Policy, prepared: Prepared, evidence: EvidenceTable, rows: Ints, context: Context) -> list[Json]:
    """The pieces in order, oldest first. weight: see `explain`; expired: too old to count for gates."""
    pieces = prepared.pieces
    if pieces is None:
        return []
    share = METHODS[policy.method].shares(pieces, policy.parameters, policy.scale)
    in_order = _rows(prepared, evidence)
    since = NODATE if policy.expires_after is None else context.days_ago(policy.expires_after)
    listed: list[Json] = []
    for piece, row in enumerate(rows.tolist()):
        items = np.array([row])
        if prepared.leader is not None:
            place = piece if prepared.places is None else int(prepared.places[piece])
            is_item = prepared.leader == place
            is_item &= True if prepared.reason is None else prepared.reason == Reason.COUNTED
            items = in_order[is_item]
        listed.append({
            **_named(evidence, row),
            "value": rounded(float(pieces.value[piece])),
            "weight": rounded(float(share[piece])),
            "expired": int(evidence.occurred_at[row]) < since,
            "row_weight": rounded(float(pieces.weight[piece])),
            "pass_mark": rounded(float(np.fmax.reduce(evidence.pass_mark[items]))),
            "items": [
                {"id": int(evidence.id[item]), "score": float(evidence.score[item]),
                 "possible": float(evidence.possible[item])}
                for item in items.tolist()
            ],
        })  # fmt: skip
    return listed


def _ignored(prepared: Prepared, evidence: EvidenceTable) -> list[Json]:
    """The rows that did not count and the code of the reason, oldest first."""
    if prepared.reason is None:
        return []
    rows = _rows(prepared, evidence)
    return [
        {**_named(evidence, int(rows[place])), "reason": REASON_NAMES[int(prepared.reason[place])]}
        for place in np.flatnonzero(prepared.reason).tolist()
    ]


def _named(evidence: EvidenceTable, row: int) -> Json:
    """What identifies a row: id, task, attempt, form, kind and times."""
    coded: Json = {}
    for name in ("task", "attempt", "form"):
        code = int(getattr(evidence, name)[row])
        names = evidence.names.get(name)
        coded[name] = None if code == NO_CODE else names[code] if names else code
    times = {name: iso(int(getattr(evidence, name)[row])) for name in ("occurred_at", "recorded_at", "due_at")}
    return {"id": int(evidence.id[row]), **coded, "kind": KIND_NAMES[int(evidence.kind[row])], **times}
