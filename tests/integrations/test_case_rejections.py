"""CASE-5, CASE-10: what is refused, and that every problem is named by its path."""

from __future__ import annotations

import pytest

from tests.integrations.case_builders import DOCUMENT, child, codes, faults, item, link, node, package, read, uuid


@pytest.mark.parametrize("field", ["identifier", "uri", "fullStatement", "lastChangeDateTime"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_item_needs_its_required_fields(field: str, value: object) -> None:
    assert codes(package([item(1, **{field: value})])) == [(f"$.CFItems[0].{field}", "missing_field")]


@pytest.mark.parametrize("field", ["identifier", "uri", "creator", "title", "lastChangeDateTime"])
def test_the_document_needs_its_required_fields(field: str) -> None:
    value = package()
    del value["CFDocument"][field]
    assert codes(value) == [(f"$.CFDocument.{field}", "missing_field")]


@pytest.mark.parametrize(
    "field",
    ["identifier", "uri", "associationType", "originNodeURI", "destinationNodeURI", "lastChangeDateTime"],
)
def test_an_association_needs_its_required_fields(field: str) -> None:
    association = child(1, 1)
    del association[field]
    assert codes(package([item(1)], [association])) == [(f"$.CFAssociations[0].{field}", "missing_field")]


@pytest.mark.parametrize("part", ["title", "identifier", "uri"])
def test_an_end_needs_title_identifier_and_uri(part: str) -> None:
    association = child(1, 1, destinationNodeURI={k: v for k, v in node(DOCUMENT).items() if k != part})
    expected = [(f"$.CFAssociations[0].destinationNodeURI.{part}", "missing_field")]
    assert codes(package([item(1)], [association])) == expected


@pytest.mark.parametrize("field", ["uri", "title", "hierarchyCode", "lastChangeDateTime"])
def test_an_item_type_needs_its_required_fields(field: str) -> None:
    kind = {
        "identifier": uuid(1, "b"),
        "uri": "u",
        "title": "t",
        "hierarchyCode": "1",
        "lastChangeDateTime": "2017-01-01",
    }
    del kind[field]
    value = package(CFDefinitions={"CFItemTypes": [kind]})
    assert codes(value) == [(f"$.CFDefinitions.CFItemTypes[0].{field}", "missing_field")]


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("fullStatement", 7, "fullStatement"),
        ("notes", ["a"], "notes"),
        ("educationLevel", {"a": 1}, "educationLevel"),
        ("educationLevel", ["03", 4], "educationLevel[1]"),
        ("CFItemTypeURI", 3, "CFItemTypeURI"),
        ("extensions", [], "extensions"),
        ("uri", {}, "uri"),
    ],
)
def test_a_wrong_type_is_named(field: str, value: object, path: str) -> None:
    assert codes(package([item(1, **{field: value})])) == [(f"$.CFItems[0].{path}", "wrong_type")]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"CFDocument": []}, "$.CFDocument"),
        (package() | {"CFItems": {}}, "$.CFItems"),
        (package() | {"CFItems": [3]}, "$.CFItems[0]"),
        (package() | {"CFAssociations": "x"}, "$.CFAssociations"),
        (package() | {"CFDefinitions": []}, "$.CFDefinitions"),
        (package(CFDefinitions={"CFItemTypes": 1}), "$.CFDefinitions.CFItemTypes"),
        ([], "$"),
        ("text", "$"),
        (None, "$"),
    ],
)
def test_a_wrong_shape_is_named(value: object, path: str) -> None:
    assert codes(value) == [(path, "wrong_type")]


@pytest.mark.parametrize("value", [{}, {"CFPackage": []}, {"CFDocument": None}])
def test_a_package_needs_a_document(value: object) -> None:
    assert codes(value) == [("$.CFDocument", "missing_field")]


@pytest.mark.parametrize(
    "identifier", ["1", "not-a-uuid", uuid(1) + "0", "{" + uuid(1) + "}", "g" + uuid(1)[1:], "\uff11" * 8]
)
def test_an_identifier_must_be_a_uuid(identifier: str) -> None:
    assert codes(package([item(1, identifier=identifier)])) == [("$.CFItems[0].identifier", "invalid_uuid")]


def test_an_outside_end_need_not_be_a_uuid() -> None:
    outside = link(1, uuid(1), "urn:x:DOK 1", "isRelatedTo")
    assert read(package([item(1)], [outside])).associations[0].destination.identifier == "urn:x:DOK 1"


def test_duplicate_identifiers_in_any_case_are_named() -> None:
    twice = item(1, identifier="ABCDEF00-0000-0000-0000-000000000001")
    again = item(2, identifier="abcdef00-0000-0000-0000-000000000001")
    assert codes(package([twice, again])) == [("$.CFItems[1].identifier", "duplicate_identifier")]
    assert "$.CFItems[0]" in faults(package([twice, again]))[0].message
    assert codes(package([item(1), item(1)])) == [("$.CFItems[1].identifier", "duplicate_identifier")]


def test_an_item_may_not_have_the_documents_identifier() -> None:
    assert codes(package([item(1, identifier=DOCUMENT.upper())])) == [
        ("$.CFItems[0].identifier", "duplicate_identifier")
    ]


def test_an_association_repeated_word_for_word_is_collapsed() -> None:
    found = read(package([item(1)], [child(1, 1), child(1, 1)]))
    assert (len(found.associations), found.repeated_associations) == (1, 1)
    assert [(warning.path, warning.code) for warning in found.warnings] == [
        ("$.CFAssociations[1]", "repeated_association")
    ]


def test_two_different_associations_may_not_share_an_identifier() -> None:
    value = package([item(1), item(2)], [child(1, 1), child(1, 2)])
    assert codes(value) == [("$.CFAssociations[1].identifier", "duplicate_identifier")]


def test_a_child_must_be_in_the_package() -> None:
    value = package([item(1)], [child(1, 1), child(2, 9)])
    assert codes(value) == [("$.CFAssociations[1].originNodeURI.identifier", "dangling_origin")]


def test_other_types_may_begin_outside() -> None:
    value = package([item(1)], [link(1, uuid(9), uuid(1), "precedes"), link(2, uuid(9), uuid(1), "isRelatedTo")])
    assert len(read(value).associations) == 2


@pytest.mark.parametrize("kind", ["isTranslationOf", "hasSkillLevel", "exemplar", "ext:is.near-to_9"])
def test_association_types(kind: str) -> None:
    assert read(package([item(1)], [link(1, uuid(1), uuid(9), kind)])).associations[0].type == kind


@pytest.mark.parametrize("kind", ["ischildof", "Is Child Of", "ext:", "ext:a b", "ext:ä", "ext:a\n", "x"])
def test_unknown_association_types_are_named(kind: str) -> None:
    value = package([item(1)], [link(1, uuid(1), uuid(9), kind)])
    assert codes(value) == [("$.CFAssociations[0].associationType", "unknown_association_type")]


def test_a_self_parent_refuses_the_package() -> None:
    value = package([item(1)], [child(1, 1, 1)])
    assert codes(value) == [("$.CFAssociations[0]", "self_parent")]
    assert '"C.1"' in faults(value)[0].message


def test_a_cycle_refuses_the_package_and_names_the_items() -> None:
    edges = [child(1, 1), child(2, 2, 3), child(3, 3, 4), child(4, 4, 2), child(5, 5, 2)]
    found = faults(package([item(n) for n in range(1, 6)], edges))
    assert [(problem.path, problem.code) for problem in found] == [("$.CFAssociations[1]", "cycle")]
    assert all(name in found[0].message for name in ('"C.2"', '"C.3"', '"C.4"'))
    assert '"C.5"' not in found[0].message
    assert '"C.1"' not in found[0].message


def test_a_cycle_through_the_document_is_one() -> None:
    value = package([item(1)], [child(1, 1), link(2, DOCUMENT, uuid(1))])
    assert [code for _, code in codes(value)] == ["cycle"]


def test_a_long_cycle_is_named_in_part() -> None:
    edges = [child(n, n, n % 40 + 1) for n in range(1, 41)]
    assert "and 28 more" in faults(package([item(n) for n in range(1, 41)], edges))[0].message


def test_every_problem_is_listed() -> None:
    value = package(
        [item(1, fullStatement=""), item(2, identifier="2"), item(3, lastChangeDateTime="x")],
        [child(1, 9), link(2, uuid(1), uuid(3), "nearly"), child(3, 1, 1)],
    )
    assert {code for _, code in codes(value)} == {
        "missing_field",
        "invalid_uuid",
        "invalid_datetime",
        "dangling_origin",
        "unknown_association_type",
        "self_parent",
    }


def test_the_list_of_problems_has_a_ceiling() -> None:
    found = faults(package([{} for _ in range(4000)]))
    assert len(found) == 10_001
    assert found[-1].code == "more_problems"
