"""A whole tenant from ledger to levels, beside reading the same rows with COPY and throwing them away.

python3 manage.py benchmark recompute --rows 1000000

Prints, all in one run: every level new, nothing changed, 5 % changed, a new rule for every level, and what a trial of a
policy does (levels worked out without being written), each as a ratio to the bare read; CPU seconds of this process
beside wall time; the peak of its memory. Everything is rolled back at the end.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from big_tenant import big_tenant, checks_keys, spoil
from django.db import connection

from competencies.book import policy_book
from competencies.models import PolicyVersion
from milestones.columns import OF_RANGE, index_order
from milestones.judging import Circumstances
from milestones.whole import CHUNK, read_chunks, read_pairs, recompute_tenant
from status_engine import roll_up
from tenancy.context import current_tenant_id, tenant_context

Timed = tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--per-level", type=int, default=20, help="pieces per learner and competency")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with big_tenant(options.rows, options.per_level) as tenant_id:
        print(f"{options.rows:,} rows of evidence, {options.rows // options.per_level:,} levels, chunks of {CHUNK:,}")
        if not checks_keys(options.rows):
            print("the checks of foreign keys, at the end of a transaction, are not in these figures")
        first = timed(lambda: recompute_tenant(tenant_id, "benchmark"))
        rounds: dict[str, list[Timed]] = {"read": [], "unchanged": [], "changed": [], "trial": [], "new version": []}
        for _ in range(options.rounds):
            rounds["read"].append(timed(lambda: bare_read(tenant_id)))
            rounds["unchanged"].append(timed(lambda: recompute_tenant(tenant_id, "benchmark")))
            spoil(tenant_id, 20)
            rounds["changed"].append(timed(lambda: recompute_tenant(tenant_id, "benchmark")))
            rounds["trial"].append(timed(lambda: trial(tenant_id)))
            new_version(tenant_id)
            rounds["new version"].append(timed(lambda: recompute_tenant(tenant_id, "policy")))
        read = median(one[0] for one in rounds["read"])
        show("bare read", rounds["read"], read, options.rows)
        show("every level new", [first], read, options.rows)
        show("nothing changed", rounds["unchanged"], read, options.rows)
        show("5 % changed", rounds["changed"], read, options.rows)
        show("a new rule: all written", rounds["new version"], read, options.rows)
        show("tried, not written", rounds["trial"], read, options.rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:,.0f} MB")


def timed(work: Callable[[], object]) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def bare_read(tenant_id: int) -> None:
    """The same rows in the same chunks through the same statement, thrown away."""
    with tenant_context(tenant_id), connection.cursor() as cursor:
        operations: Any = connection.ops
        for pairs in read_pairs(CHUNK):
            values = {"tenant": current_tenant_id(), "low": int(pairs.id[0]), "high": int(pairs.id[-1])}
            with index_order(cursor, OF_RANGE), cursor.copy(operations.compose_sql(OF_RANGE, values)) as copy:
                for _ in copy:
                    pass


def trial(tenant_id: int) -> None:
    with tenant_context(tenant_id):
        book, circumstances = policy_book(), Circumstances()
        for chunk in read_chunks(book):
            policy = book.nearest().policy
            roll_up(policy, chunk.table, chunk.pairs.id, circumstances.of(policy, chunk.pairs))


def new_version(tenant_id: int) -> None:
    """A policy that gives every level another value, and so has every status written."""
    with tenant_context(tenant_id):
        old = PolicyVersion.objects.order_by("-number")[0]
        rule = {**old.rule, "weight": 0.6 if old.number % 2 else 0.65}
        PolicyVersion.objects.create(policy_id=old.policy_id, number=old.number + 1, scale_id=old.scale_id, rule=rule)


def show(name: str, found: list[Timed], read: float, rows: int) -> None:
    wall, cpu = median(one[0] for one in found), median(one[1] for one in found)
    print(
        f"{name:<24}{wall:>8.2f} s {cpu:>8.2f} CPU-s here {rows / wall:>12,.0f} rows/s {wall / read:>7.2f} x the read"
    )


if __name__ == "__main__":
    main()
