"""One piece over the API: at most six statements, and the same levels as working everything out anew."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Evidence
from assessments.services import correct_evidence, withdraw_evidence
from milestones.models import CompetencyStatus, MilestoneStatus, StatusChange
from milestones.selectors import competency_reason
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tests.builders import Cast, World

# The last but one closes a nested tenant; the last one is the log of the API, which every call is kept in.
APART = ("SAVEPOINT", "RELEASE", "SET LOCAL app.tenant_id = ''", 'INSERT INTO "api_apirequest"')


def post(world: World, number: int, **values: Any) -> Any:
    row = {
        "learner": str(world.learner.public_id), "competency": str(world.competencies[0].public_id),
        "kind": "formative", "task": f"task-{number}", "possible": 4, "score": 3,
        "occurred_at": timezone.now().isoformat(), "source_id": f"one-{number}", **values,
    }  # fmt: skip
    return Client().post(
        "/api/v1/evidence/", row, content_type="application/json", headers={"Authorization": f"Bearer {world.token}"}
    )


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [one["sql"] for one in queries.captured_queries if not one["sql"].startswith(APART)]


@pytest.mark.parametrize("history", [0, 1, 40])
def test_one_piece_takes_six_statements_at_most(cast: Cast, history: int) -> None:
    world = cast.home
    competency = str(world.competencies[3].public_id)
    for number in range(history):
        assert post(world, 1000 + number, competency=competency, score=1).status_code == 201
    if not history:
        post(world, 999, learner=str(world.stranger_learner.public_id))  # the process has seen the policy before
    with CaptureQueriesContext(connection) as queries:
        assert post(world, 1, competency=competency, score=4).status_code == 201
    assert len(statements(queries)) <= 6, statements(queries)
    with tenant_context(world.tenant.pk):
        status = CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[3])
        assert (status.pieces, status.level > 0) == (history + 1, True)


def test_sending_it_again_changes_nothing_and_other_content_is_a_conflict(cast: Cast) -> None:
    world, moment = cast.home, timezone.now().isoformat()
    first = post(world, 1, occurred_at=moment)
    again = post(world, 1, occurred_at=moment)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert post(world, 1, occurred_at=moment, score=1).status_code == 409
    with tenant_context(world.tenant.pk):
        assert Evidence.objects.filter(source_id="one-1").count() == 1


def stored(world: World) -> dict[str, list[Any]]:
    """Levels and history without what differs between two tenants: keys, names and moments of writing.

    A milestone that is not started may have a row or not.
    """
    who = "learner__sourced_id"
    kinds: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
        (CompetencyStatus, (who, "competency__code", "level", "value", "pieces", "flags", "since")),
        (MilestoneStatus, (who, "milestone__title", "level", "previous_level", "criteria_met", "since")),
        (
            StatusChange,
            (who, "competency__code", "milestone__title", "from_level", "to_level", "cause", "applies_from"),
        ),
    )
    recent = timezone.now() - timedelta(days=15)
    with tenant_context(world.tenant.pk):
        rows = {kind.__name__: list(kind.objects.values_list(*columns)) for kind, columns in kinds}
    rows["MilestoneStatus"] = [row for row in rows["MilestoneStatus"] if row[2:4] != (0, 0)]
    return {
        name: sorted(
            [str(v).replace(world.marker, "") if not hasattr(v, "year") or v < recent else "now" for v in row]
            for row in found
        )
        for name, found in rows.items()
    }


def test_the_short_way_ends_where_the_long_one_does(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same random stream in two tenants, with and without the short way; then both against the ledger."""
    dice, start = random.Random(5), timezone.now() - timedelta(days=60)
    stream: list[tuple[str, dict[str, Any]]] = []
    for number in range(60):
        what = dice.choices(("piece", "withdraw", "correct"), (8, 1, 1))[0]
        stream.append((what, {
            "learner": dice.choice(("learner", "classmate")), "competency": dice.randrange(4),
            "score": dice.choice((0, 1, 2, 2.5, 3, 4)),
            "kind": dice.choice(("formative", "summative", "self_assessment")),
            "task": f"t{dice.randrange(6)}", "state": dice.choice(("counted", "counted", "counted", "not_judged")),
            "occurred_at": (start + timedelta(hours=dice.randrange(900), minutes=number)).isoformat(),
        }))  # fmt: skip
    for world, is_short in ((cast.home, True), (cast.away, False)):
        with monkeypatch.context() as patch:
            if not is_short:
                patch.setattr("assessments.services.short_way", [])
            play(world, stream)
        assert verify_tenant(world.tenant.pk).lines == []
    assert stored(cast.home) == stored(cast.away)


def play(world: World, stream: list[tuple[str, dict[str, Any]]]) -> None:
    for number, (what, values) in enumerate(stream):
        learner, competency = getattr(world, values["learner"]), world.competencies[values["competency"]]
        if what == "piece":
            names = {"learner": str(learner.public_id), "competency": str(competency.public_id)}
            score = None if values["state"] == "not_judged" else values["score"]
            assert post(world, number, **values | names | {"score": score}).status_code == 201
            continue
        with tenant_context(world.tenant.pk):
            row = Evidence.objects.filter(superseded_by=None).exclude(entry="withdrawn").order_by("id")[number % 3]
            if what == "withdraw":
                withdraw_evidence(world.system, evidence=row, reason="a mistake")
            else:
                correct_evidence(world.system, evidence=row, score=values["score"])


@pytest.mark.parametrize("is_short", [True, False])
def test_items_of_an_attempt_and_pass_marks_count_over_every_way(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, is_short: bool
) -> None:
    """Three items of one attempt are one piece of 9 of 12; a task that passes with half of its points is put right."""
    if not is_short:
        monkeypatch.setattr("assessments.services.short_way", [])
    world = cast.home
    for number, (score, place) in enumerate(((4, 1), (3, 1), (2, 1), (2, 2))):
        task = {
            "task": f"quiz-{place}",
            "attempt": "first" if place == 1 else "",
            "pass_mark": None if place == 1 else 0.5,
        }
        moment = (timezone.now() - timedelta(days=5 - place, minutes=number)).isoformat()
        values = {"competency": str(world.competencies[3].public_id), "score": score, "occurred_at": moment, **task}
        assert post(world, number, **values).status_code == 201
    with tenant_context(world.tenant.pk):
        status = CompetencyStatus.objects.get(learner=world.learner, competency=world.competencies[3])
        explained = competency_reason(world.learner.pk, world.competencies[3])
    assert (status.pieces, [one["value"] for one in explained.explanation["counted"]]) == (2, [3.0, 3.0])
    assert explained.explanation["counted"][0]["attempt"] == "first"
    assert explained.is_true_to_ledger
    assert verify_tenant(world.tenant.pk).lines == []
    refused = post(world, 9, pass_mark=1.5).json()
    assert "Use the share of the points that passes" in str(refused)
