"""OR-1: records from bytes, with bounded memory."""

from __future__ import annotations

import io

import pytest

from integrations.oneroster.lines import MAX_LINE, MAX_LINES_PER_RECORD, BadCsv, fault_in_text, records


def read(data: bytes) -> list[tuple[int, list[str]]]:
    return list(records(io.BytesIO(data)))


def test_records_are_numbered_with_blank_ones_counted_and_left_out() -> None:
    assert read(b"a,b\r\n\r\n,\r\n1,2") == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_quotes_and_line_breaks_in_values() -> None:
    assert read(b'a\n"x ""y""\r\nz, ",2\n') == [(1, ["a"]), (2, ['x "y"\r\nz, ', "2"])]


@pytest.mark.parametrize("data", [b'a\n"x"y\n', b'a\n"x\n', b"a\n" + b"x" * 140_000])
def test_what_is_no_csv_names_its_row(data: bytes) -> None:
    with pytest.raises(BadCsv) as bad:
        read(data)
    assert bad.value.row == 2


def test_a_record_may_not_run_over_too_many_lines() -> None:
    """Each value is short and the quotes are right: only the number of lines tells."""
    assert len(read(b'"a' + b'\n","' * (MAX_LINES_PER_RECORD - 1) + b'"')) == 1
    with pytest.raises(BadCsv):
        read(b'"a' + b'\n","' * MAX_LINES_PER_RECORD + b'"')


def test_a_line_may_not_be_too_long() -> None:
    assert len(read(b"x," * (MAX_LINE // 2 - 1))) == 1
    with pytest.raises(BadCsv):
        read(b"x," * (MAX_LINE // 2))


@pytest.mark.parametrize(
    ("data", "fault"),
    [("aé\u2028".encode(), ""), (b"\xff", "is not UTF-8"), (b"\xed\xa0\x80", "is not UTF-8"), (b"\x00", "holds a NUL")],
)
def test_bytes_that_cannot_be_stored(data: bytes, fault: str) -> None:
    ((_, (text,)),) = read(b"x" + data)
    assert fault_in_text(text)[: len(fault)] == fault
    assert bool(fault_in_text(text)) == bool(fault)
