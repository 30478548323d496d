"""Evidence through the API, one piece or thousands; the preview that writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from api.models import IdempotentAnswer
from api.v1.preview_serializers import PreviewEvidenceSerializer, PreviewPolicySerializer
from assessments.models import Evidence, StaleMark
from milestones.models import CompetencyStatus
from milestones.services import drain_tenant
from status_engine.policy_parse import KEYS
from status_engine.rows import ROW_KEYS
from tenancy.context import tenant_context
from tests.builders import Cast, World

WHEN = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def post(world: World, path: str, body: Any, **headers: str) -> Any:
    response = Client().post(
        f"/api/v1/{path}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {world.token}", **headers},
    )
    return response.status_code, response.json()


def row(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "learner": str(world.learner.public_id),
        "competency": str(world.competencies[3].public_id),
        "score": 3,
        "possible": 4,
        "occurred_at": WHEN,
        "task": "quiz-1",
        "kind": "summative",
        "source_id": "a-1",
        **changes,
    }


def test_one_piece_is_recorded_and_its_level_is_there_at_once(cast: Cast) -> None:
    world = cast.home
    status, body = post(world, "evidence/", row(world))
    assert (status, body["outcome"]) == (201, "created")
    with tenant_context(world.tenant.pk):
        assert str(Evidence.objects.get(source_id="a-1").public_id) == body["id"]
        assert CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[3]).level == 2
    again = post(world, "evidence/", row(world))
    assert again == (200, {**body, "outcome": "unchanged"})
    status, body = post(world, "evidence/", row(world, score=1))
    assert (status, body["code"]) == (409, "conflict")


def test_learner_by_roster_id_and_competency_by_case_identifier(cast: Cast) -> None:
    world = cast.home
    identifier = world.competencies[3].identifier.upper()
    assert post(world, "evidence/", row(world, learner="LKV-Ana", competency=identifier))[0] == 201


def test_a_list_answers_for_every_row_in_order(cast: Cast) -> None:
    world, away = cast.home, cast.away
    rows = [
        row(world, source_id="1"),
        row(world, source_id="2", learner=str(away.learner.public_id)),
        row(world, source_id="3", score="three"),
        row(world, source_id="4", occurred_at="2026-01-01T10:00:00"),
        row(world, source_id="5", possible=0),
        row(world, source_id="1"),
        row(world, source_id="1", score=1),
        {"learner": 5},
        "text",
    ]
    status, body = post(world, "evidence/", rows)
    assert status == 200
    assert [result["outcome"] for result in body["results"]] == [
        "created",
        *["rejected"] * 4,
        "unchanged",
        *["rejected"] * 3,
    ]
    assert (body["created"], body["unchanged"], body["rejected"]) == (1, 1, 7)
    fields = [result.get("errors", [{}])[0].get("field") for result in body["results"]]
    assert fields[1:5] == ["learner", "score", "occurred_at", "possible"]
    assert fields[6] == "source_id"


def test_an_id_of_another_tenant_reads_like_one_that_never_was(cast: Cast) -> None:
    world = cast.home
    for field, foreign in (
        ("learner", cast.away.learner.public_id),
        ("competency", cast.away.competencies[0].public_id),
    ):
        answers = [
            post(world, "evidence/", row(world, **{field: str(one)}))
            for one in (foreign, "01900000-0000-7000-8000-000000000000")
        ]
        texts = [
            str(body).replace(str(foreign), "X").replace("01900000-0000-7000-8000-000000000000", "X")
            for _, body in answers
        ]
        assert [status for status, _ in answers] == [400, 400]
        assert texts[0] == texts[1]


def test_thousands_are_recorded_at_once_and_worked_out_by_the_worker(cast: Cast) -> None:
    world = cast.home
    learners = [str(one.public_id) for one in (world.learner, world.classmate, world.stranger_learner)]
    rows = [
        row(
            world,
            source_id=str(n),
            task=f"t{n}",
            learner=learners[n % 3],
            competency=str(world.competencies[n % 4].public_id),
            score=n % 5,
        )
        for n in range(5000)
    ]
    status, body = post(world, "evidence/", rows)
    assert (status, body["created"], body["rejected"]) == (200, 5000, 0)
    assert post(world, "evidence/", rows)[1]["unchanged"] == 5000
    with tenant_context(world.tenant.pk):
        waiting = StaleMark.objects.count()
    assert waiting in {0, 12}  # twelve levels are few: they may have been worked out at once
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[3]).pieces > 100
    status, body = post(world, "evidence/", [*rows, rows[0]])
    assert (status, body["code"]) == (400, "invalid")


def test_an_idempotency_key_gives_the_first_answer_again(cast: Cast) -> None:
    world, key = cast.home, {"Idempotency-Key": "k-1"}
    body = row(world)
    del body["source_id"]
    first = post(world, "evidence/", body, **key)
    assert first[0] == 201
    assert post(world, "evidence/", body, **key) == first
    status, answer = post(world, "evidence/", {**body, "score": 1}, **key)
    assert (status, answer["code"]) == (422, "idempotency_key_reused")
    assert post(world, "evidence/", body, **{"Idempotency-Key": "x" * 256})[0] == 400
    with tenant_context(world.tenant.pk):
        assert Evidence.objects.filter(task="quiz-1").count() == 1


def test_a_refused_request_is_not_remembered(cast: Cast) -> None:
    world, key = cast.home, {"Idempotency-Key": "k-2"}
    assert post(world, "evidence/", row(world, possible=0), **key)[0] == 400
    with tenant_context(world.tenant.pk):
        assert not IdempotentAnswer.objects.exists()
    assert post(world, "evidence/", row(world), **key)[0] == 201


POLICY = {"method": "ewma", "weight": 0.65, "points_possible": 5, "meets_at": 3, "developing_at": 2, "mastery_at": 4}
PIECES = [
    {
        "score": score,
        "possible": 5,
        "occurred_at": f"2026-03-0{day}T09:00:00+00:00",
        "task": f"t{day}",
        "kind": "formative",
        "weight": 1,
    }
    for day, score in enumerate((2, 3, 4), 1)
]


@pytest.mark.parametrize(
    ("changes", "value", "level"),
    [
        ({}, 3.53, "meets"),
        ({"weight": 65}, 3.53, "meets"),
        ({"method": "last_vs_rest"}, 3.48, "meets"),
        ({"method": "highest", "weight": None}, 4, "mastery"),
        ({"method": "mean", "weight": None}, 3, "meets"),
        ({"method": "latest", "weight": None, "gates": {"meets": {"min_pieces": 4}}}, 4, "developing"),
        ({"method": "n_times", "n": 2, "weight": None}, 3.5, "meets"),
    ],
)
def test_the_preview_tries_a_policy(cast: Cast, changes: dict[str, Any], value: float, level: str) -> None:
    policy = {name: value for name, value in {**POLICY, **changes}.items() if value is not None}
    with tenant_context(cast.home.tenant.pk):
        before = Evidence.objects.count()
    status, body = post(cast.home, "status-preview/", {"policy": policy, "evidence": PIECES})
    assert (status, body["value"], body["level"]) == (200, value, level)
    assert len(body["counted"]) == 3
    assert body["explanation"]["level"] == level
    with tenant_context(cast.home.tenant.pk):
        assert Evidence.objects.count() == before


@pytest.mark.parametrize(
    ("policy", "evidence", "field"),
    [
        ({**POLICY, "weight": 120}, PIECES, "weight"),
        ({**POLICY, "method": "magic"}, PIECES, "method"),
        ({**POLICY, "colour": 1}, PIECES, "colour"),
        ({**POLICY, "meets_at": 9}, PIECES, "meets_at"),
        (POLICY, [{"score": 1, "possible": 0}], "evidence[0].possible"),
        (POLICY, [{"score": 1, "possible": 5, "occurred_at": "2026-03-01T09:00:00"}], "evidence[0].occurred_at"),
    ],
)
def test_a_bad_preview_names_the_field(cast: Cast, policy: dict[str, Any], evidence: list[Any], field: str) -> None:
    status, body = post(cast.home, "status-preview/", {"policy": policy, "evidence": evidence})
    assert status == 400
    assert field in [error["field"] for error in body["errors"]]


def test_a_preview_of_nothing_is_not_started(cast: Cast) -> None:
    status, body = post(cast.home, "status-preview/", {"policy": POLICY, "evidence": []})
    assert (status, body["value"], body["level"]) == (200, None, "not-started")


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rule", "days_old", "counted", "level"),
    [
        ({"window": {"days": 30}}, (60, 2), 1, "mastery"),
        ({"window": {"days": 90}}, (60, 2), 2, "meets"),
        ({"gates": {"meets": {"within_days": 7}, "mastery": {}}}, (60, 10), 2, "developing"),
        ({"gates": {"meets": {"within_days": 14}, "mastery": {}}}, (60, 10), 2, "meets"),
        ({"expires_after": 30, "gates": {"meets": {"min_pieces": 2}}}, (60, 2), 2, "developing"),
        ({"expires_after": 90, "gates": {"meets": {"min_pieces": 2}}}, (60, 2), 2, "meets"),
    ],
)
def test_a_preview_of_a_rule_that_counts_days_is_of_today(
    cast: Cast, rule: dict[str, Any], days_old: tuple[int, int], counted: int, level: str
) -> None:
    now = datetime.now(UTC)
    pieces = [
        {"score": score, "possible": 5, "occurred_at": (now - days * DAY).isoformat(), "task": f"t{score}"}
        for score, days in zip((2, 4), days_old, strict=True)
    ]
    policy = {**POLICY, "method": "mean", "gates": {"mastery": {}}, **rule}
    status, body = post(cast.home, "status-preview/", {"policy": _without_weight(policy), "evidence": pieces})
    assert (status, len(body["counted"]), body["level"]) == (200, counted, level)


def test_a_preview_of_this_term_leaves_out_what_was_before(cast: Cast) -> None:
    """The year of the cast began 90 days ago."""
    rows = [{**PIECES[0], "occurred_at": (datetime.now(UTC) - days * DAY).isoformat()} for days in (100, 3)]
    policy = _without_weight({**POLICY, "method": "mean", "window": {"term": True}})
    status, body = post(cast.home, "status-preview/", {"policy": policy, "evidence": rows})
    assert (status, len(body["counted"])) == (200, 1)
    assert [one["reason"] for one in body["ignored"]] == ["outside_window"]


def _without_weight(policy: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in policy.items() if name != "weight"}


def test_every_key_that_a_preview_takes_is_documented() -> None:
    assert set(PreviewPolicySerializer().fields) == set(KEYS)
    assert set(PreviewEvidenceSerializer().fields) == set(ROW_KEYS) - {"group"}
