"""The administrator's report: groups under the limit are hidden and cannot be worked out from what is left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from learners.models import Learner, School, Section
from milestones.models import Milestone, MilestoneStatus, SectionMilestone
from reporting.aggregates import Group, suppress
from tenancy.context import tenant_context
from tests.builders import World, add_learner
from tests.reporting.conftest import As, text_of

LIMIT = 10


def group(learners: int, percent: int = 50, title: str = "") -> Group:
    return Group(title or str(learners), "", learners, (1, 1, 1, 1, 1), percent)


def hidden(groups: tuple[Group, ...]) -> list[bool]:
    return [one.is_hidden for one in groups]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([10, 11], [False, False]),
        ([9, 9], [True, True]),
        ([9, 40, 12], [True, False, True]),  # the next smallest goes too
        ([9, 8, 40], [True, True, False]),
        ([9], [True]),
        ([30, 9, 30], [True, True, False]),
        ([10, 10, 10], [False, False, False]),
    ],
)
def test_small_groups_and_the_next_smallest(sizes: list[int], expected: list[bool]) -> None:
    assert hidden(suppress([group(size) for size in sizes], LIMIT)) == expected


def test_hidden_groups_carry_no_figures() -> None:
    small, next_smallest, shown = suppress([group(9), group(12), group(40)], LIMIT)
    for one in (small, next_smallest):
        assert (one.learners, one.counts, one.percent) == (0, (), None)
    assert (small.is_small, next_smallest.is_small, shown.is_hidden) == (True, False, False)


@pytest.mark.parametrize(
    ("learners", "percent", "cap"),
    [
        (39, 0, "low"),
        (39, 5, "low"),
        (39, 6, ""),
        (39, 94, ""),
        (39, 95, "high"),
        (39, 100, "high"),
        (40, 0, ""),
        (40, 100, ""),
    ],
)
def test_shares_at_the_ends_are_capped_in_groups_under_forty(learners: int, percent: int, cap: str) -> None:
    assert suppress([group(learners, percent)], LIMIT)[0].cap == cap


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), max_size=8))
def test_never_exactly_one_hidden_group_beside_shown_ones(sizes: list[int]) -> None:
    found = suppress([group(size) for size in sizes], LIMIT)
    assert len(found) == len(sizes)
    assert sum(hidden(found)) != 1 or len(sizes) == 1
    assert all(one.is_hidden for one, size in zip(found, sizes, strict=True) if size < LIMIT)


def fill(world: World, section: Section, learners: int, grade: str, levels: list[int]) -> None:
    """So many more learners of a grade; each on the section's first milestone at the next level of the list."""
    milestone = Milestone.objects.get(pk=world.milestone.pk)
    SectionMilestone.objects.get_or_create(section=section, milestone=milestone)
    for n in range(learners):
        learner = add_learner(world, f"{grade}-{section.pk}-{levels}-{learners}-{n}", section, grade=grade)
        level = levels[n % len(levels)]
        if level:
            MilestoneStatus.objects.create(learner=learner, milestone=milestone, level=level, since=timezone.now())


def rows(response: Any, heading: str) -> dict[str, str]:
    """{title of the row: the rest} of one table."""
    body = response.content.decode().split(f"<h2>{heading}</h2>")[1].split("</section>")[0]
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', body, flags=re.S)
    plain = [re.sub("<[^>]*>", " ", part).split() for row in found for part in row]
    return {" ".join(title): " ".join(rest) for title, rest in zip(plain[::2], plain[1::2], strict=True)}


@pytest.fixture
def two_schools(home: World) -> World:
    """School 1: 2 of the cast and 12 more; school 2: 1 of the cast and 8 more, nine in all."""
    with tenant_context(home.tenant.pk):
        Learner.objects.update(grade="7")
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        fill(home, home.section, 12, "7", [3])
        fill(home, home.other_section, 8, "8", [3])
    return home


def test_nine_are_hidden_and_so_is_the_other_school(two_schools: World, signed_in: As) -> None:
    response = signed_in("DST").get("/reports/")
    assert rows(response, "By school") == {
        "LKV Other School": "Fewer than 10 learners: not shown",
        "LKV School": "Not shown, so that a smaller group cannot be worked out",
    }
    assert rows(response, "By grade")["8"].startswith("Fewer than 10")
    body = response.content.decode()
    assert "aria-label" not in body.split("<h2>By school</h2>")[1].split("</section>")[0].replace(
        'role="group" aria-label="School"', ""
    ), "no bar gives the numbers away"


def test_ten_are_shown(two_schools: World, signed_in: As) -> None:
    with tenant_context(two_schools.tenant.pk):
        fill(two_schools, two_schools.other_section, 1, "8", [3])
    shown = rows(signed_in("DST").get("/reports/"), "By school")
    assert shown["LKV Other School"].startswith("10 ")
    assert shown["LKV School"].startswith("14 ")


def test_figures_of_a_shown_group(home: World, signed_in: As) -> None:
    """40 learners: 12 at Meets, 4 at Mastery of 42 with the cast's two."""
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        MilestoneStatus.objects.all().delete()
        fill(home, home.section, 40, "7", [0, 1, 2, 3, 3, 3, 4, 1, 2, 0])
    response = signed_in("SCH").get("/reports/")
    by_school = rows(response, "By school")["LKV School"]
    assert by_school.startswith("42 38 %")
    assert 'aria-label="Not started 10, Beginning 8, Developing 8, Meets 12, Mastery 4"' in response.content.decode()
    words = text_of(response)
    assert "At Meets or above 38 %" in words
    assert "Learners 42" in words


def test_caps_are_said_and_have_no_bar(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        MilestoneStatus.objects.all().delete()
        fill(home, home.section, 20, "7", [0])
    response = signed_in("SCH").get("/reports/")
    assert rows(response, "By school")["LKV School"].startswith("22 5 % or less")
    assert "Not started 22" not in response.content.decode()
    with tenant_context(home.tenant.pk):
        MilestoneStatus.objects.all().delete()
        for learner in Learner.objects.all():
            MilestoneStatus.objects.create(learner=learner, milestone=home.milestone, level=4, since=timezone.now())
    assert "95 % or more" in text_of(signed_in("SCH").get("/reports/"))


def test_a_school_administrator_sees_the_own_school_only(two_schools: World, signed_in: As) -> None:
    words = text_of(signed_in("SCH").get("/reports/"))
    assert "LKV School" in words
    assert "LKV Other School" not in words


def test_the_limit_is_the_tenants(two_schools: World, signed_in: As) -> None:
    two_schools.tenant.small_group = 5
    two_schools.tenant.save()
    shown = rows(signed_in("DST").get("/reports/"), "By school")
    assert shown["LKV Other School"].startswith("9 ")
    assert "groups under 5 learners are not shown" in text_of(signed_in("DST").get("/reports/"))


def test_nothing_to_show_yet(home: World, signed_in: As) -> None:
    words = text_of(signed_in("SCH").get("/reports/"))
    assert "There is nothing to show yet" in words
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.all().delete()
        School.objects.filter(pk=home.other_school.pk).update(name="Empty")
    assert "There is nothing to show yet" in text_of(signed_in("DST").get("/reports/"))


def test_no_names_of_learners(two_schools: World, signed_in: As) -> None:
    for role in ("SCH", "DST"):
        words = text_of(signed_in(role).get("/reports/"))
        assert not any(name in words for name in ("Ana", "Ben", "Cleo"))
