"""Pages of a teacher's day at several sizes, as ratios to an empty answer through the same stack in the same run.

python3 manage.py benchmark web --milestones 60

For a class of 3, 30 and 300 learners: median time and CPU of grid, Today and groups by shared gap, their ratio to the
empty answer, the number of queries, and what ten times as many learners cost.
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
from interventions.watching import look_at
from milestones.recompute import recompute_statuses

EMPTY = "/healthz"
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET LOCAL")
Figures = dict[str, tuple[float, float, int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--milestones", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    setup_test_environment(debug=False)
    found = {}
    for learners in (3, 30, 300):
        found[learners] = pages = figures(learners, options.milestones, options.rounds)
        empty = pages[EMPTY][0]
        for page, (ms, cpu, queries) in pages.items():
            print(f"{learners:4} {page:9} {ms:8.1f} ms {cpu:8.1f} ms CPU {queries:4} queries {ms / empty:7.1f} ×")
    for page in found[30]:
        print(f"{page:10} 300 beside 30 learners: {found[300][page][0] / found[30][page][0]:.1f} ×")


def figures(learners: int, milestones: int, rounds: int) -> Figures:
    """{page: (ms, ms of CPU, queries)}."""
    with world(learners, milestones) as place:
        add_evidence(place, 1)
        recompute_statuses(list(LearnerCompetency.objects.values_list("id", flat=True)), "benchmark")
        look_at(place.learner_ids)
        client = Client()
        client.force_login(place.teacher)
        addresses = {EMPTY: EMPTY, "grid": grid_of(place), "today": "/today/", "groups": "/groups/"}
        times: dict[str, list[tuple[float, float]]] = {page: [] for page in addresses}
        for _ in range(rounds):  # in turn, so that what else the machine does is spread over all
            for page, address in addresses.items():
                times[page].append(timed(client, address))
        found = {}
        for page, address in addresses.items():
            walls, cpus = zip(*times[page], strict=True)
            found[page] = (median(walls), median(cpus), queries_of(client, address))
        return found


def grid_of(place: World) -> str:
    return f"/classes/{place.section.public_id}/grid/"


def timed(client: Client, address: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return sum(not one["sql"].startswith(CONTROL) for one in queries.captured_queries)


if __name__ == "__main__":
    main()
