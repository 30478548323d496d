"""JSON in: limits and strictness before anything else looks at it.

Refused: more than 2 MiB (bulk evidence 8 MiB), nesting over 20, NaN and Infinity, NUL characters and lone surrogates:
each of them became a 500 on a plain parser.
"""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from assessments.pieces import not_storable

DEEPEST = 20
LARGEST = 2 * 1024 * 1024
LONGEST_NUMBER = 40


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than 2 MiB. Send fewer rows at once."


class StrictJSONParser(BaseParser):
    media_type = "application/json"
    largest = LARGEST

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        data = stream.read(self.largest + 1)
        if len(data) > self.largest:
            raise TooLarge(f"The body is larger than {self.largest // 1024 // 1024} MiB. Send fewer rows at once.")
        return strict_json(data)


class BulkJSONParser(StrictJSONParser):
    largest = 8 * 1024 * 1024


def strict_json(data: bytes) -> Any:
    """The value, or ParseError with what is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 (byte {error.start}). Encode it as UTF-8.") from error
    check_depth(text)
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_short_int, parse_float=_short_float)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"The body is not JSON: {error}") from error
    check_text(value)
    return value


def check_depth(text: str) -> None:
    """Count brackets outside strings, so that hostile nesting never reaches the recursive parser."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ParseError(f"The body is nested deeper than {DEEPEST} levels. Flatten it.")
        elif character in "]}":
            depth -= 1


def check_text(value: Any) -> None:
    if isinstance(value, str):
        if not_storable(value, has_lines=True):
            raise ParseError("A text contains a control character or half of a surrogate pair. Remove it.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            check_text(key)
            check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            check_text(inner)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _short_int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has {len(text)} digits")
    return int(text)


def _short_float(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else float("inf")
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number is too large or has too many digits")
    return value
