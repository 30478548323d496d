"""Groups by shared gap: who belongs to one, across classes, and what making one does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from assessments.services import record_evidence
from interventions.gaps import shared_gaps
from interventions.models import Resource, ResourceTag, ResourceUse, SupportPlan
from learners.models import GroupPlace, Learner, LearnerGroup, Section, SectionStaff
from milestones.models import SectionMilestone
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner, piece


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    client = Client()
    client.force_login(home.users["TCH"])
    return client


def on_the_way(world: World, names: str, section: Section | None = None, days: float = 2, n: int = 0) -> list[Learner]:
    """Learners at Developing on one competency."""
    people = [add_learner(world, name, section or world.section) for name in names.split()]
    for one in people:
        for score in (2, 2):
            at = datetime.now(UTC) - timedelta(days=days)
            record_evidence(world.system, piece=piece(world, one, world.competencies[n], score, occurred_at=at))
    return people


def text_of(client: Client, address: str = "/groups/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def names(world: World) -> list[list[str]]:
    gaps = shared_gaps(world.system, [world.section.pk])
    return [[person.name.removesuffix(f" {world.marker}") for person in gap.people] for gap in gaps]


def test_two_are_no_group_three_are(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        on_the_way(home, "Dana")
    # Dana and Ben: two are fewer than three.
    assert "No three learners share a gap right now." in text_of(teacher)
    with tenant_context(home.tenant.pk):
        on_the_way(home, "Emil")
        assert names(home) == [["Ben", "Dana", "Emil"]]
    text = text_of(teacher)
    assert "They stop at the same criterion:" in text
    assert "Can do LKV.0" in text
    assert "One small group would help 3 learners." in text_of(teacher, "/today/")


def test_who_has_shown_nothing_lately_is_not_in_it(home: World) -> None:
    with tenant_context(home.tenant.pk):
        on_the_way(home, "Dana Emil", days=40)
        assert names(home) == []


def test_who_meets_it_is_not_in_it(home: World) -> None:
    with tenant_context(home.tenant.pk):
        people = on_the_way(home, "Dana Emil Finn")
        for _ in range(5):
            record_evidence(home.system, piece=piece(home, people[0], home.competencies[0], 4))
        assert names(home) == [["Ben", "Emil", "Finn"]]


def test_the_same_missing_prerequisite(home: World) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.milestone).delete()  # only Ratios, which comes after Fractions
        on_the_way(home, "Dana Emil")
        gap, *others = shared_gaps(home.system, [home.section.pk])
        assert others == []
        assert (gap.milestone_title, gap.kind, gap.label) == ("LKV Ratios", "prerequisite", "LKV.0 Can do LKV.0")
        assert len(gap.people) == 3


def test_across_the_classes_of_a_teacher_and_no_others(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.create(section=home.other_section, milestone=home.milestone)
        on_the_way(home, "Dana Emil", home.other_section)
    assert "No three learners share a gap right now." in text_of(teacher)
    with tenant_context(home.tenant.pk):
        SectionStaff.objects.create(member=home.members["TCH"], section=home.other_section)
    text = text_of(teacher)
    assert "From 2 classes" in text
    assert "No three learners" in text_of(teacher, f"/groups/?class={home.section.public_id}")


def test_one_click_makes_the_group_with_a_plan_for_each(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        people = [home.classmate, *on_the_way(home, "Dana Emil Finn")]
        lesson = Resource.objects.create(title="How many halves fit?", kind="mini_lesson", minutes=15)
        ResourceTag.objects.create(resource=lesson, competency=home.competencies[0])
        SupportPlan.objects.create(
            learner=people[1], milestone=home.milestone, kind="group", approach="Small group", rule_id=1
        )
    text = text_of(teacher)
    assert "Suggested: “How many halves fit?”, 15 minutes." in text
    wanted = [str(one.public_id) for one in people[:3]] + [str(home.stranger_learner.public_id)]
    data = {
        "milestone": str(home.milestone.public_id),
        "competency": str(home.competencies[0].public_id),
        "learner": wanted,
    }
    board = teacher.post("/groups/make/", data, follow=True)
    assert board.status_code == 200
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.get()
        members = set(GroupPlace.objects.filter(group=group).values_list("learner_id", flat=True))
        assert members == {one.pk for one in people[:3]}
        plans = list(SupportPlan.objects.order_by("learner_id"))
        assert {plan.learner_id for plan in plans} == members
        assert {(plan.state, plan.kind, plan.approach, plan.owner_id) for plan in plans} == {
            ("running", "group", "How many halves fit?", home.members["TCH"].pk)
        }
        assert {plan.review_on for plan in plans} == {home.system.today + timedelta(days=14)}
        assert ResourceUse.objects.filter(resource=lesson, way="taught").count() == 3
    shown = board.content.decode()
    for one in people[:3]:
        assert one.name in shown
    assert people[3].name not in shown
    for word in ("Developing", "Beginning", "data-level"):
        assert word not in shown
    # They are being helped: the gap of the three is gone, and one alone is no group.
    assert "No three learners share a gap right now." in text_of(teacher)
    assert teacher.post("/groups/make/", data).status_code == 404


def test_made_twice_on_a_day_the_second_has_another_name(home: World, teacher: Client) -> None:
    data = {"milestone": str(home.milestone.public_id), "competency": str(home.competencies[0].public_id)}
    for some in ("Dana Emil Finn", "Gus Hal Ida"):
        with tenant_context(home.tenant.pk):
            people = on_the_way(home, some)
        chosen = {**data, "learner": [str(one.public_id) for one in people]}
        assert teacher.post("/groups/make/", chosen).status_code == 302
    with tenant_context(home.tenant.pk):
        first, second = LearnerGroup.objects.order_by("id").values_list("name", flat=True)
    assert second == f"{first} (2)"


def test_other_teachers_do_not_see_the_board(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.create(section=home.other_section, name="Theirs")
    assert teacher.get(f"/groups/{group.public_id}/board/").status_code == 404


def test_a_group_is_renewed_when_some_got_there_and_another_has_the_gap(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        people = on_the_way(home, "Dana Emil Finn")
    data = {"milestone": str(home.milestone.public_id), "competency": str(home.competencies[0].public_id)}
    teacher.post("/groups/make/", {**data, "learner": [str(one.public_id) for one in people]})
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.get()
        renew = f"/groups/{group.public_id}/renew/"
    assert teacher.post(renew).status_code == 302  # Ben was left out when it was made, and joins
    assert teacher.post(renew).status_code == 409  # nothing has changed since
    assert "Renew the group" not in text_of(teacher)
    with tenant_context(home.tenant.pk):
        for one in people[:2]:
            for _ in range(5):
                record_evidence(home.system, piece=piece(home, one, home.competencies[0], 4))
        [new] = on_the_way(home, "Gus")
    text = text_of(teacher)
    assert "<b>2 of 4 have got there</b> (Dana LKV, Emil LKV)" in text
    assert "<b>1 other has the same gap now</b> (Gus LKV)" in text
    assert teacher.post(renew).status_code == 302
    with tenant_context(home.tenant.pk):
        members = set(GroupPlace.objects.filter(group=group).values_list("learner_id", flat=True))
        assert members == {people[2].pk, home.classmate.pk, new.pk}
        got_there = SupportPlan.objects.filter(learner__in=people[:2])
        assert {(plan.state, plan.review_on) for plan in got_there} == {("running", home.system.today)}
        joined = SupportPlan.objects.get(learner=new)
        assert (joined.state, joined.kind, joined.group_id) == ("running", "group", group.pk)
        assert joined.approach == got_there[0].approach
