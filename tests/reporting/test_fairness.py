"""The report of groups: figures of a direct count, hatched rows, the same as a file, nothing of what is not kept."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from learners.models import Demographics, KeptDimension, Learner
from milestones.models import SectionMilestone
from reporting.models import CountRun, GroupCount
from reporting.summaries.keeping import close_day_of, count_whole
from reporting.summaries.verify import verify_counts
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.conftest import As, text_of
from tests.reporting.test_report_page import fill

PAGE = "/reports/fairness/"


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def sixty(home: World) -> World:
    """In one class 30 girls of whom half are at Meets, 24 boys all developing, 6 of whom nothing is known."""
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        Learner.objects.update(is_active=False)
        for sex, many, levels in (("female", 30, [3, 1]), ("male", 24, [2]), ("", 6, [4])):
            before = set(Learner.objects.values_list("pk", flat=True))
            fill(home, home.section, many, "7", levels)
            for key in Learner.objects.exclude(pk__in=before).values_list("pk", flat=True):
                Demographics.objects.create(learner_id=key, sex=sex, ethnicity="asian")
        KeptDimension.objects.create(dimension="sex")
    count_whole(home.tenant.pk)
    return home


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def test_figures_of_groups_and_the_small_one_with_the_next(sixty: World, signed_in: As) -> None:
    """Six are too few, so the boys are hidden, too; girls alone stand beside nobody to be compared with."""
    client = signed_in("SCH")
    page = text_of(client.get(PAGE))
    assert "Female 30" in page
    assert "Male Not shown: fewer than 10 learners, or a smaller group could be worked out" in page
    assert page.count("Not shown: fewer than 10") == 4
    file = lines(client.get("/reports/fairness.csv"))
    assert file[0] == ["Sex", "Female", "30", "50", "0", "15", "0", "15", "0"]
    assert file[1] == ["Sex", "Male", "", "not shown", "", "", "", "", ""]
    with tenant_context(sixty.tenant.pk):
        Demographics.objects.filter(sex="").update(sex="male")
        rows = GroupCount.objects.filter(school=sixty.school.pk, milestone=sixty.milestone.pk)
        assert list(rows.values_list("dimension", "value", "learners", "n1", "n3")) == [("sex", "female", 30, 15, 15)]
    assert verify_counts(sixty.tenant.pk).groups > 0
    assert "Male Not shown" in text_of(client.get(PAGE)), "groups are counted by the night"
    with tenant_context(sixty.tenant.pk):
        CountRun.objects.update(closed_on=None)
    close_day_of(sixty.tenant.pk)
    assert verify_counts(sixty.tenant.pk).groups == 0
    page = text_of(client.get(PAGE))
    assert (
        "The groups shown lie up to 30 points apart: Female 50 %, Male 20 %. This says that they differ, not why."
        in (page)
    )
    assert lines(client.get("/reports/fairness.csv?grade=7&by=sex"))[1][2:4] == ["30", "20"]
    assert "as of" in page
    assert "ethnicity" not in page.lower()


def test_nothing_kept_and_nothing_to_show(home: World, signed_in: As) -> None:
    assert "Sensitive fields" in text_of(signed_in("DST").get(PAGE))
    assert "Nothing is kept" in text_of(signed_in("SCH").get(f"{PAGE}?by=sex"))
    with tenant_context(home.tenant.pk):
        KeptDimension.objects.create(dimension="language")
    assert "counted tonight" in text_of(signed_in("SCH").get(PAGE))
    count_whole(home.tenant.pk)
    assert "No group may be shown here" in text_of(signed_in("SCH").get(f"{PAGE}?by=language"))
    assert signed_in("TCH").get(PAGE).status_code == 404
