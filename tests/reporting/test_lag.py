"""How far behind the levels are, at the foot of dashboards; levels that were given up on, and trying them again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from assessments.models import LearnerCompetency, StaleMark
from milestones.services import drain_tenant
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import Cast, World


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def text_of(world: World, role: str, address: str) -> str:
    client = Client()
    client.force_login(world.users[role])
    return " ".join(client.get(address).content.decode().split())


def mark(world: World, **values: Any) -> StaleMark:
    with tenant_context(world.tenant.pk):
        pair = LearnerCompetency.objects.filter(learner=world.learner).order_by("id")[0]
        made: StaleMark = StaleMark.objects.create(learner_competency=pair, cause="import", **values)
        return made


@pytest.mark.parametrize("page", ["grid", "today"])
def test_what_waits_is_said_at_the_foot(home: World, page: str) -> None:
    address = "/today/" if page == "today" else f"/classes/{home.section.public_id}/grid/"
    assert "being worked out anew" not in text_of(home, "TCH", address)
    mark(home)
    assert "1 level is being worked out anew, since " in text_of(home, "TCH", address)
    with tenant_context(home.tenant.pk):
        StaleMark.objects.update(parked_at=datetime.now(UTC))
    text = text_of(home, "TCH", address)
    assert "1 level could not be worked out: the district office sees which" in text
    assert "being worked out anew" not in text


def test_levels_that_were_given_up_on_are_tried_again(home: World, cast: Cast) -> None:
    parked = {"parked_at": datetime.now(UTC), "attempts": 5, "last_error": "ZeroDivisionError: planted"}
    mark(home, **parked)
    mark(cast.away, **parked)
    text = text_of(home, "DST", "/settings/jobs/")
    assert "1 level, waiting since " in text
    assert "ZeroDivisionError: planted" in text
    client = Client()
    client.force_login(home.users["DST"])
    response = client.post("/settings/jobs/levels/again/", follow=True)
    assert "1 level is tried again now." in response.content.decode()
    assert drain_tenant(home.tenant.pk) == 1
    assert "ZeroDivisionError" not in text_of(home, "DST", "/settings/jobs/")
    assert client.post("/settings/jobs/levels/again/").status_code == 404
    with tenant_context(home.tenant.pk):
        assert AuditEntry.objects.filter(action="levels.run_again", detail={"levels": 1}).count() == 1
    with tenant_context(cast.away.tenant.pk):  # the other tenant's stays where it is
        assert StaleMark.objects.exclude(parked_at=None).count() == 1
