"""Preparing review sessions: what is on the list and why, once per school and day, and on which day next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from learners.models import Learner, SectionStaff
from milestones.models import MilestoneStatus, ReviewCadence, ReviewItem, ReviewSession, SectionMilestone
from milestones.reviews import Slower, decide, decisions_of, set_cadence, set_state, staff_of
from milestones.reviews_prepare import next_day, prepare_due_of, prepare_session
from milestones.tasks import prepare_reviews
from tenancy.actor import Actor
from tenancy.context import tenant_context
from tenancy.errors import Conflict, Invalid
from tests.builders import Cast, World, add_competency, add_learner, add_milestone


def level(world: World, learner: Learner, milestone: Any, value: int, days: int = 1) -> None:
    since = timezone.now() - timedelta(days=days)
    MilestoneStatus.objects.update_or_create(
        learner=learner, milestone=milestone, defaults={"level": value, "since": since}
    )


def people(world: World, count: int) -> list[Learner]:
    return [add_learner(world, f"R{n:02}", world.section) for n in range(count)]


def planned(world: World, title: str) -> Any:
    competency = add_competency(world.framework, f"{world.marker}.{title}", 50)
    milestone = add_milestone(f"{world.marker} {title}", [competency])
    SectionMilestone.objects.create(section=world.section, milestone=milestone, position=9)
    return milestone


def prepared(world: World, day: date | None = None) -> list[ReviewItem]:
    session, _is_new = prepare_session(world.system, school=world.school, for_day=day or world.system.today)
    return list(ReviewItem.objects.filter(session=session).order_by("position"))


def test_a_milestone_is_listed_under_half_of_ten_and_its_figures_stay(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        low, half, few = planned(world, "Low"), planned(world, "Half"), planned(world, "Few")
        for n, learner in enumerate(people(world, 10)):
            level(world, learner, low, 3 if n < 4 else 2)
            level(world, learner, half, 4 if n < 5 else 1)
            if n < 9:
                level(world, learner, few, 1)
        for n in range(10):  # people of another school do not count
            level(world, add_learner(world, f"X{n}", world.other_section), few, 1)
        items = prepared(world)
        assert [(item.milestone, item.facts) for item in items] == [
            (low, {"learners": 10, "at_goal": 4, "percent": 40})
        ]
        MilestoneStatus.objects.filter(milestone=low).update(level=4)
        assert prepared(world)[0].facts["percent"] == 40, "as it was that day"


def test_a_learner_is_listed_with_three_stalled_milestones(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        three, two = people(world, 2)
        for n in range(3):
            milestone = planned(world, f"S{n}")
            level(world, three, milestone, 2, days=60 - n)
            level(world, two, milestone, 2, days=60 if n < 2 else 3)
        items = prepared(world)
        assert [item.learner for item in items] == [three]
        assert items[0].facts == {
            "stalled": 3, "days": 60, "milestones": [f"{world.marker} S{n}" for n in range(3)]
        }  # fmt: skip


def test_the_job_prepares_once_and_moves_the_day_on(cast: Cast) -> None:
    world, today = cast.home, cast.home.system.today
    with tenant_context(world.tenant.pk):
        ReviewCadence.objects.create(school=world.school, every="month", next_on=today - timedelta(days=100))
        ReviewCadence.objects.create(school=world.other_school, next_on=today - timedelta(days=1), is_active=False)
    assert prepare_due_of(world.tenant.pk) == 1
    assert prepare_due_of(world.tenant.pk) == 0
    assert prepare_reviews() == 0
    with tenant_context(world.tenant.pk):
        assert list(ReviewSession.objects.values_list("school_id", "for_day")) == [
            (world.school.pk, today - timedelta(days=100))
        ]
        moved = ReviewCadence.objects.get(school=world.school).next_on
        assert today < moved <= today + timedelta(days=31)
        ReviewCadence.objects.filter(school=world.school).update(next_on=today - timedelta(days=100))
    assert prepare_due_of(world.tenant.pk) == 0, "the session of that day is there"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["month", "quarter"]))
def test_the_next_day_is_in_the_next_month_or_quarter(day: date, every: str) -> None:
    found = next_day(day, every)
    months = (found.year - day.year) * 12 + found.month - day.month
    assert months == {"month": 1, "quarter": 3}[every]
    assert found.day <= day.day
    assert found.day == day.day or (found + timedelta(days=1)).month != found.month


def test_decisions_know_who_was_faster(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        session = ReviewSession.objects.create(school=world.school, title="R", for_day=world.system.today)
        item = ReviewItem.objects.create(session=session, milestone=world.milestone)
        mine: Actor = replace(world.system, member_id=world.members["TCH"].pk)
        one = decide(mine, item=item, decision="split", note=" Two ideas ", version=1)
        assert (one.decision, one.note, one.version) == ("split", "Two ideas", 2)
        session.refresh_from_db()
        assert session.state == "open"
        assert decide(mine, item=item, decision="split", note="Two ideas", version=1).version == 2, "sent twice"
        with pytest.raises(Slower) as slower:
            decide(mine, item=item, decision="keep", note="", version=1)
        assert slower.value.theirs.decision == "split"
        reader = replace(mine, roles=frozenset({"TCH"}))
        assert [row.decision for row in decisions_of(reader, world.milestone.pk)] == ["split"]
        stranger = replace(reader, member_id=world.members["OTHER_TCH"].pk)
        assert decisions_of(stranger, world.milestone.pk) == []
        set_state(world.system, session=session, state="closed", notes="")
        with pytest.raises(Conflict, match="closed"):
            decide(mine, item=item, decision="keep", note="", version=2)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"decision": "dance", "note": ""}, "Choose a decision from the list"),
        ({"decision": "keep", "note": "x" * 2001}, "This has 2001 characters. Shorten it to 2000"),
        ({"decision": "keep", "note": "a\x07"}, "This contains a control character. Type it again"),
    ],
)
def test_bad_decisions(cast: Cast, values: dict[str, str], sentence: str) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        session = ReviewSession.objects.create(school=world.school, title="R", for_day=world.system.today)
        item = ReviewItem.objects.create(session=session, milestone=world.milestone)
        with pytest.raises(Invalid) as found:
            decide(world.system, item=item, version=1, **values)
        assert [one["message"] for one in found.value.problems] == [sentence]


def test_staff_of_a_school(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        names = {one.pk for one in staff_of(world.school, world.system.today)}
        assert names == {world.members["TCH"].pk, world.members["SCH"].pk}
        SectionStaff.objects.filter(member=world.members["OTHER_TCH"]).update(section=world.section)
        assert world.members["OTHER_TCH"].pk in {one.pk for one in staff_of(world.school, world.system.today)}


def test_how_often(cast: Cast) -> None:
    world, today = cast.home, cast.home.system.today
    with tenant_context(world.tenant.pk):
        set_cadence(world.system, school=world.school, every="month", next_on=today)
        set_cadence(world.system, school=world.school, every="quarter", next_on=today, is_active=False)
        assert list(ReviewCadence.objects.values_list("every", "is_active")) == [("quarter", False)]
        with pytest.raises(Invalid, match="Choose every month or every quarter"):
            set_cadence(world.system, school=world.school, every="day", next_on=today)
