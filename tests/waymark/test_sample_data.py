"""The two sample tenants: what they hold, that their levels are the ledger's, and that they are the same every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assessments.models import Evidence, StaleMark
from competencies.models import Prerequisite
from learners.models import GuardianLink, Learner, Section
from milestones.models import MilestoneStatus
from tenancy.context import tenant_context
from tenancy.models import Tenant
from waymark.demo import evidence, load


@pytest.fixture
def answer(db: None) -> dict[str, Any]:
    out = StringIO()
    call_command("load_demo", "--json", stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def check_levels_against_the_ledger(slug: str) -> None:
    out = StringIO()
    call_command("verify_statuses", tenant=slug, stdout=out)
    assert out.getvalue().endswith("levels checked, 0 differ\n")


def test_sample_tenants_are_whole(answer: dict[str, Any]) -> None:
    with tenant_context(Tenant.objects.get(slug="periwinkle").pk):
        assert (Learner.objects.count(), Section.objects.count()) == (72, 42)
        assert Evidence.objects.count() >= 12_000
        assert Prerequisite.objects.count() > 700
        assert GuardianLink.objects.filter(status="verified").count() >= 72
        assert StaleMark.objects.count() == 0
        levels = set(MilestoneStatus.objects.values_list("level", flat=True).distinct())
        assert levels >= {1, 2, 3, 4}
        assert MilestoneStatus.objects.count() < 72 * 26  # some learners have not started some milestones
        assert set(Evidence.objects.values_list("kind", flat=True).distinct()) >= {
            "formative",
            "summative",
            "performance",
        }
    with tenant_context(Tenant.objects.get(slug="northlight").pk):
        assert (Learner.objects.count(), Section.objects.count()) == (16, 2)
        assert Evidence.objects.count() > 1_000
    check_levels_against_the_ledger("periwinkle")
    check_levels_against_the_ledger("northlight")
    _everybody_signs_in(answer)
    again = StringIO()
    call_command("load_demo", "--json", stdout=again, stderr=StringIO())
    assert json.loads(again.getvalue()) == answer


def _everybody_signs_in(answer: dict[str, Any]) -> None:
    listed = {(account["tenant"], account["role"]) for account in answer["accounts"]}
    roles = {"district administrator", "school administrator", "teacher", "guardian", "learner", "mentor"}
    assert listed == {(tenant, role) for tenant in ("periwinkle", "northlight") for role in roles}
    for account in answer["accounts"]:
        client = Client()
        assert client.login(email=account["email"], password=account["password"]), account["email"]
        assert client.get("/", follow=True).status_code == 200
    for entry in answer["api_tokens"]:
        response = Client().get("/api/v1/learners/", headers={"Authorization": f"Bearer {entry['token']}"})
        assert response.json()["results"]


def test_evidence_is_the_same_every_time() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    work = [evidence.Assignment(n, f"C.{n}", (1, 2, 3, 4, 5), now, evidence.LESSONS) for n in range(5)]
    assert evidence.pieces(work, now, 11) == evidence.pieces(work, now, 11)
    assert evidence.pieces(work, now, 11) != evidence.pieces(work, now, 12)


def test_production_refuses_sample_accounts(db: None, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="known password"):
        call_command("load_demo")
    assert not Tenant.objects.filter(slug__in=[sample.slug for sample in load.SAMPLES]).exists()
