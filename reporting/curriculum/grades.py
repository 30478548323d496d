"""Grades as people write them: "07", "7" and "Grade 7" are the same, "KG" is "K"; kindergarten comes first."""

import re
from collections.abc import Iterable

_KINDERGARTEN = frozenset({"k", "kg", "kindergarten"})


def same_grade(text: str) -> str:
    """One spelling for comparing."""
    word = re.sub(r"^(?:grade|year|class|klasse)\s+", "", text.strip().casefold())
    return "k" if word in _KINDERGARTEN else word.lstrip("0") or word


def has_grade(grades: Iterable[str], wanted: str) -> bool:
    return same_grade(wanted) in {same_grade(grade) for grade in grades}


def grade_key(grade: str) -> tuple[int, int, str]:
    word = same_grade(grade)
    if word == "k":
        return (0, 0, "")
    return (1, int(word), "") if word.isascii() and word.isdigit() and len(word) < 4 else (2, 0, word)
