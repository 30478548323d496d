"""The path of one evidence row, through the services and the pages."""

from __future__ import annotations

from django.test import Client

from milestones.models import CompetencyStatus, MilestoneStatus, StatusChange
from tenancy.context import tenant_context
from tests.builders import PASSWORD, Cast


def test_level_moves_with_evidence(cast: Cast) -> None:
    world = cast.home
    with tenant_context(world.tenant.pk):
        status = CompetencyStatus.objects.get(learner=world.learner)
        assert (status.level, float(status.value or 0), status.pieces) == (3, 3.53, 3)
        assert MilestoneStatus.objects.get(learner=world.learner, milestone=world.milestone).level == 3
        assert list(
            StatusChange.objects.filter(milestone=world.milestone, learner=world.learner)
            .order_by("id")
            .values_list("to_level", flat=True)
        ) == [2, 3]


def test_teacher_opens_grid(cast: Cast) -> None:
    client = Client()
    assert client.login(email="tch@lakeview.example", password=PASSWORD)
    for address in ("/", "/classes/", f"/classes/{cast.home.section.public_id}/grid/"):
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
