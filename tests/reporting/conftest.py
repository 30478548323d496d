"""Signed-in clients of the standing cast, and what to read in a page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.builders import Cast, World

As = Callable[[str], Client]


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


@pytest.fixture
def signed_in(home: World) -> As:
    """`signed_in("TCH")`: a client of the home school."""

    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(home.users[role])
        return client

    return client_of


@pytest.fixture
def teacher(signed_in: As) -> Client:
    return signed_in("TCH")


def text_of(response: Any) -> str:
    """The words of a page: tags taken out, references resolved, blanks joined."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def grid_of(world: World) -> str:
    return f"/classes/{world.section.public_id}/grid/"


def milestone_page(world: World, learner: Any = None, milestone: Any = None) -> str:
    learner, milestone = learner or world.learner, milestone or world.milestone
    return f"/learners/{learner.public_id}/milestones/{milestone.public_id}/"
