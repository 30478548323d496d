"""Server time of the class grid as a ratio to an empty view, both through the whole stack in one run.

python3 manage.py benchmark grid --learners 30 --milestones 40
"""

from __future__ import annotations

import argparse
import time
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from worlds import World, add_evidence, world

from assessments.models import LearnerCompetency
from milestones.recompute import recompute_statuses

PLUMBING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET LOCAL")


def cpu_ms(client: Client, address: str) -> float:
    start = time.process_time()
    response = client.get(address)
    spent = 1000 * (time.process_time() - start)
    assert response.status_code == 200, response.status_code
    return spent


def measure(place: World, rounds: int) -> None:
    client = Client()
    client.force_login(place.teacher)
    address = f"/classes/{place.section.public_id}/grid/"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    count = sum(not query["sql"].startswith(PLUMBING) for query in queries)
    grid, empty = [], []
    for _ in range(rounds):
        grid.append(cpu_ms(client, address))
        empty.append(cpu_ms(client, "/healthz"))
    ratio = median(grid) / median(empty)
    size = f"{len(place.learner_ids)} x {len(place.competency_ids)}"
    print(f"class grid {size}: {count} queries, {len(response.content) / 1024:.0f} KB")
    print(f"CPU {median(grid):.1f} ms, empty view {median(empty):.2f} ms, ratio {ratio:.1f} (median of {rounds})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--milestones", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    setup_test_environment()
    with world(options.learners, options.milestones) as place:
        add_evidence(place, 3)
        recompute_statuses(list(LearnerCompetency.objects.values_list("id", flat=True)), "benchmark")
        measure(place, options.rounds)


if __name__ == "__main__":
    main()
