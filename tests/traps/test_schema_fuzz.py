"""About 300 requests made from the API's own description: whatever fits the description never gets a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.permissions.places import Places

CASES = 12  # for each operation and way of generating
COMMON = settings(
    max_examples=CASES, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def description(places: Places) -> Iterator[Any]:
    signals = (request_started, request_finished)
    for signal in signals:  # they would close the connection that holds the places
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/", WSGIHandler())
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_described_requests(places: Places, description: Any, mode: GenerationMode) -> None:
    """Positive: as described. Negative: broken on purpose. Both with a good token."""
    statuses: dict[str, list[int]] = {}
    for found in description.get_all_operations():
        operation = found.ok()
        answered = statuses.setdefault(operation.label, [])
        run_operation(places, operation, mode, answered)
    assert len(statuses) >= 13
    assert {name: codes for name, codes in statuses.items() if any(code >= 500 for code in codes)} == {}
    total = sum(map(len, statuses.values()))
    assert total >= 120, total
    if mode == GenerationMode.POSITIVE:
        assert {code for codes in statuses.values() for code in codes} & {200, 201}


def run_operation(places: Places, operation: Any, mode: GenerationMode, answered: list[int]) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)
        strategy.validate()
    except Unsatisfiable:  # an operation that cannot be broken
        if mode == GenerationMode.POSITIVE:
            raise
        return

    @COMMON
    @given(case=strategy)
    def run(case: Any) -> None:
        case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() != "authorization"}
        headers = {"Authorization": f"Bearer {places.tokens['all']}"}
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        answered.append(response.status_code)
        assert response.status_code < 500, (case.as_curl_command(), response.text[:500])

    run()
