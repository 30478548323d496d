"""Pages for what is hidden, gone, broken or away."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from learners.models import GuardianLink
from reporting import views
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tenancy.ids import uuid7
from tenancy.models import RoleGrant
from tests.builders import World
from tests.reporting.conftest import As, grid_of, milestone_page, text_of

ABSENT = "00000000-0000-7000-8000-000000000000"


def test_hidden_absent_and_unknown_addresses_get_the_same_page(home: World, teacher: Client) -> None:
    answers = [
        teacher.get(address)
        for address in (
            f"/learners/{home.stranger_learner.public_id}/",
            f"/learners/{ABSENT}/",
            milestone_page(home, home.stranger_learner),
            f"/classes/{home.other_section.public_id}/grid/",
            f"/classes/{ABSENT}/grid/",
            "/reports/",
            "/me/",
            "/no/such/page/",
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "We cannot show this page" in text_of(answers[0])
    assert "number" not in text_of(answers[0]).lower().replace("numbers", "")


def test_signed_in_people_keep_their_menu_on_the_page(home: World, signed_in: As) -> None:
    body = signed_in("TCH").get("/no/such/page/").content.decode()
    assert 'href="/classes/"' in body
    stranger = Client().get("/no/such/page/")
    assert stranger.status_code == 404
    assert 'href="/classes/"' not in stranger.content.decode()


def test_page_of_a_hidden_address_follows_the_chosen_colours(home: World, teacher: Client) -> None:
    home.users["TCH"].theme = "dark"
    home.users["TCH"].save()
    assert '/css/dark.css" media="screen">' in teacher.get("/no/such/page/").content.decode()


def test_menu_holds_every_role_of_a_person_on_every_page(home: World, signed_in: As) -> None:
    """A page counts only the roles that it is for; the menu is the person's."""
    with tenant_context(home.tenant.pk):
        RoleGrant.objects.create(member=home.members["TCH"], role="GRD")
        GuardianLink.objects.create(member=home.members["TCH"], learner=home.stranger_learner, status="verified")
    client = signed_in("TCH")
    for address, status in (
        ("/classes/", 200),
        (grid_of(home), 200),
        (f"/family/{home.stranger_learner.public_id}/", 200),
        (f"/learners/{ABSENT}/", 404),
    ):
        response = client.get(address)
        assert response.status_code == status
        body = response.content.decode()
        assert 'href="/classes/"' in body, address
        assert 'href="/family/"' in body, address


def test_fragment_of_a_hidden_page_is_404_too(home: World, teacher: Client) -> None:
    assert teacher.get(milestone_page(home, home.stranger_learner), headers={"HX-Request": "true"}).status_code == 404


def test_session_over_sends_the_whole_page_to_sign_in(home: World) -> None:
    response = Client().get(milestone_page(home), headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/accounts/login/"
    plain = Client().get(milestone_page(home))
    assert plain.headers["Location"] == f"/accounts/login/?next={milestone_page(home)}"


def break_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(views, "class_board", broken)


@override_settings(DEBUG=False)
def test_fault_shows_a_number_and_no_details(home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch) -> None:
    break_with(monkeypatch, RuntimeError("secret detail Ana"))
    client = signed_in("TCH")
    client.raise_request_exception = False
    response = client.get(grid_of(home))
    assert response.status_code == 500
    words = text_of(response)
    assert "That did not work" in words
    assert f"Number: {response.headers['X-Request-Number']}" in words
    assert re.fullmatch(r"[0-9A-F]{8}", response.headers["X-Request-Number"])
    assert "secret" not in words
    assert "RuntimeError" not in words


def test_database_away_is_503_and_says_when_to_come_back(
    home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_with(monkeypatch, OperationalError("connection refused"))
    client = signed_in("TCH")
    client.raise_request_exception = False
    response = client.get(grid_of(home))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3"
    assert "We cannot reach the records right now" in text_of(response)
    assert "Nothing was lost. Try again in a few seconds." in text_of(response)


def test_refusal_is_a_sentence(home: World, signed_in: As, monkeypatch: pytest.MonkeyPatch) -> None:
    break_with(monkeypatch, Conflict("Somebody was <faster>. Look again."))
    response = signed_in("TCH").get(grid_of(home))
    assert response.status_code == 409
    assert "Somebody was <faster>. Look again." in text_of(response)


def test_form_without_its_token_says_what_to_do(home: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(home.users["TCH"])
    response = client.post(f"{milestone_page(home)}evidence/new/", {})
    assert response.status_code == 403
    assert "The page was open for too long or cookies are off." in text_of(response)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_wrong_method(home: World, teacher: Client, method: str) -> None:
    for address in ("/classes/", grid_of(home), milestone_page(home)):
        assert getattr(teacher, method)(address).status_code == 405, address


def test_get_changes_nothing(home: World, teacher: Client) -> None:
    assert teacher.get(f"/classes/{home.section.public_id}/release/").status_code == 405
    assert teacher.get(f"{milestone_page(home)}evidence/{uuid7()}/withdraw/").status_code == 404
