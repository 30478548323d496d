"""Lists and single reads of the API: shapes, filters, paging, explanations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.keys import create_client
from learners.models import GuardianLink, Learner
from tenancy.context import tenant_context
from tenancy.models import RoleGrant
from tests.builders import Cast, World, add_learner

LISTS = (
    "frameworks", "competencies", "sections", "learners", "milestones", "statuses", "schools", "terms", "people",
    "enrolments", "assignments", "guardian-links",
)  # fmt: skip


def get(world: World, path: str, **query: Any) -> Any:
    response = Client().get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {world.token}"})
    return response.status_code, response.json()


@pytest.mark.parametrize("name", LISTS)
def test_lists_hold_this_tenants_rows_only(cast: Cast, name: str) -> None:
    status, body = get(cast.home, f"{name}/")
    assert status == 200
    assert body["results"]
    assert body["next"] is None
    assert cast.away.marker not in str(body)


def test_a_single_read_is_the_lists_row(cast: Cast) -> None:
    for name in ("frameworks", "competencies", "sections", "learners", "milestones", "schools", "terms", "people"):
        row = get(cast.home, f"{name}/")[1]["results"][0]
        assert get(cast.home, f"{name}/{row['id']}/") == (200, row)


def test_competencies_carry_code_statement_and_prerequisites(cast: Cast) -> None:
    second = get(cast.home, "competencies/", code="LKV.1")[1]["results"]
    assert [(row["statement"], len(row["prerequisites"])) for row in second] == [("Can do LKV.1", 1)]
    by_identifier = get(cast.home, "competencies/", identifier=cast.home.competencies[1].identifier.upper())[1][
        "results"
    ]
    assert by_identifier == second


def test_filters_narrow_and_unknown_ones_are_named(cast: Cast) -> None:
    world = cast.home
    assert len(get(world, "learners/", section=world.section.public_id)[1]["results"]) == 2
    assert [row["given_name"] for row in get(world, "learners/", sourced_id="LKV-Ana")[1]["results"]] == ["Ana"]
    assert len(get(world, "milestones/", section=world.section.public_id)[1]["results"]) == 2
    status, body = get(world, "learners/", colour="red")
    assert (status, body["errors"][0]["field"]) == (400, "colour")
    status, body = get(world, "learners/", section="not-a-uuid")
    assert (status, body["errors"][0]["field"]) == (400, "section")


def test_paging_by_cursor_reaches_every_row_once(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        for n in range(7):
            add_learner(world, f"More{n}", world.section)
        expected = Learner.objects.count()
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        body = get(world, "learners/", **query)[1]
        seen += [row["id"] for row in body["results"]]
        if body["next"] is None:
            break
        query["cursor"] = body["next"]
    assert len(seen) == len(set(seen)) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("limit", "0"), ("limit", "201"), ("limit", "many"), ("cursor", "x"), ("cursor", "-1")]
)
def test_bad_paging_is_a_400_that_names_it(cast: Cast, name: str, value: str) -> None:
    status, body = get(cast.home, "learners/", **{name: value})
    assert (status, body["errors"][0]["field"]) == (400, name)


def test_statuses_filter_by_learner_milestone_section_and_level(cast: Cast) -> None:
    world = cast.home
    ana = get(world, "statuses/", learner=world.learner.public_id, milestone=world.milestone.public_id)[1]["results"]
    assert [(row["level"], row["previous_level"], row["criteria_met"]) for row in ana] == [("meets", "developing", 1)]
    assert len(get(world, "statuses/", section=world.section.public_id)[1]["results"]) == 2
    assert {row["level"] for row in get(world, "statuses/", level="beginning")[1]["results"]} == {"beginning"}
    status, body = get(world, "statuses/", level="proficient")
    assert status == 400
    assert 'level was "proficient". Use one of not-started, beginning, developing, meets, mastery' in body["detail"]


def test_explanations_come_on_request_and_say_why(cast: Cast) -> None:
    world = cast.home
    plain = get(world, "statuses/", learner=world.learner.public_id)[1]["results"][0]
    assert "criteria" not in plain
    rows = get(world, "statuses/", learner=world.learner.public_id, explain="true")[1]["results"]
    criterion = rows[0]["criteria"][0]
    assert criterion["is_true_to_ledger"]
    explanation = criterion["explanation"]
    assert (explanation["level"], explanation["value"], len(explanation["counted"])) == ("meets", 3.53, 3)
    assert explanation["change"]["to"] == "mastery"
    assert get(world, "statuses/", explain="yes")[0] == 400


def test_errors_are_problem_json(cast: Cast) -> None:
    client = Client()
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        response = client.get("/api/v1/learners/", headers=headers)
        assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert set(response.json()) >= {"type", "title", "status", "code", "detail"}
    assert client.get("/api/v1/nothing/").json()["code"] == "not_found"


def test_the_description_and_its_page_need_no_token(db: None) -> None:
    client = Client()
    assert b"openapi" in client.get("/api/v1/schema/").content
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"<script>" not in page.content
    assert client.get("/api/docs/?script=").status_code == 200


def test_only_the_fields_that_were_asked_for(cast: Cast) -> None:
    body = get(cast.home, "schools/", fields="id,name")[1]
    assert {tuple(row) for row in body["results"]} == {("id", "name")}
    assert list(get(cast.home, f"schools/{body['results'][0]['id']}/", fields="name")[1]) == ["name"]
    status, body = get(cast.home, "schools/", fields="id,colour")
    assert (status, body["errors"][0]["field"]) == (400, "fields")
    assert "colour is not a field here. Use some of id, identifier" in body["detail"]


def test_a_person_has_the_roles_of_today_and_a_restricted_link_is_not_told(cast: Cast) -> None:
    world = cast.home
    guardian = world.members["GRD"]
    with tenant_context(world.tenant.pk):
        RoleGrant.objects.filter(member=world.members["TCH"]).update(ends_on=world.system.today - timedelta(days=1))
    roles = {row["id"]: row["roles"] for row in get(world, "people/")[1]["results"]}
    assert roles[str(guardian.public_id)] == ["GRD"]
    assert roles[str(world.members["TCH"].public_id)] == []
    link = get(world, "guardian-links/", learner=world.learner.public_id)[1]["results"]
    assert [(row["guardian"], row["status"]) for row in link] == [(str(guardian.public_id), "verified")]
    with tenant_context(world.tenant.pk):
        GuardianLink.objects.update(status="restricted")
    assert get(world, "guardian-links/")[1]["results"] == []


def test_a_key_of_one_school_sees_the_people_of_that_school(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        _, world.token = create_client(
            world.system, name="one", scopes=["users.read"], expires_at=timezone.now() + timedelta(days=1),
            schools=[world.school],
        )  # fmt: skip
    seen = {row["id"] for row in get(world, "people/")[1]["results"]}
    assert str(world.members["TCH"].public_id) in seen
    assert str(world.members["OTHER_TCH"].public_id) not in seen
