"""Statements as plain words, for lists, search and pictures."""

import html
import re
import unicodedata

_TAG = re.compile(r"<[^<>]*>")


def plain(statement: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", statement)).split())


def folded(text: str) -> str:
    """Without case and accents, for searching."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def cut(text: str, most: int) -> str:
    """At a word, with dots where something is missing."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
