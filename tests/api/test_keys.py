"""Keys of programs: made, shown once, rotated, revoked; OAuth, networks, rates, and the log of calls."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from api.keys import create_client, revoke_client, rotate_client
from api.models import AccessToken, ApiClient, ApiRequest
from api.tasks import forget_old_keys
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import Cast, World
from tests.stepping import step_up

FORM = "application/x-www-form-urlencoded"
SECRET = re.compile(r"wm_[0-9]+_[0-9A-Za-z]{43}[0-9a-f]{8}")


def call(token: str, path: str = "frameworks/", **extra: Any) -> Any:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}, **extra)


def made(world: World, **values: Any) -> tuple[ApiClient, str]:
    given = {"name": "quiz", "scopes": ["frameworks.read"], "expires_at": timezone.now() + timedelta(days=9), **values}
    with tenant_context(world.tenant.pk):
        return create_client(world.system, **given)


def ask(client: ApiClient, secret: str, *, basic: bool = True, **form: str) -> Any:
    data = {"grant_type": "client_credentials", **form}
    headers = {}
    if basic:
        pair = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
    else:
        data |= {"client_id": client.client_id, "client_secret": secret}
    return Client().post("/oauth/token", urlencode(data), content_type=FORM, headers=headers)


def stepped(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.users[role])
    step_up(client, world.users[role])
    return client


@pytest.fixture
def district(cast: Cast) -> Client:
    return stepped(cast.home, "DST")


def form(**values: Any) -> dict[str, Any]:
    day = (timezone.now() + timedelta(days=30)).date().isoformat()
    return {"name": "Quiz app", "scopes": ["frameworks.read"], "ends_on": day, "addresses": "", **values}


def test_a_key_is_shown_once_and_works_until_it_is_revoked(cast: Cast, district: Client) -> None:
    page = district.post("/developers/keys/new/", form())
    found = SECRET.search(page.text)
    assert found is not None
    assert call(found[0]).status_code == 200
    assert call(found[0], "learners/").status_code == 403, "only what was chosen"
    listed = district.get("/developers/keys/").text
    assert "Quiz app" in listed
    assert SECRET.search(listed) is None
    with tenant_context(cast.home.tenant.pk):
        client = ApiClient.objects.get(name="Quiz app")
        assert found[0] not in str(vars(client))
    assert "revoked" in district.post(f"/developers/keys/{client.public_id}/revoke/", follow=True).text
    assert call(found[0]).status_code == 401
    with tenant_context(cast.home.tenant.pk):
        said = AuditEntry.objects.filter(action__startswith="api_client.", member_id__isnull=False)
        assert set(said.values_list("action", flat=True)) == {"api_client.created", "api_client.revoked"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Name the program in 1 to 60 characters"),
        ({"name": "tester"}, "There is a key named “tester”. Use another name"),
        ({"scopes": []}, "Choose at least one thing that the program may do"),
        ({"ends_on": "2020-01-01"}, "A key ends on a day after today and within 365 days"),
        ({"ends_on": ""}, "A key ends on a day after today and within 365 days"),
        ({"addresses": "10.0.0.0/99"}, "“10.0.0.0/99” is not an address or network. Write 203.0.113.7"),
    ],
)
def test_what_is_wrong_with_a_new_key(district: Client, wrong: dict[str, Any], sentence: str) -> None:
    page = district.post("/developers/keys/new/", form(**wrong))
    assert page.status_code == 422
    assert sentence in page.text
    assert SECRET.search(page.text) is None


def test_a_school_gives_its_own_schools_and_no_more_than_it_may(cast: Cast) -> None:
    school = stepped(cast.home, "SCH")
    page = school.post("/developers/keys/new/", form())
    assert "Choose the schools that the program may reach" in page.text
    other = school.post("/developers/keys/new/", form(schools=[str(cast.home.other_school.public_id)]))
    assert other.status_code == 422
    mine = school.post(
        "/developers/keys/new/", form(scopes=["learners.read"], schools=[str(cast.home.school.public_id)])
    )
    found = SECRET.search(mine.text)
    assert found is not None
    seen = call(found[0], "learners/").json()["results"]
    assert {one["given_name"] for one in seen} == {"Ana", "Ben"}
    listed = school.get("/developers/keys/").text
    assert "Quiz app" in listed
    assert "tester" not in listed, "keys of the whole district are not the school's"
    with tenant_context(cast.home.tenant.pk):
        whole = ApiClient.objects.get(name="tester")
    assert school.post(f"/developers/keys/{whole.public_id}/revoke/").status_code == 404


def test_both_keys_work_while_they_overlap(cast: Cast) -> None:
    client, old = made(cast.home)
    with tenant_context(cast.home.tenant.pk):
        new = rotate_client(cast.home.system, client=client, overlap=timedelta(hours=1))
    assert [call(one).status_code for one in (old, new)] == [200, 200]
    assert ask(client, old).status_code == ask(client, new).status_code == 200
    with tenant_context(cast.home.tenant.pk):
        ApiClient.objects.filter(pk=client.pk).update(previous_until=timezone.now())
    assert [call(one).status_code for one in (old, new)] == [401, 200]
    assert ask(client, old).status_code == 401
    with tenant_context(cast.home.tenant.pk):
        newest = rotate_client(cast.home.system, client=client, overlap=timedelta(0))
    assert [call(one).status_code for one in (new, newest)] == [401, 200]


def test_a_page_rotates(cast: Cast, district: Client) -> None:
    client, old = made(cast.home)
    address = f"/developers/keys/{client.public_id}/rotate/"
    assert "Choose an overlap of up to 30 days" in district.post(address, {"hours": "9999"}).text
    page = district.post(address, {"hours": "0"})
    found = SECRET.search(page.text)
    assert found is not None
    assert [call(one).status_code for one in (old, found[0])] == [401, 200]


@pytest.mark.parametrize("basic", [True, False])
def test_oauth_gives_a_token_of_an_hour(cast: Cast, basic: bool) -> None:
    client, secret = made(cast.home, scopes=["frameworks.read", "learners.read"])
    answer = ask(client, secret, basic=basic, scope="frameworks.read")
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"], body["scope"]) == (
        200, "Bearer", 3600, "frameworks.read",
    )  # fmt: skip
    assert answer["Cache-Control"] == "no-store"
    token = body["access_token"]
    assert call(token).status_code == 200
    assert call(token, "learners/").status_code == 403
    assert "learners.read" in ask(client, secret).json()["scope"], "all of the client's, where none is named"
    with tenant_context(cast.home.tenant.pk):
        revoke_client(cast.home.system, client=client)
    assert call(token).status_code == 401
    assert ask(client, secret).status_code == 401


def test_oauth_refuses(cast: Cast) -> None:
    client, secret = made(cast.home)
    strange, _ = made(cast.away)
    cases = (
        (ask(client, secret, scope="evidence.write"), 400, "invalid_scope"),
        (ask(client, secret, scope="nonsense"), 400, "invalid_scope"),
        (ask(client, secret[:-1] + "x"), 401, "invalid_client"),
        (ask(strange, secret), 401, "invalid_client"),
        (Client().post("/oauth/token", "grant_type=client_credentials", content_type=FORM), 401, "invalid_client"),
        (ask(client, secret, grant_type="password"), 400, "unsupported_grant_type"),
        (ask(client, secret, grant_type=""), 400, "invalid_request"),
    )
    for answer, status, error in cases:
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert Client().get("/oauth/token").status_code == 405
    with tenant_context(cast.home.tenant.pk):
        assert not AccessToken.objects.exists()


def test_a_key_of_one_network_is_refused_elsewhere(cast: Cast) -> None:
    client, secret = made(cast.home, addresses=["203.0.113.0/24"])
    assert call(secret, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert call(secret, REMOTE_ADDR="198.51.100.1").status_code == 401
    assert ask(client, secret).status_code == 401


def test_a_rate_is_told_and_held(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = made(cast.home, per_minute=3)
    now = timezone.now().replace(second=20)
    monkeypatch.setattr(timezone, "now", lambda: now)
    answers = [call(secret) for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0", "0"]
    assert (answers[0]["RateLimit-Limit"], answers[0]["RateLimit-Reset"]) == ("3", "40")
    assert answers[-1]["Retry-After"] == "40"
    assert "Wait 40 s" in answers[-1].json()["detail"]
    now += timedelta(minutes=1)
    assert call(secret).status_code == 200


def test_the_log_says_what_was_wrong_and_keeps_no_content(cast: Cast, district: Client) -> None:
    _, secret = made(cast.home)
    call(secret, "competencies/?colour=blue-secret")
    assert call(secret, "competencies/?a%00b=1").status_code == 400
    call(secret, "frameworks/")
    call("wm_1_nonsense", "frameworks/")
    page = district.get("/developers/log/").text
    assert "colour is not a parameter here" in page
    assert "blue-secret" not in page
    assert "/api/v1/frameworks/" not in page, "failed ones only"
    everything = district.get("/developers/log/?show=all").text
    assert "/api/v1/frameworks/" in everything
    with tenant_context(cast.home.tenant.pk):
        assert ApiRequest.objects.count() == 3
        ApiRequest.objects.update(at=timezone.now() - timedelta(days=31))
    forget_old_keys()
    with tenant_context(cast.home.tenant.pk):
        assert not ApiRequest.objects.exists()
    assert "No call was refused" in district.get("/developers/").text
