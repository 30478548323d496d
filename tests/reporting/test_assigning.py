"""A milestone out of a class's plan and back, and into several places at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from learners.groups import save_group
from milestones.assigned import due_dates
from milestones.assignment import To, give_milestone
from milestones.models import Milestone, MilestoneAssignment, MilestoneStatus, SectionMilestone
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tenancy.selectors import local_today
from tests.builders import Cast, World, add_milestone
from tests.reporting.conftest import As, grid_of, milestone_page, text_of


def plan_of(world: World, end: str = "") -> str:
    return f"/classes/{world.section.public_id}/plan/{end}"


def out_of(world: World, milestone: Milestone) -> str:
    return plan_of(world, f"{milestone.public_id}/out/")


def assign_of(milestone: Milestone) -> str:
    return f"/milestones/{milestone.public_id}/assign/"


def test_out_of_the_plan_and_back_again(home: World, teacher: Client) -> None:
    assert out_of(home, home.milestone) in teacher.get(plan_of(home)).content.decode()
    page = text_of(teacher.get(out_of(home, home.milestone)))
    assert "Take Fractions LKV Fractions out of the plan?" in page
    assert "2 learners have shown something on it." in page
    with tenant_context(home.tenant.pk):
        before = list(MilestoneStatus.objects.order_by("id").values("learner_id", "milestone_id", "level"))
    gone = teacher.post(out_of(home, home.milestone), follow=True)
    assert "LKV Fractions is out of the plan. Evidence and levels stay" in text_of(gone)
    assert "LKV Fractions" not in text_of(teacher.get(grid_of(home)))
    assert "Meets" in text_of(teacher.get(milestone_page(home)))
    with tenant_context(home.tenant.pk):
        assert list(MilestoneStatus.objects.order_by("id").values("learner_id", "milestone_id", "level")) == before
        assert AuditEntry.objects.filter(action="section.taken_out").count() == 1
    for again in (teacher.get(out_of(home, home.milestone)), teacher.post(out_of(home, home.milestone))):
        assert again.status_code == 404
    teacher.post(plan_of(home, "add/"), {"milestone": str(home.milestone.public_id), "due_on": ""})
    assert "LKV Fractions" in text_of(teacher.get(grid_of(home)))


def test_a_milestone_of_the_class_itself_comes_back_as_well(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        own = add_milestone("LKV Own", home.competencies[:1], section=home.section)
        SectionMilestone.objects.create(section=home.section, milestone=own)
    assert teacher.post(out_of(home, own)).status_code == 302
    send = {"milestone": str(own.public_id), "due_on": ""}
    assert teacher.post(plan_of(home, "add/"), send).status_code == 302
    assert "LKV Own" in text_of(teacher.get(grid_of(home)))


def test_what_was_given_beside_the_plan_stays_given(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        give_milestone(home.system, milestone=home.milestone, to=To(learner=home.classmate))
    teacher.post(out_of(home, home.milestone))
    assert "given to 1 learner" in text_of(teacher.get(plan_of(home)))
    assert teacher.get(out_of(home, home.milestone)).status_code == 404  # there is nothing to take out any more


def test_to_a_class_a_group_and_a_grade_at_once(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        new = add_milestone("LKV Area", home.competencies[2:3])
        group = save_group(home.system, section=home.section, name="Swifts", learners=[home.learner])
    school = signed_in("SCH")
    assert assign_of(new) in school.get(f"/milestones/{new.public_id}/").content.decode()
    page = text_of(school.get(assign_of(new)))
    for words in ("LKV School", "LKV Maths 7", "Swifts (LKV Maths 7)", "Grade 7"):
        assert words in page
    assert "LKV Maths 8" not in page  # of another school
    day = local_today(home.tenant) + timedelta(days=20)
    to = [f"c:{home.section.public_id}", f"g:{group.public_id}", "s:7"]
    done = school.post(assign_of(new), {"to": to, "due_on": day.isoformat()}, follow=True)
    assert "LKV Area: assigned to 3 at once." in text_of(done)
    with tenant_context(home.tenant.pk):
        assert SectionMilestone.objects.get(milestone=new).due_on == day
        assert MilestoneAssignment.objects.filter(milestone=new, due_on=day).count() == 2
        due = due_dates([home.learner.pk, home.classmate.pk], [new.pk], home.system.today)
        assert due == {(home.learner.pk, new.pk): day, (home.classmate.pk, new.pk): day}
    assert f"has it until {day.day} " in text_of(school.get(assign_of(new)))
    school.post(assign_of(new), {"to": to, "due_on": ""})  # nobody loses a date by that
    with tenant_context(home.tenant.pk):
        assert SectionMilestone.objects.get(milestone=new).due_on == day
        assert MilestoneAssignment.objects.filter(milestone=new, due_on=day).count() == 2


def test_a_teacher_reaches_the_own_classes_only(home: World, teacher: Client) -> None:
    page = text_of(teacher.get(assign_of(home.milestone)))
    assert "LKV Maths 7" in page
    assert "Grade 7" not in page
    for odd in ("s:7", f"c:{home.other_section.public_id}", "c:odd"):
        response = teacher.post(assign_of(home.milestone), {"to": [odd]})
        assert response.status_code == 422
        assert "Choose classes, groups and grades from the list" in text_of(response)
    nobody = teacher.post(assign_of(home.milestone), {"due_on": "soon"})
    assert "Choose at least one class, group or grade" in text_of(nobody)
    assert "Enter a date, like" in text_of(nobody)
    assert teacher.get(f"{assign_of(home.milestone)}?school={home.other_school.public_id}").status_code == 404


def test_the_district_chooses_the_school(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    page = district.get(f"{assign_of(home.milestone)}?school={home.other_school.public_id}")
    assert "Grade 8" in text_of(page)
    send: dict[str, Any] = {"to": [f"c:{home.other_section.public_id}", "s:8"]}
    send |= {"school": str(home.other_school.public_id), "due_on": ""}
    assert district.post(assign_of(home.milestone), send).status_code == 302
    with tenant_context(home.tenant.pk):
        assert SectionMilestone.objects.filter(section=home.other_section, milestone=home.milestone).exists()
        assert MilestoneAssignment.objects.get().school_id == home.other_school.pk


def test_milestones_out_of_reach_are_not_there(cast: Cast, home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        elsewhere = add_milestone("LKV Own", home.competencies[:1], section=home.other_section)
    for milestone in (elsewhere, cast.away.milestone):
        assert signed_in("TCH").get(assign_of(milestone)).status_code == 404
        assert signed_in("TCH").post(assign_of(milestone), {"to": ["s:7"]}).status_code == 404


def test_a_milestone_of_one_class_goes_to_no_other(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        own = add_milestone("LKV Own", home.competencies[:1], section=home.section)
    page = text_of(signed_in("DST").get(assign_of(own)))
    assert "LKV Maths 7" in page
    assert "LKV Maths 8" not in page
    assert "Grade 7" not in page
