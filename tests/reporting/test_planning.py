"""Milestones of a class, its plan and groups, and check-lists, through their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from competencies.indicators import create_indicator
from learners.models import GroupPlace, LearnerGroup
from milestones.assigned import works_towards
from milestones.models import (
    Criterion,
    LearnerTarget,
    Milestone,
    MilestoneAssignment,
    MilestoneStatus,
    MilestoneStep,
    SectionMilestone,
)
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.selectors import local_today
from tests.builders import World
from tests.reporting.conftest import As, milestone_page, text_of


def url(world: World, end: str) -> str:
    return f"/classes/{world.section.public_id}/{end}"


def in_days(world: World, days: int) -> str:
    return (local_today(world.tenant) + timedelta(days=days)).isoformat()


def words(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Compares two fractions", "description": "For sharing fairly", "kind": "academic",
        "heading": "Fractions", "horizon": "short", "rule": "all", "need": "", "items": "",
        "due_on": in_days(world, 30),
        "c0-measure": f"c:{world.competencies[3].public_id}", "c0-level": "3", **changes,
    }  # fmt: skip


def made(world: World, title: str = "Compares two fractions") -> Milestone:
    with tenant_context(world.tenant.pk):
        found: Milestone = Milestone.objects.get(title=title)
        return found


def make(world: World, teacher: Client, **changes: Any) -> Any:
    return teacher.post(url(world, "milestones/new/"), words(world, **changes))


def test_a_milestone_of_the_class_stands_in_its_plan_at_once(home: World, teacher: Client) -> None:
    assert make(home, teacher).headers["Location"] == url(home, "plan/")
    page = text_of(teacher.get(url(home, "plan/")))
    assert "Compares two fractions" in page
    with tenant_context(home.tenant.pk):
        planned = SectionMilestone.objects.get(milestone=made(home))
        assert (planned.section_id, str(planned.due_on)) == (home.section.pk, in_days(home, 30))
        assert made(home).section_id == home.section.pk


def test_advice_names_the_vague_word_and_is_saved_as_it_is_on_request(home: World, teacher: Client) -> None:
    vague = words(home, title="Understand fractions", description="")
    response = teacher.post(url(home, "milestones/new/"), vague)
    assert response.status_code == 200
    assert "“Understand” means something else to everybody" in text_of(response)
    assert "“explain”, “compare”, “predict”" in text_of(response)
    assert teacher.post(url(home, "milestones/new/"), {**vague, "as_it_is": "1"}).status_code == 302


def test_figures_growth_points_and_a_goal_made_of_steps(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        pages = create_indicator(home.system, name="Pages read", entry="amount", unit="pages")
    grows = {
        "c0-measure": f"i:{pages.public_id}", "c0-target": "20", "c0-way": "change", "c0-baseline": "5",
        "c0-points": "2", "c0-is_required": "on", "c0-period": "term",
    }  # fmt: skip
    assert make(home, teacher, title="Reads 20 pages more", **grows).status_code == 302
    with tenant_context(home.tenant.pk):
        row = Criterion.objects.get(milestone=made(home, "Reads 20 pages more"))
        assert (row.measure, row.target, row.baseline, row.points, row.is_required) == ("change", 20, 5, 2, True)
    steps = [str(home.milestone.public_id), str(home.other_milestone.public_id)]
    long = {"title": "Works with numbers alone", "horizon": "long", "c0-measure": "", "steps": steps, "as_it_is": "1"}
    assert make(home, teacher, **long).status_code == 302
    with tenant_context(home.tenant.pk):
        goal = made(home, "Works with numbers alone")
        assert MilestoneStep.objects.filter(goal=goal).count() == 2
        assert Criterion.objects.filter(milestone=goal).count() == 3
    assert verify_tenant(home.tenant.pk).differing == 0


BAD = [
    ({"title": ""}, "Enter a title that says what learners do"),
    ({"title": "x" * 201}, "The text has 201 characters. Shorten it to 200"),
    ({"kind": "odd"}, "Choose the kind of milestone from the list"),
    ({"horizon": "odd"}, "Choose a short-term step or a long-term goal from the list"),
    ({"rule": "odd"}, "Choose a rule from the list"),
    ({"rule": "at_least", "need": "3"}, "need was 3. Use a number above 0, up to 1"),
    ({"need": "some"}, "Enter a number, like 95 or 2.5"),
    ({"due_on": "soon"}, "Enter a date, like 19 Nov 2026"),
    ({"c0-measure": ""}, "Choose what it asks for: a competency, a figure or a check-list"),
    ({"c0-measure": "c:odd"}, "Choose what shows it from the list"),
    ({"c0-level": "1"}, "Choose a level from the list"),
    ({"c0-points": "0"}, "Points are a number above 0, like 1"),
    ({"c0-way": "odd"}, "Choose how it is counted from the list"),
    ({"c0-period": "odd"}, "Choose the time from the list"),
    ({"items": "Pen\nPen"}, "Two items are the same. Each item is ticked once; change one of them"),
    ({"items": "x" * 201}, "has 201 characters. Shorten it to 200"),
    ({"items": "\n".join(map(str, range(41)))}, "The list has 41 items. Use at most 40"),
    ({"steps": ["odd"]}, "Choose steps from the list"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD, ids=[f"{n} {one[1]}" for n, one in enumerate(BAD)])
def test_bad_milestones(home: World, teacher: Client, wrong: dict[str, Any], sentence: str) -> None:
    before = count(home)
    response = make(home, teacher, as_it_is="1", **wrong)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert count(home) == before


def count(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(Milestone.objects.count())


def test_one_competency_twice(home: World, teacher: Client) -> None:
    twice = {"c1-measure": f"c:{home.competencies[3].public_id}"}
    assert "One competency is chosen twice. Choose each only once" in text_of(
        make(home, teacher, as_it_is="1", **twice)
    )


def test_words_and_steps_are_edited_and_the_bar_is_not(home: World, teacher: Client) -> None:
    make(home, teacher)
    page = url(home, f"milestones/{made(home).public_id}/edit/")
    assert teacher.get(page).context["form"].initial["title"] == "Compares two fractions"
    new = {"title": "Compares three fractions", "kind": "academic", "horizon": "long", "description": "", "heading": ""}
    assert teacher.post(page, {**new, "steps": [str(home.milestone.public_id)]}).status_code == 302
    with tenant_context(home.tenant.pk):
        assert made(home, "Compares three fractions").steps.count() == 1
        assert made(home, "Compares three fractions").criteria.get().required_level == 3


def test_a_check_list_is_ticked_and_a_tick_taken_back(home: World, teacher: Client) -> None:
    making = {"title": "Ready for the trip", "items": "Has a bag\n\n Has water \n", "c0-measure": "", "as_it_is": "1"}
    assert make(home, teacher, **making).status_code == 302
    trip = made(home, "Ready for the trip")
    page = f"/learners/{home.learner.public_id}/checklist/{trip.public_id}/"
    items = teacher.get(page).context["items"]
    assert [one.text for one in items] == ["Has a bag", "Has water"]
    for item in items:
        for _twice in range(2):
            assert teacher.post(page, {"item": item.public_id, "tick": "1"}).status_code == 302
    assert level(home, trip) == 3
    assert "2 of 2 items ticked" in text_of(teacher.get(page))
    assert "Check-list" in text_of(teacher.get(milestone_page(home, milestone=trip)))
    teacher.post(page, {"item": items[0].public_id, "untick": "1"})
    assert level(home, trip) < 3
    teacher.post(page, {"item": items[0].public_id, "tick": "1"})
    assert level(home, trip) == 3
    assert verify_tenant(home.tenant.pk).differing == 0
    other = f"/learners/{home.learner.public_id}/checklist/{home.milestone.public_id}/"
    assert teacher.get(other).status_code == 404


def level(world: World, milestone: Milestone) -> int:
    with tenant_context(world.tenant.pk):
        return int(MilestoneStatus.objects.get(learner=world.learner, milestone=milestone).level)


def dates(world: World, seen: str, wanted: str) -> dict[str, str]:
    key = world.milestone.public_id
    return {f"seen-{key}": seen, f"due-{key}": wanted}


def test_dates_of_the_plan_move_and_the_slower_of_two_reads_both(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        now = str(SectionMilestone.objects.get(section=home.section, milestone=home.milestone).due_on)
    assert teacher.post(url(home, "plan/dates/"), dates(home, now, in_days(home, 20))).status_code == 302
    slow = teacher.post(url(home, "plan/dates/"), dates(home, now, in_days(home, 25)))
    assert slow.status_code == 409
    assert f"to {in_days(home, 20)} a moment ago, you to {in_days(home, 25)}" in text_of(slow)
    bad = teacher.post(url(home, "plan/dates/"), dates(home, now, "soon"))
    assert bad.status_code == 422
    assert "LKV Fractions: enter a date, like 2026-11-19, not “soon”" in text_of(bad)


def test_a_date_of_one_learner_holds_for_that_learner(home: World, teacher: Client) -> None:
    page = url(home, f"plan/{home.milestone.public_id}/")
    send = {"do": "date", "learner": str(home.learner.public_id), "due_on": in_days(home, 50), "reason": ""}
    assert "Write why, so that colleagues understand" in text_of(teacher.post(page, send))
    assert teacher.post(page, {**send, "reason": "Was ill for two weeks"}).status_code == 302
    assert due(home, home.learner) == in_days(home, 50)
    assert due(home, home.classmate) == in_days(home, 10)
    assert "own date" in text_of(teacher.get(page))
    teacher.post(page, {**send, "due_on": ""})
    with tenant_context(home.tenant.pk):
        assert not LearnerTarget.objects.exists()
    assert "Choose a learner from the list" in text_of(teacher.post(page, {**send, "learner": "odd"}))


def due(world: World, learner: Any, milestone: Any = None) -> str:
    with tenant_context(world.tenant.pk):
        milestone = milestone or world.milestone
        return str(works_towards([learner.pk], local_today(world.tenant))[learner.pk, milestone.pk].due_on)


def test_what_is_given_nearer_holds_before_the_plan(home: World, teacher: Client, signed_in: As) -> None:
    page = url(home, f"plan/{home.milestone.public_id}/")
    make_group(home, teacher, "Swifts", [home.learner])
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.get()
    send = {"do": "give", "to": f"g:{group.public_id}", "due_on": in_days(home, 40)}
    assert teacher.post(page, send).status_code == 302
    assert (due(home, home.learner), due(home, home.classmate)) == (in_days(home, 40), in_days(home, 10))
    teacher.post(page, {**send, "to": f"l:{home.learner.public_id}", "due_on": in_days(home, 45)})
    assert due(home, home.learner) == in_days(home, 45)
    refused = teacher.post(page, {**send, "to": "s:7"})  # a grade is given by who plans for the school
    assert "Choose one learner, one group or one grade" in text_of(refused)
    signed_in("SCH").post(page, {**send, "to": "s:7", "due_on": in_days(home, 35)})
    assert due(home, home.classmate) == in_days(home, 35)
    with tenant_context(home.tenant.pk):
        given = MilestoneAssignment.objects.get(learner=home.learner)
    assert teacher.post(f"{page}back/", {"given": given.public_id}).status_code == 302
    assert due(home, home.learner) == in_days(home, 40)


def make_group(world: World, teacher: Client, name: str, learners: list[Any], group: str = "") -> Any:
    data = {"name": name, "learners": [str(one.public_id) for one in learners], "group": group}
    return teacher.post(url(world, "groups/"), data)


def test_groups_are_made_renamed_and_ended(home: World, teacher: Client) -> None:
    assert make_group(home, teacher, "Swifts", [home.learner]).status_code == 302
    assert "There is a group called swifts in this class" in text_of(make_group(home, teacher, "swifts", []))
    assert "Enter a name for the group, like Readers" in text_of(make_group(home, teacher, " ", []))
    assert "Choose learners of this class" in text_of(make_group(home, teacher, "Owls", [home.stranger_learner]))
    with tenant_context(home.tenant.pk):
        key = str(LearnerGroup.objects.get().public_id)
    make_group(home, teacher, "Owls", [home.classmate], key)
    with tenant_context(home.tenant.pk):
        assert LearnerGroup.objects.get().name == "Owls"
        assert list(GroupPlace.objects.values_list("learner_id", flat=True)) == [home.classmate.pk]
    teacher.post(url(home, "groups/"), {"group": key, "end": "1"})
    assert "There are no groups yet" in text_of(teacher.get(url(home, "groups/")))


def test_a_milestone_of_the_curriculum_is_added_to_the_plan(home: World, teacher: Client, signed_in: As) -> None:
    whole = words(home, title="Names five planets", as_it_is="1")
    assert signed_in("DST").post("/curriculum/milestones/new/", whole).status_code == 302
    planets = made(home, "Names five planets")
    assert "Choose a milestone from the list" in text_of(teacher.post(url(home, "plan/add/"), {"milestone": "odd"}))
    send = {"milestone": str(planets.public_id), "due_on": in_days(home, 60)}
    assert teacher.post(url(home, "plan/add/"), send).status_code == 302
    assert due(home, home.classmate, planets) == in_days(home, 60)


def test_the_plan_says_the_pace_in_kind_words(home: World, teacher: Client) -> None:
    page = text_of(teacher.get(url(home, "plan/")))
    assert "1 ahead of plan" in page  # Ana is at Meets before the date
    assert "1 a little later than planned" in page
    for word in ("behind", "fail", "weak"):
        assert word not in page.lower()


def test_the_plan_costs_the_same_for_two_milestones_and_for_twelve(
    home: World, teacher: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as few:
        teacher.get(url(home, "plan/"))
    for n in range(10):
        make(home, teacher, title=f"Compares {n} fractions", as_it_is="1")
    with django_assert_max_num_queries(60) as many:
        teacher.get(url(home, "plan/"))
    assert len(many.captured_queries) == len(few.captured_queries)


def test_an_empty_class_says_what_to_do(home: World, signed_in: As) -> None:
    page = signed_in("OTHER_TCH").get(f"/classes/{home.other_section.public_id}/plan/")
    assert "Nothing is planned for this class yet" in text_of(page)
