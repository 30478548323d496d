"""From the identifiers that others use to our keys, for a whole batch in one query.

A learner is named by public id or roster id (OneRoster sourcedId), a competency by public id or CASE identifier. An
identifier outside the caller's reach is answered exactly like one that does not exist.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from competencies.models import Competency

LEARNER, COMPETENCY = 1, 2


def keys_of(
    learners: Collection[str], competencies: Collection[str], reachable: QuerySet[Any]
) -> tuple[dict[str, int], dict[str, int]]:
    """({reference: key} of learners, {reference: key} of competencies). One query.

    `reachable` is the caller's own set of learners. A competency identifier that several frameworks use is left out:
    name the public id instead.
    """
    lowered = [reference.lower() for reference in competencies]
    rows = reachable.filter(Q(public_id__in=_uuids(learners)) | Q(sourced_id__in=list(learners)))
    items = Competency.objects.filter(Q(public_id__in=_uuids(competencies)) | Q(identifier_key__in=lowered))
    asked = rows.order_by().values_list(Value(LEARNER), "id", "public_id", "sourced_id")
    found = list(asked.union(items.values_list(Value(COMPETENCY), "id", "public_id", "identifier_key"), all=True))
    people: dict[str, int] = {}
    for _, key, public_id, sourced_id in (row for row in found if row[0] == LEARNER):
        people[str(public_id)] = key
        if sourced_id:
            people[sourced_id] = key
    things, twice = _competencies([row[1:] for row in found if row[0] == COMPETENCY])
    return (
        {reference: people[name] for reference in learners if (name := _known(reference, people))},
        {ref: things[name] for ref in competencies if (name := _known(ref, things)) and name not in twice},
    )


def _competencies(rows: Sequence[tuple[int, UUID, str]]) -> tuple[dict[str, int], set[str]]:
    """({public id or identifier: key}, identifiers of more than one)."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for key, public_id, identifier in rows:
        found[str(public_id)] = key
        if found.setdefault(identifier, key) != key:
            twice.add(identifier)
    return found, twice


def _uuids(references: Collection[str]) -> list[UUID]:
    return [value for value in map(as_uuid, references) if value]


def _known(reference: str, found: dict[str, int]) -> str:
    if reference in found:
        return reference
    return reference.lower() if reference.lower() in found else ""


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
