"""From the identifiers that others use to our keys, for a whole batch in two queries.

A learner is named by public id or roster id (OneRoster sourcedId), a competency by public id or CASE identifier. An
identifier outside the caller's reach is answered exactly like one that does not exist.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from competencies.models import Competency


def learner_keys(references: Collection[str], reachable: QuerySet[Any]) -> dict[str, int]:
    """{reference: key} of the learners that are in reach; `reachable` is the caller's own set."""
    uuids = [value for value in map(as_uuid, references) if value]
    rows = reachable.filter(Q(public_id__in=uuids) | Q(sourced_id__in=list(references)))
    found: dict[str, int] = {}
    for key, public_id, sourced_id in rows.values_list("id", "public_id", "sourced_id"):
        found[str(public_id)] = key
        if sourced_id:
            found[sourced_id] = key
    return {reference: found[name] for reference in references if (name := _known(reference, found))}


def competency_keys(references: Collection[str]) -> dict[str, int]:
    """{reference: key}; an identifier that several frameworks use is left out: name the public id instead."""
    uuids = [value for value in map(as_uuid, references) if value]
    wanted = [reference.lower() for reference in references]
    rows = Competency.objects.filter(Q(public_id__in=uuids) | Q(identifier_key__in=wanted)).order_by("id")
    found: dict[str, int] = {}
    twice: set[str] = set()
    for key, public_id, identifier in rows.values_list("id", "public_id", "identifier_key"):
        found[str(public_id)] = key
        if identifier in found and found[identifier] != key:
            twice.add(identifier)
        found.setdefault(identifier, key)
    return {ref: found[name] for ref in references if (name := _known(ref, found)) and name not in twice}


def _known(reference: str, found: dict[str, int]) -> str:
    if reference in found:
        return reference
    return reference.lower() if reference.lower() in found else ""


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
