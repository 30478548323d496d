"""TEN-2: pages and API with either of the two layers off. Neither run shows a byte of the other tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import models

from tenancy.base import TenantManager, TenantQuerySet
from tests.permissions.asking import ask
from tests.permissions.entries import Entry
from tests.permissions.places import Places, build_places
from tests.permissions.table import ENTRIES
from tests.stepping import step_up

CALLERS = ("TCH", "SCH", "DST", "GRD", "LRN", "INT")


def leaks(places: Places, entries: Iterable[Entry] = ENTRIES) -> Iterator[tuple[str, str, str, int]]:
    """Every route and whom it is for, with identifiers of the other tenant: answers that succeed or carry its marker.

    Who it is not for is turned away before anything is read, whatever the layers do.
    """
    for entry in entries:
        for caller in sorted(entry.roles.intersection(CALLERS)):
            for kind in kinds(places, entry):
                answer = ask(places, entry, caller, kind, "all")
                is_refused = kind == "" or answer.status in {302, 400, 401, 403, 404}
                if kind and answer.status == 302 and dict(answer.headers)["Location"][:16] != "/accounts/login/":
                    is_refused = False
                if not is_refused or b"HRB" in answer.everything:
                    yield str(entry), caller, kind, answer.status


def proven_places() -> Places:
    """The places, with everybody's identity proved again: no question stands in front of the layers."""
    places = build_places()
    for role in ("TCH", "SCH", "DST"):
        step_up(places.clients[role], places.home.users[role])
    return places


def kinds(places: Places, entry: Entry) -> tuple[str, ...]:
    return ("other_tenant",) if entry.ids in places.ids else ("",)


def unfiltered(self: Any) -> TenantQuerySet[Any]:
    queryset: TenantQuerySet[Any] = super(TenantManager, self).get_queryset()
    return queryset


def test_row_security_alone(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    places = proven_places()
    monkeypatch.setattr(TenantManager, "get_queryset", unfiltered)
    assert isinstance(TenantManager(), models.Manager)
    assert list(leaks(places)) == []


def test_application_alone(committed_db: None, as_owner: None) -> None:
    assert list(leaks(proven_places())) == []


def test_with_both_layers_off_the_probes_find_something(
    committed_db: None, as_owner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the two tests above rest on: without any layer the same probes do see the other tenant."""
    places = proven_places()
    monkeypatch.setattr(TenantManager, "get_queryset", unfiltered)
    learner = [entry for entry in ENTRIES if str(entry) == "GET learner by learner"]
    assert ("GET learner by learner", "DST", "other_tenant", 200) in leaks(places, learner)
    assert len(list(islice(leaks(places), 10))) == 10
