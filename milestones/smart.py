"""Advice on a goal before it is saved: specific, measurable, attainable, relevant, dated. Pure; it never blocks.

Only English words are looked for; in any other language the hints on words stay silent and the others still hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from competencies.vague import vague_verb
from status_engine import Level

SPECIFIC, MEASURABLE, ATTAINABLE, RELEVANT, DATED = "specific", "measurable", "attainable", "relevant", "dated"
LETTERS = (SPECIFIC, MEASURABLE, ATTAINABLE, RELEVANT, DATED)
SOON = timedelta(days=7)
FULL = Decimal(100)  # percent
FEWEST_WORDS = 2
LONGEST_LOOKED_AT = 2_000
# word → how to say it so that anybody can check it
COUNTABLE: dict[str, tuple[str, ...]] = {
    "improve": ("go from 2 to 4 of 5 right",),
    "better": ("from 2 to 4 of 5 right",),
    "more": ("3 each week",),
    "less": ("at most 1 a week",),
    "try": ("finish 3 of them",),
    "do my best": ("finish 3 of them alone",),
    "work on": ("finish", "hand in", "show"),
    "focus on": ("finish", "hand in", "show"),
    "often": ("on 4 of 5 days",),
    "regularly": ("on 4 of 5 days",),
    "sometimes": ("on 2 of 5 days",),
    "faster": ("in 3 minutes",),
    "confident": ("alone, in front of the class",),
    "comfortable": ("alone, without a prompt",),
    "appropriate": ("as the class rules say", "without a reminder"),
    "appropriately": ("as the class rules say", "without a reminder"),
    "good": ("4 of 5 right",),
    "well": ("4 of 5 right",),
    "understand": ("explain", "compare", "predict"),
    "know": ("name", "list", "recall from memory"),
    "learn": ("explain", "apply", "show"),
    "appreciate": ("give reasons for", "choose and justify", "compare"),
}
COMPARING = frozenset({"more", "less", "better", "faster", "improve"})  # said of a number they are exact
_ENDINGS = {"improve": "improv(?:e|es|ed|ing|ement)", "try": "(?:try|tries|trying)"}
_WORDS = [
    (word, re.compile(rf"(?<![\w'’-]){_ENDINGS.get(word, re.escape(word))}(?![\w'’-])", re.IGNORECASE))
    for word in COUNTABLE
]


@dataclass(frozen=True, slots=True)
class Measured:
    """What would show that the goal is reached: a competency at a `level`, or a figure with a `target`."""

    level: int = 0
    target: Decimal | None = None
    is_rate: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A goal as somebody typed it. `why`: what it is for; `language`: a tag like "en-GB", empty is English."""

    title: str
    why: str = ""
    measures: Sequence[Measured] = ()
    due_on: date | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """`letter`: one of LETTERS; `code`: what is meant; `word`: as it stands in the text; `instead`: wordings."""

    letter: str
    code: str
    word: str = ""
    instead: tuple[str, ...] = ()


def smart_hints(draft: Draft, today: date) -> list[Hint]:
    """Hints in the order of the word SMART; none for a goal that has all five."""
    return [*_specific(draft), *_measurable(draft), *_attainable(draft, today), *_relevant(draft), *_dated(draft)]


def vague_words(text: str, language: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """(word as it stands, how to say it instead), in the order of the text; each word once."""
    if language and language.lower().partition("-")[0].partition("_")[0] not in {"en", "eng"}:
        return []
    text = text[:LONGEST_LOOKED_AT]
    found = {}
    if verb := vague_verb(text, language):
        found[verb.verb.lower()] = (max(text.lower().find(verb.verb.lower()), 0), verb.verb, verb.instead)
    has_number = any(one.isdecimal() for one in text)
    for word, pattern in _WORDS:
        if has_number and word in COMPARING:
            continue
        if hit := pattern.search(text):
            found.setdefault(hit.group().lower(), (hit.start(), hit.group(), COUNTABLE[word]))
    return [(word, instead) for _, word, instead in sorted(found.values(), key=lambda one: one[0])]


def _specific(draft: Draft) -> list[Hint]:
    if len(draft.title.split()) < FEWEST_WORDS:
        return [Hint(SPECIFIC, "short", draft.title.strip())]
    return [Hint(SPECIFIC, "vague", word, instead) for word, instead in vague_words(draft.title, draft.language)[:2]]


def _measurable(draft: Draft) -> list[Hint]:
    return [] if draft.measures else [Hint(MEASURABLE, "nothing")]


def _attainable(draft: Draft, today: date) -> list[Hint]:
    found = []
    if any(one.is_rate and one.target is not None and one.target >= FULL for one in draft.measures):
        found.append(Hint(ATTAINABLE, "no_slack"))
    if len(draft.measures) > 1 and all(one.level >= Level.MASTERY for one in draft.measures):
        found.append(Hint(ATTAINABLE, "all_mastery"))
    elif any(one.level >= Level.MASTERY for one in draft.measures):
        found.append(Hint(ATTAINABLE, "mastery"))
    if draft.due_on is not None and draft.due_on < today + SOON:
        found.append(Hint(ATTAINABLE, "soon"))
    return found


def _relevant(draft: Draft) -> list[Hint]:
    return [] if draft.why.strip() else [Hint(RELEVANT, "why")]


def _dated(draft: Draft) -> list[Hint]:
    return [] if draft.due_on is not None else [Hint(DATED, "no_date")]
