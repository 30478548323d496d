"""A hint for statements that begin with a verb nobody can observe. Pure: text in, a hint or nothing out.

Only English verbs are known; of any other language it says nothing. It never blocks: some statements mean "understand".
"""

import re
from dataclasses import dataclass

# verb → what a learner could be seen doing instead
OBSERVABLE: dict[str, tuple[str, ...]] = {
    "understand": ("explain", "compare", "predict"),
    "know": ("name", "list", "recall from memory"),
    "learn": ("explain", "apply", "show"),
    "appreciate": ("give reasons for", "choose and justify", "compare"),
    "realise": ("explain", "give an example of", "conclude"),
    "comprehend": ("summarise", "paraphrase", "explain"),
    "grasp": ("explain", "apply", "give an example of"),
    "internalise": ("use without a prompt", "explain", "apply"),
    "think about": ("compare", "weigh", "decide between"),
    "enjoy": ("choose", "take part in", "recommend"),
    "value": ("give reasons for", "choose and justify", "defend"),
    "believe": ("argue for", "justify", "defend"),
    "master": ("solve", "perform without help", "explain to somebody else"),
    "explore": ("investigate and report", "compare", "test"),
    "discover": ("find and explain", "test", "derive"),
    "be aware of": ("name", "notice and describe", "give an example of"),
    "become aware of": ("name", "notice and describe", "give an example of"),
    "be familiar with": ("name", "use", "describe"),
    "become familiar with": ("name", "use", "describe"),
    "be exposed to": ("try and describe", "use", "compare"),
    "gain knowledge of": ("name", "describe", "explain"),
    "have knowledge of": ("name", "describe", "explain"),
    "have an understanding of": ("explain", "compare", "predict"),
    "gain an understanding of": ("explain", "compare", "predict"),
    "develop an understanding of": ("explain", "compare", "predict"),
    "demonstrate an understanding of": ("explain", "compare", "predict"),
    "show an understanding of": ("explain", "compare", "predict"),
    "get to know": ("name", "describe", "use"),
}
_IRREGULAR = {
    "be": ("is", "are", "am"),
    "have": ("has",),
    "realise": ("realize", "realizes", "realizing"),
    "internalise": ("internalize", "internalizes", "internalizing"),
}
_LEAD = re.compile(
    r"""(?:(?:the\s+|each\s+|every\s+|all\s+)?(?:learners?|students?|pupils?|children|i|we|they|you|s?he)\b\s*)?
    (?:(?:will|can|should|must|shall|may|is|are|am|be|able|expected|to|begins?|starts?|also|fully|really|clearly|deeply)
    \b\s*)*""",
    re.IGNORECASE | re.VERBOSE,
)
_MARKUP = re.compile(r"<[^<>]*>|[*_`#>\[\]]+")
LONGEST_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class VagueVerb:
    """`verb` as it stands in the statement; `instead`: verbs that can be observed."""

    verb: str
    instead: tuple[str, ...]


def vague_verb(statement: str, language: str = "en") -> VagueVerb | None:
    """The vague verb that the statement begins with. `language`: a tag like "en-GB"; empty is taken as English."""
    if language and language.lower().partition("-")[0].partition("_")[0] not in {"en", "eng"}:
        return None
    text = " ".join(_MARKUP.sub(" ", statement[:LONGEST_LOOKED_AT]).split()).lstrip("-–•·.:;()\"' 0123456789")
    lead = _LEAD.match(text)
    # "Be able to know" and "be aware of" both begin with "be": the longer reading first, then what follows the lead.
    for start in (0, *_starts(text, lead.end() if lead else 0)):
        for verb, pattern in _PATTERNS:
            if found := pattern.match(text, start):
                return VagueVerb(found.group(), OBSERVABLE[verb])
    return None


def _starts(text: str, end: int) -> list[int]:
    """Where a word begins inside the lead, and the end of the lead."""
    return [found.start() for found in re.finditer(r"\S+", text[:end])] + [end]


def _forms(verb: str) -> str:
    first, blank, rest = verb.partition(" ")
    forms = {first, *_IRREGULAR.get(first, ()), first + "s", first + ("es" if first.endswith(("s", "sh")) else "")}
    stem = first[:-1] if first.endswith("e") and first != "be" else first
    forms.add(stem + "ing")
    words = re.escape(rest).replace(r"\ ", r"\s+").replace(r"an\s+", r"(?:(?:an?|the|some)\s+)?")
    after = rf"\s+{words}" if blank else ""
    return rf"(?:{'|'.join(sorted(map(re.escape, forms)))}){after}\b"


_PATTERNS = [(verb, re.compile(_forms(verb), re.IGNORECASE)) for verb in sorted(OBSERVABLE, key=len, reverse=True)]
