"""STEP: some rights ask for a fresh proof of identity; signing in is none, and it lasts fifteen minutes."""

from __future__ import annotations

import pytest
from django.test import Client

from tenancy.context import tenant_context
from tenancy.models import RoleGrant
from tenancy.step_up import STEP_SECONDS
from tests.builders import PASSWORD, Cast, World
from tests.stepping import step_up

# A school administrator corrects evidence only after proving identity again.
LEARNERS = (
    "/learners/{0.learner.public_id}/milestones/{0.milestone.public_id}/evidence/{0.evidence.public_id}/withdraw/"
)


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def browser(home: World) -> Client:
    client = Client()
    client.force_login(home.users["SCH"])
    return client


def asks_again(client: Client, address: str) -> bool:
    response = client.get(address)
    return response.status_code == 302 and response.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_through_the_password_page_and_back(home: World, browser: Client) -> None:
    address = LEARNERS.format(home)
    page = browser.get(address, follow=True)
    assert page.redirect_chain[0][0].startswith("/accounts/reauthenticate/")
    assert "Confirm it is you" in page.content.decode()
    wrong = browser.post(page.redirect_chain[0][0], {"password": "wrong"})
    assert wrong.status_code == 200
    assert asks_again(browser, address)
    right = browser.post(page.redirect_chain[0][0], {"password": PASSWORD})
    assert (right.status_code, right.headers["Location"]) == (302, address)
    assert browser.get(address).status_code == 200


def test_signing_in_alone_is_no_proof(home: World) -> None:
    client = Client()
    form = {"login": home.users["SCH"].email, "password": PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302
    assert asks_again(client, LEARNERS.format(home))


def test_it_lasts_fifteen_minutes(home: World, browser: Client) -> None:
    address = LEARNERS.format(home)
    step_up(browser, home.users["SCH"], STEP_SECONDS - 5)
    assert browser.get(address).status_code == 200
    step_up(browser, home.users["SCH"], STEP_SECONDS + 1)
    assert asks_again(browser, address)


def test_somebody_elses_proof_is_none(home: World, browser: Client) -> None:
    step_up(browser, home.users["TCH"])
    assert asks_again(browser, LEARNERS.format(home))


def test_writes_ask_too_and_come_back_with_a_get(home: World, browser: Client) -> None:
    address = LEARNERS.format(home)
    response = browser.post(address, {"reason": "a mistake"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/reauthenticate/?next=%2Flearners%2F")


def test_fragments_are_told_to_go_there_with_the_whole_page(home: World, browser: Client) -> None:
    response = browser.get(LEARNERS.format(home), headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/accounts/reauthenticate/?next=")


def test_who_lacks_more_is_not_asked(home: World) -> None:
    """A district administrator has no such right at all: the page does not exist for them."""
    client = Client()
    client.force_login(home.users["DST"])
    assert client.get(LEARNERS.format(home)).status_code == 404


def test_a_second_role_does_not_hide_the_question(home: World, browser: Client) -> None:
    """A teacher, too, is let in by that role and finds nothing: proof would open more, so it is asked for."""
    with tenant_context(home.tenant.pk):
        RoleGrant.objects.create(member=home.members["SCH"], role="TCH")
    assert asks_again(browser, LEARNERS.format(home))
    step_up(browser, home.users["SCH"])
    assert browser.get(LEARNERS.format(home)).status_code == 200
