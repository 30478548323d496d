"""The pace on a learner's page, and the steps of a long-term goal for teacher and learner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from milestones.assignment import set_learner_date
from milestones.models import Milestone, MilestoneStep, SectionMilestone
from milestones.plans import roll_up_existing
from milestones.services import release_levels
from tenancy.context import tenant_context
from tests.builders import World, add_milestone
from tests.reporting.conftest import As, milestone_page, text_of


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "a little later than planned"), (60, "on pace"), (None, "")],
)  # fmt: skip
def test_the_pace_stands_beside_the_level(home: World, teacher: Client, days: int | None, said: str) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.update(due_on=None)
        if days is not None:
            day = home.system.today + timedelta(days=days)
            learner, milestone = home.classmate, home.other_milestone
            set_learner_date(home.system, learner=learner, milestone=milestone, due_on=day, reason="Was away")
    page = text_of(teacher.get(milestone_page(home, home.classmate, home.other_milestone)))
    assert said in page
    others = {"a little later than planned", "on pace", "ahead of plan", "reached"} - {said}
    assert not any(f" {words} " in page for words in others)
    for word in ("behind", "fail", "weak"):
        assert word not in page.lower()


def test_the_pace_is_the_one_of_the_plan(home: World, teacher: Client) -> None:
    assert "ahead of plan" in text_of(teacher.get(milestone_page(home)))  # Meets before the date
    assert "1 ahead of plan" in text_of(teacher.get(f"/classes/{home.section.public_id}/plan/"))


@pytest.fixture
def bridge(home: World) -> Milestone:
    """A long-term goal of the class in two steps, one of them Ben's own and nobody else's."""
    with tenant_context(home.tenant.pk):
        goal = add_milestone("LKV Bridge", home.competencies[3:], horizon="long")
        SectionMilestone.objects.create(section=home.section, milestone=goal, position=9)
        own = add_milestone("LKV Sketches", [], learner=home.classmate, proposal="confirmed")
        for n, step in enumerate((own, home.milestone, home.other_milestone)):
            MilestoneStep.objects.create(goal=goal, step=step, position=n)
        return goal


def test_a_teacher_sees_the_steps_of_a_goal_with_their_levels(home: World, teacher: Client, bridge: Milestone) -> None:
    page = text_of(teacher.get(milestone_page(home, home.learner, bridge)))
    steps = page.split("Steps on the way")[1][:200]
    assert "Fractions LKV Fractions" in steps
    assert steps.index("Meets") < steps.index("Ratios LKV Ratios") < steps.index("Not started")
    assert "Sketches" not in page  # a goal of somebody else
    assert "Sketches" in text_of(teacher.get(milestone_page(home, home.classmate, bridge)))
    assert "Steps on the way" not in text_of(teacher.get(milestone_page(home)))


def test_a_learner_sees_the_own_steps_with_what_was_released(home: World, signed_in: As, bridge: Milestone) -> None:
    page = text_of(signed_in("LRN").get("/me/"))
    goal = page.split("Long-term goal")[1]
    assert goal.index("LKV Bridge") < goal.index("LKV Fractions") < goal.index("Meets") < goal.index("LKV Ratios")
    assert "still to come" in goal.split("LKV Ratios")[1][:120]
    assert "Sketches" not in page
    with tenant_context(home.tenant.pk):
        Milestone.objects.filter(pk=bridge.pk).update(is_active=False)
    assert "LKV Bridge" not in text_of(signed_in("LRN").get("/me/"))


def test_nothing_of_a_step_shows_before_it_is_released(home: World, signed_in: As, bridge: Milestone) -> None:
    with tenant_context(home.tenant.pk):
        newer = add_milestone("LKV Newer", home.competencies[:1])
        SectionMilestone.objects.create(section=home.section, milestone=newer)
        MilestoneStep.objects.create(goal=bridge, step=newer, position=5)
    assert "LKV Newer" in text_of(signed_in("LRN").get("/me/"))
    step = text_of(signed_in("LRN").get("/me/")).split("LKV Newer")[1]
    assert "still to come" in step[:60]
    with tenant_context(home.tenant.pk):
        roll_up_existing(newer)
        release_levels(home.system, section=home.section)
    assert "Meets" in text_of(signed_in("LRN").get("/me/")).split("LKV Newer")[1][:60]
