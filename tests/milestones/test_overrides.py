"""Levels that a teacher sets: they hold, are marked, follow each other, end, and all of it is history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.services import record_evidence
from learners.models import Learner
from milestones.models import CompetencyStatus, LevelOverride, MilestoneStatus, OverrideEnd, StatusChange
from milestones.overrides import Place, end_override, end_overrides_of, learners_to_judge, set_override
from status_engine import Flag, Level
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid, NotFound, Refused
from tenancy.models import AuditEntry
from tests.builders import Cast, World, piece

REASON = "Explained it to the whole class on Monday"


def actor(world: World, role: str = "TCH") -> Actor:
    return replace(world.system, roles=frozenset({role[-3:]}), member_id=world.members[role].pk)


def status(world: World, learner: Learner | None = None) -> MilestoneStatus:
    row: MilestoneStatus = MilestoneStatus.objects.get(learner=learner or world.learner, milestone=world.milestone)
    return row


def set_it(world: World, level: int = Level.MASTERY, **values: Any) -> LevelOverride:
    place = values.pop("place", Place(world.learner, world.milestone))
    return set_override(actor(world), place=place, level=level, reason=values.pop("reason", REASON), **values)


def changes(world: World, **where: Any) -> list[tuple[int, int, str, int | None]]:
    rows = StatusChange.objects.filter(learner=world.learner, **where).order_by("id")
    return list(rows.values_list("from_level", "to_level", "cause", "override_id"))


def test_a_set_level_holds_and_the_rule_goes_on_beside_it(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        assert status(world).level == Level.MEETS
        one = set_it(world, Level.DEVELOPING)
        row = status(world)
        assert (row.level, row.computed_level, row.set_level) == (Level.DEVELOPING, Level.MEETS, Level.DEVELOPING)
        assert row.flags & Flag.SET_BY_TEACHER
        for score in (0, 0, 0):
            record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], score))
        row = status(world)
        assert (row.level, row.computed_level) == (Level.DEVELOPING, Level.BEGINNING)
        end_override(actor(world), override=one, reason="She needs more time")
        row = status(world)
        assert (row.level, row.computed_level, row.set_level) == (Level.BEGINNING, Level.BEGINNING, None)
        assert not row.flags & Flag.SET_BY_TEACHER
        assert changes(world, milestone=world.milestone)[-2:] == [
            (Level.MEETS, Level.DEVELOPING, "override", one.pk),
            (Level.DEVELOPING, Level.BEGINNING, "override_ended", one.pk),
        ]
        acts = AuditEntry.objects.filter(action__startswith="override").order_by("id")
        assert [row.action for row in acts] == ["override.set", "override.ended"]


def test_the_reasons_of_that_moment_are_frozen_beside_it(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        one = set_it(world, Level.MASTERY)
        assert one.computed_level == Level.MEETS
        frozen = one.explanation
        assert (frozen["level"], frozen["computed_level"]) == ("meets", "meets")
        [criterion] = frozen["criteria"]
        assert criterion["competency"] == str(world.competencies[0].public_id)
        assert criterion["policy"] == {"name": "House rule", "version": 1}
        assert [row["value"] for row in criterion["explanation"]["counted"]] == [2, 3, 4]
        assert criterion["is_true_to_ledger"]
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], 0))
        assert LevelOverride.objects.get(pk=one.pk).explanation == frozen


def test_a_criterion_can_be_set_and_its_milestone_follows(cast: Cast) -> None:
    world = cast.home
    one, two = world.competencies[1:3]
    with tenant_context(world.tenant.pk):
        for competency in (one, two):
            set_it(world, Level.MEETS, place=Place(world.learner, competency))
        row = MilestoneStatus.objects.get(learner=world.learner, milestone=world.other_milestone)
        assert (row.level, row.computed_level, row.set_level) == (Level.MEETS, Level.MEETS, None)
        assert not row.flags & Flag.SET_BY_TEACHER
        held = CompetencyStatus.objects.get(learner=world.learner, competency=one)
        assert (held.level, held.computed_level) == (Level.MEETS, Level.NOT_STARTED)
        record_evidence(world.system, piece=piece(world, world.learner, one, 1))
        held = CompetencyStatus.objects.get(learner=world.learner, competency=one)
        assert (held.level, held.computed_level) == (Level.MEETS, Level.BEGINNING)


def test_a_milestone_without_evidence_can_be_set(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        assert not MilestoneStatus.objects.filter(learner=world.learner, milestone=world.other_milestone).exists()
        one = set_it(world, Level.MEETS, place=Place(world.learner, world.other_milestone))
        row = MilestoneStatus.objects.get(learner=world.learner, milestone=world.other_milestone)
        assert (row.level, row.computed_level) == (Level.MEETS, Level.NOT_STARTED)
        assert [c["explanation"]["counted"] for c in one.explanation["criteria"]] == [[], []]


def test_the_second_one_follows_the_first(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        first = set_it(world, Level.DEVELOPING)
        second = set_it(world, Level.MASTERY)
        end = OverrideEnd.objects.get()
        assert (end.override_id, end.cause, end.ended_by_id) == (first.pk, "followed", world.members["TCH"].pk)
        assert status(world).level == Level.MASTERY
        assert list(LevelOverride.objects.filter(ends=None)) == [second]


def test_what_the_person_did_not_know_of_is_a_conflict(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        first = set_it(world, Level.DEVELOPING, seen=[])
        with pytest.raises(Conflict, match="Keep theirs, or save again to use yours"):
            set_it(world, Level.MASTERY, seen=[])
        assert status(world).level == Level.DEVELOPING
        set_it(world, Level.MASTERY, seen=[first.public_id])
        assert status(world).level == Level.MASTERY
        with pytest.raises(Conflict, match="ended this a moment ago"):
            end_override(actor(world), override=first)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"level": 5}, "level", "Choose the level"),
        ({"level": -1}, "level", "Choose the level"),
        ({"reason": ""}, "reason", "Enter the reason with at least 15 characters"),
        ({"reason": "  too short   "}, "reason", "The reason has 9 characters. Write at least 15"),
        ({"reason": "x" * 2001}, "reason", "The reason has 2001 characters. Shorten it to 2000"),
        ({"until": -1}, "until", "Enter a day from today to 2199"),
        ({"until": 90_000}, "until", "Enter a day from today to 2199"),
    ],
)
def test_bad_values_are_refused_with_the_field_and_the_fix(
    cast: Cast, values: dict[str, Any], field: str, words: str
) -> None:
    world = cast.home
    if "until" in values:
        values = {"until": world.system.today + timedelta(days=values["until"])}
    with tenant_context(world.tenant.pk):
        with pytest.raises(Invalid, match=words) as caught:
            set_it(world, **values)
        assert [one["field"] for one in caught.value.problems] == [field]
        assert not LevelOverride.objects.exists()


def test_a_reason_of_fifteen_characters_is_enough(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        assert set_it(world, reason=f" {'x' * 15} ").reason == "x" * 15


@pytest.mark.parametrize("role", ["OTHER_TCH", "SCH", "DST", "GRD", "LRN"])
def test_who_may_not(cast: Cast, role: str) -> None:
    """Another class's teacher; administrators without having proved their identity again; district; family."""
    world = cast.home
    with tenant_context(world.tenant.pk):
        one = set_it(world)
        stranger = actor(world, role)
        assert not learners_to_judge(stranger).filter(pk=world.learner.pk).exists()
        with pytest.raises(NotFound):
            set_override(stranger, place=Place(world.learner, world.milestone), level=1, reason=REASON)
        with pytest.raises(NotFound):
            end_override(stranger, override=one)


def test_a_school_administrator_who_stepped_up_may(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        stepped = replace(actor(world, "SCH"), has_stepped_up=True)
        one = set_override(stepped, place=Place(world.learner, world.milestone), level=1, reason=REASON)
        assert one.set_by_id == world.members["SCH"].pk
        with pytest.raises(NotFound):
            set_override(stepped, place=Place(world.stranger_learner, world.milestone), level=1, reason=REASON)


def test_ending_is_for_fourteen_days_and_a_new_one_for_ever(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        old = timezone.now() - timedelta(days=14, minutes=1)
        one = LevelOverride.objects.create(
            learner=world.learner, milestone=world.milestone, level=1, computed_level=3, reason=REASON, set_at=old,
            explanation={},
        )  # fmt: skip
        with pytest.raises(Refused, match="more than 14 days ago"):
            end_override(actor(world), override=one)
        set_it(world)
        assert OverrideEnd.objects.get().override_id == one.pk


def stood_until_yesterday(world: World) -> LevelOverride:
    """Set two days ago until yesterday, as the rows look when nobody has worked anything out since."""
    now, yesterday = timezone.now(), world.system.today - timedelta(days=1)
    one: LevelOverride = LevelOverride.objects.create(
        learner=world.learner, milestone=world.milestone, level=1, computed_level=3, reason=REASON, until=yesterday,
        set_at=now - timedelta(days=2), explanation={},
    )  # fmt: skip
    values = {"level": 1, "set_level": 1, "set_until": yesterday, "flags": int(Flag.SET_BY_TEACHER)}
    MilestoneStatus.objects.filter(learner=world.learner, milestone=world.milestone).update(**values)
    return one


def test_a_last_day_is_a_whole_day(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        set_it(world, Level.BEGINNING, until=world.system.today)
    assert end_overrides_of(world.tenant.pk) == 0
    with tenant_context(world.tenant.pk):
        assert status(world).level == Level.BEGINNING


def test_the_job_ends_what_is_over_once_and_says_why(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        one = stood_until_yesterday(world)
    assert end_overrides_of(world.tenant.pk) == 1
    assert end_overrides_of(world.tenant.pk) == 0
    with tenant_context(world.tenant.pk):
        row = status(world)
        assert (row.level, row.set_level, row.set_until, row.flags) == (Level.MEETS, None, None, 0)
        end = OverrideEnd.objects.get()
        assert (end.cause, end.ended_by_id) == ("expired", None)
        last = changes(world, milestone=world.milestone)[-1]
        assert last == (Level.BEGINNING, Level.MEETS, "override_expired", one.pk)


def test_a_recompute_before_the_job_lets_the_rule_decide(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        stood_until_yesterday(world)
        record_evidence(world.system, piece=piece(world, world.learner, world.competencies[0], 0))
        row = status(world)
        assert row.level == row.computed_level
        assert not row.flags & Flag.SET_BY_TEACHER
    assert end_overrides_of(world.tenant.pk) == 1
