"""Advice on goals: it names the vague word, proposes what can be checked, and stays silent where all is said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.smart import COUNTABLE, LETTERS, Draft, Measured, smart_hints, vague_words

TODAY = date(2026, 3, 2)
GOOD = Draft("Reads one book each month", "Stories are fun", (Measured(level=3),), TODAY + timedelta(days=60))


def codes(draft: Draft) -> list[str]:
    return [one.code for one in smart_hints(draft, TODAY)]


def test_a_goal_with_all_five_gets_no_hint() -> None:
    assert codes(GOOD) == []


CASES = [
    ("Improve my reading", "Improve"),
    ("Be improving at sums", "improving"),
    ("Understand fractions well", "Understand"),
    ("I do my best in maths", "do my best"),
    ("Write better stories", "better"),
    ("Tries to help others", "Tries"),
]


@pytest.mark.parametrize(("title", "word"), CASES, ids=[one[1] for one in CASES])
def test_the_vague_word_is_named_as_it_stands(title: str, word: str) -> None:
    found = vague_words(title)
    assert found[0][0] == word
    assert found[0][1]


@pytest.mark.parametrize(
    "title", ["Count to retry 20", "Wells of the town", "Draws lessons on a map", "Gets 4 of 5 right"]
)
def test_words_that_only_look_alike_are_left_alone(title: str) -> None:
    assert vague_words(title) == []


def test_words_of_other_languages_are_not_judged() -> None:
    assert vague_words("Improve alles", "de") == []
    assert vague_words("Improve it all", "en-GB") != []


def test_every_letter_has_its_hint() -> None:
    bare = Draft("Reading", "", (), None)
    assert [one.letter for one in smart_hints(bare, TODAY)] == ["specific", "measurable", "relevant", "dated"]
    hard = Draft("Reads ten books", "Fun", (Measured(target=Decimal(100), is_rate=True),), TODAY)
    assert codes(hard) == ["no_slack", "soon"]
    two = Draft("Reads ten books", "Fun", (Measured(level=4), Measured(level=4)), TODAY + timedelta(days=30))
    assert codes(two) == ["all_mastery"]


drafts = st.builds(
    Draft,
    title=st.text(max_size=80),
    why=st.text(max_size=20),
    measures=st.lists(
        st.builds(
            Measured, level=st.integers(0, 4), is_rate=st.booleans(),
            target=st.none() | st.decimals(0, 1000, allow_nan=False, places=1),
        ),
        max_size=4,
    ),
    due_on=st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    language=st.sampled_from(["", "en", "de", "pt-BR"]),
)  # fmt: skip


@given(drafts)
def test_hints_come_in_the_order_of_the_word_smart(draft: Draft) -> None:
    letters = [LETTERS.index(one.letter) for one in smart_hints(draft, TODAY)]
    assert letters == sorted(letters)


@given(st.sampled_from(sorted(COUNTABLE)), st.text("abcdefgh ", max_size=20), st.text("abcdefgh ", max_size=20))
def test_a_vague_word_is_found_anywhere_whatever_its_case(word: str, before: str, after: str) -> None:
    for spelt in (word, word.upper(), word.title()):
        assert spelt.lower() in {found.lower() for found, _ in vague_words(f"{before} {spelt} {after}")}


@given(st.text(max_size=200))
def test_what_is_named_stands_in_the_text(text: str) -> None:
    for word, instead in vague_words(text):
        assert word.lower() in " ".join(text.lower().split()) or word.lower() in text.lower()
        assert instead


@given(drafts, st.sampled_from(["why", "measures", "due_on"]))
def test_saying_more_never_adds_a_hint_of_its_letter(draft: Draft, name: str) -> None:
    letter = {"why": "relevant", "measures": "measurable", "due_on": "dated"}[name]
    whole = Draft(
        draft.title, draft.why or "Fun", draft.measures or (Measured(level=3),), draft.due_on or TODAY, draft.language
    )
    if whole.why.strip():
        assert letter not in {one.letter for one in smart_hints(whole, TODAY)}
