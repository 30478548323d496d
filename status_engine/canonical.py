"""Stable bytes and a short digest for explanations."""

import hashlib
import json
from collections.abc import Mapping

DIGEST_LENGTH = 16


def canonical_json(data: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; whole floats are written as whole numbers (3.0 as 3).

    Equal data give equal bytes, also after a trip through a JSON column or another language that knows one number
    type. Raises ValueError for NaN or infinity, TypeError for what is not JSON.
    """
    text = json.dumps(_plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(explanation: Mapping[str, object]) -> str:
    """The first 16 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(explanation)).hexdigest()[:DIGEST_LENGTH]


def _plain(data: object) -> object:
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data
