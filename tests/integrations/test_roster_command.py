"""`manage.py import_oneroster`: exit codes, the JSON object, the stored report, the dry run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations.models import ImportReport
from learners.models import Learner
from tenancy.context import tenant_context
from tenancy.models import AuditEntry, Tenant
from tests.integrations.oneroster_builders import DATA
from tests.integrations.roster_builders import folder, put, school, snapshot, without

SCHOOL = DATA / "v1p1-school"
INVALID = DATA / "v1p2-conformance" / "invalid-duplicateSourcedId.zip"
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="periwinkle", name="Periwinkle")


def command(capsys: Any, *arguments: object) -> tuple[int, str]:
    """(exit code, standard output)"""
    try:
        call_command("import_oneroster", *map(str, arguments))
        code = 0
    except SystemExit as left:
        code = int(str(left.code))
    return code, capsys.readouterr().out


def test_json(tenant: Tenant, capsys: Any) -> None:
    code, out = command(capsys, SCHOOL, "--tenant", "periwinkle", "--json")
    answer = json.loads(out)
    assert (code, answer["kind"], answer["accepted"], answer["dry_run"]) == (0, "oneroster", True, False)
    assert answer["counts"]["learners"] == {"created": 72, "updated": 0, "unchanged": 0, "deactivated": 0}
    assert answer["counts"]["demographics"] == {"skipped": 72}
    assert set(answer["problems"][0]) == {"severity", "file", "row", "field", "code", "message"}
    with tenant_context(tenant.pk):
        stored = ImportReport.objects.get()
        assert (str(stored.public_id), stored.is_accepted, stored.file_name) == (answer["report"], True, "v1p1-school")
        assert AuditEntry.objects.filter(action="roster.imported").count() == 1


def test_words(tenant: Tenant, capsys: Any) -> None:
    command(capsys, SCHOOL, "--tenant", "periwinkle")
    code, out = command(capsys, SCHOOL, "--tenant", "periwinkle")
    assert code == 0
    assert "learners: 72 unchanged\n" in out
    assert "enrolments: 504 unchanged\n" in out
    assert out.endswith("Done.\n")


def test_a_dry_run_gives_the_same_report_and_writes_nothing(tenant: Tenant, capsys: Any) -> None:
    before = snapshot(tenant)
    code, dry = command(capsys, SCHOOL, "--tenant", "periwinkle", "--json", "--dry-run")
    assert snapshot(tenant) == before
    with tenant_context(tenant.pk):
        assert (Learner.objects.count(), AuditEntry.objects.count(), ImportReport.objects.get().is_dry_run) == (
            0,
            0,
            True,
        )
    _, real = command(capsys, SCHOOL, "--tenant", "periwinkle", "--json")
    dried, done = json.loads(dry), json.loads(real)
    assert (code, dried["dry_run"], dried["accepted"]) == (0, True, True)
    assert (dried["counts"], dried["problems"]) == (done["counts"], done["problems"])


def test_a_refused_bundle(tenant: Tenant, capsys: Any) -> None:
    before = snapshot(tenant)
    code, out = command(capsys, INVALID, "--tenant", "periwinkle", "--json")
    answer = json.loads(out)
    assert (code, answer["accepted"], answer["counts"]) == (1, False, {})
    assert ("users.csv", 3, "sourcedId", "duplicate_id") in [
        (one["file"], one["row"], one["field"], one["code"]) for one in answer["problems"]
    ]
    assert snapshot(tenant) == before
    with tenant_context(tenant.pk):
        assert ImportReport.objects.filter(is_accepted=False).count() == 1
    code, out = command(capsys, INVALID, "--tenant", "periwinkle", "--dry-run")
    assert (code, "Refused. Nothing was written." in out) == (1, True)


def test_the_guard_and_how_to_confirm(tenant: Tenant, capsys: Any, tmp_path: Path) -> None:
    put(tenant, tmp_path, school())
    path = folder(tmp_path, without(school(), "enrollments", "c1-l0", "c1-l1", "c1-l2"))
    code, out = command(capsys, path, "--tenant", "periwinkle")
    assert (code, "confirm with --max-delete-percent 100" in out) == (1, True)
    code, out = command(capsys, path, "--tenant", "periwinkle", "--max-delete-percent", "100")
    assert (code, "3 deactivated" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ((SCHOOL, "--tenant", "nobody"), 'There is no tenant "nobody"'),
        (("/nowhere/at/all.zip", "--tenant", "periwinkle"), "There is no file"),
        ((SCHOOL, "--tenant", "periwinkle", "--max-delete-percent", "101"), "was 101. Use a number from 0 to 100"),
        ((SCHOOL, "--tenant", "periwinkle", "--max-delete-percent=-1"), "was -1"),
        ((SCHOOL, "--tenant", "periwinkle", "--max-delete-percent", "nan"), "was nan"),
    ],
)
def test_wrong_use(tenant: Tenant, arguments: tuple[object, ...], wrong: str) -> None:
    with pytest.raises(CommandError, match=wrong) as caught:
        call_command("import_oneroster", *map(str, arguments))
    assert caught.value.returncode == 2
