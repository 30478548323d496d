"""Checks across a whole package: identifiers given twice, dangling children, cycles (CASE-5, CASE-10)."""

from __future__ import annotations

from dataclasses import replace

from integrations.case.graph import cyclic_groups
from integrations.case.model import Association, Definition, Document, Item
from integrations.case.problems import ProblemList, quoted

CHILD_OF = "isChildOf"

_NAMES_IN_MESSAGE = 12


def collapse_repeats(
    associations: list[tuple[str, Association]], problems: ProblemList
) -> list[tuple[str, Association]]:
    """Associations without word-for-word repeats, each repeat a warning.

    Real packages repeat one (Smarter Balanced does); saying the same thing twice is harmless. Two different
    associations under one identifier stay in, for `check_structure` to refuse.
    """
    first: dict[str, Association] = {}
    kept: list[tuple[str, Association]] = []
    for path, association in associations:
        earlier = first.setdefault(association.key, association)
        if (
            association.identifier
            and earlier is not association
            and replace(association, place=earlier.place) == earlier
        ):
            problems.warn(path, "repeated_association", "This association is given twice. The second was left out")
        else:
            kept.append((path, association))
    return kept


def check_structure(
    document: tuple[str, Document],
    items: list[tuple[str, Item]],
    associations: list[tuple[str, Association]],
    definitions: list[tuple[str, Definition]],
    problems: ProblemList,
) -> None:
    """Record every fault that only shows when the parts are seen together."""
    nodes = [(document[0], document[1].identifier), *((path, item.identifier) for path, item in items)]
    _check_unique(nodes, problems)
    _check_unique([(path, association.identifier) for path, association in associations], problems)
    _check_unique([(path, definition.identifier) for path, definition in definitions], problems)
    by_key = {item.key: item for _, item in items}
    _check_origins(document[1].key, by_key, associations, problems)
    _check_cycles(document[1], by_key, associations, problems)


def _check_unique(entries: list[tuple[str, str]], problems: ProblemList) -> None:
    """Identity is the identifier in any case (CASE-2)."""
    first: dict[str, str] = {}
    for path, identifier in entries:
        if not identifier:
            continue
        earlier = first.setdefault(identifier.lower(), path)
        if earlier != path:
            message = f"identifier {quoted(identifier)} is already used by {earlier}. Give each its own"
            problems.add(f"{path}.identifier", "duplicate_identifier", message)


def _check_origins(
    document_key: str, items: dict[str, Item], associations: list[tuple[str, Association]], problems: ProblemList
) -> None:
    for path, association in associations:
        origin = association.origin
        if association.type != CHILD_OF or not origin.identifier:
            continue
        if origin.key not in items and origin.key != document_key:
            child = quoted(origin.identifier)
            message = f"The child {child} is not in this package. Add the item, or leave the association out"
            problems.add(f"{path}.originNodeURI.identifier", "dangling_origin", message)


def _check_cycles(
    document: Document, items: dict[str, Item], associations: list[tuple[str, Association]], problems: ProblemList
) -> None:
    """A tree with a cycle has no root; the whole package is refused, naming the items (CASE-5)."""
    known = (items.keys() | {document.key}) - {""}
    edges = [
        (association.origin.key, association.destination.key)
        for _, association in associations
        if association.type == CHILD_OF and {association.origin.key, association.destination.key} <= known
    ]
    labels = {document.key: quoted(document.title)} | {key: quoted(item.label) for key, item in items.items()}
    for group in cyclic_groups(edges):
        inside = set(group)
        path = next(
            path
            for path, association in associations
            if association.type == CHILD_OF and {association.origin.key, association.destination.key} <= inside
        )
        names = ", ".join(labels[key] for key in group[:_NAMES_IN_MESSAGE])
        more = f" and {len(group) - _NAMES_IN_MESSAGE} more" if len(group) > _NAMES_IN_MESSAGE else ""
        if len(group) == 1:
            problems.add(path, "self_parent", f"{names} is its own parent. Remove this association")
        else:
            message = f"These are above and below each other: {names}{more}. Remove one isChildOf between them"
            problems.add(path, "cycle", message)
