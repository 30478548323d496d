"""CASE-9: statement text on a page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competencies.statements import ALLOWED_TAGS, display_statement
from integrations.case.statements import web_address


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("x < 3 and y > 2", "x &lt; 3 and y &gt; 2"),
        ("$a<b$ & c", "$a&lt;b$ &amp; c"),
        ("*x* and **y**\n\n| a | b |", "*x* and **y**\n\n| a | b |"),
        ("<em>not</em> H<sub>2</sub>O", "<em>not</em> H<sub>2</sub>O"),
        ("<P>One<br/>two</P>", "<p>One<br>two</p>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<strong>open", "<strong>open</strong>"),
        ('<em class="x" onclick="a()">k</em>', "<em>k</em>"),
        ('<em title="x" lang="en" style="x">k</em>', "<em>k</em>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("<!-- note -->", "&lt;!-- note --&gt;"),
        ("<emx>", "&lt;emx&gt;"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("&amp;lt;", "&amp;lt;"),
        ("Learn JavaScript: loops", "Learn JavaScript&#58; loops"),
        ("x^2 \U0001d451 é", "x^2 \U0001d451 é"),
        ("", ""),
    ],
)
def test_display(text: str, html: str) -> None:
    assert display_statement(text) == html


@pytest.mark.parametrize(
    "text",
    [
        '<img src=x onerror="alert(1)">',
        "<svg/onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="JaVaScRiPt&colon;alert(1)">x</a>',
        "<em/onclick=alert(1)>x</em>",
        "<p onmouseover = alert(1)>x",
        '<iframe srcdoc="<script>alert(1)</script>">',
        "<scr<script>ipt>alert(1)</script>",
        '<p title="<script>alert(1)</script>">',
        "<math><mi//xlink:href='javascript:alert(1)'>",
        "<style>@import 'javascript:x'</style>",
        "<em\x00 onclick=1>",
        "<p\x0bonclick=alert(1)>",
        "</p><script>alert(1)//",
        "[x](javascript:alert(1))",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_runs_is_left(text: str) -> None:
    html = display_statement(text)
    assert_safe(html)
    assert "javascript:" not in html.lower()
    assert not re.search(r"\bon[a-z]+\s*=", html, re.IGNORECASE)


def assert_safe(html: str) -> None:
    tags = re.findall(r"<[^>]*>?", html)
    assert all(re.fullmatch(r"</?([a-z]+)>", tag) for tag in tags), html
    assert {re.sub(r"\W", "", tag) for tag in tags} <= ALLOWED_TAGS


MARKUP = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "/",
            "em",
            "p",
            "ul",
            "li",
            "script",
            " ",
            "onclick=",
            '"',
            "'",
            "&lt;",
            "&#60;",
            "<!--",
            "-->",
            "\x00",
        ]
    )
    | st.text(max_size=3)
).map("".join)


@settings(deadline=None)
@given(MARKUP)
def test_any_text_becomes_safe(text: str) -> None:
    assert_safe(display_statement(text))


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<&\x00\r", exclude_categories=("Cs", "Cc"))))
def test_text_without_markup_reads_the_same(text: str) -> None:
    html = display_statement(text)
    for entity, character in {"&gt;": ">", "&#58;": ":", "&#61;": "=", "&nbsp;": "\xa0"}.items():
        html = html.replace(entity, character)
    assert html == text


@pytest.mark.parametrize("uri", ["https://case.example/x", "http://server/ims"])
def test_web_addresses(uri: str) -> None:
    assert web_address(uri) == uri


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "urn:uuid:1", "", "//x", "https:", "data:text/html,x", "http://[x", "x"]
)
def test_anything_else_is_not_offered_as_a_link(uri: str) -> None:
    assert web_address(uri) is None
