"""The administrator's reports: what is hidden cannot be worked out, figures are those of a direct count."""

from __future__ import annotations

import csv
import io
import itertools
import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from learners.models import Learner, School, Section, SectionStaff
from milestones.models import Milestone, MilestoneStatus, ReviewItem, SectionMilestone
from reporting.reports import page
from reporting.summaries.cube import Facts, Rows, publish
from reporting.summaries.keeping import count_whole
from reporting.suppression import cap, hide
from tenancy.context import tenant_context
from tests.builders import World, add_learner
from tests.reporting.conftest import As, text_of
from tests.stepping import step_up

LIMIT = 10


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([10, 11], [False, False]),
        ([9, 9], [True, True]),
        ([9, 40, 12], [True, False, True]),  # the next smallest goes too
        ([2, 3, 40], [True, True, True]),  # five together are still too few
        ([9], [True]),
        ([30, 9, 30], [True, True, False]),
        ([10, 10, 10], [False, False, False]),
    ],
)
def test_small_groups_and_the_next_smallest(sizes: list[int], expected: list[bool]) -> None:
    group = np.zeros(len(sizes), np.int64)
    assert hide(group, np.array(sizes, np.int64), LIMIT).tolist() == expected


@pytest.mark.parametrize(
    ("learners", "percent", "said"),
    [(39, 0, "low"), (39, 5, "low"), (39, 6, ""), (39, 94, ""), (39, 95, "high"), (40, 0, ""), (40, 100, "")],
)
def test_shares_at_the_ends_are_capped_in_groups_under_forty(learners: int, percent: int, said: str) -> None:
    assert cap(learners, percent) == said


sizes_of = st.lists(st.sampled_from([0, 0, 1, 4, 7, 9, 10, 11, 14, 25, 60]), min_size=12, max_size=12)


@settings(deadline=None, max_examples=150)
@given(sizes_of, sizes_of, st.sampled_from([5, 10]))
def test_no_arithmetic_over_what_is_shown_tells_of_fewer_than_the_limit(
    first: list[int], second: list[int], limit: int
) -> None:
    """Three schools, four grades, two milestones. Every figure shown is an equation over the hidden ones' learners.

    A sum of cells that follows from the equations (it lies in their row space) must be of `limit` learners or of none.
    """
    places = list(itertools.product((1, 2, 3), ("5", "6", "7", "8"), (1, 2)))
    sizes = dict(zip(places, [n for pair in zip(first, second, strict=True) for n in pair], strict=True))
    rows = published(places, sizes, limit)
    cells = [place for place in places if sizes[place]]
    known = np.array([equation(rows, n, cells) for n in range(len(rows)) if rows.is_shown[n]])
    known = known.reshape(len(known), len(cells))
    rank = np.linalg.matrix_rank(known) if known.size else 0
    for milestone in (1, 2):
        of_milestone = [n for n, cell in enumerate(cells) if cell[2] == milestone]
        for many in range(1, len(of_milestone) + 1):
            for chosen in itertools.islice(itertools.combinations(of_milestone, many), 400):
                if sum(sizes[cells[n]] for n in chosen) >= limit:
                    continue
                wanted = np.zeros(len(cells))
                wanted[list(chosen)] = 1
                assert np.linalg.matrix_rank(np.vstack([known, wanted])) > rank, [cells[n] for n in chosen]


def published(places: list[tuple[int, str, int]], sizes: dict[tuple[int, str, int], int], limit: int) -> Rows:
    """All of a cell's learners are at Meets; the heads count them as if nobody were on both milestones."""
    school, grade, milestone = (np.array(column) for column in zip(*places, strict=True))
    learners = np.array([sizes[place] for place in places], np.int64)
    levels = np.zeros((len(places), 5), np.int64)
    levels[:, 3] = learners
    cells = Rows.new(school, grade, milestone=milestone, learners=learners, levels=levels)
    heads = [(s, g) for s in (1, 2, 3) for g in ("5", "6", "7", "8")]
    several = np.array([max(sizes[s, g, m] for m in (1, 2)) for s, g in heads], np.int64)
    people = Rows.new(np.array([s for s, _ in heads]), np.array([g for _, g in heads]), learners=several)
    topics = {1: (0, ""), 2: (0, "")}
    return publish(cells, people, Facts(topics, {}, limit))


def equation(rows: Rows, n: int, cells: list[tuple[int, str, int]]) -> list[float]:
    """Which cells' learners a shown figure is the sum of, found from the sizes of all the rows beneath it."""
    school, grade, milestone = int(rows.school[n]), str(rows.grade[n]), int(rows.milestone[n])
    if milestone == 0:
        parts = [
            k for k in range(len(rows))
            if rows.milestone[k] and rows.school[k] == school and rows.grade[k] == grade and rows.is_shown[k]
        ]  # fmt: skip
        return [float(x) for x in np.sum([equation(rows, k, cells) for k in parts], axis=0)]
    if school == 0 and grade != "*":
        shown = {
            (int(rows.school[k]), str(rows.grade[k]), int(rows.milestone[k])) for k in range(len(rows))
            if rows.is_shown[k] and rows.school[k]
        }  # fmt: skip
        found = [float(cell in shown and cell[1:] == (grade, milestone)) for cell in cells]
    else:
        found = [
            float(cell[2] == milestone and school in {0, cell[0]} and grade in {"*", cell[1]}) for cell in cells
        ]  # fmt: skip
    return found


def fill(world: World, section: Section, learners: int, grade: str, levels: list[int]) -> None:
    """So many more learners of a grade; each on the section's first milestone at the next level of the list."""
    milestone = Milestone.objects.get(pk=world.milestone.pk)
    SectionMilestone.objects.get_or_create(section=section, milestone=milestone)
    for n in range(learners):
        learner = add_learner(world, f"{grade}-{section.pk}-{levels}-{learners}-{n}", section, grade=grade)
        level = levels[n % len(levels)]
        if level:
            MilestoneStatus.objects.create(learner=learner, milestone=milestone, level=level, since=timezone.now())


def rows_of(response: Any, heading: str) -> dict[str, str]:
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
    count_whole(home.tenant.pk)
    return home


def test_nine_are_hidden_and_so_is_the_other_school(two_schools: World, signed_in: As) -> None:
    response = signed_in("DST").get("/reports/")
    assert rows_of(response, "By school") == {
        "LKV Other School": "Fewer than 10 learners: not shown",
        "LKV School": "Not shown, so that a smaller group cannot be worked out",
    }
    body = response.content.decode().split("<h2>By school</h2>")[1].split("</section>")[0]
    assert "Not started" not in body.split("</header>")[1], "no bar gives the numbers away"
    said = signed_in("DST").get("/reports/schools.csv").content.decode()
    assert [row[2:] for row in csv.reader(io.StringIO(said))][1:] == [["", "not shown", "", *[""] * 5]] * 2
    words = text_of(signed_in("SCH").get("/reports/"))
    assert "There is nothing to show yet" in words, "the same group is hidden from everybody"


def test_ten_are_shown_and_a_raised_limit_holds_at_once(two_schools: World, signed_in: As) -> None:
    with tenant_context(two_schools.tenant.pk):
        fill(two_schools, two_schools.other_section, 1, "8", [3])
    count_whole(two_schools.tenant.pk)
    shown = rows_of(signed_in("DST").get("/reports/"), "By school")
    assert shown["LKV Other School"].startswith("10 ")
    assert shown["LKV School"].startswith("14 ")
    two_schools.tenant.small_group = 12
    two_schools.tenant.save()
    again = rows_of(signed_in("DST").get("/reports/"), "By school")
    assert again["LKV Other School"] == "Fewer than 12 learners: not shown"


@pytest.fixture
def forty(home: World) -> World:
    """40 learners more: 12 at Meets, 4 at Mastery of 42 with the cast's two."""
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        MilestoneStatus.objects.all().delete()
        fill(home, home.section, 40, "7", [0, 1, 2, 3, 3, 3, 4, 1, 2, 0])
    count_whole(home.tenant.pk)
    return home


def test_figures_of_a_shown_group_on_every_page(forty: World, signed_in: As) -> None:
    client = signed_in("SCH")
    response = client.get("/reports/")
    assert rows_of(response, "By grade")["7"].startswith("42 38 %")
    assert 'aria-label="Not started 10, Beginning 8, Developing 8, Meets 12, Mastery 4"' in response.content.decode()
    words = text_of(response)
    assert "Planned milestones at Meets or above 38 %" in words
    assert "42 learners" in words
    assert "LKV Other School" not in words
    assert "1 of 1 class" in text_of(client.get("/reports/gaps/"))
    one = text_of(client.get(f"/reports/milestones/{forty.milestone.public_id}/"))
    assert "At Meets or above 38 %" in one
    assert not any(name in words + one for name in ("Ana", "Ben", "Cleo"))
    said = client.get("/reports/milestones.csv").content.decode()
    assert "42,38,,10,8,8,12,4" in said
    for address in ("/reports/trend/", "/reports/time-in-level/", "/reports/trend.csv", "/reports/time-in-level.csv"):
        assert client.get(address).status_code == 200
    assert client.get("/reports/unknown.csv").status_code == 404


def test_of_many_schools_the_page_holds_the_lowest_and_the_file_all(
    forty: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(forty.tenant.pk):
        SectionMilestone.objects.get_or_create(section=forty.other_section, milestone=forty.milestone)
        for n in range(12):
            add_learner(forty, f"other-{n}", forty.other_section, grade="8")
    count_whole(forty.tenant.pk)
    client = signed_in("DST")
    assert {"LKV School", "LKV Other School"} <= set(rows_of(client.get("/reports/"), "By school"))
    monkeypatch.setattr(page, "MOST_SCHOOLS", 1)
    response = client.get("/reports/")
    assert list(rows_of(response, "By school")) == ["LKV Other School"], "nobody there is at Meets"
    assert "The schools with the lowest share. 1 more is in the CSV file." in text_of(response)
    assert client.get("/reports/schools.csv").content.decode().count("LKV") >= 2


def test_filters_narrow_and_foreign_ones_are_not_found(forty: World, signed_in: As) -> None:
    client = signed_in("DST")
    school, framework = forty.school.public_id, forty.framework.public_id
    assert "42 learners" in text_of(client.get(f"/reports/?school={school}&grade=7&kind=academic&weeks=8"))
    assert "nothing to show for these filters" in text_of(client.get(f"/reports/?subject={framework}&kind=engagement"))
    assert "nothing to show for these filters" in text_of(client.get("/reports/?grade=12"))
    for wrong in (forty.section.public_id, "x"):
        assert client.get(f"/reports/?school={wrong}").status_code == 404
        assert client.get(f"/reports/?subject={wrong}").status_code == 404
    assert signed_in("SCH").get(f"/reports/?school={forty.other_school.public_id}").status_code == 404


def test_caps_are_said_and_have_no_bar(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        MilestoneStatus.objects.all().delete()
        fill(home, home.section, 20, "7", [0])
    count_whole(home.tenant.pk)
    response = signed_in("SCH").get("/reports/")
    assert rows_of(response, "By grade")["7"].startswith("22 – 5 % or less")
    assert "Not started 22" not in response.content.decode()


def test_names_only_for_those_entitled_and_written_down(forty: World, signed_in: As) -> None:
    address = f"/reports/names/?school={forty.school.public_id}"
    with tenant_context(forty.tenant.pk):
        other = Milestone.objects.get(pk=forty.other_milestone.pk)
        SectionMilestone.objects.create(section=forty.section, milestone=other)
        long_ago = timezone.now() - timedelta(days=60)
        for milestone in (forty.milestone, other):
            MilestoneStatus.objects.create(learner=forty.learner, milestone=milestone, level=2, since=long_ago)
    count_whole(forty.tenant.pk)
    words = text_of(signed_in("SCH").get(address))
    assert "Ana" in words
    assert "LKV Maths 7" in words
    district = signed_in("DST")
    assert district.get(address).status_code == 302, "a fresh proof of identity is asked for first"
    step_up(district, forty.users["DST"])
    assert "Ana" in text_of(district.get(address))
    assert signed_in("TCH").get(address).status_code == 404
    assert signed_in("SCH").get("/reports/names/").status_code == 404


def test_a_gap_is_sent_to_the_review_once(forty: World, signed_in: As) -> None:
    client, school = signed_in("SCH"), forty.school.public_id
    address = f"/reports/gaps/{forty.milestone.public_id}/review/?school={school}"
    for _ in range(2):
        assert client.post(address).status_code == 302
    with tenant_context(forty.tenant.pk):
        item = ReviewItem.objects.get(milestone=forty.milestone)
        assert item.facts["percent"] == 50, "of those who have begun"
    assert "is on the list" in text_of(client.get(f"/reports/gaps/?school={school}"))


def test_quiet_classes_and_whom_to_write_to(forty: World, signed_in: As) -> None:
    client = signed_in("SCH")
    words = text_of(client.get("/reports/adoption/?days=7"))
    assert "Classes without evidence lately 0 of 1 class" in words, "the cast's quiz was entered just now"
    with tenant_context(forty.tenant.pk):
        quiet = Section.objects.create(title="LKV Quiet", school=forty.other_school)
        SectionStaff.objects.create(section=quiet, member=forty.members["OTHER_TCH"])
        fill(forty, quiet, 1, "8", [0])
    district = signed_in("DST")
    assert "Choose a school to see its classes" in text_of(district.get("/reports/adoption/"))
    response = district.get(f"/reports/adoption/?school={forty.other_school.public_id}&days=x")
    assert "LKV Quiet LKV OTHER_TCH Person none yet Quiet 0" in text_of(response)
    assert "mailto:?bcc=other_tch%40lakeview.example" in response.content.decode()


def test_a_pilot_beside_the_others(forty: World, signed_in: As) -> None:
    """Half of the learners sit in a second class, at Mastery; it began eight days ago."""
    with tenant_context(forty.tenant.pk):
        second = Section.objects.create(title="LKV Maths 7c", school=forty.school)
        fill(forty, second, 20, "7", [4])
    count_whole(forty.tenant.pk)
    client = signed_in("SCH")
    assert "Enter a name of at most" in text_of(client.post("/reports/cohorts/", {"target": "70"}))
    assert "Enter a share from 1 to 100" in text_of(client.post("/reports/cohorts/", {"name": "P", "target": "170"}))
    response = client.post("/reports/cohorts/", {"name": "Strips pilot", "target": "70"})
    address = response.headers["Location"]
    words = text_of(client.get(address))
    assert "nothing to compare yet" in words
    began = (forty.system.today - timedelta(days=8)).isoformat()
    assert "Choose a class, or a school" in text_of(client.post(f"{address}places/", {"begins_on": began}))
    assert "Enter a date" in text_of(client.post(f"{address}places/", {"section": str(second.public_id)}))
    joined = {"section": str(second.public_id), "begins_on": began}
    assert client.post(f"{address}places/", joined).status_code == 302
    words = text_of(client.get(address))
    assert "Pilot classes at Meets or above 95 % or more 1 class, 20 learners" in words
    assert "Other classes on the same milestones 38 %" in words
    grade = {"school": str(forty.other_school.public_id), "grade": "8", "begins_on": began}
    assert "Choose a school from the list" in text_of(client.post(f"{address}places/", grade)), "not their school"
    assert "target 70 %" in text_of(client.get("/reports/cohorts/"))
    place = re.findall(r"places/([0-9a-f-]{36})/remove", client.get(address).content.decode())[0]
    assert signed_in("TCH").post(f"{address}places/{place}/remove/").status_code == 404
    assert client.post(f"{address}places/{place}/remove/").status_code == 302
    assert "No class has a day" in text_of(client.get(address))


def test_views_are_kept_by_name_for_oneself(forty: World, signed_in: As) -> None:
    client = signed_in("SCH")
    kept = client.post("/reports/views/", {"name": "Grade 7", "address": "/reports/?grade=7"})
    assert kept.headers["Location"] == "/reports/?grade=7"
    response = client.get("/reports/")
    assert '<a href="/reports/?grade=7">Grade 7</a>' in response.content.decode()
    elsewhere = client.post("/reports/views/", {"name": "x", "address": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/reports/"
    assert client.post("/reports/views/", {"name": " "}).status_code == 302
    assert "Enter a name of at most 80 characters" in text_of(client.get("/reports/"))
    delete = re.findall(r"/reports/views/[0-9a-f-]{36}/delete/", response.content.decode())[0]
    assert signed_in("DST").post(delete).status_code == 404
    assert client.post(delete).status_code == 302
    assert "Grade 7</a>" not in client.get("/reports/").content.decode()


def test_nothing_to_show_yet(home: World, signed_in: As) -> None:
    client: Client = signed_in("DST")
    assert "There is nothing to show yet" in text_of(client.get("/reports/"))
    with tenant_context(home.tenant.pk):
        School.objects.filter(pk=home.other_school.pk).update(name="Empty")
    for slug in ("trend", "time-in-level", "gaps"):
        assert client.get(f"/reports/{slug}/").status_code == 200
