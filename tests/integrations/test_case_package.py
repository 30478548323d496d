"""CASE-1, CASE-2: what is read, in which spellings."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.case.package import read_package
from integrations.case.problems import PackageRejected
from tests.integrations.case_builders import DOCUMENT, child, codes, faults, item, link, package, read, uuid


def test_a_flat_package_is_read() -> None:
    found = read(package([item(1, educationLevel=["03"], conceptKeywords=["area"])], [child(1, 1, sequenceNumber=4)]))
    assert found.document.title == "A framework"
    assert found.document.last_change == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    assert (found.items[0].full_statement, found.items[0].education_level) == ("Statement 1", ("03",))
    assert found.items[0].concept_keywords == ("area",)
    assert found.associations[0].sequence_number == 4
    assert found.associations[0].destination.key == DOCUMENT
    assert found.warnings == ()


def test_a_wrapped_package_is_the_same() -> None:
    flat = package([item(1)], [child(1, 1)])
    assert read({"CFPackage": flat}) == read(flat)


def test_paths_in_a_wrapped_package_are_its_own() -> None:
    broken = package([item(1, fullStatement=None)])
    assert codes({"CFPackage": broken}) == [("$.CFPackage.CFItems[0].fullStatement", "missing_field")]


def test_unknown_properties_are_ignored_and_extensions_kept() -> None:
    kept = {"vendor": {"colour": "red", "list": [1, None]}}
    found = read(package([item(1, nonsense={"a": 1}, extensions=kept)], vendorThing=7))
    assert found.items[0].extensions == kept


def test_identifier_and_uri_stay_exactly_as_given() -> None:
    mixed = "ABCDEF00-0000-0000-0000-00000000000a"
    found = read(package([item(1, identifier=mixed, uri="HTTPS://X/ä")], [link(1, mixed.upper(), DOCUMENT.upper())]))
    assert (found.items[0].identifier, found.items[0].uri) == (mixed, "HTTPS://X/ä")
    assert found.items[0].key == mixed.lower() == found.associations[0].origin.key


def test_null_and_absent_are_the_same() -> None:
    found = read(package([item(1, notes=None, educationLevel=None, CFItemTypeURI=None)], CFDefinitions=None))
    assert (found.items[0].notes, found.items[0].education_level, found.items[0].item_type_link) == ("", (), None)


@pytest.mark.parametrize("lists", [{}, {"CFItems": None, "CFAssociations": None}])
def test_a_document_alone_is_a_package(lists: dict[str, Any]) -> None:
    value = {"CFDocument": package()["CFDocument"]} | lists
    assert read(value).items == ()


def test_item_type_without_description_reads_as_empty() -> None:
    kind = {"identifier": uuid(1, "b"), "uri": "u", "title": "Cluster", "hierarchyCode": "1"}
    definitions = {"CFItemTypes": [kind | {"lastChangeDateTime": "2017-02-14T20:34:39", "description": None}]}
    found = read(package(CFDefinitions=definitions)).definitions[0]
    assert (found.kind, found.title, found.description, found.hierarchy_code) == ("CFItemTypes", "Cluster", "", "1")


def test_other_definitions_are_read() -> None:
    entry = {"identifier": uuid(1, "b"), "uri": "u", "title": "CC BY", "licenseText": "Share", "keywords": "a|b"}
    found = read(package(CFDefinitions={"CFLicenses": [entry], "CFConcepts": [entry | {"identifier": uuid(2, "b")}]}))
    assert [(one.kind, one.text, one.code) for one in found.definitions] == [
        ("CFConcepts", "", "a|b"),
        ("CFLicenses", "Share", ""),
    ]


def test_rubrics_are_named_as_left_out() -> None:
    assert [warning.code for warning in read(package(CFRubrics=[{}])).warnings] == ["not_imported"]


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("educationalLevel", "06", ("06",)),  # the early OpenSALT spelling
        ("educationLevel", "06", ("06",)),
        ("educationLevel", ["06", "07"], ("06", "07")),
    ],
)
def test_education_level_spellings(field: str, value: object, wanted: tuple[str, ...]) -> None:
    assert read(package([item(1, **{field: value})])).items[0].education_level == wanted


@pytest.mark.parametrize(
    ("given", "wanted"), [("2", 2), (" 2 ", 2), (2.0, 2), (0, 0), (-1, -1), (None, None), ("", None)]
)
def test_sequence_number_spellings(given: object, wanted: int | None) -> None:
    assert read(package([item(1)], [child(1, 1, sequenceNumber=given)])).associations[0].sequence_number == wanted


@pytest.mark.parametrize("given", ["two", 1.5, True, [], 2**31, "99999999999", 1e300])
def test_a_sequence_number_must_be_a_whole_number(given: object) -> None:
    value = package([item(1)], [child(1, 1, sequenceNumber=given)])
    assert codes(value) == [("$.CFAssociations[0].sequenceNumber", "wrong_type")]


@pytest.mark.parametrize(
    "given",
    ["2017-05-25T18:05:33", "2017-05-25T18:05:33Z", "2017-05-25T20:05:33+02:00", "2017-05-25T18:05:33.000+0000"],
)
def test_times_become_utc(given: str) -> None:
    found = read(package([item(1, lastChangeDateTime=given)])).items[0]
    assert found.last_change == datetime(2017, 5, 25, 18, 5, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        "yesterday",
        "2017-13-01T00:00:00Z",
        "2017-02-30",
        "20170525",
        "0001-01-01T00:00:00+14:00",
        "2017-W05",
        "25.05.2017",
    ],
)
def test_an_invalid_time_is_named(given: str) -> None:
    value = package([item(1, lastChangeDateTime=given)])
    assert codes(value) == [("$.CFItems[0].lastChangeDateTime", "invalid_datetime")]
    assert "Write it like" in faults(value)[0].message


def test_status_dates() -> None:
    found = read(package([item(1, statusStartDate="2026-01-02", statusEndDate="2026-01-03T00:00:00Z")])).items[0]
    assert (found.status_start_on, found.status_end_on) == (date(2026, 1, 2), date(2026, 1, 3))
    assert codes(package([item(1, statusEndDate="never")])) == [("$.CFItems[0].statusEndDate", "invalid_date")]


def test_a_file_by_path_and_by_name(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(package([item(1)])).encode())
    assert read_package(file) == read_package(str(file)) == read(package([item(1)]))


@pytest.mark.parametrize("path", ["/nowhere/at/all.json", "/", "a\x00b"])
def test_an_unreadable_file_is_a_rejection(path: str) -> None:
    with pytest.raises(PackageRejected) as rejected:
        read_package(path)
    assert rejected.value.problems[0].code == "unreadable"


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    data = json.dumps(package()).encode()
    file = tmp_path / "package.json"
    file.write_bytes(data)
    assert read_package(file, max_bytes=len(data)).items == ()
    for source in (file, data):
        with pytest.raises(PackageRejected) as rejected:
            read_package(source, max_bytes=len(data) - 1)
        assert rejected.value.problems[0].code == "too_big"


def test_ten_thousand_items_and_fifty_thousand_associations() -> None:
    items = [item(n) for n in range(10_000)]
    chain = [child(n, n, n - 1 if n else None) for n in range(10_000)]
    related = [link(10_000 + n, uuid(n % 10_000), uuid((n * 7) % 10_000), "isRelatedTo") for n in range(40_000)]
    found = read(package(items, chain + related))
    assert (len(found.items), len(found.associations)) == (10_000, 50_000)
