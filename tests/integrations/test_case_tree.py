"""CASE-5 and CASE-6: parents, orphans, several parents, the order of siblings."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.case.tree import Tree, build_tree, natural_order
from tests.integrations.case_builders import DOCUMENT, item, link, package, read, uuid


def order(tree: Tree) -> list[int]:
    return [int(node.key[-12:]) for node in tree.nodes]


def test_depth_first_with_positions_and_depths() -> None:
    items = [item(n) for n in range(1, 6)]
    parents = [DOCUMENT, uuid(1), uuid(1), uuid(3), DOCUMENT]
    links = [link(n, uuid(n), parent) for n, parent in enumerate(parents, start=1)]
    tree = build_tree(read(package(items, links)))
    found = [
        (int(node.key[-12:]), node.parent and int(node.parent[-12:]), node.position, node.depth) for node in tree.nodes
    ]
    assert found == [(1, None, 0, 0), (2, 1, 0, 1), (3, 1, 1, 1), (4, 3, 0, 2), (5, None, 1, 0)]
    assert tree.warnings == ()


def test_an_orphan_goes_under_the_document_and_is_reported() -> None:
    tree = build_tree(read(package([item(1), item(2)], [link(1, uuid(2), DOCUMENT)])))
    assert [(node.parent, node.depth) for node in tree.nodes] == [(None, 0), (None, 0)]
    assert [(warning.path, warning.code) for warning in tree.warnings] == [("$.CFItems[0]", "orphan_item")]
    assert '"C.1"' in tree.warnings[0].message


def test_an_item_whose_parent_is_outside_is_an_orphan() -> None:
    tree = build_tree(read(package([item(1)], [link(1, uuid(1), uuid(9))])))
    assert [warning.code for warning in tree.warnings] == ["orphan_item"]


def test_the_lowest_sequence_number_is_the_primary_parent() -> None:
    items = [item(n) for n in range(1, 5)]
    tops = [link(n, uuid(n), DOCUMENT) for n in range(1, 4)]
    links = [
        link(4, uuid(4), uuid(1)),
        link(5, uuid(4), uuid(2), sequenceNumber=7),
        link(6, uuid(4), uuid(3), sequenceNumber=2),
        link(7, uuid(4), DOCUMENT, sequenceNumber=9),
        link(8, uuid(4), uuid(3), sequenceNumber=8),
    ]
    node = next(node for node in build_tree(read(package(items, tops + links))).nodes if node.key == uuid(4))
    assert node.parent == uuid(3)
    assert node.other_parents == (uuid(2), None, uuid(1))


def test_equal_sequence_numbers_of_parents_keep_file_order() -> None:
    tops = [link(n, uuid(n), DOCUMENT) for n in (1, 2)]
    links = [link(3, uuid(3), uuid(2), sequenceNumber=0), link(4, uuid(3), uuid(1), sequenceNumber=0)]
    tree = build_tree(read(package([item(1), item(2), item(3)], tops + links)))
    assert next(node for node in tree.nodes if node.key == uuid(3)).parent == uuid(2)


def test_keys_meet_in_any_case() -> None:
    upper = "ABCDEF00-0000-0000-0000-000000000001"
    links = [link(1, upper.lower(), DOCUMENT.upper()), link(2, uuid(2), upper)]
    tree = build_tree(read(package([item(1, identifier=upper), item(2)], links)))
    assert [node.depth for node in tree.nodes] == [0, 1]


@pytest.mark.parametrize(
    ("fields", "sequence", "wanted"),
    [
        ([{}, {}, {}], [3, 1, 2], [2, 3, 1]),
        ([{}, {}, {}], [0, 0, 0], [1, 2, 3]),
        ([{}, {}, {}], [None, 0, -1], [3, 2, 1]),
        ([{"listEnumeration": "10."}, {"listEnumeration": "2."}, {"listEnumeration": "1."}], [None] * 3, [3, 2, 1]),
        ([{"listEnumeration": "10"}, {"listEnumeration": "2"}, {}], [5, 5, 5], [2, 1, 3]),
        ([{"listEnumeration": "b"}, {"listEnumeration": "A"}, {"listEnumeration": "3"}], [0, 0, 0], [3, 2, 1]),
        (
            [{"humanCodingScheme": "6.RP.A.10"}, {"humanCodingScheme": "6.RP.A.9"}, {"humanCodingScheme": "6.EE"}],
            [None] * 3,
            [3, 2, 1],
        ),
        ([{"humanCodingScheme": "X"}, {"humanCodingScheme": "X"}, {"humanCodingScheme": ""}], [None] * 3, [1, 2, 3]),
        ([{"listEnumeration": "1"}, {"listEnumeration": "2"}, {"listEnumeration": "3"}], [3, None, 1], [3, 1, 2]),
    ],
)
def test_sibling_order(fields: list[dict[str, str]], sequence: list[int | None], wanted: list[int]) -> None:
    items = [item(n, **field) for n, field in enumerate(fields, start=1)]
    links = [link(n, uuid(n), DOCUMENT, sequenceNumber=number) for n, number in enumerate(sequence, start=1)]
    assert order(build_tree(read(package(items, links)))) == wanted


def test_the_order_of_associations_in_the_file_does_not_matter() -> None:
    items = [item(n, humanCodingScheme="") for n in range(1, 9)]
    links = [link(n, uuid(n), DOCUMENT if n < 4 else uuid(n % 3 + 1), sequenceNumber=0) for n in range(1, 9)]
    first = build_tree(read(package(items, links)))
    for seed in range(5):
        shuffled = random.Random(seed).sample(links, len(links))
        assert build_tree(read(package(items, shuffled))) == first


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("2", "10"),
        ("a2", "a10"),
        ("02", "10"),
        ("1", "a"),
        ("A", "b"),
        ("1.9", "1.10"),
        ("x", ""),
        ("9" * 5000, "1" + "0" * 5000),
    ],
)
def test_natural_order(smaller: str, larger: str) -> None:
    assert natural_order(smaller) < natural_order(larger)


@settings(deadline=None)
@given(st.lists(st.text(), max_size=8))
def test_natural_order_compares_any_texts(texts: list[str]) -> None:
    once = sorted(texts, key=natural_order)
    assert sorted(once, key=natural_order) == once


def test_a_chain_of_ten_thousand_items() -> None:
    items = [item(n) for n in range(10_000)]
    links = [link(n, uuid(n), uuid(n - 1) if n else DOCUMENT) for n in range(10_000)]
    tree = build_tree(read(package(items, links)))
    assert tree.nodes[-1].depth == 9_999


@settings(deadline=None)
@given(st.data())
def test_every_item_stands_once_below_its_parent(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    links: list[dict[str, object]] = []
    for n in range(1, size + 1):
        for parent in data.draw(st.lists(st.integers(0, n - 1), max_size=3)):
            number = data.draw(st.none() | st.integers(0, 3))
            links.append(link(len(links), uuid(n), uuid(parent) if parent else DOCUMENT, sequenceNumber=number))
    tree = build_tree(read(package([item(n) for n in range(1, size + 1)], links)))
    depth: dict[str | None, int] = {None: -1}
    for node in tree.nodes:
        assert node.depth == depth[node.parent] + 1
        assert node.parent not in node.other_parents
        depth[node.key] = node.depth
    assert len(tree.nodes) == len(depth) - 1 == size
