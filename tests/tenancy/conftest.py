"""Switches for the two layers that keep tenants apart."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections

from tests.conftest import owner_url, use_database


@pytest.fixture
def as_owner() -> Iterator[None]:
    """Django connects as the owner with BYPASSRLS: the application's own filter is all that is left."""
    name = str(connections["default"].settings_dict["NAME"])
    use_database(owner_url(), name)
    yield
    use_database(os.environ["DATABASE_URL"], name)
