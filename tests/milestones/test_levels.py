"""Levels of competencies and milestones: rules, policies, corrections, history, always what the ledger says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.models import Evidence, StaleMark
from assessments.services import correct_evidence, record_evidence, record_many, withdraw_evidence
from competencies.services import publish_policy
from milestones.columns import read_evidence
from milestones.models import CompetencyStatus, MilestoneStatus, StatusChange
from milestones.plans import Asked, create_milestone, plan_milestones
from milestones.recompute import recompute_statuses
from milestones.selectors import milestone_reasons
from milestones.services import drain_tenant
from status_engine import Level
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid
from tests.builders import Cast, World, add_competency, piece


def level_of(world: World, index: int) -> int:
    status = CompetencyStatus.objects.filter(learner=world.learner, competency=world.competencies[index]).first()
    return int(status.level) if status else 0


def show(world: World, index: int, *scores: float) -> Evidence:
    for score in scores:
        row = record_evidence(world.system, piece=piece(world, world.learner, world.competencies[index], score))
    return row


def milestone_level(world: World, milestone: Any) -> int:
    return int(MilestoneStatus.objects.get(learner=world.learner, milestone=milestone).level)


def test_a_judged_zero_is_evidence_and_none_is_not_started(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        assert level_of(world, 3) == Level.NOT_STARTED
        show(world, 3, 0)
        assert level_of(world, 3) == Level.BEGINNING


def test_work_handed_in_but_not_judged_is_beginning(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        waiting = piece(world, world.learner, world.competencies[3], None, state="not_judged")
        record_evidence(world.system, piece=waiting)
        assert level_of(world, 3) == Level.BEGINNING


def test_withdrawing_and_correcting_are_new_rows_that_change_the_level(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        low, high = show(world, 3, 3), show(world, 3, 3)
        assert level_of(world, 3) == Level.MEETS
        corrected = correct_evidence(world.system, evidence=high, score=Decimal(1), comment="misread")
        assert level_of(world, 3) == Level.BEGINNING
        withdraw_evidence(world.system, evidence=corrected, reason="wrong learner")
        assert (level_of(world, 3), CompetencyStatus.objects.get(competency=world.competencies[3]).pieces) == (2, 1)
        withdraw_evidence(world.system, evidence=low, reason="wrong learner")
        assert level_of(world, 3) == Level.NOT_STARTED
        rows = Evidence.objects.filter(learner_competency__competency=world.competencies[3]).order_by("id")
        assert [row.entry for row in rows] == ["recorded", "recorded", "corrected", "withdrawn", "withdrawn"]
        moves = (
            StatusChange.objects.filter(competency=world.competencies[3])
            .order_by("id")
            .values_list("to_level", flat=True)
        )
        assert list(moves) == [2, 3, 1, 2, 0]


def test_the_second_of_two_corrections_is_a_conflict(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        row = show(world, 3, 3)
        correct_evidence(world.system, evidence=row, score=Decimal(2))
        with pytest.raises(Conflict, match="changed a moment ago"):
            withdraw_evidence(world.system, evidence=row, reason="")


def test_sending_a_piece_again_changes_nothing_and_other_content_is_a_conflict(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        one = piece(world, world.learner, world.competencies[3], 3, source_id="quiz-7")
        first, again = record_evidence(world.system, piece=one), record_evidence(world.system, piece=one)
        assert first.pk == again.pk
        other = piece(
            world,
            world.learner,
            world.competencies[3],
            4,
            source_id="quiz-7",
            task=one.task,
            occurred_at=one.occurred_at,
        )
        with pytest.raises(Conflict, match='source_id "quiz-7" was sent before with other content'):
            record_evidence(world.system, piece=other)
        assert Evidence.objects.filter(source_id="quiz-7").count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"score": 3, "possible": Decimal(0)}, "possible", "possible was 0"),
        ({"score": -1}, "score", "score was -1"),
        ({"score": None}, "score", "score is empty"),
        ({"score": 3, "weight": Decimal(0)}, "weight", "weight was 0"),
        ({"score": 3, "kind": "exam"}, "kind", 'kind was "exam"'),
        ({"score": 3, "state": "lost"}, "state", 'state was "lost"'),
        ({"score": 3, "task": " "}, "task", "task is empty"),
        ({"score": 3, "title": "a\x00b"}, "title", "control character"),
        ({"score": 3, "title": "x" * 201}, "title", "201 characters"),
        ({"score": 3, "comment": "x" * 10_001}, "comment", "longer than 10000"),
        ({"score": 3, "occurred_at": datetime.now(UTC) + timedelta(days=1)}, "occurred_at", "today or earlier"),
    ],
)
def test_bad_evidence_is_refused_with_the_field_and_the_fix(
    cast: Cast, changes: dict[str, Any], field: str, words: str
) -> None:
    world, values = cast.home, dict(changes)
    score = values.pop("score", 3)
    with tenant_context(world.tenant.pk):
        before = Evidence.objects.count()
        with pytest.raises(Invalid) as caught:
            record_evidence(world.system, piece=piece(world, world.learner, world.competencies[3], score, **values))
        assert [p["field"] for p in caught.value.problems] == [field]
        assert words in caught.value.message
        assert Evidence.objects.count() == before


def test_rules_all_at_least_and_points_move_with_their_criteria(cast: Cast) -> None:
    world = cast.home
    a, b, c = (Asked(one) for one in world.competencies[1:4])
    with tenant_context(world.tenant.pk):
        every = create_milestone(world.system, title="All", criteria=[a, b, c])
        most = create_milestone(world.system, title="Most", criteria=[a, b, c], rule="at_least", need=Decimal(2))
        heavy = Asked(a.competency, points=Decimal(2), is_required=True)
        points = create_milestone(world.system, title="Points", criteria=[heavy, b, c], rule="points", need=Decimal(3))
        show(world, 2, 3, 3)
        show(world, 3, 3, 3)
        assert [milestone_level(world, m) for m in (every, most, points)] == [
            Level.DEVELOPING,
            Level.MEETS,
            Level.DEVELOPING,
        ]
        show(world, 1, 3, 3)
        assert [milestone_level(world, m) for m in (every, most, points)] == [Level.MEETS] * 3
        last = Evidence.objects.filter(learner_competency__competency=world.competencies[1]).order_by("-id")[0]
        correct_evidence(world.system, evidence=last, score=Decimal(0))
        assert [milestone_level(world, m) for m in (every, most, points)] == [
            Level.DEVELOPING,
            Level.MEETS,
            Level.DEVELOPING,
        ]
        history = StatusChange.objects.filter(milestone=every).order_by("id").values_list("from_level", "to_level")
        assert history.last() == (Level.MEETS, Level.DEVELOPING)


@pytest.mark.parametrize(
    ("rule", "need", "count", "field"),
    [
        ("all", None, 0, "criteria"),
        ("best", None, 1, "rule"),
        ("at_least", 3, 2, "need"),
        ("at_least", None, 2, "need"),
        ("points", 0, 2, "need"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(cast: Cast, rule: str, need: int | None, count: int, field: str) -> None:
    world = cast.home
    criteria = [Asked(one) for one in world.competencies[:count]]
    with tenant_context(world.tenant.pk), pytest.raises(Invalid) as caught:
        create_milestone(
            world.system, title="x", criteria=criteria, rule=rule, need=None if need is None else Decimal(need)
        )
    assert caught.value.problems[0]["field"] == field


def test_the_nearest_policy_holds(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        publish_policy(world.system, name="Best counts", rule={"method": "highest"}, framework=world.framework)
        publish_policy(world.system, name="Newest counts", rule={"method": "latest"}, competency=world.competencies[2])
        for index in (1, 2):
            show(world, index, 4, 1)
        assert (level_of(world, 1), level_of(world, 2)) == (Level.MASTERY, Level.BEGINNING)
        reasons = milestone_reasons(world.learner.pk, world.other_milestone)
        assert [reason.policy.name for reason in reasons] == ["Best counts", "Newest counts"]


def test_policy_versions_follow_each_other_and_bad_parameters_are_named(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        version = publish_policy(world.system, name="Again", rule={"method": "mean"})
        assert version.number == 2
        with pytest.raises(Invalid) as caught:
            publish_policy(world.system, name="Bad", rule={"method": "ewma", "weight": 120})
        assert "weight was 120" in caught.value.message
        with pytest.raises(Invalid, match="exactly one rating"):
            publish_policy(world.system, name="Bad", rule={"method": "mean"}, ratings=[(1, "a", False)])


def test_the_stored_digest_is_what_the_ledger_gives(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        assert all(reason.is_true_to_ledger for reason in milestone_reasons(world.learner.pk, world.milestone))
        CompetencyStatus.objects.filter(learner=world.learner).update(digest="0" * 16)
        assert not milestone_reasons(world.learner.pk, world.milestone)[0].is_true_to_ledger


def test_many_pieces_wait_for_the_worker_and_a_second_pass_changes_nothing(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        learners = [world.learner, world.classmate, world.stranger_learner]
        pieces = [
            piece(world, learner, competency, 3, n=n * 10 + k)
            for n, (learner, competency) in enumerate((lrn, c) for lrn in learners for c in world.competencies)
            for k in range(3)
        ]
        pieces += [piece(world, world.learner, c, 3, n=900 + n) for n, c in enumerate(_more(world, 12))]
        results = record_many(world.system, pieces=pieces)
        assert {result.outcome for result in results} == {"created"}
        marks = StaleMark.objects.count()
        assert marks == 24
    assert drain_tenant(world.tenant.pk) == marks
    with tenant_context(world.tenant.pk):
        assert StaleMark.objects.count() == 0
        changes = StatusChange.objects.count()
        ids = list(CompetencyStatus.objects.values_list("learner_competency_id", flat=True))
        assert recompute_statuses(ids, "again") == 0
        assert StatusChange.objects.count() == changes


def _more(world: World, number: int) -> list[Any]:
    return [add_competency(world.framework, f"X.{n}", 50 + n) for n in range(number)]


def test_one_piece_takes_the_same_statements_however_long_the_history(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        show(world, 3, *[2] * 20)
        assert (
            len(read_evidence([CompetencyStatus.objects.get(competency=world.competencies[3]).learner_competency_id]))
            == 20
        )
        with django_assert_max_num_queries(8):
            show(world, 3, 3)


def test_a_plan_keeps_its_order_and_takes_a_new_date(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        day = world.system.today
        plan_milestones(world.system, section=world.section, milestones=[(world.milestone, day)])
        rows = world.section.section_milestones.order_by("position").values_list("milestone_id", "due_on")
        assert rows[0] == (world.milestone.pk, day)
        assert len(rows) == 2
