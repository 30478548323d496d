"""Many writers at once: the level is what all of the evidence implies, once, and nobody waits for ever."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from assessments.models import Evidence
from assessments.services import correct_evidence, record_evidence, withdraw_evidence
from milestones.models import CompetencyStatus, MilestoneStatus, StatusChange
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tests.builders import Cast, World, piece
from tests.concurrency.together import at_once, ledger_of, status_faults

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def recording(world: World, competency: int, score: float, minute: int) -> Any:
    def work() -> str:
        with tenant_context(world.tenant.pk):
            moment = START + timedelta(minutes=minute)
            one = piece(world, world.classmate, world.competencies[competency], score, occurred_at=moment)
            return str(record_evidence(world.system, piece=one).public_id)

    return work


def test_eight_writers_on_one_level(committed_cast: Cast) -> None:
    """CON-1: bursts of eight; after each the level equals the ledger."""
    world, dice = committed_cast.home, random.Random(7)
    for burst in range(12):
        works = [recording(world, 3, dice.choice((1, 2, 3, 4)), 8 * burst + n) for n in range(8)]
        answers = at_once(works)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        with tenant_context(world.tenant.pk):
            status = CompetencyStatus.objects.get(learner=world.classmate, competency=world.competencies[3])
            assert len(ledger_of(status.learner_competency_id)) == 8 * (burst + 1)
            assert status.watermark == Evidence.objects.order_by("-id").values_list("id", flat=True)[0]
            assert status_faults() == []


def test_planted_wrong_level_is_found(cast: Cast) -> None:
    with tenant_context(cast.home.tenant.pk):
        assert status_faults() == []
        CompetencyStatus.objects.filter(learner=cast.home.learner).update(level=4)
        assert len(status_faults()) == 1
        StatusChange.objects.create(
            learner=cast.home.learner,
            competency=cast.home.competencies[0],
            from_level=1,
            to_level=4,
            applies_from=START,
        )
        assert len(status_faults()) == 2


def test_two_competencies_of_one_milestone(committed_cast: Cast) -> None:
    """The other tenant does the same one after the other: same levels, same milestone."""
    home, away, dice = committed_cast.home, committed_cast.away, random.Random(11)
    for turn in range(12):
        scores = [dice.choice((1, 2, 3, 4)) for _ in range(4)]
        places = [(1 + n % 2, score, 4 * turn + n) for n, score in enumerate(scores)]
        answers = at_once([recording(home, *place) for place in places])
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        for place in places:
            recording(away, *place)()
        assert standing_of(home) == standing_of(away), turn


def standing_of(world: World) -> list[Any]:
    with tenant_context(world.tenant.pk):
        assert status_faults() == []
        competencies = CompetencyStatus.objects.filter(learner=world.classmate).order_by("competency__code")
        milestone = MilestoneStatus.objects.get(learner=world.classmate, milestone=world.other_milestone)
        last = (
            StatusChange.objects.filter(learner=world.classmate, milestone=world.other_milestone)
            .order_by("-id")
            .first()
        )
        assert last is None or last.to_level == milestone.level
        return [list(competencies.values_list("level", "value")), milestone.level, milestone.criteria_met]


def sent(world: World, **values: Any) -> dict[str, Any]:
    data = {
        "learner": str(world.classmate.public_id), "competency": str(world.competencies[3].public_id), "score": 3,
        "possible": 4, "occurred_at": START.isoformat(), "task": "quiz", "kind": "formative",
    }  # fmt: skip
    return {**data, **values}


def posting(world: World, data: Any, **headers: str) -> Any:
    def work() -> tuple[int, Any]:
        client = Client(raise_request_exception=False)
        authorization = {"Authorization": f"Bearer {world.token}", **headers}
        response = client.post(
            "/api/v1/evidence/", json.dumps(data), content_type="application/json", headers=authorization
        )
        return response.status_code, json.loads(response.content)

    return work


def pieces_of(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(Evidence.objects.filter(learner_competency__competency=world.competencies[3]).count())


def test_twenty_copies_with_one_source_id(committed_cast: Cast) -> None:
    """IDM-1: one effect; the others are told that it is there, with the same identifier."""
    world = committed_cast.home
    answers: list[Any] = at_once([posting(world, sent(world, source_id="s-1"))] * 20)
    assert Counter(status for status, _ in answers) == {201: 1, 200: 19}
    assert len({body["id"] for _, body in answers}) == 1
    assert pieces_of(world) == 1


def test_twenty_copies_with_one_idempotency_key(committed_cast: Cast) -> None:
    """IDM-2: without a source_id of its own, the key makes them one."""
    world = committed_cast.home
    answers: list[Any] = at_once([posting(world, sent(world), **{"Idempotency-Key": "k-1"})] * 20)
    assert {status for status, _ in answers} <= {201, 409}
    assert [status for status, _ in answers].count(201) >= 1
    assert len({body["id"] for status, body in answers if status == 201}) == 1
    assert pieces_of(world) == 1
    again = posting(world, sent(world), **{"Idempotency-Key": "k-1"})()
    assert again in answers
    assert posting(world, sent(world, score=1), **{"Idempotency-Key": "k-1"})()[0] == 422
    assert pieces_of(world) == 1


def test_same_key_and_source_id_in_two_tenants(committed_cast: Cast) -> None:
    """TEN-10: keys of one tenant mean nothing in another."""
    works = [
        posting(world, sent(world, source_id="s-1"), **{"Idempotency-Key": "k-1"})
        for world in (committed_cast.home, committed_cast.away)
    ]
    answers: list[Any] = at_once(works)
    assert [status for status, _ in answers] == [201, 201]
    assert answers[0][1]["id"] != answers[1][1]["id"]


def test_corrections_at_once(committed_cast: Cast) -> None:
    """One correction stands, the others are conflicts; nothing is silently overwritten."""
    world = committed_cast.home

    def correcting(score: int) -> Any:
        def work() -> str:
            with tenant_context(world.tenant.pk):
                return str(correct_evidence(world.system, evidence=world.evidence, score=Decimal(score)).pk)

        return work

    def withdrawing() -> str:
        with tenant_context(world.tenant.pk):
            return str(withdraw_evidence(world.system, evidence=world.evidence, reason="").pk)

    answers = at_once([correcting(1), correcting(2), correcting(3), withdrawing])
    assert Counter(type(answer).__name__ for answer in answers) == {"str": 1, "Conflict": 3}
    assert all(isinstance(answer, str | Conflict) for answer in answers)
    with tenant_context(world.tenant.pk):
        assert Evidence.objects.filter(supersedes=world.evidence).count() == 1


def test_mixed_batches_do_not_deadlock(committed_cast: Cast) -> None:
    """CON-5: lists over the same levels in different orders; nobody gets an error."""
    world, dice = committed_cast.home, random.Random(3)
    people = [world.learner, world.classmate, world.stranger_learner]

    def batch(n: int) -> list[dict[str, Any]]:
        moment = (START + timedelta(minutes=n)).isoformat()
        rows = []
        for one in people:
            for competency in world.competencies:
                place = {"learner": str(one.public_id), "competency": str(competency.public_id), "occurred_at": moment}
                score, source_id = dice.choice((1, 2, 3, 4)), f"{n}-{one.pk}-{competency.pk}"
                rows.append(sent(world, **place, score=score, source_id=source_id, task=f"t-{n}"))
        dice.shuffle(rows)
        return rows

    for turn in range(3):
        answers: list[Any] = at_once([posting(world, batch(8 * turn + n)) for n in range(8)])
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert {status for status, _ in answers} == {200}
        assert sum(body["created"] for _, body in answers) == 8 * 12
    with tenant_context(world.tenant.pk):
        assert status_faults() == []
