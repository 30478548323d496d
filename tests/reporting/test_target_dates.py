"""One target date per learner and milestone: grid, file, plan, learner's page and API say the same."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from learners.groups import save_group
from learners.models import Enrolment
from milestones.assigned import works_towards
from milestones.assignment import To, give_milestone, set_learner_date
from milestones.models import SectionMilestone
from milestones.verify import verify_tenant
from tenancy.context import tenant_context
from tenancy.selectors import local_today
from tests.builders import World
from tests.reporting.conftest import grid_of, milestone_page, text_of


@dataclass(frozen=True)
class Said:
    """What five places say of Ben, who is at Beginning on the one milestone and has not started the other."""

    is_marked: bool
    flags: str
    in_file: str
    on_page: bool
    is_later: bool
    by_api: list[str]


def said(world: World, teacher: Client) -> Said:
    ben, not_begun = world.classmate, world.other_milestone
    grid = teacher.get(grid_of(world)).content.decode()
    lines = csv.DictReader(io.StringIO(teacher.get(grid_of(world).replace("grid/", "grid.csv")).content.decode()[1:]))
    ids = (str(ben.public_id), str(not_begun.public_id))
    line = next(row for row in lines if (row["learner_id"], row["milestone_id"]) == ids)
    address = f"/classes/{world.section.public_id}/plan/{not_begun.public_id}/"
    planned = text_of(teacher.get(address)).split(ben.name)[1][:80]
    asked = {"section": str(world.section.public_id)}
    api = teacher.get("/api/v1/statuses/", asked, headers={"Authorization": f"Bearer {world.token}"}).json()
    return Said(
        f"past its target date: {not_begun.title}, {ben.name}" in grid,
        line["flags"],
        line["target_date"],
        "Past target" in text_of(teacher.get(milestone_page(world, ben, not_begun))),
        "a little later than planned" in planned,
        next(row["flags"] for row in api["results"] if row["learner"] == str(ben.public_id)),
    )


def give(world: World, to: To, days: int) -> Any:
    day = local_today(world.tenant) + timedelta(days=days)
    with tenant_context(world.tenant.pk):
        for milestone in (world.milestone, world.other_milestone):
            give_milestone(world.system, milestone=milestone, to=to, due_on=day)
    return day.isoformat()


LATE: dict[str, Any] = {
    "is_marked": True, "flags": "past_target", "on_page": True, "is_later": True, "by_api": ["behind_pace"],
}  # fmt: skip


def in_time(day: str) -> Said:
    return Said(is_marked=False, flags="", in_file=day, on_page=False, is_later=False, by_api=[])


@pytest.fixture
def usual(home: World) -> World:
    """Learners of this class usually need so long that only the date itself decides who is late."""
    with tenant_context(home.tenant.pk):
        day = local_today(home.tenant) + timedelta(days=60)
        SectionMilestone.objects.update(due_on=day)
    return home


def test_the_nearest_date_holds_on_every_page(usual: World, teacher: Client) -> None:
    """Learner's own date, given to the learner, the group, the grade, the plan: the nearer one wins, everywhere."""
    ben = usual.classmate
    day = (local_today(usual.tenant) + timedelta(days=60)).isoformat()
    assert said(usual, teacher) == in_time(day)
    late = give(usual, To(school=usual.school, grade="7"), -3)
    assert said(usual, teacher) == Said(in_file=late, **LATE)
    with tenant_context(usual.tenant.pk):
        group = save_group(usual.system, section=usual.section, name="Swifts", learners=[ben])
    later = give(usual, To(group=group), 50)
    assert said(usual, teacher) == in_time(later)
    late = give(usual, To(learner=ben), -5)
    assert said(usual, teacher) == Said(in_file=late, **LATE)
    own = local_today(usual.tenant) + timedelta(days=70)
    with tenant_context(usual.tenant.pk):
        for milestone in (usual.milestone, usual.other_milestone):
            set_learner_date(usual.system, learner=ben, milestone=milestone, due_on=own, reason="Was away")
    assert said(usual, teacher) == in_time(own.isoformat())
    assert verify_tenant(usual.tenant.pk).differing == 0


def test_of_two_classes_the_earlier_date_holds_in_both(usual: World, teacher: Client) -> None:
    earlier = local_today(usual.tenant) - timedelta(days=1)
    with tenant_context(usual.tenant.pk):
        Enrolment.objects.create(learner=usual.classmate, section=usual.other_section)
        for milestone in (usual.milestone, usual.other_milestone):
            SectionMilestone.objects.create(section=usual.other_section, milestone=milestone, due_on=earlier)
    assert said(usual, teacher) == Said(in_file=earlier.isoformat(), **LATE)
    with tenant_context(usual.tenant.pk):
        Enrolment.objects.filter(section=usual.other_section).update(ends_on=earlier)
    assert said(usual, teacher).flags == ""  # out of that class, its date is nobody's business


def test_a_grade_without_a_name_is_nobodys(usual: World) -> None:
    """Learners whose grade is not known are not those of another school's grade, nor of a grade without a name."""
    give(usual, To(school=usual.other_school, grade="7"), -3)
    with tenant_context(usual.tenant.pk):
        today = local_today(usual.tenant)
        work = works_towards([usual.classmate.pk], today)[usual.classmate.pk, usual.milestone.pk]
        assert (work.by, work.due_by, work.due_on) == ("section", "section", today + timedelta(days=60))
