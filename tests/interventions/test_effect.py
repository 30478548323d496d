"""Was it followed by a move up: what is counted, and from how many learners on it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from interventions.effect import Followed, followed_by_resource
from interventions.models import Resource, ResourceUse
from learners.models import Learner
from milestones.models import StatusChange
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def give(world: World, resource: Resource, learner: Learner, at: datetime, **values: Any) -> None:
    given = {"milestone": world.milestone, "given_at": at, **values}
    ResourceUse.objects.create(resource=resource, learner=learner, **given)


def move(world: World, learner: Learner, at: datetime, levels: tuple[int, int] = (1, 2), **values: Any) -> None:
    about = {"milestone": world.milestone, **values}
    StatusChange.objects.create(
        learner=learner, from_level=levels[0], to_level=levels[1], at=at, applies_from=at, cause="evidence", **about
    )


def test_what_counts_as_followed_by_a_move_up(home: World) -> None:
    now = timezone.now()
    begun = now - timedelta(days=40)
    with tenant_context(home.tenant.pk):
        people = [add_learner(home, f"P{n}", home.section) for n in range(10)]
        strips = Resource.objects.create(title="Strips", kind="practice")
        film = Resource.objects.create(title="Film", kind="video")
        for one in people:
            give(home, strips, one, begun)
        for n, (days, levels) in enumerate(((5, (1, 2)), (30, (1, 3)), (31, (1, 2)), (-1, (1, 2)), (5, (2, 1)))):
            move(home, people[n], begun + timedelta(days=days), levels)
        move(home, people[5], begun + timedelta(days=5), milestone=home.other_milestone)
        give(home, strips, people[6], now - timedelta(days=29))
        give(home, strips, people[6], begun, way="offered")
        give(home, strips, people[6], begun, choice="declined")
        give(home, film, people[0], begun, way="offered", choice="taken")
        give(home, film, people[0], begun, milestone=None)
        found = followed_by_resource([strips.pk, film.pk], now)
    assert found == {strips.pk: Followed(10, 2, 10), film.pk: Followed(1, 1, 1)}
    assert (found[strips.pk].is_told, found[film.pk].is_told) == (True, False)
