"""A short digest per status: what makes a stored level checkable against the ledger without storing its explanation.

Worked out for all groups at once from everything a level and its explanation rest on (every column of every row, the
policy, and of the context what the policy looks at) and what came out (level, value, pieces, flags). Codes of tasks,
attempts and forms are numbers of one call; where their names are known, those count. Sums wrap around 2**64, so the
order of rows does not matter. The mixing steps are those of SplitMix64 (Steele, Lea, Flood 2014).
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import is_constant
from .canonical import canonical_json
from .context import NOWHERE, Context
from .kinds import NO_CODE
from .policy import Policy, policy_to_json
from .rollup import RollUp
from .table import EvidenceTable

Hashes = npt.NDArray[np.uint64]
COLUMNS = ("score", "possible", "weight", "pass_mark", "state", "kind", "occurred_at", "recorded_at", "due_at")
CODED = ("task", "attempt", "form")


def fingerprints(policy: Policy, evidence: EvidenceTable, answer: RollUp, context: Context = NOWHERE) -> list[str]:
    """16 hex digits for each group of the answer, in its order. Rows of other groups are left out.

    The same context must be given as the answer was worked out with: a policy that counts days has another digest at
    another moment.
    """
    with np.errstate(over="ignore"):
        rows = _rows(evidence)
        sums = np.zeros(len(answer), np.uint64)
        place = np.searchsorted(answer.group, evidence.group)
        known = place < len(answer)
        known[known] = answer.group[place[known]] == evidence.group[known]
        np.add.at(sums, place[known], rows[known])
        figures: list[npt.NDArray[Any]] = [answer.level, answer.pieces, answer.flags, _cents(answer.value)]
        if policy.needs_prerequisites:
            figures.append(context.open_prerequisites(answer.group))
        for figure in figures:
            sums = _mixed(sums + _mixed(figure.astype(np.int64)))
        sums = _mixed(sums + _seed(policy, context))
    return [f"{value:016x}" for value in sums.tolist()]


def _rows(evidence: EvidenceTable) -> Hashes:
    """uint64[n]: one number for all that is known about a row, but its group."""
    rows = _mixed(evidence.id)
    for name in COLUMNS:
        rows = _mixed(rows ^ _bits(getattr(evidence, name)))
    for name in CODED:
        rows = _mixed(rows ^ _named(evidence, name))
    return rows


def _named(evidence: EvidenceTable, name: str) -> Hashes:
    """The codes of a column as what they stand for. Each name is hashed once, then taken by code."""
    codes, names = getattr(evidence, name), evidence.names.get(name)
    if not names:
        return _bits(codes)
    hashed = [_sha(one) for one in names]
    return np.where(codes == NO_CODE, np.uint64(0), np.array(hashed, np.uint64)[np.maximum(codes, 0)])


def _seed(policy: Policy, context: Context) -> np.uint64:
    """What holds for every group: the policy, and the moments it looks at."""
    return _sha({
        "policy": policy_to_json(policy), "as_of": context.now if policy.needs_clock else None,
        "term_start": context.term_start if policy.needs_term else None,
    })  # fmt: skip


def _sha(data: object) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(canonical_json(data)).digest()[:8], "big"))


def _cents(value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Whole hundredths, and one that is no value for none."""
    return np.where(np.isnan(value), -1e12, np.round(value * 100))


def _bits(column: npt.NDArray[Any]) -> Hashes:
    """uint64[n], or [1] for a column that says the same in every row. -0.0 is 0.0, and every NaN the same."""
    one = column[:1] if is_constant(column) else column
    if one.dtype.kind != "f":
        return one.astype(np.int64).astype(np.uint64)
    plain = np.where(np.isnan(one), np.nan, one + 0.0)
    return np.ascontiguousarray(plain, np.float64).view(np.uint64)


def _mixed(value: npt.NDArray[Any]) -> Hashes:
    """Every bit of the input moves about half of the bits of the output."""
    mixed = value.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result
