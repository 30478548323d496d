"""The other doors: tasks, commands, the admin site. None of them leads from one tenant into another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client

from api.models import IdempotentAnswer
from api.tasks import forget_old_keys
from assessments import ledger
from assessments.models import LearnerCompetency, StaleMark
from milestones.models import CompetencyStatus
from milestones.services import drain_tenant
from milestones.tasks import drain_stale
from tenancy.base import TenantModel
from tenancy.context import tenant_context
from tests.builders import Cast, World

ROOT = Path(__file__).resolve().parents[2]
# Commands of ours that name no tenant, with the reason.
WITHOUT_TENANT = {
    "create_tenant": "makes the tenant that it names",
    "load_demo": "makes the two sample tenants itself",
    "catalogues": "writes the words of the pages to files, and reads no tenant",
    "benchmark": "measures on a tenant of its own that is rolled back",
}


def mark_everything(world: World) -> int:
    """Every level of the tenant is wrong and marked as stale; returns how many."""
    with tenant_context(world.tenant.pk):
        CompetencyStatus.objects.update(level=0, digest="")
        pairs = list(LearnerCompetency.objects.values_list("id", flat=True))
        ledger.mark_stale(pairs, "test")
        return len(pairs)


def levels(world: World) -> list[int]:
    with tenant_context(world.tenant.pk):
        return list(CompetencyStatus.objects.order_by("id").values_list("level", flat=True))


def waiting(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(StaleMark.objects.count())


def test_drain_touches_one_tenant(committed_cast: Cast) -> None:
    home, away = committed_cast.home, committed_cast.away
    right = levels(home)
    assert mark_everything(home) == mark_everything(away) == 3
    assert drain_tenant(home.tenant.pk) == 3
    assert (waiting(home), waiting(away)) == (0, 3)
    assert levels(home) == right
    assert set(levels(away)) == {0}


@pytest.mark.parametrize("has_ops_role", [True, False])
def test_drain_of_all_goes_through_each_tenant(committed_cast: Cast, settings: Any, has_ops_role: bool) -> None:
    if not has_ops_role:
        settings.DATABASE_OPS_URL = ""
    right = levels(committed_cast.home), levels(committed_cast.away)
    mark_everything(committed_cast.home)
    mark_everything(committed_cast.away)
    assert drain_stale() == 6
    assert (levels(committed_cast.home), levels(committed_cast.away)) == right


def test_drain_with_the_row_policies_off(committed_cast: Cast, as_owner: None) -> None:
    """The second layer alone: the worker's own SQL names the tenant."""
    home, away = committed_cast.home, committed_cast.away
    mark_everything(home)
    mark_everything(away)
    assert drain_tenant(home.tenant.pk) == 3
    assert (waiting(home), waiting(away)) == (0, 3)
    assert set(levels(away)) == {0}


def test_marks_of_another_tenant_cannot_be_set(committed_cast: Cast) -> None:
    home, away = committed_cast.home, committed_cast.away
    with tenant_context(away.tenant.pk):
        foreign = list(LearnerCompetency.objects.values_list("id", flat=True))
    with pytest.raises(Exception, match="foreign key"), tenant_context(home.tenant.pk):
        ledger.mark_stale(foreign, "test")
    assert waiting(away) == 0


def test_forgetting_of_keys_is_per_tenant(committed_cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    for world in (committed_cast.home, committed_cast.away):
        with tenant_context(world.tenant.pk):
            IdempotentAnswer.objects.create(client=world.client, key="k", request_hash="h", status=200, body={})
    owner_connection.execute("UPDATE api_idempotentanswer SET created_at = now() - interval '2 days'")
    assert forget_old_keys() == 2


def our_commands() -> dict[str, Any]:
    ours = {
        name: app
        for name, app in get_commands().items()
        if isinstance(app, str) and (ROOT / app.split(".")[0]).is_dir()
    }
    return {name: load_command_class(app, name) for name, app in ours.items()}


def test_every_command_names_its_tenant() -> None:
    """`--tenant SLUG` is required, or the command says why it works in none."""
    commands = our_commands()
    assert {"import_case", "import_oneroster"} <= set(commands)
    for name, command in commands.items():
        if name in WITHOUT_TENANT:
            continue
        options = command.create_parser("manage.py", name)._option_string_actions
        assert "--tenant" in options, name
        assert options["--tenant"].required, name
    assert [name for name in WITHOUT_TENANT if name not in commands] == []


def rows_of(owner: psycopg.Connection[Any], tenant: int) -> dict[str, int]:
    counts = {}
    for model in TenantModel.__subclasses__() + [m for c in TenantModel.__subclasses__() for m in c.__subclasses__()]:
        if not model._meta.abstract:
            table = model._meta.db_table
            row = owner.execute(f'SELECT count(*) FROM "{table}" WHERE tenant_id = {tenant}').fetchone()
            counts[table] = int(row[0]) if row else 0
    return counts


def test_import_touches_one_tenant(
    committed_cast: Cast, owner_connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    here, there = committed_cast.home.tenant.pk, committed_cast.away.tenant.pk
    before = rows_of(owner_connection, here), rows_of(owner_connection, there)
    package = ROOT / "tests/data/case/SmartLevelFramework.json"
    call_command("import_case", str(package), tenant="lakeview", stdout=(tmp_path / "out").open("w"))
    after = rows_of(owner_connection, here), rows_of(owner_connection, there)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_admin_is_off() -> None:
    assert not settings.ADMIN_ENABLED
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


@pytest.mark.django_db
def test_admin_address_is_like_any_unknown_one(cast: Cast) -> None:
    boss = cast.home.users["DST"]
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client = Client()
    client.force_login(boss)
    assert client.get("/platform-admin/").status_code == 404
    assert client.get("/admin/").status_code == 404


ASK_ADMIN = """
import json, django
django.setup()
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.test import Client
site = next(p for p in get_resolver().url_patterns if str(p.pattern) == "platform-admin/")
views = [p.callback for r in site.url_patterns if isinstance(r, URLResolver) for p in r.url_patterns]
models = sorted({view.model_admin.model._meta.label for view in views if hasattr(view, "model_admin")})
answer = Client().get("/platform-admin/", follow=False)
login = Client().get(answer.headers["Location"])
print(json.dumps([models, login.status_code, login.headers["Location"]]))
"""


def test_admin_shows_tenants_and_users_only() -> None:
    """With ADMIN_ENABLED: no table with data of a tenant can be opened there, by whatever package registered it."""
    environment = {**os.environ, "ADMIN_ENABLED": "1", "DJANGO_SETTINGS_MODULE": "waymark.settings"}
    result = subprocess.run(
        [sys.executable, "-c", ASK_ADMIN],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    models, status, address = json.loads(result.stdout.splitlines()[-1])
    assert models == ["tenancy.Tenant", "tenancy.User"]
    assert (status, address) == (302, "/accounts/login/?next=/platform-admin/")
