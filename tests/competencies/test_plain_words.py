"""Statements as plain words: what lists, search and labels say."""

import pytest

from competencies.statements import LONGEST_LABEL, label, plain


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("Use <em>exact</em> H<sub>2</sub>O", "Use exact H2O"),
        ("<p>One</p><p>two</p>three<br/>four", "One two three four"),
        ("Write *x* > *c* or *x* < *c*; recognise that *x* > *c* has many solutions",
         "Write *x* > *c* or *x* < *c*; recognise that *x* > *c* has many solutions"),
        ("a &lt; b &amp; c", "a < b & c"),
        ('<span class="x">Seen</span> <!-- never --> <a href="https://a.example">here</a>', "Seen here"),
    ],
)  # fmt: skip
def test_tags_go_and_mathematics_stays(statement: str, words: str) -> None:
    assert plain(statement) == words


def test_label_is_code_and_short_form_else_the_beginning_of_the_statement() -> None:
    assert label("A.1", "Adds", "<p>Adds and takes away</p>") == "A.1 Adds"
    assert label("", "", "<p>Adds</p>") == "Adds"
    long = label("A.1", "", "word " * 60)
    assert len(long) <= LONGEST_LABEL
    assert long.startswith("A.1 word")
    assert long.endswith("word…")
