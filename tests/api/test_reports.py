"""Reports over the API: the same figures as the pages' files, with the same groups hidden."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from api.models import ApiClientSchool
from learners.models import Demographics, KeptDimension, Learner
from milestones.models import SectionMilestone
from reporting.summaries.keeping import count_whole
from tenancy.context import tenant_context
from tests.api.test_reads import get
from tests.builders import Cast, World
from tests.reporting.test_report_page import fill

REPORTS = ("mastery", "trend", "time-in-level", "gaps", "fairness", "adoption")
LEVELS = ("not_started", "beginning", "developing", "meets", "mastery")


@pytest.fixture
def home(cast: Cast) -> World:
    """School 1: 60 learners of grade 7 and 15 of grade 8; school 2: 20. Half are girls, of six nothing is known."""
    home = cast.home
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        Learner.objects.update(is_active=False)
        before = list(Learner.objects.values_list("pk", flat=True))
        fill(home, home.section, 60, "7", [3, 2, 3, 1])
        fill(home, home.section, 15, "8", [2])
        fill(home, home.other_section, 20, "8", [4, 4, 0, 1])
        KeptDimension.objects.create(dimension="sex")
        for n, key in enumerate(Learner.objects.exclude(pk__in=before).order_by("pk").values_list("pk", flat=True)):
            Demographics.objects.create(learner_id=key, sex=("female", "male")[n % 2] if n > 5 else "")
    count_whole(home.tenant.pk)
    return home


def file_of(world: World, block: str, **query: str) -> list[list[str]]:
    client = Client()
    client.force_login(world.users["DST"])
    text = client.get(f"/reports/{block}.csv", query).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def as_line(group: dict[str, Any]) -> list[str]:
    """A group as a file has it."""
    share = {"5_or_less": "5 % or less", "95_or_more": "95 % or more"}.get(group["share"], str(group["percent"]))
    levels = [str(group["levels"][name]) if group["levels"] else "" for name in LEVELS]
    learners = "" if group["is_hidden"] else str(group["learners"])
    return [group["title"], learners, "not shown" if group["is_hidden"] else share, *levels]


def test_answers_are_those_of_the_files(home: World) -> None:
    status, mastery = get(home, "reports/mastery/")
    assert status == 200
    assert mastery["smallest_group"] == 10
    for block in ("schools", "grades"):
        lines = [[line[0], line[2], line[3], *line[5:]] for line in file_of(home, block)]
        assert [as_line(one) for one in mastery[block]] == lines
        assert lines
    narrowed = get(home, "reports/mastery/", school=home.school.public_id, grade="7")[1]
    assert (narrowed["total"]["learners"], narrowed["total"]["percent"], narrowed["schools"]) == (60, 50, [])
    gaps = get(home, "reports/gaps/")[1]["milestones"]
    assert [as_line(one) for one in gaps] == [[x[0], x[2], x[3], *x[5:]] for x in file_of(home, "milestones")]
    fairness = get(home, "reports/fairness/", by="sex")[1]
    assert [as_line(one) for one in fairness["groups"]] == [line[1:] for line in file_of(home, "fairness", by="sex")]
    assert {one["is_hidden"] for one in fairness["groups"]} == {True, False}
    trend = get(home, "reports/trend/")[1]["points"]
    assert [[one["day"], str(one["percent"])] for one in trend] == file_of(home, "trend")
    stays = get(home, "reports/time-in-level/")[1]["levels"]
    assert [str(one["stays"]) for one in stays] == [line[1] for line in file_of(home, "time-in-level")]


def test_adoption_counts_classes_and_names_nobody(home: World) -> None:
    status, body = get(home, "reports/adoption/")
    assert (status, body["errors"][0]["field"]) == (400, "school")
    assert get(home, "reports/adoption/", school=home.school.public_id, days=28)[1] == {
        "days": 28, "classes": 1, "classes_without_evidence": 0, "work_waiting": 0,
    }  # fmt: skip


def test_bad_filters_scopes_and_schools_of_the_token(home: World) -> None:
    for query in ({"weeks": "many"}, {"colour": "red"}, {"school": "x"}, {"kind": "odd"}):
        status, body = get(home, "reports/mastery/", **query)
        assert (status, body["errors"][0]["field"]) == (400, next(iter(query)))
    assert get(home, "reports/fairness/", grade="7")[0] == 400
    assert get(home, "reports/fairness/", by="ethnicity")[0] == 404
    with tenant_context(home.tenant.pk):
        ApiClientSchool.objects.create(client=home.client, school=home.other_school)
    assert get(home, "reports/mastery/", school=home.school.public_id)[0] == 404
    own = get(home, "reports/mastery/")[1]
    assert (own["total"]["learners"], own["schools"]) == (20, [])
    with tenant_context(home.tenant.pk):
        home.client.scopes = ["status.read"]
        home.client.save()
    assert {get(home, f"reports/{name}/")[0] for name in REPORTS} == {403}
