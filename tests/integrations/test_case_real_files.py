"""Real packages import: the Smarter Balanced one and all of OpenSALT's (issue 2, "Real input")."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from functools import cache

import pytest

from competencies.statements import display_statement
from integrations.case.links import sort_links
from integrations.case.model import CasePackage
from integrations.case.package import read_package
from integrations.case.tree import build_tree
from tests.integrations.case_builders import DATA

SMALL = sorted(path.name for path in DATA.glob("*.json"))


@cache
def smarter_balanced() -> CasePackage:
    packed = DATA / "smarter-balanced-math-content-spec.cfpackage.json.xz"
    return read_package(lzma.decompress(packed.read_bytes()))


def test_all_small_files_are_here() -> None:
    assert len(SMALL) == 8


@pytest.mark.parametrize("name", SMALL)
def test_small_packages_are_read(name: str) -> None:
    raw = json.loads((DATA / name).read_bytes())
    found = read_package(DATA / name)
    assert len(found.items) == len(raw["CFItems"])
    assert len(found.associations) == len(raw["CFAssociations"])
    assert [one.identifier for one in found.items] == [one["identifier"] for one in raw["CFItems"]]
    assert [one.full_statement for one in found.items] == [one["fullStatement"] for one in raw["CFItems"]]
    tree = build_tree(found)
    assert (len(tree.nodes), tree.warnings) == (len(found.items), ())


def test_smarter_balanced_in_numbers() -> None:
    found = smarter_balanced()
    assert len(found.items) == 585
    assert len(found.associations) + found.repeated_associations == 3_368
    assert found.repeated_associations == 1
    kinds = Counter(association.type for association in found.associations)
    assert kinds == {"isRelatedTo": 1_460, "exactMatchOf": 914, "isChildOf": 570, "precedes": 423}
    assert [definition.description for definition in found.definitions].count("") == 4


def test_smarter_balanced_tree() -> None:
    tree = build_tree(smarter_balanced())
    assert len(tree.nodes) == 585
    assert [warning.code for warning in tree.warnings] == ["orphan_item"] * 15
    assert sum(node.depth == 0 for node in tree.nodes) == 8 + 15
    assert max(node.depth for node in tree.nodes) == 4
    assert build_tree(smarter_balanced()) == tree


def test_smarter_balanced_prerequisites() -> None:
    found = sort_links(smarter_balanced())
    assert sum(len(one.identifiers) for one in found.prerequisites) == 420
    assert len(found.prerequisites) == 419
    assert not any(one.is_in_cycle for one in found.prerequisites)
    assert Counter(one.type for one in found.external) == {"isRelatedTo": 1_087, "exactMatchOf": 914, "precedes": 3}
    assert Counter(one.type for one in found.between_items) == {"isRelatedTo": 373}


def test_comparison_signs_in_real_statements_survive() -> None:
    texts = [item.full_statement for item in smarter_balanced().items if "<" in item.full_statement]
    assert len(texts) == 8
    assert all("&lt;" in display_statement(text) for text in texts)


def test_sequence_numbers_order_the_items() -> None:
    found = read_package(DATA / "SequenceNumberFramework.json")
    labels = {item.key: item.label for item in found.items}
    assert [labels[node.key] for node in build_tree(found).nodes] == ["SNT.2", "SNT.1"]


def test_codes_order_the_items() -> None:
    found = read_package(DATA / "Ordering.json")
    labels = {item.key: item.human_coding_scheme for item in found.items}
    deepest = [labels[node.key] for node in build_tree(found).nodes if node.depth == 4]
    assert deepest == [f"H.A.MATH.GM.PF.2DFP.L1.{number}" for number in range(1, 25)]


def test_opensalts_early_export() -> None:
    found = read_package(DATA / "opensalt-what-standards-could-be.json")
    assert found.items[0].education_level == ("06",)
    assert found.document.package is not None
    assert found.document.package.uri.startswith("http://opensalt-staging")
    assert [one.sequence_number for one in found.associations if one.sequence_number] == [1, 2]
    assert len(sort_links(found).prerequisites) == 2
    assert len(sort_links(found).external) == 21
