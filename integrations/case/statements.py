"""What of an imported item may be shown: its text (made safe by competencies.statements) and its address."""

from __future__ import annotations

from urllib.parse import urlsplit

from competencies.statements import ALLOWED_TAGS, display_statement

__all__ = ["ALLOWED_TAGS", "display_statement", "web_address"]


def web_address(uri: str) -> str | None:
    """`uri` when it may be offered as a link (http or https, with a host); None for anything else."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    return uri if parts.scheme in {"http", "https"} and parts.hostname else None
