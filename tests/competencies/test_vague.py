"""The hint against verbs that nobody can observe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.vague import OBSERVABLE, vague_verb


@pytest.mark.parametrize(
    ("statement", "verb"),
    [
        ("Understand fractions", "Understand"),
        ("Understands why two fractions are equal", "Understands"),
        ("The learner will understand ratios", "understand"),
        ("Students will be able to know the states of matter", "know"),
        ("I can appreciate poetry", "appreciate"),
        ("Is aware of the risks of the work", "Is aware of"),
        ("Become familiar with the library", "Become familiar with"),
        ("Demonstrate an understanding of slope", "Demonstrate an understanding of"),
        ("Demonstrates understanding of slope", "Demonstrates understanding of"),
        ("Knowing number names", "Knowing"),
        ("<p><em>Understand</em> place value</p>", "Understand"),
        ("**Realizes** that work takes energy", "Realizes"),
        ("1. Understand that a number has a place", "Understand"),
    ],
)
def test_vague_verbs_are_named(statement: str, verb: str) -> None:
    found = vague_verb(statement)
    assert found is not None
    assert found.verb == verb
    assert len(found.instead) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "Explains why two fractions are equal",
        "Compare two quantities and say how many times as much",
        "Write what people understand by freedom",
        "Knowledge of results is reported in a table",
        "Learner talks to a class",
        "Understandable sentences are written",
        "Beware of the dog",
        "",
    ],
)
def test_observable_statements_get_no_hint(statement: str) -> None:
    assert vague_verb(statement) is None


@pytest.mark.parametrize("language", ["de", "fr-CA", "es", "deu"])
def test_nothing_is_said_about_languages_it_does_not_know(language: str) -> None:
    assert vague_verb("Understand Brüche", language) is None


@pytest.mark.parametrize("language", ["", "en", "en-GB", "EN_us", "eng"])
def test_english_in_every_spelling_of_its_tag(language: str) -> None:
    assert vague_verb("Understand fractions", language) is not None


def test_no_proposal_is_vague_itself() -> None:
    assert [verb for verbs in OBSERVABLE.values() for verb in verbs if vague_verb(verb)] == []


@given(st.text(max_size=300), st.sampled_from(["en", "", "de"]))
def test_any_text_is_read(statement: str, language: str) -> None:
    found = vague_verb(statement, language)
    assert found is None or found.verb
