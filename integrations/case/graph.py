"""Cycles in a directed graph of text keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def cyclic_groups(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of nodes that lie on a common cycle, in order of first appearance; a self-loop is a group of one.

    These are the strongly connected components with an inner edge (Tarjan 1972), found without recursion because a
    chain of ten thousand items is a legal package. An edge lies on a cycle exactly when one group holds both ends.
    """
    successors: dict[str, list[str]] = {}
    for origin, destination in edges:
        successors.setdefault(origin, []).append(destination)
        successors.setdefault(destination, [])
    groups = [group for group in _components(successors) if len(group) > 1 or group[0] in successors[group[0]]]
    place = {node: index for index, node in enumerate(successors)}
    return sorted((sorted(group, key=place.__getitem__) for group in groups), key=lambda group: place[group[0]])


def _components(successors: dict[str, list[str]]) -> Iterator[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    is_open: set[str] = set()
    for root, first_successors in successors.items():
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(first_successors))]
        while work:
            node, remaining = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                open_nodes.append(node)
                is_open.add(node)
            unseen = next((other for other in remaining if _is_new(node, other, index, low, is_open)), None)
            if unseen is not None:
                work.append((unseen, iter(successors[unseen])))
                continue
            work.pop()
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
            if low[node] == index[node]:
                yield _close(node, open_nodes, is_open)


def _is_new(node: str, other: str, index: dict[str, int], low: dict[str, int], is_open: set[str]) -> bool:
    if other not in index:
        return True
    if other in is_open:
        low[node] = min(low[node], index[other])
    return False


def _close(node: str, open_nodes: list[str], is_open: set[str]) -> list[str]:
    group: list[str] = []
    while not group or group[-1] != node:
        group.append(open_nodes.pop())
        is_open.discard(group[-1])
    return group
