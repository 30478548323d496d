"""Signing in: what it costs to guess, what an answer gives away, and which tenant one ends up in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from learners.models import SectionStaff
from tenancy.context import tenant_context
from tenancy.hashers import BoundedArgon2
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User
from tenancy.selectors import SESSION_KEY
from tests.builders import PASSWORD, Cast, World
from waymark import settings as real_settings

LOGIN = "/accounts/login/"
MASKED = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|[\w.]+@[\w.]+')


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None) -> Any:
    client = client or Client()
    return client.post(LOGIN, {"login": email, "password": password})


def is_in(response: Any) -> bool:
    return response.status_code == 302 and "_auth_user_id" in response.client.session


def test_argon2_at_the_recommended_minimum() -> None:
    assert real_settings.PASSWORD_HASHERS == ["tenancy.hashers.BoundedArgon2"]
    hasher = BoundedArgon2()
    encoded = hasher.encode(PASSWORD, hasher.salt())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify(PASSWORD, encoded)
    assert not hasher.verify(PASSWORD + "x", encoded)
    assert not hasher.must_update(encoded)


def test_password_with_right_and_wrong_letters(cast: Cast) -> None:
    assert is_in(sign_in("tch@lakeview.example"))
    assert is_in(sign_in("TCH@Lakeview.example")), "addresses are compared without case"
    assert not is_in(sign_in("tch@lakeview.example", PASSWORD.upper()))


def test_limit_per_account(cast: Cast) -> None:
    """Five wrong passwords block the account from anywhere, and no other account."""
    for _ in range(5):
        assert not is_in(sign_in("tch@lakeview.example", "wrong"))
    assert not is_in(sign_in("tch@lakeview.example"))
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert not is_in(sign_in("tch@lakeview.example", client=elsewhere))
    assert is_in(sign_in("sch@lakeview.example"))


def test_who_guesses_elsewhere_does_not_lock_the_owner_out(cast: Cast) -> None:
    """A device on which the owner has signed in before counts for itself, and for this account only (AUT-5)."""
    own = Client()
    assert is_in(sign_in("tch@lakeview.example", client=own))
    own.post("/accounts/logout/")
    for _ in range(6):
        assert not is_in(sign_in("tch@lakeview.example", "wrong"))
    stolen = Client()
    stolen.cookies["device"] = own.cookies["device"].value[:-2] + "xx"
    assert not is_in(sign_in("tch@lakeview.example", client=stolen))
    assert is_in(sign_in("tch@lakeview.example", client=own))
    own.post("/accounts/logout/")
    for _ in range(5):
        sign_in("tch@lakeview.example", "wrong", client=own)
    assert not is_in(sign_in("tch@lakeview.example", client=own)), "it may guess no more than others"


def test_one_guess_on_each_of_many_accounts_is_slowed_and_reported(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """AUT-5 (b): from one address and from many together; who knows the password signs in at once from there."""
    waits: list[float] = []
    monkeypatch.setattr("tenancy.guessing.time.sleep", waits.append)
    monkeypatch.setattr("tenancy.guessing.FROM_ALL", 40)
    for n in range(32):
        sign_in(f"nobody{n}@lakeview.example", "wrong")
    assert len(waits) == 2
    for n in range(10):
        sign_in(f"no-one{n}@lakeview.example", "wrong", Client(REMOTE_ADDR=f"203.0.113.{n}"))
    assert len(waits) == 4
    reported = [record.message for record in caplog.records if record.name == "tenancy.guessing"]
    assert [text.rpartition("from ")[2] for text in reported] == ["one address", "all addresses together"]
    assert is_in(sign_in("sch@lakeview.example"))
    assert len(waits) == 4


def test_no_limit_per_address(cast: Cast) -> None:
    """A school of forty behind one address signs in at nine o'clock; wrong passwords of some stop nobody else."""
    for n in range(40):
        user = User.objects.create_user(f"learner{n}@lakeview.example", PASSWORD)
        Affiliation.objects.create(user=user, tenant=cast.home.tenant)
    for n in range(20):
        sign_in(f"learner{n}@lakeview.example", "wrong")
    assert [n for n in range(40) if not is_in(sign_in(f"learner{n}@lakeview.example"))] == []


def same(one: Any, two: Any) -> bool:
    return (one.status_code, MASKED.sub(b"", one.content)) == (two.status_code, MASKED.sub(b"", two.content))


def test_unknown_and_known_address_answer_alike(cast: Cast) -> None:
    known, unknown = sign_in("tch@lakeview.example", "wrong"), sign_in("nobody@lakeview.example", "wrong")
    assert same(known, unknown)
    reset = [
        Client().post("/accounts/password/reset/", {"email": e}) for e in ("tch@lakeview.example", "no@one.example")
    ]
    assert same(*reset)
    assert reset[0].headers["Location"] == reset[1].headers["Location"]


def test_blocked_account_answers_alike(cast: Cast) -> None:
    for _ in range(6):
        known, unknown = sign_in("tch@lakeview.example", "wrong"), sign_in("nobody@lakeview.example", "wrong")
    assert same(known, unknown)


def test_unknown_address_costs_as_many_hashes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No timing: the password is hashed once whether the account exists or not."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(salt)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    counts = []
    for email in ("tch@lakeview.example", "nobody@lakeview.example"):
        hashed.clear()
        sign_in(email, "wrong")
        counts.append(len(hashed))
    assert counts[0] == counts[1] == 1


def test_sign_up_is_closed(cast: Cast) -> None:
    before = User.objects.count()
    assert Client().get("/accounts/signup/").status_code == 200
    data = {"email": "new@lakeview.example", "password1": PASSWORD, "password2": PASSWORD}
    assert Client().post("/accounts/signup/", data).status_code == 200
    assert User.objects.count() == before


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_disabled_member_has_no_access(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    assert client.get("/classes/").status_code == 200
    with tenant_context(cast.home.tenant.pk):
        Member.objects.filter(pk=cast.home.members["TCH"].pk).update(is_enabled=False)
    assert client.get("/classes/").status_code == 404, "at the next request"
    assert client.get("/").status_code == 404


def test_switched_off_user_is_signed_out(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    User.objects.filter(pk=cast.home.users["TCH"].pk).update(is_active=False)
    assert client.get("/classes/").status_code == 302
    assert not is_in(sign_in("tch@lakeview.example"))


def test_ended_role_and_lost_affiliation(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    with tenant_context(cast.home.tenant.pk):
        RoleGrant.objects.filter(member=cast.home.members["TCH"]).update(ends_on="2020-01-01")
    assert client.get("/classes/").status_code == 404
    with tenant_context(cast.home.tenant.pk):
        RoleGrant.objects.filter(member=cast.home.members["TCH"]).update(ends_on=None)
    assert client.get("/classes/").status_code == 200
    Affiliation.objects.filter(user=cast.home.users["TCH"]).delete()
    assert client.get("/classes/").status_code == 404


def test_affiliation_alone_gives_nothing(cast: Cast) -> None:
    """A row that says where to sign in is no membership."""
    user = cast.home.users["TCH"]
    Affiliation.objects.filter(user=user).delete()
    Affiliation.objects.create(user=user, tenant=cast.away.tenant)
    client = signed_in(user)
    for address in ("/", "/classes/", f"/classes/{cast.away.section.public_id}/grid/", "/reports/"):
        assert client.get(address).status_code == 404, address


def test_switch_goes_to_own_tenants_only(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    assert client.post("/accounts/tenant/", {"tenant": "harbor"}).status_code == 404
    assert client.post("/accounts/tenant/", {"tenant": "never"}).status_code == 404
    assert client.post("/accounts/tenant/", {"tenant": "lakeview"}).status_code == 302
    assert b"LKV" in client.get("/classes/").content


@pytest.mark.parametrize("value", ["away", 999_999_999, -1, None])
def test_forged_tenant_of_the_session(cast: Cast, value: Any) -> None:
    client = signed_in(cast.home.users["TCH"])
    session = client.session
    session[SESSION_KEY] = cast.away.tenant.pk if value == "away" else value
    session.save()
    response = client.get("/classes/")
    assert response.status_code == (200 if value is None else 404)
    assert b"HRB" not in response.content


def join(world: World, user: User) -> None:
    """The user works in this tenant too, as the teacher of its section."""
    Affiliation.objects.create(user=user, tenant=world.tenant)
    with tenant_context(world.tenant.pk):
        member = Member.objects.create(user=user, given_name=world.marker, family_name="Visitor")
        RoleGrant.objects.create(member=member, role="TCH")
        SectionStaff.objects.create(member=member, section=world.section)


def test_member_of_two_tenants_sees_one_at_a_time(cast: Cast) -> None:
    user = cast.home.users["TCH"]
    join(cast.away, user)
    client = signed_in(user)
    for world, other in ((cast.home, cast.away), (cast.away, cast.home), (cast.home, cast.away)):
        assert client.post("/accounts/tenant/", {"tenant": world.tenant.slug}).status_code == 302
        content = client.get("/classes/").content
        assert world.marker.encode() in content
        assert other.marker.encode() not in content
        assert client.get(f"/classes/{world.section.public_id}/grid/").status_code == 200
        assert client.get(f"/classes/{other.section.public_id}/grid/").status_code == 404


@pytest.fixture
def hosts(settings: Any, cast: Cast) -> Cast:
    """An installation where each tenant has its own host name."""
    settings.BASE_DOMAIN = "example.test"
    settings.ALLOWED_HOSTS = [".example.test", "own.example"]
    Tenant.objects.filter(pk=cast.away.tenant.pk).update(host="own.example")
    return cast


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("lakeview.example.test", 200),
        ("LAKEVIEW.example.test:8000", 200),
        ("example.test", 200),
        ("harbor.example.test", 404),
        ("own.example", 404),
        ("never.example.test", 200),  # belongs to nobody: the membership decides
    ],
)
def test_host_and_membership_must_agree(hosts: Cast, host: str, status: int) -> None:
    user = hosts.home.users["TCH"]
    client = signed_in(user)
    response = client.get("/classes/", headers={"Host": host})
    assert response.status_code == status
    assert b"HRB" not in response.content
    grid = f"/classes/{hosts.away.section.public_id}/grid/"
    assert client.get(grid, headers={"Host": host}).status_code == 404


def test_host_decides_for_a_member_of_two(hosts: Cast) -> None:
    user = hosts.home.users["TCH"]
    join(hosts.away, user)
    client = signed_in(user)
    for host, world in (("lakeview.example.test", hosts.home), ("own.example", hosts.away)):
        content = client.get("/classes/", headers={"Host": host}).content
        assert world.marker.encode() in content


def test_token_on_the_host_of_another_tenant(hosts: Cast) -> None:
    headers = {"Authorization": f"Bearer {hosts.home.token}"}
    for host, status in (("lakeview.example.test", 200), ("example.test", 200), ("harbor.example.test", 404)):
        response = Client().get("/api/v1/learners/", headers={**headers, "Host": host})
        assert response.status_code == status, host
        assert b"HRB" not in response.content


def test_tenant_never_comes_from_header_query_or_body(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    away = str(cast.away.tenant.pk)
    headers = dict.fromkeys(("X-Tenant", "X-Tenant-Id", "Tenant"), away) | {"X-Forwarded-Host": "harbor.example.test"}
    for address in (f"/classes/?tenant={away}&tenant_id={away}", "/classes/?tenant=harbor"):
        response = client.get(address, headers=headers)
        assert response.status_code == 200
        assert b"LKV" in response.content
        assert b"HRB" not in response.content


def test_next_leads_to_our_own_pages_only(cast: Cast) -> None:
    client = signed_in(cast.home.users["TCH"])
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        response = client.post("/accounts/theme/", {"theme": "dark", "next": target})
        assert response.headers["Location"] == "/", target
        login = Client().post(LOGIN, {"login": "tch@lakeview.example", "password": PASSWORD, "next": target})
        assert "evil" not in login.headers.get("Location", ""), target
