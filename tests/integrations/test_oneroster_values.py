"""OR-4: values that are strict, understood, refused, and what a message may repeat of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.oneroster.schema import Column, Kind
from integrations.oneroster.values import TOLERATED, BadValue, Parsed, parse_value

ROLE = Column("role", Kind.ENUM, values=("student", "teacher", "fully graded"))
STATUS = Column("status", Kind.ENUM, values=("active", "tobedeleted"))


def plain(kind: Kind) -> Column:
    return Column("field", kind)


@pytest.mark.parametrize(
    ("kind", "text", "value", "tolerated"),
    [
        (Kind.TEXT, "Ana María", "Ana María", ""),
        (Kind.TEXTS, "a, b,,c", ("a", "b", "c"), ""),
        (Kind.GRADES, "07,08", ("07", "08"), ""),
        (Kind.ID, "a-b_c.d@e/f:1", "a-b_c.d@e/f:1", ""),
        (Kind.IDS, "a,b, a", ("a", "b"), ""),
        (Kind.BOOLEAN, "true", True, ""),
        (Kind.BOOLEAN, "false", False, ""),
        (Kind.BOOLEAN, "TRUE", True, "boolean_form"),
        (Kind.BOOLEAN, "False", False, "boolean_form"),
        (Kind.BOOLEAN, "1", True, "boolean_form"),
        (Kind.BOOLEAN, "0", False, "boolean_form"),
        (Kind.DATE, "2026-02-28", date(2026, 2, 28), ""),
        (Kind.DATE, "2026-02-28T00:00:00.000Z", date(2026, 2, 28), "date_with_time"),
        (Kind.DATE_TIME, "2026-02-28T10:00:00.000Z", datetime(2026, 2, 28, 10, tzinfo=UTC), ""),
        (Kind.DATE_TIME, "2026-02-28T10:00:00+02:00", datetime(2026, 2, 28, 8, tzinfo=UTC), ""),
        (Kind.DATE_TIME, "2026-02-28", datetime(2026, 2, 28, tzinfo=UTC), "date_only"),
        (Kind.YEAR, "2027", 2027, ""),
        (Kind.YEAR, "2026-2027", 2027, "school_year_range"),
        (Kind.YEAR, "2026-27", 2027, "school_year_range"),
        (Kind.YEAR, "2026/2027", 2027, "school_year_range"),
        (Kind.INTEGER, "20", 20, ""),
        (Kind.INTEGER, "-3", -3, ""),
        (Kind.NUMBER, "95.5", Decimal("95.5"), ""),
        (Kind.NUMBER, "-1", Decimal(-1), ""),
        (Kind.NUMBER, ".5", Decimal("0.5"), ""),
        (Kind.SCALE, "{A:94},{B:84}", (("A", "94"), ("B", "84")), ""),
        (Kind.SCALE, "{A : 90-100} , {B:80}", (("A", "90-100"), ("B", "80")), ""),
        (Kind.PASSWORD, "secret", None, ""),
    ],
)
def test_values(kind: Kind, text: str, value: object, tolerated: str) -> None:
    assert parse_value(plain(kind), text) == (value, tolerated)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Kind.ID, "bad id", "invalid_id"),
        (Kind.ID, "a\tb", "invalid_id"),
        (Kind.ID, "x" * 256, "invalid_id"),
        (Kind.IDS, "a,bad id", "invalid_id"),
        (Kind.BOOLEAN, "yes", "invalid_boolean"),
        (Kind.BOOLEAN, "2", "invalid_boolean"),
        (Kind.DATE, "28/02/2026", "invalid_date"),
        (Kind.DATE, "2026-02-30", "invalid_date"),
        (Kind.DATE, "20260228", "invalid_date"),
        (Kind.DATE, "2026-2-8", "invalid_date"),
        (Kind.DATE_TIME, "now", "invalid_date_time"),
        (Kind.DATE_TIME, "2026-02-28T25:00:00Z", "invalid_date_time"),
        (Kind.DATE_TIME, "0001-01-01T00:00:00+14:00", "invalid_date_time"),
        (Kind.YEAR, "20X5", "invalid_year"),
        (Kind.YEAR, "27", "invalid_year"),
        (Kind.YEAR, "2026-2028", "invalid_year"),
        (Kind.YEAR, "0000", "invalid_year"),
        (Kind.INTEGER, "2.5", "invalid_integer"),
        (Kind.INTEGER, "1e3", "invalid_integer"),
        (Kind.INTEGER, "9" * 10, "invalid_integer"),
        (Kind.INTEGER, "٣", "invalid_integer"),
        (Kind.NUMBER, "1,5", "invalid_number"),
        (Kind.NUMBER, "NaN", "invalid_number"),
        (Kind.NUMBER, "1e400", "invalid_number"),
        (Kind.NUMBER, ".", "invalid_number"),
        (Kind.SCALE, "A:94", "invalid_scale"),
        (Kind.SCALE, "{A:94},,", "invalid_scale"),
        (Kind.SCALE, "{A}", "invalid_scale"),
    ],
)
def test_bad_values(kind: Kind, text: str, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_value(plain(kind), text)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("text", "value", "tolerated"),
    [
        ("student", "student", ""),
        ("Student", "student", "enum_case"),
        ("FULLY GRADED", "fully graded", "enum_case"),
        ("ext:coach", "ext:coach", ""),
        ("ext:a.b-c_9", "ext:a.b-c_9", ""),
    ],
)
def test_enums(text: str, value: str, tolerated: str) -> None:
    assert parse_value(ROLE, text) == (value, tolerated)


@pytest.mark.parametrize("text", ["boss", "ext:", "ext:a b", "EXT:x", "students"])
def test_unknown_enums(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_value(ROLE, text)
    assert "Use one of student, teacher, fully graded, or ext:" in bad.value.message(ROLE, text)


def test_a_status_cannot_be_extended() -> None:
    with pytest.raises(BadValue) as bad:
        parse_value(STATUS, "ext:gone")
    assert bad.value.message(STATUS, "ext:gone").endswith("Use one of active, tobedeleted")


def message(column: Column, text: str) -> str:
    with pytest.raises(BadValue) as bad:
        parse_value(column, text)
    return bad.value.message(column, text)


def test_a_message_says_what_is_wrong_and_what_to_do() -> None:
    column = Column("startDate", Kind.DATE)
    assert message(column, "31/12/2026") == 'startDate "31/12/2026" is not a date. Write it like 2026-11-19'


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column("birthDate", Kind.DATE, is_personal=True), "31/12/2012"),
        (Column("orgSourcedId", Kind.ID), "Ana Silva"),
        (Column("scoreScaleValue", Kind.SCALE), "Ana"),
        (ROLE, "Ana Silva"),  # two words: it may be a name in the wrong column
        (ROLE, "ana@school.example"),
        (ROLE, "x" * 40),
        (ROLE, "María"),
    ],
)
def test_values_that_may_be_personal_are_not_repeated(column: Column, text: str) -> None:
    assert text not in message(column, text)


def parsed_or_bad(column: Column, text: str) -> Parsed | BadValue:
    try:
        return parse_value(column, text)
    except BadValue as bad:
        return bad


@settings(deadline=None)
@given(st.sampled_from(list(Kind)), st.text(min_size=1, max_size=40).map(str.strip).filter(bool))
def test_any_text_is_a_value_or_a_bad_value(kind: Kind, text: str) -> None:
    column = Column("field", kind, values=("a", "b"))
    found = parsed_or_bad(column, text)
    if isinstance(found, BadValue):
        assert found.message(column, text)
        return
    value, tolerated = found
    assert tolerated == "" or tolerated in TOLERATED
    assert value is None or kind is not Kind.PASSWORD
