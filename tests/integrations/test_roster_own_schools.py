"""A school administrator imports for their own school: rows of others are named and left out, nobody is drawn away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from integrations.models import RosterImport
from integrations.oneroster.repeat import TABLES
from integrations.roster_pages import own_schools
from integrations.roster_pages.work import run_imports
from learners.models import School, SchoolPost
from tenancy.context import tenant_context
from tenancy.models import Member, Tenant
from tests.builders import Cast, World
from tests.integrations.roster_builders import (
    Rows,
    enrolled,
    learner,
    links,
    role,
    roles_of,
    school,
    seat,
    section,
    user,
)
from tests.integrations.test_roster_pages import put, save, state, upload
from tests.reporting.conftest import text_of
from tests.stepping import step_up


@pytest.fixture
def home(cast: Cast) -> World:
    """Schools s1 and s2 came from the district's roster; l9 is at home in s2. The administrator runs s1."""
    district = client_of(cast.home, "DST")
    files = school()
    files["classes"].append(section("c9", schoolSourcedId="s2"))
    files["users"].append(user("both"))
    files["roles"] = [row for row in files["roles"] if row["userSourcedId"] != "l9"]
    files["roles"] += [role("l9", "student", "s2"), role("both", "teacher"), role("both", "teacher", "s2")]
    files["enrollments"] = [row for row in files["enrollments"] if row["userSourcedId"] != "l9"]
    files["enrollments"].append(seat("c9", "l9"))
    put(cast.home, district, files)
    with tenant_context(cast.home.tenant.pk):
        post = SchoolPost.objects.get(member=cast.home.members["SCH"])
        post.school = School.objects.get(sourced_id="s1")
        post.save()
    return cast.home


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    step_up(client, world.users[who])
    return client


def own() -> Rows:
    """What a school's own export holds: its classes and people, and a newcomer with a guardian."""
    files = school()
    files["users"] = [one for one in files["users"] if one["sourcedId"] not in {"l9", "aide", "head"}]
    files["users"] += [user("fresh", agentSourcedIds="mum"), user("mum")]
    files["users"][1]["grades"] = "07"
    people = {row["sourcedId"] for row in files["users"]}
    files["roles"] = [row for row in files["roles"] if row["userSourcedId"] in people]
    files["roles"] += [role("fresh", "student"), role("mum", "parent")]
    files["enrollments"] = [row for row in files["enrollments"] if row["userSourcedId"] in people]
    files["enrollments"].append(seat("c1", "fresh"))
    return files


def test_own_rows_come_in_and_are_undone(home: World) -> None:
    client = client_of(home, "SCH")
    with tenant_context(home.tenant.pk):
        before = state()
    address = upload(home, client, own(), missing="left")
    words = text_of(client.get(address))
    assert "New people 2 Changed 1" in words
    assert "cannot be saved" not in words
    save(home, client, address)
    with tenant_context(home.tenant.pk):
        assert "fresh" in enrolled("c1")
        assert links()["mum", "fresh"] == "verified"
        assert learner("l1").grade == "07"
        # The file is not the whole roster of anything: whoever it does not name stays.
        assert learner("l9").is_active
        assert roles_of("head")["SCH"][1] is None
        assert RosterImport.objects.get(school_ids__isnull=False).keeps_missing
    assert client.post(f"{address}undo/").status_code == 302
    run_imports(home.tenant.pk)
    with tenant_context(home.tenant.pk):
        assert state()[1:3] == before[1:3]
        assert not learner("fresh").is_active


def test_rows_of_others_are_left_out(home: World) -> None:
    client = client_of(home, "SCH")
    files = own()
    files["orgs"][1]["name"] = "Taken over"
    files["academicSessions"][0]["endDate"] = "2030-01-01"
    files["classes"] += [section("c9", schoolSourcedId="s1"), section("c10", schoolSourcedId="s2")]
    # Drawn into the school; a second school's teacher renamed; a guardian for another school's child; an administrator.
    files["users"] += [
        user("l9", givenName="Mine"), user("both", givenName="Other"), user("nosy", agentSourcedIds="l9"),
        user("boss"), user("stray"),
    ]  # fmt: skip
    files["roles"] += [
        role("l9", "student"),
        role("both", "teacher"),
        role("nosy", "parent"),
        role("boss", "principal"),
    ]
    files["enrollments"].append(seat("c1", "l9"))
    address = upload(home, client, files)
    words = text_of(client.get(address))
    for sentence in (
        "Row 3: Schools are added and changed by the district. Leave the row out, or ask the district to import it",
        "Row 2: Years and terms are added and changed by the district.",
        "Row 4: This class is not one of a school that you run.",
        "Row 5: This class is not one of a school that you run.",
        "Row 15: This person is not one of a school that you run, or not of it alone.",
        "Row 16: This person is not one of a school that you run, or not of it alone.",
        "Row 17: One of these learners is not of a school that you run.",
        "Row 19: No row gives this person a role in a school that you run. Add one to roles.csv, or leave this row out",
        "Only the district gives this role.",
    ):
        assert sentence in words
    save(home, client, address)
    with tenant_context(home.tenant.pk):
        stranger = learner("l9")
        assert (stranger.given_name, stranger.home_school.sourced_id) == ("L9", "s2")
        assert enrolled("c9") == {"l9"}
        assert "l9" not in enrolled("c1")
        assert School.objects.get(sourced_id="s2").name == "South School"
        assert Member.objects.get(sourced_id="both").given_name == "Both"
        assert not Member.objects.filter(sourced_id__in=("nosy", "stray")).exists()
        assert not SchoolPost.objects.filter(member__sourced_id="boss").exists()
        assert "fresh" in enrolled("c1")


def test_a_change_that_no_row_was_refused_for_refuses_the_file(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second net, with holes cut into the first."""
    monkeypatch.setattr(own_schools, "RULES", ())
    client = client_of(home, "SCH")
    files = own()
    files["users"].append(user("l9"))
    files["roles"].append(role("l9", "student"))
    address = upload(home, client, files)
    words = text_of(client.get(address))
    assert "This file cannot be saved" in words
    assert "records of schools that you do not run. Ask the district to import it" in words
    assert client.post(f"{address}save/").status_code == 409


def test_every_table_of_the_roster_is_looked_at() -> None:
    assert set(own_schools.CHANGED_BEYOND) == set(TABLES)


def test_who_sees_and_who_may_still(home: World, cast: Cast) -> None:
    principal, district = client_of(home, "SCH"), client_of(home, "DST")
    mine = upload(home, principal, own())
    theirs = upload(home, district, own())
    assert district.get(mine).status_code == 200
    assert principal.get(theirs).status_code == 404
    assert theirs not in principal.get("/people/imports/").content.decode()
    # Saving and undoing ask for a fresh proof of identity; looking does not.
    tired = Client()
    tired.force_login(home.users["SCH"])
    step_up(tired, home.users["SCH"], seconds_ago=100_000)
    assert tired.get(mine).status_code == 200
    for act in ("save", "undo"):
        asked: Any = tired.post(f"{mine}{act}/")
        assert (asked.status_code, "reauthenticate" in asked["Location"]) == (302, True)
    # Without the school, the job does not begin.
    assert principal.post(f"{mine}save/").status_code == 302
    with tenant_context(home.tenant.pk):
        SchoolPost.objects.filter(member=home.members["SCH"]).update(school=home.other_school)
    run_imports(home.tenant.pk)
    assert principal.get(mine).status_code == 404
    assert "may no longer import rosters" in text_of(district.get(mine))
    with tenant_context(home.tenant.pk):
        assert not Member.objects.filter(sourced_id="fresh").exists()
    assert Tenant.objects.count() > 1
