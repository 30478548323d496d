"""Evidence rows per second from ledger to levels, as a ratio to reading the same rows and throwing them away.

python3 manage.py benchmark recompute --learners 100 --milestones 20 --pieces 10
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

from worlds import add_evidence, world

from assessments.models import LearnerCompetency
from milestones import bulk
from milestones.models import CompetencyStatus
from milestones.recompute import recompute_statuses
from milestones.services import BATCH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--milestones", type=int, default=20)
    parser.add_argument("--pieces", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rows = options.learners * options.milestones * options.pieces
    with world(options.learners, options.milestones) as place:
        add_evidence(place, options.pieces)
        ids = list(LearnerCompetency.objects.order_by("id").values_list("id", flat=True))
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        whole, again, read = [], [], []
        for _ in range(options.rounds):
            CompetencyStatus.objects.all().delete()
            whole.append(timed(lambda: [recompute_statuses(batch, "benchmark") for batch in batches]))
            again.append(timed(lambda: [recompute_statuses(batch, "benchmark") for batch in batches]))
            read.append(timed(lambda: [bulk.evidence_rows(batch) for batch in batches]))
    print(f"{rows:,} rows of evidence, {len(ids):,} levels, batches of {BATCH}, median of {options.rounds} rounds")
    for name, seconds in (("all levels new", median(whole)), ("nothing changed", median(again))):
        print(f"{name}: {rows / seconds:,.0f} rows/s, {seconds / median(read):.1f} x the bare read")


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
