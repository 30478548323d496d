"""What can be done on the reports: another stall rule, a target, an event on the trend, a pilot beside the others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from learners.models import School, Section
from milestones.models import MilestoneStatus, SectionMilestone
from reporting.models import Cohort, CohortPlace, LevelDay, ReportEvent, StayCount
from reporting.summaries.keeping import count_whole
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.reporting.conftest import As, text_of
from tests.reporting.test_report_page import fill

TREND, EVENTS = "/reports/trend/", "/reports/trend/events/"


@pytest.fixture
def home(cast: Cast) -> World:
    """40 learners more in one class, 40 in a pilot of the same grade; four weeks ago all were a level lower."""
    home = cast.home
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.filter(milestone=home.other_milestone).delete()
        MilestoneStatus.objects.all().delete()
        pilot = Section.objects.create(title="LKV Maths 7c", school=home.school)
        fill(home, home.section, 40, "7", [1, 2, 3, 3])
        fill(home, pilot, 40, "7", [2, 3, 4, 3])
        cohort = Cohort.objects.create(name="Strips", target=70)
        CohortPlace.objects.create(cohort=cohort, section=pilot, begins_on=home.system.today - timedelta(days=9))
    count_whole(home.tenant.pk)
    return home


def test_another_stall_rule_is_tried_and_nothing_is_written(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        StayCount.objects.all().delete()
        for school in (0, home.school.pk):
            kept = {"school": school, "milestone": home.milestone.pk, "level": 2}
            StayCount.objects.create(**kept, b5=60, b9=37, b15=3)
    client = signed_in("DST")
    assert "about 40 % of 100 finished stays lasted longer than 10 days" in text_of(
        client.get("/reports/time-in-level/?stall=10")
    )
    assert "fewer than 10 of 100 finished stays lasted longer than 100 days" in text_of(
        client.get("/reports/time-in-level/?stall=100")
    )
    for wrong in ("x", "0", "181", "-3"):
        assert "lasted longer" not in text_of(client.get(f"/reports/time-in-level/?stall={wrong}"))


def test_a_target_and_growth(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        then = {"day": timezone.now().date() - timedelta(days=40), "grade": "*", "learners": 82, "is_shown": True}
        for school in (0, home.school.pk):
            LevelDay.objects.create(**then, school=school, n0=12, n1=10, n2=20, n3=40)
    words = text_of(signed_in("DST").get("/reports/?target=80"))
    share = int(re.findall(r"Planned milestones at Meets or above (\d+) %", words)[0])
    assert (
        f"{share} % of planned milestones are ready, of a target of 80 %. 0 of 1 school shown has reached it." in words
    )
    assert re.search(r"Growth [+-]?\d+ levels gained on 100 planned milestones in 4 weeks", words)
    assert "the target of 5 % is reached. 1 of 1 school" in text_of(signed_in("DST").get("/reports/?target=5"))


def test_an_event_is_marked_by_who_may_and_shown_where_it_belongs(home: World, signed_in: As) -> None:
    district, school = signed_in("DST"), signed_in("SCH")
    today = home.system.today
    assert "Enter a date" in text_of(district.post(EVENTS, {"day": "x", "title": "A"}))
    refused = district.post(EVENTS, {"day": (today + timedelta(days=1)).isoformat(), "title": ""})
    assert refused.status_code == 422
    assert "Enter what happened in at most 80 characters" in text_of(refused)
    day = {"day": (today - timedelta(days=3)).isoformat()}
    assert "Enter a day up to today" in text_of(
        district.post(EVENTS, {"day": (today + timedelta(days=1)).isoformat(), "title": "Later"})
    )
    for client, title in ((district, "New <b>books</b>"), (district, "New <b>books</b>"), (school, "New timetable")):
        assert client.post(EVENTS, {**day, "title": title}).status_code == 302
    with tenant_context(home.tenant.pk):
        assert list(ReportEvent.objects.order_by("id").values_list("title", "school_id")) == [
            ("New <b>books</b>", None), ("New timetable", home.school.pk),
        ]  # fmt: skip
        elsewhere = School.objects.get(pk=home.other_school.pk)
        ReportEvent.objects.create(day=today, title="Moved house", school=elsewhere)
        every, own, other = ReportEvent.objects.order_by("id").values_list("public_id", flat=True)
    body = school.get(TREND).content.decode()
    assert "New &lt;b&gt;books&lt;/b&gt;" in body
    assert "New timetable" in body
    assert "Moved house" not in body
    assert "Moved house" in text_of(district.get(TREND))
    assert {school.post(f"{EVENTS}{key}/remove/").status_code for key in (every, other)} == {404}
    assert school.post(f"{EVENTS}{own}/remove/").status_code == 302
    assert district.post(f"{EVENTS}{every}/remove/").status_code == 302


def test_a_pilot_beside_the_others_in_the_trend_and_its_file(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        key = Cohort.objects.get().public_id
    client = signed_in("SCH")
    words = text_of(client.get(f"{TREND}?cohort={key}"))
    assert "Strips: 75 % on" in words
    assert re.search(r"Other classes: 4\d % on", words)
    assert "this alone does not show why" in words
    file = client.get(f"/reports/trend.csv?cohort={key}").content.decode("utf-8-sig").splitlines()
    assert file[0] == "Day,Strips,Other classes"
    assert re.fullmatch(rf"{home.system.today.isoformat()},75,4\d", file[-1])
    assert client.get(f"{TREND}?cohort={home.school.public_id}").status_code == 404
