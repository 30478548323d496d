"""JSON that no database could hold is refused, with its path; JSON that costs too much before it is built."""

from __future__ import annotations

import json

import pytest

from integrations.case import json_text
from integrations.case.problems import ProblemList
from tests.integrations.case_builders import codes, faults, item, package, read

GOOD = json.dumps(package([item(1)]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"{]",
        b'{"a":1,}',
        b"<html>",
        b"PK\x03\x04",
        GOOD.encode() + b"x",
        b'{"a": "\n"}',
        b"'a'",
        b"01",
    ],
)
def test_bad_json(data: bytes) -> None:
    assert codes(data) == [("$", "invalid_json")]


def test_bad_json_says_where() -> None:
    assert "line 2, column 3" in faults(b'{"a": 1,\n  b}')[0].message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_json_does_not_have(number: str) -> None:
    assert codes(f'{{"x": {number}, {GOOD[1:]}'.encode()) == [("$", "invalid_json")]


def test_not_utf_8() -> None:
    assert codes(GOOD.encode("utf-16")) == [("$", "invalid_encoding")]
    assert codes(b'{"a": "\xff"}') == [("$", "invalid_encoding")]


@pytest.mark.parametrize(("escape", "code"), [("\\u0000", "nul_character"), ("\\ud835", "lone_surrogate")])
def test_characters_postgresql_cannot_hold(escape: str, code: str) -> None:
    data = GOOD.replace("Statement 1", f"a {escape} b").encode()
    assert codes(data) == [("$.CFItems[0].fullStatement", code)]


def test_such_characters_in_keys_and_unknown_properties() -> None:
    data = f'{{"x\\udc00": {{"y": ["\\u0000"]}}, {GOOD[1:]}'.encode()
    found = faults(data)
    assert {problem.code for problem in found} == {"nul_character", "lone_surrogate"}
    for problem in found:
        (problem.path + problem.message).encode("utf-8")


def test_a_pair_of_surrogates_is_a_character() -> None:
    data = GOOD.replace("Statement 1", "\\ud835\\udc51").encode()
    assert json_text.load_json(data, ProblemList()) is not None
    assert codes(data) == []


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500])
def test_deep_nesting(data: bytes) -> None:
    assert [code for _, code in codes(data)] == ["too_deep"] or codes(data)[0][1] == "wrong_type"


def test_nesting_in_extensions_has_a_limit() -> None:
    deep: object = 1
    for _ in range(100):
        deep = {"a": deep}
    found = codes(package([item(1, extensions=deep)]))
    assert [code for _, code in found] == ["too_deep"]
    assert found[0][0].startswith("$.CFItems[0].extensions.a.a")


def test_too_many_values_are_refused_before_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_CONTAINERS", 100)
    monkeypatch.setattr(json_text, "MAX_VALUES", 100)
    assert codes(b"[" + b"{}," * 101) == [("$", "too_complex")]
    assert codes(b"[" + b"0," * 101) == [("$", "too_complex")]


def test_of_a_repeated_key_the_last_counts_with_a_warning() -> None:
    data = GOOD.replace('"fullStatement"', '"fullStatement": "first", "fullStatement"').encode()
    found = ProblemList()
    json_text.load_json(data, found)
    assert [(warning.path, warning.code) for warning in found.warnings] == [("$.CFItems[0]", "repeated_key")]
    assert codes(data) == []
    assert read(json.loads(data)).items[0].full_statement == "Statement 1"
