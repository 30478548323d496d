"""What a file of another program holds, in our terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from competencies.content import Content, check_content
from competencies.table_rows import Fault, TableRow
from tenancy.errors import Invalid


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule for levels as the other program has it; `names`: of its competencies, `words`: its scale for people."""

    content: Content
    names: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """`title`: of the framework, where the file says it. `notes`: what was not taken over, in words."""

    rows: list[TableRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    title: str = ""
    proposals: list[Proposal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def identifier_of(program: str, key: str) -> str:
    """The same for the same thing of another program, so that a file sent again changes what it made."""
    return str(uuid5(NAMESPACE_URL, f"waymark:{program}:{key}"))


def number(text: str) -> Decimal | None:
    """Points as people write them; None for anything else."""
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10_000 else None


def content_of(rule: Mapping[str, Any], ratings: list[tuple[Decimal, str]], meeting: Decimal) -> Content | None:
    """The rule on this scale, the rating of `meeting` points flagged; None where the engine cannot work with it."""
    ordered = sorted(ratings)
    words = tuple(
        (points, word.strip()[:60] or f"{points.normalize():f}", points == meeting) for points, word in ordered
    )
    content = Content(dict(rule), max((points for points, _ in ordered), default=Decimal(0)), words)
    try:
        check_content(content)
    except Invalid:
        return None
    return content
