"""What may not stand in templates, answers and source files, as functions from text to findings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "api", "assessments", "competencies", "integrations", "interventions", "learners", "milestones", "reporting",
    "status_engine", "tenancy", "waymark",
)  # fmt: skip
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
# Modules that talk to the database in its own language, each with the reason.
RAW_SQL = {
    "assessments/ledger.py": "COPY into staging and INSERT … ON CONFLICT",
    "integrations/case/": "COPY of thousands of rows",
    "integrations/oneroster/": "COPY of thousands of rows",
    "milestones/bulk.py": "set-based reads and writes of levels",
    "milestones/columns.py": "binary COPY out of the ledger",
    "milestones/one.py": "a piece and its level in three statements",
    "milestones/staging.py": "binary COPY into a staging table",
    "milestones/pace.py": "quartiles of stays",
    "reporting/summaries/": "counters of levels, set-based",
    "tenancy/context.py": "SET LOCAL",
    "tenancy/ops.py": "the door across tenants",
    "tenancy/postgres/schema.py": "the schema editor",
    "waymark/demo/": "sample data in bulk",
    "waymark/health.py": "figures of the server",
    "waymark/local/": "launchers, before Django",
    "waymark/startup.py": "rights of the role",
}
# Modules that build markup from text that they escape themselves.
SAFE_MARKUP = {
    "reporting/chart.py": "the history chart's SVG",
    "reporting/curriculum/map_svg.py": "the prerequisite map's SVG",
    "reporting/grid.py": "the body of the class grid, 1,200 cells",
    "reporting/reports/charts.py": "charts of the reports as SVG",
    "reporting/statement.py": "official statements, sanitised by competencies.statements",
}
RAW_CALLS = {"execute", "executemany", "copy", "raw", "extra", "callproc"}


def product_files() -> list[Path]:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return sorted(file for file in files if "migrations" not in file.parts)


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def is_allowed(name: str, allowed: dict[str, str]) -> bool:
    return any(name == entry or (entry.endswith("/") and name.startswith(entry)) for entry in allowed)


def raw_sql_lines(source: str) -> list[int]:
    """Lines that send SQL: `cursor.execute`, `.raw`, `.extra`, RawSQL."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in RAW_CALLS and _is_database(called):
                lines.append(node.lineno)
        if isinstance(node, ast.Name) and node.id == "RawSQL":
            lines.append(node.lineno)
    return sorted(lines)


def _is_database(called: ast.Attribute) -> bool:
    if called.attr in {"raw", "extra"}:
        return isinstance(called.value, ast.Attribute | ast.Call)
    if called.attr == "copy":
        return isinstance(called.value, ast.Name) and called.value.id in {"cursor", "connection"}
    return True


def safe_markup_lines(source: str) -> list[int]:
    """Lines that call a text safe: mark_safe, SafeString(…)."""
    names = {"mark_safe", "SafeString", "SafeText"}
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
    )


def late_imports(source: str) -> list[int]:
    """Lines of imports inside functions that say no reason (`noqa: PLC0415 - why`)."""
    rows = source.splitlines()
    found = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [
                node.lineno
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)
                and not re.search(r"PLC0415 - \w+", rows[node.lineno - 1])
            ]
    return sorted(set(found))


def long_functions(source: str, longest: int = LONGEST_FUNCTION) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > longest:
                found.append((node.name, length))
    return found


# Each of them runs outside the tenant's transaction, or needs the broker in the path of a request.
OUTSIDE_THE_TRANSACTION = {
    "StreamingHttpResponse", "FileResponse", "on_commit", "sync_to_async", "run_on_commit", "delay", "apply_async",
    "send_task", "non_atomic_requests",
}  # fmt: skip


def outside_lines(source: str) -> list[str]:
    """Streaming answers, commit hooks, async code, messages to the broker."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef):
            found.append(f"async def {node.name}")
        name = getattr(node, "attr", None) if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        if name in OUTSIDE_THE_TRANSACTION:
            found.append(str(name))
    return sorted(found)


class Markup(HTMLParser):
    """Collects inline script, style and handlers of one document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in values):
            self.found.append(f"inline <{tag}>")
        for name, value in attrs:
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self.found.append(f"{name} on <{tag}>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"javascript: in {name} on <{tag}>")
            if name.startswith(("hx-on", "hx-vals", "hx-vars")) and (
                name.startswith("hx-on") or "js:" in (value or "")
            ):
                self.found.append(f"{name} on <{tag}> evaluates script")


def inline_code(html: str) -> list[str]:
    """Inline script, style, handlers; the content security policy would block them."""
    parser = Markup()
    parser.feed(re.sub(r"{%.*?%}|{#.*?#}", "", html, flags=re.S))
    parser.close()
    return parser.found


def unescaped(template: str) -> list[str]:
    """Places where a template switches escaping off."""
    return [found.group() for found in re.finditer(r"\|\s*(?:safe|safeseq)\b|{%\s*autoescape\s+off", template)]


def templates() -> Iterator[Path]:
    for place in [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]:
        yield from sorted(file for file in place.rglob("*") if file.suffix in {".html", ".txt"})
