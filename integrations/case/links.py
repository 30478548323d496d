"""Prerequisites and other links between items (interop.md CASE-7). None of them shapes the tree."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.case.graph import cyclic_groups
from integrations.case.model import Association, CasePackage
from integrations.case.structure import CHILD_OF

PRECEDES = "precedes"


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """Item `before` comes before item `after` (item keys). `identifiers` are those of all associations saying so.

    `is_in_cycle`: the edge lies on a cycle of prerequisites; it is stored but ignored for readiness.
    """

    before: str
    after: str
    is_in_cycle: bool
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Every association that is not a place in the tree, sorted by use.

    `prerequisites`: `precedes` between two items of the package. `between_items`: any other type between two parts
    of the package (items or the document). `external`: at least one end outside, whatever the type; this includes
    `precedes`, and isChildOf below an item of another framework.
    """

    prerequisites: tuple[Prerequisite, ...]
    between_items: tuple[Association, ...]
    external: tuple[Association, ...]


def sort_links(package: CasePackage) -> Links:
    """The links of an accepted package; duplicates among prerequisites collapse into one edge."""
    items = package.items_by_key().keys()
    inside = items | {package.document.key}
    edges: dict[tuple[str, str], list[str]] = {}
    between: list[Association] = []
    external: list[Association] = []
    for association in package.associations:
        ends = (association.origin.key, association.destination.key)
        if not inside.issuperset(ends):
            external.append(association)
        elif association.type == PRECEDES and items >= set(ends):
            edges.setdefault(ends, []).append(association.identifier)
        elif association.type != CHILD_OF or ends[0] == package.document.key:
            between.append(association)
    group_of = {key: number for number, group in enumerate(cyclic_groups(edges)) for key in group}
    prerequisites = tuple(
        Prerequisite(before, after, _share_group(group_of, before, after), tuple(identifiers))
        for (before, after), identifiers in edges.items()
    )
    return Links(prerequisites, tuple(between), tuple(external))


def _share_group(group_of: dict[str, int], before: str, after: str) -> bool:
    return before in group_of and group_of[before] == group_of.get(after)
