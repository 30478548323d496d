"""Statement text for a page (interop.md CASE-9), as markup or as plain words. The statement itself is stored and
exported as it came.

Statements are Markdown, HTML or plain mathematics, often mixed: `x < 3` must stay readable and `<em>not</em>` should
be emphasised. So every `<` that does not open one of a few harmless tags is escaped first; nh3 then balances the tags
and drops their attributes, and would remove anything the first step let through.
"""

import html
import re
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from competencies.models import Competency

ALLOWED_TAGS = frozenset({"em", "strong", "sub", "sup", "br", "p", "ul", "ol", "li"})

_OTHER_THAN_ALLOWED_TAG = re.compile(rf"<(?!/?(?:{'|'.join(sorted(ALLOWED_TAGS))})(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_SCRIPT_SCHEME = re.compile(r"\b((?:java|vb|live)script\s*):", re.IGNORECASE)
_EVENT_HANDLER = re.compile(r"\b(on[a-z]{3,}\s*)=", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_NEW_LINE_TAG = re.compile(r"</?(?:br|p|ul|ol|li|div|tr|td|h[1-6])\b[^<>]*>", re.IGNORECASE)
LONGEST_LABEL = 120


def display_statement(text: str) -> str:
    """Safe HTML for `text`: only em, strong, sub, sup, br, p, ul, ol and li without attributes; the rest escaped.

    Markdown stays as its source. Nothing that looks like a script address or an event handler is left in the HTML
    source even as text: its colon or equals sign is written as a character reference, which readers see unchanged.
    """
    escaped = _OTHER_THAN_ALLOWED_TAG.sub("&lt;", text.replace("\x00", ""))
    # "*" says which attributes any tag may have; without that entry nh3 lets title and lang through.
    cleaned = nh3.clean(
        escaped, tags=set(ALLOWED_TAGS), attributes={"*": set()}, clean_content_tags=set(), link_rel=None
    )
    return _EVENT_HANDLER.sub(r"\1&#61;", _SCRIPT_SCHEME.sub(r"\1&#58;", cleaned))


def plain(text: str) -> str:
    """One line of words, for lists, search and pictures: no tags, `H<sub>2</sub>O` is H2O, `x < 3` stays."""
    return " ".join(html.unescape(_ANY_TAG.sub("", _NEW_LINE_TAG.sub(" ", text))).split())


def cut(text: str, most: int) -> str:
    """At a word, with dots where something is missing."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def label(code: str, short: str, statement: str, most: int = LONGEST_LABEL) -> str:
    """What a competency is called on pages: its code, and its short form or what there is of the statement."""
    return cut(f"{code} {plain(short or statement)}".strip(), most)


def label_of(competency: "Competency", most: int = LONGEST_LABEL) -> str:
    return label(competency.code, competency.short_statement, competency.statement, most)
