"""A short digest per status: what makes a stored level checkable against the ledger without storing its explanation.

Worked out for all groups at once from what the level rests on (every row's id, score, possible, weight, state) and what
came out (level, value, pieces, flags) under one policy. Sums wrap around 2**64, so the order of rows does not matter.
The mixing steps are those of SplitMix64 (Steele, Lea, Flood 2014).
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from .canonical import canonical_json
from .context import NOWHERE, Context
from .policy import Policy, policy_to_json
from .rollup import RollUp
from .table import EvidenceTable

Hashes = npt.NDArray[np.uint64]


def fingerprints(policy: Policy, evidence: EvidenceTable, answer: RollUp, context: Context = NOWHERE) -> list[str]:
    """16 hex digits for each group of the answer, in its order. Rows of other groups are left out."""
    seed = int.from_bytes(hashlib.sha256(canonical_json(policy_to_json(policy))).digest()[:8], "big")
    with np.errstate(over="ignore"):
        rows = _mixed(evidence.id)
        for figure in (evidence.score, evidence.possible, evidence.weight):
            rows = _mixed(rows ^ _bits(figure))
        rows = _mixed(rows ^ _mixed(evidence.state.astype(np.int64)) ^ _mixed(evidence.occurred_at))
        sums = np.zeros(len(answer), np.uint64)
        place = np.searchsorted(answer.group, evidence.group)
        known = place < len(answer)
        known[known] = answer.group[place[known]] == evidence.group[known]
        np.add.at(sums, place[known], rows[known])
        for column in (answer.level.astype(np.int64), answer.pieces.astype(np.int64), answer.flags.astype(np.int64)):
            sums = _mixed(sums + _mixed(column))
        cents = np.where(np.isnan(answer.value), -1.0, np.round(answer.value * 100)).astype(np.int64)
        sums = _mixed(sums + _mixed(cents) + np.uint64(seed))
    return [f"{value:016x}" for value in sums.tolist()]


def _bits(column: npt.NDArray[np.float64]) -> Hashes:
    return np.ascontiguousarray(column, np.float64).view(np.uint64)


def _mixed(value: npt.NDArray[Any]) -> Hashes:
    """Every bit of the input moves about half of the bits of the output."""
    mixed = value.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result
