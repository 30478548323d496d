"""Opening accounts and tenants from the command line."""

from __future__ import annotations

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from competencies.models import PolicyVersion
from tenancy.context import tenant_context
from tenancy.models import Affiliation, Member, RoleGrant, Tenant, User
from tests.builders import Cast


def test_a_member_gets_a_link_to_choose_a_password(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        member = Member.objects.create(given_name="New", family_name="Teacher", email="New@lakeview.example")
        RoleGrant.objects.create(member=member, role="TCH")
    out = StringIO()
    call_command("open_account", "new@lakeview.example", "--tenant", "lakeview", stdout=out)
    client, path = Client(), urlsplit(out.getvalue().strip()).path
    page = client.get(path, follow=True)
    secret = "a long enough passphrase 7"
    address = page.redirect_chain[-1][0]
    client.post(address, {"password1": secret, "password2": secret})
    fresh = Client()
    assert fresh.login(email="new@lakeview.example", password=secret)
    assert fresh.get("/classes/").status_code == 200
    assert b"token_fail" not in client.get(path, follow=True).content


def test_an_address_that_nobody_here_has_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Nobody here has the address"):
        call_command("open_account", "tch@harbor.example", "--tenant", "lakeview")
    user = User.objects.get(email="tch@harbor.example")
    assert list(Affiliation.objects.filter(user=user).values_list("tenant__slug", flat=True)) == ["harbor"]


def test_a_new_tenant_has_a_first_policy(db: None) -> None:
    call_command("create_tenant", "riverside", "Riverside", "--time-zone", "Asia/Kathmandu", stdout=StringIO())
    with tenant_context(Tenant.objects.get(slug="riverside").pk):
        assert PolicyVersion.objects.count() == 1
    with pytest.raises(CommandError, match="There is no time zone"):
        call_command("create_tenant", "x", "X", "--time-zone", "Mars/Olympus")
    with pytest.raises(CommandError, match="slug"):
        call_command("create_tenant", "riverside", "Again")
