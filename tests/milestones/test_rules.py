"""Milestones from their criteria, through the services: every rule, indicators, what is held, what comes first."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Evidence
from assessments.services import record_evidence, withdraw_evidence
from competencies.models import Competency, PolicyVersion, Prerequisite
from learners.models import Term
from milestones.clock import announce_policies_of, follow_calendar_of
from milestones.models import CompetencyStatus, Milestone, MilestoneStatus, StatusChange
from milestones.plans import Asked, create_milestone
from milestones.services import drain_tenant
from milestones.verify import verify_tenant
from status_engine import Flag, Level
from tenancy.context import tenant_context
from tenancy.errors import Invalid
from tests.builders import Cast, World, add_competency, piece

NOW = timezone.now()


def show(world: World, competency: Competency, score: float, number: int, **values: Any) -> Evidence:
    values.setdefault("occurred_at", NOW - timedelta(days=40) + timedelta(hours=number))
    values.setdefault("task", f"{competency.code}-{number}")
    return record_evidence(world.system, piece=piece(world, world.learner, competency, score, **values))


def reach(world: World, competency: Competency, level: int, start: int = 0) -> None:
    """Two pieces at the points of a level: enough for every gate of the builders' rule."""
    for number in (start, start + 1):
        show(world, competency, level, number)


def made(world: World, rule: str, *asked: Asked, need: Decimal | None = None) -> Milestone:
    return create_milestone(world.system, title=f"By {rule}", criteria=list(asked), rule=rule, need=need)


def level_of(world: World, milestone: Milestone) -> int:
    row = MilestoneStatus.objects.filter(learner=world.learner, milestone=milestone).first()
    return row.level if row else 0


@pytest.mark.parametrize(
    ("rule", "need", "levels", "expected"),
    [
        ("all", None, (3, 3, 2), Level.DEVELOPING),
        ("all", None, (3, 4, 3), Level.MEETS),
        ("any", None, (3, 1, 0), Level.MEETS),
        ("any", None, (2, 1, 0), Level.BEGINNING),
        ("at_least", Decimal(2), (3, 3, 0), Level.MEETS),
        ("lowest", None, (4, 3, 2), Level.DEVELOPING),
        ("lowest", None, (4, 4, 4), Level.MASTERY),
        ("weighted", None, (4, 3, 2), Level.MEETS),
        ("weighted", None, (4, 2, 2), Level.DEVELOPING),
        ("points", Decimal(2), (3, 3, 1), Level.MEETS),
    ],
)
def test_levels_by_rule(cast: Cast, rule: str, need: Decimal | None, levels: tuple[int, ...], expected: Level) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        new = [add_competency(world.framework, f"R.{n}", 60 + n) for n in range(3)]
        milestone = made(world, rule, *(Asked(one) for one in new), need=need)
        for competency, level in zip(new, levels, strict=True):
            if level:
                reach(world, competency, level)
        assert level_of(world, milestone) == expected
        reach(world, new[0], 1, start=100)  # down as well as up
        assert level_of(world, milestone) <= expected
    assert verify_tenant(world.tenant.pk).lines == []


def test_a_new_milestone_sees_what_was_shown_before(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        competency = add_competency(world.framework, "N.1", 65)
        reach(world, competency, 3)
        milestone = made(world, "all", Asked(competency))
        assert level_of(world, milestone) == Level.MEETS
        assert StatusChange.objects.get(milestone=milestone).cause == "milestone"
    assert verify_tenant(world.tenant.pk).lines == []


def test_a_rate_a_count_and_a_change(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        attendance, incidents, reading = (add_competency(world.framework, f"I.{n}", 70 + n) for n in range(3))
        rate = made(world, "all", Asked(attendance, measure="rate", target=Decimal(95)))
        count = made(world, "all", Asked(incidents, measure="count", target=Decimal(2), is_at_most=True))
        growth = made(world, "all", Asked(reading, measure="change", target=Decimal(10), baseline=Decimal(50)))
        assert [level_of(world, one) for one in (rate, count, growth)] == [0, 0, 0], "nothing is met by nothing"
        for day in range(20):
            show(world, attendance, 1, day, possible=Decimal(1), kind="indicator")
        assert level_of(world, rate) == Level.MEETS
        for day in (20, 21):
            show(world, attendance, 0, day, possible=Decimal(1), kind="indicator")
        assert level_of(world, rate) < Level.MEETS  # 20 of 22
        for number in range(2):
            show(world, incidents, 1, number, possible=Decimal(1), kind="indicator")
        assert level_of(world, count) == Level.MEETS
        third = show(world, incidents, 1, 3, possible=Decimal(1), kind="indicator")
        assert level_of(world, count) < Level.MEETS
        withdraw_evidence(world.system, evidence=third, reason="another child")
        assert level_of(world, count) == Level.MEETS
        show(world, reading, 59, 1, possible=Decimal(100), kind="indicator")
        assert level_of(world, growth) < Level.MEETS
        show(world, reading, 60, 2, possible=Decimal(100), kind="indicator")
        assert level_of(world, growth) == Level.MEETS
    assert verify_tenant(world.tenant.pk).lines == []


def test_an_indicator_of_the_term_begins_anew_with_the_term(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        attendance = add_competency(world.framework, "T.1", 80)
        milestone = made(world, "all", Asked(attendance, measure="rate", target=Decimal(90), period="term"))
        for day in range(10):
            show(world, attendance, 0, day, possible=Decimal(1), kind="indicator")
        assert level_of(world, milestone) == Level.BEGINNING
        today = world.system.today
        values = {"title": "New", "kind": "term", "school_year": "2026", "ends_on": today + timedelta(days=60)}
        Term.objects.create(starts_on=today - timedelta(days=1), **values)
        MilestoneStatus.objects.update(computed_at=NOW - timedelta(days=5))
        assert follow_calendar_of(world.tenant.pk) >= 1
        assert level_of(world, milestone) == Level.NOT_STARTED
        show(world, attendance, 1, 0, possible=Decimal(1), kind="indicator", occurred_at=timezone.now())
        assert level_of(world, milestone) == Level.MEETS
        assert follow_calendar_of(world.tenant.pk) == 0
    assert verify_tenant(world.tenant.pk).lines == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"measure": "mean", "target": Decimal(3)}, 'measure was "mean"'),
        ({"measure": "rate"}, "target is missing"),
        ({"measure": "rate", "target": Decimal(101)}, "A rate goes from 0 to 100"),
        ({"measure": "count", "target": Decimal(-1)}, "target was -1"),
        ({"measure": "sum", "target": Decimal(3), "baseline": Decimal(1)}, "Only a change has one"),
        ({"measure": "sum", "target": Decimal(3), "period": "week"}, 'period was "week"'),
        ({"target": Decimal(3)}, "without a measure"),
    ],
)
def test_an_indicator_that_cannot_work_is_refused(cast: Cast, asked: dict[str, Any], words: str) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        before = Milestone.objects.count()
        with pytest.raises(Invalid) as caught:
            made(world, "all", Asked(world.competencies[0], **asked))
        assert words in caught.value.message
        assert Milestone.objects.count() == before


def with_rule(world: World, **rule: Any) -> None:
    old = PolicyVersion.objects.order_by("-number")[0]
    PolicyVersion.objects.create(
        policy=old.policy, number=old.number + 1, scale=old.scale, rule={**old.rule, **rule}, is_announced=False
    )
    assert announce_policies_of(world.tenant.pk) > 0
    drain_tenant(world.tenant.pk)


def test_mastery_is_held_on_recent_work_below_but_not_on_a_mistake(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        with_rule(world, hold_at_mastery=True)
        competency = add_competency(world.framework, "H.1", 90)
        milestone = made(world, "all", Asked(competency))
        first, second = show(world, competency, 4, 1), show(world, competency, 4, 2)
        assert level_of(world, milestone) == Level.MASTERY
        show(world, competency, 1, 3)
        row = MilestoneStatus.objects.get(milestone=milestone)
        assert (row.level, row.flags) == (Level.MASTERY, Flag.MET_BEFORE)
        assert CompetencyStatus.objects.get(competency=competency).level < Level.MASTERY
        withdraw_evidence(world.system, evidence=first, reason="another learner's")
        withdraw_evidence(world.system, evidence=second, reason="another learner's")
        assert level_of(world, milestone) < Level.MASTERY
    assert verify_tenant(world.tenant.pk).lines == []


def test_a_prerequisite_that_is_met_later_opens_what_comes_after(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        with_rule(world, gates={"meets": {"prerequisites_met": True}})
        before, after = (add_competency(world.framework, f"P.{n}", 95 + n) for n in range(2))
        Prerequisite.objects.create(before=before, after=after)
        reach(world, after, 3)
        assert CompetencyStatus.objects.get(competency=after).level == Level.DEVELOPING
        reach(world, before, 3)
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(competency=after).level == Level.MEETS
        assert StatusChange.objects.filter(competency=after).order_by("-id")[0].cause == "prerequisite"
        show(world, before, 1, 50)
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(competency=after).level == Level.DEVELOPING
    assert verify_tenant(world.tenant.pk).lines == []


def test_a_rule_that_moves_what_comes_first_moves_what_comes_after_with_it(cast: Cast) -> None:
    """Both wait for the worker, and the one that hangs on the other is asked for again while they are worked out."""
    world = cast.home
    with tenant_context(world.tenant.pk):
        before, after = (add_competency(world.framework, f"B.{n}", 93 + n) for n in range(2))
        Prerequisite.objects.create(before=before, after=after)
        reach(world, after, 3)
        show(world, before, 4, 0)
        show(world, before, 1, 1)
        assert CompetencyStatus.objects.get(competency=before).level < Level.MEETS
        with_rule(world, weight=0.01, gates={"meets": {"prerequisites_met": True}})
        assert CompetencyStatus.objects.get(competency=before).level == Level.MEETS
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        assert CompetencyStatus.objects.get(competency=after).level == Level.MEETS
    assert verify_tenant(world.tenant.pk).lines == []


def test_work_that_leaves_the_window_stops_counting_on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        with_rule(world, window={"days": 30})
        competency = world.competencies[3]
        for number in range(2):
            show(world, competency, 4, number, occurred_at=timezone.now() - timedelta(days=25, hours=number))
        status = CompetencyStatus.objects.get(learner=world.learner, competency=competency)
        assert (status.level, status.judged_on) == (Level.MASTERY, world.system.today)
        assert follow_calendar_of(world.tenant.pk) == 0
    later = world.system.today + timedelta(days=10)
    monkeypatch.setattr("milestones.day.local_today", lambda tenant: later)
    assert follow_calendar_of(world.tenant.pk) >= 1
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        status = CompetencyStatus.objects.get(learner=world.learner, competency=competency)
        assert (status.level, status.judged_on) == (Level.NOT_STARTED, later)
        assert StatusChange.objects.order_by("-id").filter(competency=competency)[0].cause == "calendar"
    assert verify_tenant(world.tenant.pk).lines == []


def test_a_policy_comes_into_force_on_its_day_and_moves_what_it_applies_to(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        competency = world.competencies[3]
        show(world, competency, 3, 1)
        assert CompetencyStatus.objects.get(learner=world.learner, competency=competency).level == Level.DEVELOPING
        old = PolicyVersion.objects.get()
        new = PolicyVersion.objects.create(
            policy=old.policy, number=2, scale=old.scale, rule={"method": "highest", "gates": {"mastery": {}}},
            is_announced=False, in_force_from=timezone.now() + timedelta(hours=1),
        )  # fmt: skip
    assert announce_policies_of(world.tenant.pk) == 0
    with tenant_context(world.tenant.pk):
        PolicyVersion.objects.filter(pk=new.pk).update(in_force_from=timezone.now())
    assert announce_policies_of(world.tenant.pk) > 0
    assert announce_policies_of(world.tenant.pk) == 0
    drain_tenant(world.tenant.pk)
    with tenant_context(world.tenant.pk):
        status = CompetencyStatus.objects.get(learner=world.learner, competency=competency)
        assert (status.level, status.policy_version_id) == (Level.MEETS, new.pk)
        change = StatusChange.objects.filter(competency=competency).order_by("-id")[0]
        assert (change.cause, change.policy_version_id) == ("policy", new.pk)
        assert StatusChange.objects.filter(competency=competency).order_by("id")[0].policy_version_id == old.pk
    assert verify_tenant(world.tenant.pk).lines == []
