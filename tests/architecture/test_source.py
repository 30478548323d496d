"""Source files and templates: where SQL and safe markup may stand, sizes, no inline code."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template

from tests.architecture import source_checks as checks

FILES = checks.product_files()
TEMPLATES = list(checks.templates())
# Longer than the budget, each with the reason. A budget to notice: an entry goes when its file is split.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def template_name(file: Path) -> str:
    return file.as_posix().split("/templates/", 1)[1]


def test_raw_sql_stands_in_listed_modules_only() -> None:
    using = {checks.relative(file) for file in FILES if checks.raw_sql_lines(file.read_text())}
    assert sorted(name for name in using if not checks.is_allowed(name, checks.RAW_SQL)) == []
    exact = {name for name in checks.RAW_SQL if not name.endswith("/")}
    assert sorted(exact - using) == [], "allowed, but sends no SQL"
    assert [name for name in checks.RAW_SQL if not (checks.ROOT / name).exists()] == []


def test_safe_markup_stands_in_listed_modules_only() -> None:
    using = {checks.relative(file) for file in FILES if checks.safe_markup_lines(file.read_text())}
    assert using == set(checks.SAFE_MARKUP)


def test_every_statement_names_the_tenant() -> None:
    """Row security is the net: SQL of our own says `tenant_id` itself."""
    for name in ("assessments/ledger.py", "milestones/bulk.py", "reporting/summaries/keeping.py"):
        source = (checks.ROOT / name).read_text()
        assert source.count("%(tenant)s") >= 1, name
        assert "current_tenant_id()" in source, name


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f(cursor):\n    cursor.execute('SELECT 1')\n", [2]),
        ("with connection.cursor() as c:\n    c.executemany('x', [])\n", [2]),
        ("Model.objects.raw('SELECT 1')\n", [1]),
        ("Model.objects.filter(a=1).extra(where=['x'])\n", [1]),
        ("from django.db.models.expressions import RawSQL\nx = RawSQL('1', [])\n", [2]),
        ("with cursor.copy('COPY x FROM STDIN') as c:\n    pass\n", [1]),
        ("settings.copy()\nrow.save()\n", []),
    ],
)
def test_planted_sql_is_found(source: str, lines: list[int]) -> None:
    assert checks.raw_sql_lines(source) == lines


@pytest.mark.parametrize("source", ["x = mark_safe(y)", "x = safestring.mark_safe(y)", "x = SafeString(y)"])
def test_planted_safe_markup_is_found(source: str) -> None:
    assert checks.safe_markup_lines(source) == [1]


# Modules whose work is outside any tenant's transaction, with the reason.
OUTSIDE = {
    "waymark/health.py": "health checks answer when transactions cannot be opened",
    "tenancy/live.py": "open boards hear of what is committed; the message holds keys and reads nothing",
    "reporting/live/hub.py": "waits for Redis; what it reads it reads in a thread, in the tenant's transaction",
    "reporting/live/server.py": "holds open streams; each question is a request of its own, in its transaction",
}


def test_nothing_runs_outside_the_transaction_of_its_tenant() -> None:
    found = {checks.relative(file): names for file in FILES if (names := checks.outside_lines(file.read_text()))}
    product = {name: names for name, names in found.items() if not name.startswith("waymark/local/")}
    assert {name: names for name, names in product.items() if name not in OUTSIDE} == {}
    assert set(OUTSIDE) <= set(product)


def test_planted_work_outside_is_found() -> None:
    assert checks.outside_lines("async def f():\n    transaction.on_commit(g)\n") == ["async def f", "on_commit"]
    assert checks.outside_lines("task.delay(1)\nx = StreamingHttpResponse(rows)\n") == [
        "StreamingHttpResponse",
        "delay",
    ]
    assert checks.outside_lines("delays = [1]\n") == []


def test_sizes() -> None:
    """No file over 400 lines, no function over 50; the exceptions may not go stale."""
    long_files, long_functions = set(), set()
    for file in FILES:
        source = file.read_text()
        if len(source.splitlines()) > checks.LONGEST_FILE:
            long_files.add(checks.relative(file))
        long_functions |= {f"{checks.relative(file)}:{name}" for name, _ in checks.long_functions(source)}
    assert long_files == set(LONG_FILES)
    assert long_functions == set(LONG_FUNCTIONS)


def test_planted_long_function_is_found() -> None:
    body = "\n".join(["def f():", *("    x = 1" for _ in range(50)), "def g():", "    pass"])
    assert checks.long_functions(body) == [("f", 51)]


def test_no_import_inside_a_function_without_a_reason() -> None:
    found = {checks.relative(file): lines for file in FILES if (lines := checks.late_imports(file.read_text()))}
    assert {name: lines for name, lines in found.items() if not name.startswith("waymark/local/")} == {}


def test_planted_late_import_is_found() -> None:
    assert checks.late_imports("def f():\n    import os\n") == [2]
    assert checks.late_imports("def f():\n    import os  # noqa: PLC0415\n") == [2]
    assert checks.late_imports("import os\ndef f():\n    import re  # noqa: PLC0415 - needs the registry\n") == []


@pytest.mark.parametrize("file", TEMPLATES, ids=template_name)
def test_template_compiles_and_holds_no_code(file: Path) -> None:
    get_template(template_name(file))
    text = file.read_text()
    assert checks.inline_code(text) == []
    assert checks.unescaped(text) == []


def test_templates_were_found() -> None:
    assert len(TEMPLATES) >= 25


@pytest.mark.parametrize(
    ("html", "finding"),
    [
        ("<script>alert(1)</script>", "inline <script>"),
        ("<p>{% if a %}<style>p{}</style>{% endif %}", "inline <style>"),
        ('<p style="color:red">', "style on <p>"),
        ('<button type="button" onclick="go()">', "onclick on <button>"),
        ("<p\nONLOAD=x>", "onload on <p>"),
        ('<a href=" JavaScript:go()">', "javascript: in href on <a>"),
        ('<p hx-on:click="go()">', "hx-on:click on <p> evaluates script"),
        ('<p hx-vals="js:{a: go()}">', "hx-vals on <p> evaluates script"),
    ],
)
def test_planted_inline_code_is_found(html: str, finding: str) -> None:
    assert checks.inline_code(html) == [finding]


def test_harmless_markup_passes() -> None:
    assert checks.inline_code('<script src="/a.js" type="module"></script><p hx-vals=\'{"a": 1}\' data-on="x">') == []


def test_planted_unescaped_text_is_found() -> None:
    assert checks.unescaped("{{ name|safe }}{{ names | safeseq }}{% autoescape off %}") == [
        "|safe",
        "| safeseq",
        "{% autoescape off",
    ]
    assert checks.unescaped("{{ name|safely }} safe") == []


def test_broken_template_is_found() -> None:
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% if a %}")
