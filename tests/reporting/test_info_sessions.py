"""Information sessions: announced by the school, answered by the families they are for, and who came."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from interventions.models import InfoAnswer, InfoSession
from learners.models import GuardianLink, Learner
from reporting.info_sessions.home import folded
from tenancy.context import tenant_context
from tenancy.selectors import zone
from tests.builders import Cast, World, add_member
from tests.reporting.conftest import As, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def values_of(world: World, **more: Any) -> dict[str, Any]:
    day = (world.system.today + timedelta(days=10)).isoformat()
    return {
        "title": "How levels work", "about": "Bring questions, and grandparents; tea, too.", "day": day,
        "hour": "18:30", "minutes": "90", "place": "Library", "languages": "English, Arabic",
        "school": str(world.school.public_id), **more,
    }  # fmt: skip


def announce(world: World, client: Any, **more: Any) -> str:
    response = client.post("/information-sessions/new/", values_of(world, **more))
    assert response.status_code == 302, text_of(response)
    return str(response.headers["Location"])


def test_what_is_wrong_is_said(home: World, signed_in: As) -> None:
    school = signed_in("SCH")
    wrong = {"day": "2020-01-01", "hour": "18:00", "minutes": "5", "capacity": "9999", "link": "javascript:x",
             "school": str(home.other_school.public_id), "languages": "x" * 121}  # fmt: skip
    words = text_of(school.post("/information-sessions/new/", wrong))
    for sentence in (
        "Enter what it is about, like Helping with fractions at home", "Enter an address that begins with https://",
        "Enter a day and an hour to come, within the next 400 days", "Choose a school from the list",
        "Enter the minutes as a number from 10 to 600", "This has 121 characters. Shorten it to 120",
        "Enter for how many there is room, up to 5000, or leave it empty",
    ):  # fmt: skip
        assert sentence in words
    place = text_of(school.post("/information-sessions/new/", values_of(home, place="")))
    assert "Enter where it is, or the link for taking part online" in place


def test_announced_answered_and_came(home: World, signed_in: As) -> None:
    school, guardian = signed_in("SCH"), signed_in("GRD")
    path = announce(home, school, grades=["7"], capacity="3")
    at_home = f"/family/sessions/{path.split('/')[2]}"
    child = f"/family/{home.learner.public_id}/"
    assert "How levels work" in text_of(guardian.get(child))
    calendar = guardian.get(f"{at_home}.ics")
    here = datetime.combine(home.system.today + timedelta(days=10), time(18, 30), zone("Europe/Berlin"))
    assert f"DTSTART:{here.astimezone(zone('UTC')):%Y%m%dT%H%M%SZ}\r\n" in calendar.content.decode()
    assert "grandparents\\; tea\\, too." in calendar.content.decode().replace("\r\n ", "")
    for people, sentence in (("", "from 1 to 20"), ("21", "from 1 to 20"), ("4", "There is room for 3 more.")):
        refused = guardian.post(f"{at_home}/", {"comes": "yes", "people": people})
        assert refused.status_code == 422
        assert sentence in text_of(refused)
    assert guardian.post(f"{at_home}/", {"comes": "yes", "people": "2"}).status_code == 302
    assert "You said that 2 of you come." in text_of(guardian.get(f"{at_home}/"))
    assert "You come" in text_of(guardian.get(child))
    words = text_of(school.get(path))
    assert "LKV GRD Person Ana LKV 2 people" in words
    attendance = f"{path}attendance/"
    assert school.post(attendance).status_code == 409
    edited = values_of(home, version="1", title="How levels work, with tea", grades=["7"])
    assert school.post(f"{path}edit/", edited).status_code == 302
    assert school.post(f"{path}edit/", edited).status_code == 409
    with tenant_context(home.tenant.pk):
        InfoSession.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    assert guardian.post(f"{at_home}/", {"comes": "no"}).status_code == 409
    mark = home.members["GRD"].public_id
    assert school.post(attendance, {f"came-{mark}": "1", f"n-{mark}": "3"}).status_code == 302
    report = text_of(school.get("/information-sessions/"))
    assert "grade 7 1 (2) 0 1 (3)" in report
    with tenant_context(home.tenant.pk):
        row = InfoAnswer.objects.get(member=home.members["GRD"])
        assert (row.comes, row.people, row.came, row.marked_by_id) == (True, 2, 3, home.members["SCH"].pk)


def test_only_families_it_is_for_and_only_schools_own(home: World, signed_in: As) -> None:
    with tenant_context(home.tenant.pk):
        add_member(home, "GRD", "FAR")
        GuardianLink.objects.create(member=home.members["FAR"], learner=home.stranger_learner, status="verified")
        Learner.objects.create(given_name="Eva", folded_name="eva", home_school=home.school, grade="8")
    school, district, near, far = (signed_in(role) for role in ("SCH", "DST", "GRD", "FAR"))
    of_grade_8 = announce(home, school, grades=["8"]).split("/")[2]
    of_class = announce(home, school, sections=[str(home.section.public_id)]).split("/")[2]
    elsewhere = announce(home, district, school=str(home.other_school.public_id)).split("/")[2]
    seen = {
        (who, session): client.get(f"/family/sessions/{session}/").status_code == 200
        for who, client in (("near", near), ("far", far)) for session in (of_grade_8, of_class, elsewhere)
    }  # fmt: skip
    assert {key for key, sees in seen.items() if sees} == {("near", of_class), ("far", elsewhere)}
    assert school.get(f"/information-sessions/{elsewhere}/").status_code == 404
    assert district.get(f"/information-sessions/{elsewhere}/").status_code == 200
    for wrong in ({"sections": [str(home.other_section.public_id)]}, {"grades": ["99"]}, {"sections": ["x"]}):
        answer = district.post("/information-sessions/new/", values_of(home, **wrong))
        assert "Choose grades and classes of this school" in text_of(answer)
    assert school.post(f"/information-sessions/{of_class}/call-off/").status_code == 302
    assert school.post(f"/information-sessions/{of_class}/call-off/").status_code == 409
    assert "This session does not take place." in text_of(near.get(f"/family/sessions/{of_class}/"))
    with tenant_context(home.tenant.pk):
        GuardianLink.objects.update(status="restricted")
        assert InfoSession.objects.count() == 3
    assert near.get(f"/family/sessions/{of_class}/").status_code == 404


def test_lines_of_a_calendar_are_folded_inside_no_character() -> None:
    lines = folded("SUMMARY:" + "كسور" * 40)
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "".join(line.removeprefix(" ") for line in lines) == "SUMMARY:" + "كسور" * 40
