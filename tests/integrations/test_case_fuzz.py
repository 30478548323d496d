"""Whatever comes in, the reader answers with a package or with the declared rejection."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.case.links import sort_links
from integrations.case.model import CasePackage
from integrations.case.package import read_package
from integrations.case.problems import PackageRejected
from integrations.case.tree import build_tree
from tests.integrations.case_builders import DOCUMENT, item, link, package, uuid

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["", "x", uuid(1), DOCUMENT])
)
NAMES = st.sampled_from(
    [
        "CFDocument",
        "CFItems",
        "CFAssociations",
        "CFPackage",
        "identifier",
        "uri",
        "title",
        "originNodeURI",
        "extensions",
    ]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5)
)
BASE = package(
    [item(1), item(2)],
    [link(1, uuid(1), DOCUMENT), link(2, uuid(2), uuid(1)), link(3, uuid(1), uuid(2), "precedes")],
    CFDefinitions={"CFItemTypes": [{"identifier": uuid(1, "b"), "uri": "u", "title": "t"}]},
)


def read_or_reject(data: bytes) -> CasePackage | PackageRejected:
    try:
        return read_package(data)
    except PackageRejected as rejected:
        return rejected


def survives(data: bytes) -> None:
    found = read_or_reject(data)
    if isinstance(found, CasePackage):
        assert len(build_tree(found).nodes) == len(found.items)
        sort_links(found)
        return
    assert found.problems
    for problem in found.problems:
        assert problem.path.startswith("$")
        assert problem.message
        (problem.path + problem.message).encode()  # no lone surrogate: it can be logged, shown and stored


@settings(deadline=None)
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    survives(data)


@settings(deadline=None)
@given(VALUES)
def test_any_json(value: object) -> None:
    survives(json.dumps(value).encode())


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in below for found in paths(child, (*path, key)))]


PATHS = [path for path in paths(BASE) if path]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=1, max_size=3))
def test_a_package_with_any_part_replaced(changes: list[tuple[tuple[Any, ...], object]]) -> None:
    value: Any = copy.deepcopy(BASE)
    for path, new in changes:
        target = value
        try:
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = new
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    survives(json.dumps(value).encode())


@settings(deadline=None)
@given(st.integers(0, 2_000), st.binary(max_size=3))
def test_a_package_with_any_bytes_overwritten(place: int, new: bytes) -> None:
    data = json.dumps(BASE).encode()
    survives(data[:place] + new + data[place + len(new) :])
    survives(data[:place])
