"""The places are built once for a module, in a transaction that is rolled back; each test runs inside a savepoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.permissions.places import Places, build_places

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Places]:
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=QUICK):
            built = build_places()
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def places(standing: Places) -> Iterator[Places]:
    with transaction.atomic():
        yield standing
        transaction.set_rollback(True)
