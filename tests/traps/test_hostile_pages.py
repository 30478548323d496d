"""Hostile input for pages and forms: never an error of the server."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.builders import Cast
from tests.permissions.places import Places

PAGES = (
    "/classes/?x=%00",
    "/classes/%00/grid/",
    "/classes/GRID/grid/?competency=%00&show=%00&sort=%ED%A0%80",
    "/classes/GRID/grid/?competency=%FF&show=" + "x" * 4000,
    "/learners/LEARNER/?section=%00",
    "/learners/%00/",
    "/learners/LEARNER/?section=x&section=y",
    "/learners/LEARNER/milestones/MILESTONE/?section=%ED%A0%80",
    "/learners/LEARNER/milestones/MILESTONE/evidence/new/?section=%00",
    "/reports/?school=%00",
    "/%00",
    "/%ff",
    "//",
    "/accounts/login/?next=%00",
    "/accounts/password/reset/key/%00-x/",
    "/accounts/confirm-email/%00/",
)


@pytest.mark.parametrize("page", PAGES, ids=[page[:60] for page in PAGES])
def test_pages(places: Places, page: str) -> None:
    for name in ("LEARNER", "MILESTONE"):
        page = page.replace(name, places.ids[name.lower()]["own"])
    page = page.replace("GRID", places.ids["section"]["own"])
    for role in ("TCH", "ANON"):
        client = places.clients[role]
        assert client.get(page).status_code < 500
        assert client.get(page, headers={"HX-Request": "true", "Accept-Language": "\x00,*;q=\x01"}).status_code < 500


FORMS: list[dict[str, Any]] = [
    {name: value}
    for name in ("competency", "points", "kind", "title", "occurred_on", "comment", "token")
    for value in (
        "",
        "\x00",
        "a\x00b",
        "x" * 5000,
        "-1",
        "9" * 40,
        "NaN",
        "1e999",
        "0001-01-01",
        "9999-12-31",
        "\u202e",
    )
]


@pytest.mark.parametrize("field", ["competency", "points", "kind", "title", "occurred_on", "comment", "token"])
def test_form_of_evidence(places: Places, field: str) -> None:
    """Shown again with 422 and a message, or taken; never an error of the server."""
    client = places.clients["TCH"]
    address = f"/learners/{places.ids['learner']['own']}/milestones/{places.ids['milestone']['own']}/evidence/new/"
    good = {
        "competency": places.home.competencies[0].pk,
        "points": "3",
        "kind": "formative",
        "title": "Quiz",
        "occurred_on": "2026-01-15",
        "comment": "",
    }
    wrong = []
    for change in FORMS:
        if field in change:
            response = client.post(address, {**good, **change})
            if response.status_code not in {302, 422, 400}:
                wrong.append((change, response.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["\x00", "a\x00@b.example", "x" * 10_000, "a@b.example\r\nBcc: c@d.example", "💩", "\ud800"]
)
def test_sign_in_form(cast: Cast, value: str) -> None:
    client = Client(raise_request_exception=False)
    text = value.encode("utf-8", "surrogatepass")
    for address, name in (
        ("/accounts/login/", "login"),
        ("/accounts/login/", "password"),
        ("/accounts/password/reset/", "email"),
    ):
        data = {"login": b"tch@lakeview.example", "password": b"x", name: text}
        body = "&".join(f"{key}={quote(word)}" for key, word in data.items())
        response = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code < 500, (address, name)
    assert client.post("/accounts/login/", {"login": "a@b.example", "password": "\x00" * 5}).status_code < 500
