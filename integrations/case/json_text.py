"""JSON text to Python values, refusing what PostgreSQL or the next reader could not hold.

RFC 8259 leaves NaN, repeated keys, lone surrogates and depth to the reader. Here NaN and infinity, NUL and lone
surrogates are refused (neither `text` nor `jsonb` can store the last two); of a repeated key the last value counts,
as nearly every reader does, with a warning; size, depth and number of values are limited before they cost memory.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import NoReturn

from integrations.case.problems import PackageRejected, Problem, ProblemList

MAX_DEPTH = 64
MAX_CONTAINERS = 2_000_000
MAX_VALUES = 5_000_000

_SUSPICIOUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class _RepeatedKeys(dict[str, object]):
    """A JSON object in which at least one key was given more than once."""


def load_json(data: bytes, problems: ProblemList) -> object:
    """Parse `data`, recording faults in `problems`; raises `PackageRejected` where no value could be made at all."""
    text = _decode(data)
    if data.count(b"{") + data.count(b"[") > MAX_CONTAINERS or data.count(b",") > MAX_VALUES:
        _refuse("too_complex", "The file holds more values than a framework can have. Split it into several packages")
    try:
        value: object = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_pairs_to_object
        )
    except RecursionError:
        _refuse("too_deep", f"The file is nested too deeply. Use at most {MAX_DEPTH} levels")
    except json.JSONDecodeError as error:
        _refuse("invalid_json", f"The file is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
                "Export it again")  # fmt: skip
    except ValueError as error:
        _refuse("invalid_json", f"The file is not JSON: {error}. Export it again")
    _inspect(value, problems, has_escapes=_SUSPICIOUS_ESCAPE.search(data) is not None)
    return value


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("invalid_encoding", f"The file is not UTF-8 from byte {error.start + 1}. Save it as UTF-8")


def _refuse(code: str, message: str) -> NoReturn:
    raise PackageRejected([Problem("$", code, message)]) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _pairs_to_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    return result if len(result) == len(pairs) else _RepeatedKeys(result)


def _inspect(root: object, problems: ProblemList, *, has_escapes: bool) -> None:
    """Walk the value without recursion: depth, repeated keys and, where the text had such escapes, characters."""
    stack: list[tuple[object, str, int]] = [(root, "$", 0)]
    while stack:
        value, path, depth = stack.pop()
        if isinstance(value, str):
            if has_escapes:
                _inspect_text(value, path, problems)
            continue
        if not isinstance(value, (dict, list)):
            continue
        if depth >= MAX_DEPTH:
            problems.add(path, "too_deep", f"Nested too deeply. Use at most {MAX_DEPTH} levels")
            continue
        if isinstance(value, _RepeatedKeys):
            problems.warn(path, "repeated_key", "A property is given more than once. The last one was used")
        stack.extend((child, child_path, depth + 1) for child, child_path in _children(value, path))
        if has_escapes and isinstance(value, dict):
            for key in value:
                _inspect_text(key, path, problems)


def _children(value: dict[str, object] | list[object], path: str) -> Iterator[tuple[object, str]]:
    if isinstance(value, dict):
        return ((child, f"{path}.{key}") for key, child in value.items() if isinstance(child, (str, dict, list)))
    return ((child, f"{path}[{index}]") for index, child in enumerate(value) if isinstance(child, (str, dict, list)))


def _inspect_text(text: str, path: str, problems: ProblemList) -> None:
    if "\x00" in text:
        problems.add(path, "nul_character", "The text holds a NUL character. Remove it")
    if any("\ud800" <= character <= "\udfff" for character in text):
        problems.add(path, "lone_surrogate", "The text holds half a character (a lone surrogate). Type it again")
