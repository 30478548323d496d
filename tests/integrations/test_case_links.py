"""CASE-7: prerequisites, cycles among them, external links."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.case.graph import cyclic_groups
from integrations.case.links import sort_links
from tests.integrations.case_builders import DOCUMENT, item, link, package, read, uuid

ITEMS = [item(n) for n in range(1, 6)]


def edge(number: int, before: int, after: int, kind: str = "precedes") -> dict[str, object]:
    return link(number, uuid(before), uuid(after), kind)


def test_precedes_runs_from_origin_to_destination() -> None:
    found = sort_links(read(package(ITEMS, [edge(1, 1, 2)]))).prerequisites
    assert [(one.before, one.after, one.is_in_cycle) for one in found] == [(uuid(1), uuid(2), False)]


def test_duplicates_collapse_and_keep_their_identifiers() -> None:
    (found,) = sort_links(read(package(ITEMS, [edge(1, 1, 2), edge(2, 1, 2)]))).prerequisites
    assert found.identifiers == (uuid(1, "a"), uuid(2, "a"))


def test_edges_on_a_cycle_are_flagged_and_others_not() -> None:
    edges = [edge(1, 1, 2), edge(2, 2, 3), edge(3, 3, 2), edge(4, 3, 4), edge(5, 5, 5)]
    found = sort_links(read(package(ITEMS, edges))).prerequisites
    assert {(one.before[-1], one.after[-1]): one.is_in_cycle for one in found} == {
        ("1", "2"): False,
        ("2", "3"): True,
        ("3", "2"): True,
        ("3", "4"): False,
        ("5", "5"): True,
    }


def test_an_edge_between_two_cycles_is_not_on_one() -> None:
    edges = [edge(1, 1, 2), edge(2, 2, 1), edge(3, 2, 3), edge(4, 3, 4), edge(5, 4, 3)]
    found = sort_links(read(package(ITEMS, edges))).prerequisites
    assert [one.is_in_cycle for one in found] == [True, True, False, True, True]


def test_one_end_outside_is_an_external_link() -> None:
    links = [edge(1, 1, 99), edge(2, 99, 1), edge(3, 1, 99, "exactMatchOf"), edge(4, 1, 99, "isChildOf")]
    found = sort_links(read(package(ITEMS, links)))
    assert (found.prerequisites, found.between_items) == ((), ())
    assert [one.type for one in found.external] == ["precedes", "precedes", "exactMatchOf", "isChildOf"]


def test_other_types_are_kept_and_the_tree_left_out() -> None:
    links = [
        edge(1, 1, 2, "isRelatedTo"),
        edge(2, 1, 2, "ext:near"),
        link(3, uuid(1), DOCUMENT),
        edge(4, 2, 1, "isChildOf"),
    ]
    found = sort_links(read(package(ITEMS, links)))
    assert [one.type for one in found.between_items] == ["isRelatedTo", "ext:near"]
    assert found.external == ()


def test_precedes_with_the_document_is_no_prerequisite() -> None:
    found = sort_links(read(package(ITEMS, [link(1, uuid(1), DOCUMENT, "precedes")])))
    assert (found.prerequisites, len(found.between_items)) == ((), 1)


def test_every_association_is_used_once() -> None:
    links = [edge(1, 1, 2), edge(2, 1, 2), edge(3, 1, 99), edge(4, 1, 2, "isPeerOf"), link(5, uuid(1), DOCUMENT)]
    found = sort_links(read(package(ITEMS, links)))
    prerequisites = sum(len(one.identifiers) for one in found.prerequisites)
    assert prerequisites + len(found.between_items) + len(found.external) == 4


def reachable(edges: list[tuple[str, str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = [end for origin, end in edges if origin == start]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(end for origin, end in edges if origin == node)
    return found


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14))
def test_cyclic_groups_are_what_reaches_itself(edges: list[tuple[str, str]]) -> None:
    groups = cyclic_groups(edges)
    on_cycle = {node for node in "abcdef" if node in reachable(edges, node)}
    assert {node for group in groups for node in group} == on_cycle
    for group in groups:
        assert all(
            set(group) == reachable(edges, one) & {n for n in on_cycle if one in reachable(edges, n)} for one in group
        )


def test_a_long_cycle_needs_no_recursion() -> None:
    edges = [(str(n), str((n + 1) % 20_000)) for n in range(20_000)]
    assert len(cyclic_groups(edges)[0]) == 20_000
