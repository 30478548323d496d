"""The tree of a framework from its isChildOf associations (interop.md CASE-5, CASE-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from integrations.case.model import Association, CasePackage, Item
from integrations.case.problems import Problem, quoted
from integrations.case.structure import CHILD_OF

OrderKey = tuple[object, ...]

_DIGITS_OR_TEXT = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class TreeNode:
    """Where one item stands.

    `key` and the parents are item keys (lower-case identifiers); `parent` None means directly under the document.
    `position` counts from 0 among the children of `parent`, `depth` from 0 under the document. `other_parents`
    (None again for the document) are kept in order of sequenceNumber, then file order.
    """

    key: str
    parent: str | None
    other_parents: tuple[str | None, ...]
    position: int
    depth: int


@dataclass(frozen=True, slots=True)
class Tree:
    """`nodes` holds every item once, parents before children, siblings in order. `warnings` names orphans."""

    nodes: tuple[TreeNode, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """An item under one parent, with the sequence number that association gave it."""

    parent: str | None
    sequence_number: int | None


def build_tree(package: CasePackage) -> Tree:
    """The tree of an accepted package.

    An item may have the document or items as parents; the one with the lowest sequenceNumber is primary, at a tie
    the first in the file. An item without a parent in the package stands under the document and is reported.
    Siblings: sequenceNumber, listEnumeration, humanCodingScheme (both in natural order, 2 before 10), file order;
    what is not given comes last, so the order never depends on the run.
    """
    places, warnings = _places(package)
    children: dict[str | None, list[tuple[OrderKey, str]]] = {}
    for item in package.items:
        primary = places[item.key][0]
        children.setdefault(primary.parent, []).append((_sibling_order(item, primary.sequence_number), item.key))
    nodes = tuple(_walk(children, places))
    return Tree(nodes, tuple(warnings))


def natural_order(text: str) -> OrderKey:
    """A sort key that puts "2" before "10" and "" last. Digits are compared by length, never converted: a
    thousand-digit number costs nothing."""
    parts = _DIGITS_OR_TEXT.findall(text.strip().casefold())
    return (not parts, *((0, len(part.lstrip("0")), part.lstrip("0")) if part[0] in "0123456789" else (1, 0, part)
                         for part in parts))  # fmt: skip


def _sibling_order(item: Item, sequence_number: int | None) -> OrderKey:
    return (
        *_sequence_order(sequence_number),
        natural_order(item.list_enumeration),
        natural_order(item.human_coding_scheme),
        item.place,
    )


def _sequence_order(sequence_number: int | None) -> tuple[bool, int]:
    return (sequence_number is None, sequence_number or 0)


def _places(package: CasePackage) -> tuple[dict[str, list[_Place]], list[Problem]]:
    """Each item's parents, primary first, and a warning for each item that has none here."""
    known = package.items_by_key()
    document_key = package.document.key
    claims: dict[str, list[Association]] = {}
    for association in package.associations:
        parent = association.destination.key
        if (
            association.type == CHILD_OF
            and association.origin.key in known
            and (parent in known or parent == document_key)
        ):
            claims.setdefault(association.origin.key, []).append(association)
    places: dict[str, list[_Place]] = {}
    warnings: list[Problem] = []
    for item in package.items:
        ordered = sorted(
            claims.get(item.key, ()), key=lambda claim: (_sequence_order(claim.sequence_number), claim.place)
        )
        found: dict[str | None, _Place] = {}
        for claim in ordered:
            parent_key = None if claim.destination.key == document_key else claim.destination.key
            found.setdefault(parent_key, _Place(parent_key, claim.sequence_number))
        if not found:
            message = f"{quoted(item.label)} has no parent in this package. It was put directly under the framework"
            warnings.append(Problem(f"$.CFItems[{item.place}]", "orphan_item", message))
        places[item.key] = list(found.values()) or [_Place(None, None)]
    return places, warnings


def _walk(
    children: dict[str | None, list[tuple[OrderKey, str]]], places: dict[str, list[_Place]]
) -> Iterator[TreeNode]:
    """Depth first without recursion: a chain of ten thousand items is a legal package."""
    stack = [(key, position, 0) for position, (_, key) in enumerate(sorted(children.get(None, ())))][::-1]
    while stack:
        key, position, depth = stack.pop()
        primary, *others = places[key]
        yield TreeNode(key, primary.parent, tuple(place.parent for place in others), position, depth)
        below = enumerate(sorted(children.get(key, ())))
        stack.extend([(child, place, depth + 1) for place, (_, child) in below][::-1])
