"""All levels of a tenant at once, in chunks: read as columns, judged, and either compared or written.

Memory holds one chunk. Each chunk is one transaction of its own, so that a killed run leaves whole chunks, nobody waits
long for a lock, and the next run goes on where something still differs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from competencies.book import PolicyBook, policy_book
from milestones import bulk
from milestones.columns import (
    Evidence,
    Ints,
    Statuses,
    fetch,
    native,
    read_evidence_between,
    read_statuses_between,
    row_of,
)
from milestones.judging import Circumstances, Pairs, versions_for
from milestones.recompute import Ledger, recompute_locked
from status_engine import Context, EvidenceTable, Policy
from tenancy.context import tenant_context

CHUNK = 10_000  # pairs; about 200,000 rows of evidence where a learner has twenty pieces
PAIRS = """
COPY (SELECT id, learner_id, competency_id FROM assessments_learnercompetency
WHERE tenant_id = %(tenant)s AND id > %(after)s ORDER BY id LIMIT %(limit)s) TO STDOUT (FORMAT BINARY)
"""
COUNT = "SELECT count(*) FROM assessments_learnercompetency WHERE tenant_id = %(tenant)s"
PAIR_ROW = row_of([("id", "i8"), ("learner", "i8"), ("competency", "i8")])
Progress = Callable[[int, int], bool]
"""Called after each chunk with (pairs done, pairs in all); answers whether to go on."""


class Cancelled(Exception):
    """Somebody asked the run to stop. What is done stays done."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some pairs with everything needed to judge them. levels: int64[p], the stored computed level, 0 = no status."""

    pairs: Pairs
    evidence: Evidence
    stored: Statuses
    version: Ints

    @property
    def levels(self) -> Ints:
        level = np.zeros(len(self.pairs), np.int64)
        level[np.searchsorted(self.pairs.id, self.stored.pair)] = self.stored.computed
        return level

    @property
    def table(self) -> EvidenceTable:
        """The standing evidence for the engine; groups are pairs."""
        return self.evidence.table()

    def rows(self, chosen: npt.NDArray[np.bool_]) -> "Chunk":
        """The pairs where a mask holds, with what belongs to them."""
        pairs = self.pairs.rows(chosen)
        evidence = self.evidence.rows(np.isin(self.evidence.pair, pairs.id))
        return Chunk(pairs, evidence, self.stored.rows(np.isin(self.stored.pair, pairs.id)), self.version[chosen])

    def context(self, policy: Policy, circumstances: Circumstances) -> Context:
        return circumstances.of(policy, self.pairs)


def count_pairs() -> int:
    return int(bulk.rows(COUNT)[0][0])


def read_pairs(size: int = CHUNK) -> Iterator[Pairs]:
    """Every pair of the open tenant in ascending order, so many at a time. Nothing is locked."""
    pairs = _pairs_after(0, size)
    while len(pairs):
        yield pairs
        pairs = _pairs_after(int(pairs.id[-1]), size)


def read_chunks(book: PolicyBook, size: int = CHUNK) -> Iterator[Chunk]:
    """Every pair with its standing evidence, its status and its version: for looking, not for writing."""
    for pairs in read_pairs(size):
        low, high = int(pairs.id[0]), int(pairs.id[-1])
        evidence = read_evidence_between(low, high).standing()
        yield Chunk(pairs, evidence, read_statuses_between(low, high), versions_for(book, pairs))


def recompute_tenant(tenant_id: int, cause: str, progress: Progress | None = None, size: int = CHUNK) -> int:
    """Work out every level of a tenant and write what differs. Returns how many levels moved.

    Raises Cancelled where `progress` answers False. May be run again at any time, and beside everything else.
    """
    moved, done, after = 0, 0, 0
    with tenant_context(tenant_id):
        total = count_pairs()
    while True:
        with tenant_context(tenant_id):
            keys = _pairs_after(after, size).id
            if not len(keys):
                return moved
            low, high = int(keys[0]), int(keys[-1])
            pairs = bulk.lock_pairs_between(low, high)
            ledger = Ledger(read_evidence_between(low, high), read_statuses_between(low, high))
            moved += recompute_locked(pairs, ledger, policy_book(), cause)
        done, after = done + len(keys), int(keys[-1])
        if progress is not None and not progress(done, max(total, done)):
            raise Cancelled(f"stopped after {done} of {total} levels")


def _pairs_after(after: int, limit: int) -> Pairs:
    raw = fetch(PAIRS, PAIR_ROW, after=after, limit=limit)
    return Pairs(native(raw, "id"), native(raw, "learner"), native(raw, "competency"))
