"""Learning labs: who works on what, groups of it, stations in turn, and what is refused in which words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from interventions.blocks import rounds_of
from interventions.models import Block
from learners.groups import save_group
from learners.models import GroupPlace, LearnerGroup
from tenancy.context import tenant_context
from tests.builders import Cast, World, add_learner


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def teacher(home: World) -> Client:
    client = Client()
    client.force_login(home.users["TCH"])
    return client


def address(world: World, end: str = "") -> str:
    return f"/classes/{world.section.public_id}/sessions/{end}"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def groups_of(world: World) -> dict[str, LearnerGroup]:
    """Reds with Dana, Blues with Emil, and one more with Dana in it."""
    people = {name: add_learner(world, name, world.section) for name in ("Dana", "Emil")}
    wanted = {"Reds": "Dana", "Blues": "Emil", "Late": "Dana"}
    return {
        name: save_group(world.system, section=world.section, name=name, learners=[people[who]])
        for name, who in wanted.items()
    }


def session(world: World, some: list[LearnerGroup], **values: Any) -> dict[str, Any]:
    given = {
        "title": "Maths lab", "on": (world.system.today + timedelta(days=1)).isoformat(), "minutes": "20",
        "station-1": "Strips", "station-2": "Cards", "groups": [str(one.public_id) for one in some],
    }  # fmt: skip
    return given | values


def test_groups_of_who_works_on_what(home: World, teacher: Client) -> None:
    """Ana has met the first milestone; Ben works on it. Made twice, the groups are the same two."""
    text = text_of(teacher.get(address(home)))
    assert "Who works on what?" in text
    for _ in range(2):
        assert teacher.post(address(home, "groups/")).status_code == 302
    with tenant_context(home.tenant.pk):
        group = LearnerGroup.objects.get(section=home.section, name=home.milestone.title, is_active=True)
        inside = set(GroupPlace.objects.filter(group=group).values_list("learner_id", flat=True))
        assert home.classmate.pk in inside
        assert home.learner.pk not in inside


def test_groups_come_to_each_station_once(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        groups = groups_of(home)
    some = [groups["Reds"], groups["Blues"]]
    values = session(home, some, **{"milestone-1": str(home.milestone.public_id), "station-3": "Talk"})
    response = teacher.post(address(home, "new/"), values)
    assert response.status_code == 302
    with tenant_context(home.tenant.pk):
        block = Block.objects.get(section=home.section)
        assert block.stations.get(position=0).milestone_id == home.milestone.pk
        rounds = rounds_of(block)
        assert len(rounds) == 3
        for at in range(3):
            seen = [group.name for one in rounds for group in one.places[at][1]]
            assert sorted(seen) == ["Blues", "Reds"]
        for one in rounds:  # and nobody is at two places at once
            names = [group.name for _, groups in one.places for group in groups]
            assert sorted(names) == ["Blues", "Reds"]
    text = text_of(teacher.get(response["Location"]))
    assert "3 rounds of 20 minutes" in text
    assert "Dana" in text
    assert "Maths lab" in text_of(teacher.get(address(home)))
    assert teacher.post(f"{response['Location']}remove/").status_code == 302
    with tenant_context(home.tenant.pk):
        assert not Block.objects.filter(section=home.section).exists()
        assert LearnerGroup.objects.filter(name="Reds", is_active=True).exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": ""}, "Enter a title of up to 120 characters, like Maths lab"),
        ({"on": "2020-01-01"}, "The day has passed. Choose today or a later one"),
        ({"on": "tomorrow"}, "Enter a date, like 19 Nov 2026"),
        ({"minutes": "500"}, "A round of 500 minutes cannot be. Enter 5 to 240"),
        ({"minutes": "ten"}, "Enter the minutes as a number from 5 to 240"),
        ({"station-2": ""}, "Name 2 to 8 stations"),
        ({"groups": []}, "Choose the groups that take part"),
        ({"groups": ["x"]}, "Choose groups from the list"),
        ({"milestone-1": "x"}, "Choose a milestone from the list"),
    ],
)
def test_mistakes(home: World, teacher: Client, values: dict[str, Any], sentence: str) -> None:
    with tenant_context(home.tenant.pk):
        groups = groups_of(home)
    response = teacher.post(address(home, "new/"), session(home, [groups["Reds"]], **values))
    assert response.status_code == 422
    assert sentence in text_of(response)
    with tenant_context(home.tenant.pk):
        assert not Block.objects.filter(section=home.section).exists()


def test_nobody_is_in_two_groups_at_once(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        groups = groups_of(home)
    response = teacher.post(address(home, "new/"), session(home, [groups["Reds"], groups["Late"]]))
    assert response.status_code == 422
    assert "would be in two groups at once. Leave one of the groups out" in text_of(response)
