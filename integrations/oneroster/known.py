"""What the tenant has already, so that a delta may point to it (interop.md OR-4)."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from integrations.oneroster.bundle import Bundle
from integrations.oneroster.check import KnownIds
from integrations.oneroster.schema import Mode
from integrations.oneroster.tables_gradebook import RESOURCES_1_2, TABLES_1_2
from learners.models import Course, Learner, School, Section, Term
from tenancy.models import Member

# Read and checked, not stored; demographics only where the tenant keeps none of them (see `demographics`).
NOT_STORED = ("userProfiles", "demographics", *(table.name for table in (*TABLES_1_2, *RESOURCES_1_2)))


class _Anything:
    """Holds every id: what an earlier bundle sent of a file that is not stored cannot be looked up."""

    def __contains__(self, _sourced_id: object) -> bool:
        return True


def known_ids(bundle: Bundle) -> KnownIds:
    """The open tenant's sourcedIds, by file. Six queries; memory: one set of ids per file."""
    ids: dict[str, Container[str]] = {
        "orgs": _ids(School),
        "academicSessions": _ids(Term),
        "courses": _ids(Course),
        "classes": _ids(Section),
        "users": _ids(Member) | _ids(Learner),
    }
    if any(bundle.mode(name) is Mode.DELTA for name in NOT_STORED):
        ids |= {name: _Anything() for name in NOT_STORED if bundle.mode(name) is not Mode.BULK}
    return KnownIds(ids)


def _ids(model: Any) -> set[str]:
    return set(model.objects.exclude(sourced_id=None).values_list("sourced_id", flat=True).iterator(10_000))
