"""One piece of evidence until its level is there, beside a bare INSERT of the same row through the same connection.

python3 manage.py benchmark one_evidence --history 20

Prints medians and 95th percentiles of both, taking turns, the ratio, CPU of this process and the number of statements:
of the service (record, lock, work out, write, audit) and of the whole request over the API.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from statistics import median, quantiles

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from worlds import World, add_evidence, world

from api.keys import SCOPES, create_client
from assessments.models import Evidence, LearnerCompetency
from assessments.pieces import Piece
from assessments.services import record_many
from competencies.models import Competency
from learners.models import Learner
from milestones.recompute import recompute_statuses
from tenancy.ids import uuid7

Timed = tuple[float, float]
numbers = count(1)
CONTROL = ("SAVEPOINT", "RELEASE", "SET LOCAL app.tenant_id = ''")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=int, default=20, help="pieces that are there already")
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    with world(3, 4) as place:
        add_evidence(place, options.history)
        recompute_statuses(list(LearnerCompetency.objects.values_list("id", flat=True)), "benchmark")
        post = request(place)
        pair = LearnerCompetency.objects.get(learner_id=place.learner_ids[1], competency_id=place.competency_ids[0]).pk
        bare, service, whole = [], [], []
        for _ in range(options.rounds):
            bare.append(timed(lambda: insert(place, pair)))
            service.append(timed(lambda: record_many(place.actor, pieces=[piece(place)])))
            whole.append(timed(post))
        with CaptureQueriesContext(connection) as queries:
            post()
    statements = [one for one in queries.captured_queries if not one["sql"].startswith(CONTROL)]
    print(
        f"{options.history} pieces before, {options.rounds} rounds; the request takes {len(statements) + 1} statements"
    )  # one opens the tenant, which is open here already
    floor = median(one[0] for one in bare)
    for name, found in (("bare insert", bare), ("piece and level", service), ("request and level", whole)):
        show(name, found, floor)


def timed(work: Callable[[], object]) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def piece(place: World) -> Piece:
    number = next(numbers)
    return Piece(
        learner_id=place.learner_ids[0], competency_id=place.competency_ids[0], kind="formative", task=f"t-{number}",
        possible=Decimal(4), score=Decimal(1 + number % 4), occurred_at=datetime.now(UTC) - timedelta(minutes=1),
        source="one", source_id=f"one-{number}",
    )  # fmt: skip


def insert(place: World, pair: int) -> None:
    """The row alone, for another learner, by the ORM's single INSERT."""
    one = piece(place)
    values = {name: getattr(one, name) for name in ("kind", "task", "possible", "score", "occurred_at", "source_id")}
    Evidence.objects.create(learner_competency_id=pair, source="bare", **values)


def request(place: World) -> Callable[[], object]:
    _, token = create_client(
        replace(place.actor, label="benchmark"), name=str(uuid7()), scopes=SCOPES,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    learner = str(Learner.objects.get(pk=place.learner_ids[2]).public_id)
    competency = str(Competency.objects.get(pk=place.competency_ids[0]).public_id)
    client = Client()

    def post() -> None:
        one = piece(place)
        body = {
            "learner": learner, "competency": competency, "kind": one.kind, "task": one.task, "possible": 4,
            "score": float(one.score or 0), "occurred_at": one.occurred_at.isoformat(), "source_id": one.source_id,
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/api/v1/evidence/", json.dumps(body), content_type="application/json", headers=headers)
        if answer.status_code != 201:
            raise SystemExit(f"the API answered {answer.status_code}: {answer.content!r}")

    return post


def show(name: str, found: list[Timed], floor: float) -> None:
    wall, cpu = [one[0] * 1000 for one in found], median(one[1] for one in found) * 1000
    tail = quantiles(wall, n=20)[-1]
    print(f"{name:<20}{median(wall):>8.2f} ms  p95 {tail:>8.2f} ms  {cpu:>7.2f} ms CPU here"
          f"{median(wall) / 1000 / floor:>8.1f} x")  # fmt: skip


if __name__ == "__main__":
    main()
