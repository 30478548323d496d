"""The list of frameworks, and one framework as a tree that stays light with thousands of items."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count

from competencies.models import Framework
from competencies.statements import plain
from reporting.curriculum.grades import grade_key, has_grade
from reporting.curriculum.rights import competencies_for, frameworks_for, visible_framework
from reporting.curriculum.texts import folded
from tenancy.actor import Actor

OPEN_BELOW = 250  # items: up to here the whole tree is shown, above only the branch that is open
MOST_FOUND = 150


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    public_id: UUID
    title: str
    owner: str
    state: str
    is_from_elsewhere: bool
    active: int
    drafts: int
    retired: int


def framework_rows(actor: Actor) -> list[FrameworkRow]:
    """Two queries."""
    counts: dict[int, Counter[str]] = {}
    rows = competencies_for(actor).order_by().values_list("framework_id", "is_draft", "is_retired")
    for framework, is_draft, is_retired, n in rows.annotate(n=Count("id")):
        counts.setdefault(framework, Counter())[state_of(is_draft, is_retired)] += n
    return [
        FrameworkRow(
            row.public_id, row.title, row.publisher or row.creator, row.state, row.is_from_elsewhere,
            *(counts.get(row.pk, Counter())[state] for state in ("active", "draft", "retired")),
        )
        for row in frameworks_for(actor).order_by("state", "title", "id")
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """`number`: of items below it. `ups`: how many lists end after it, `opens`: one begins after it."""

    public_id: UUID
    code: str
    text: str
    state: str
    grades: str
    depth: int
    number: int
    is_branch: bool
    is_open: bool = True
    opens: bool = False
    ups: range = range(0)


@dataclass(frozen=True, slots=True)
class Outline:
    """`found` is None without a search. `is_folded`: only the open branch is shown."""

    framework: Framework
    nodes: tuple[Node, ...]
    total: int
    grades: tuple[str, ...]
    found: int | None
    is_folded: bool
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """`open`: the branch to show, by its public id."""

    text: str = ""
    grade: str = ""
    open: UUID | None = None


Row = tuple[int, UUID, int | None, int, str, str, str, bool, bool, list[str]]
FIELDS = (
    "id", "public_id", "parent_id", "depth", "code", "short_statement", "statement", "is_draft", "is_retired",
    "education_levels",
)  # fmt: skip


def outline(actor: Actor, framework_id: UUID, asked: Asked) -> Outline:
    """Two queries. Raises NotFound."""
    framework = visible_framework(actor, framework_id)
    rows: list[Row] = list(
        competencies_for(actor).filter(framework_id=framework.pk).order_by("tree_order", "id").values_list(*FIELDS)
    )
    grades = sorted({grade for row in rows for grade in row[9]}, key=grade_key)
    below = _numbers_below(rows)
    is_search = bool(asked.text or asked.grade)
    is_folded = not is_search and len(rows) > OPEN_BELOW
    if is_search:
        hits = [row for row in rows if _matches(row, asked)]
        nodes = [replace(_node(row, below), depth=0) for row in hits[:MOST_FOUND]]
    else:
        hits = rows
        nodes = [_node(row, below) for row in rows]
        nodes = _folded(rows, nodes, asked.open) if is_folded else nodes
    return Outline(
        framework, tuple(_nested(nodes)), len(rows), tuple(grades), len(hits) if is_search else None, is_folded,
        is_search and len(hits) > MOST_FOUND,
    )  # fmt: skip


def _matches(row: Row, asked: Asked) -> bool:
    text = folded(f"{row[4]} {row[5]} {plain(row[6])}")
    return all(word in text for word in folded(asked.text).split()) and (
        not asked.grade or has_grade(row[9], asked.grade)
    )


def _numbers_below(rows: list[Row]) -> dict[int, int]:
    """{key: how many items stand below it}; rows come parents first."""
    parents = {row[0]: row[2] for row in rows}
    below: dict[int, int] = {}
    for row in reversed(rows):
        parent = parents[row[0]]
        if parent is not None:
            below[parent] = below.get(parent, 0) + below.get(row[0], 0) + 1
    return below


def state_of(is_draft: bool, is_retired: bool) -> str:
    return "draft" if is_draft else "retired" if is_retired else "active"


def _node(row: Row, below: dict[int, int]) -> Node:
    key, public_id, _, depth, code, short, statement, is_draft, is_retired, grades = row
    number = below.get(key, 0)
    text = short or plain(statement)
    return Node(public_id, code, text, state_of(is_draft, is_retired), ", ".join(grades), depth, number, number > 0)


def _folded(rows: list[Row], nodes: list[Node], wanted: UUID | None) -> list[Node]:
    """The top, and everything below the one top item that is open; deeper than that only where it stays small."""
    top = {row[0]: row[0] for row in rows if row[3] == 0}
    for row in rows:
        if row[2] in top:
            top[row[0]] = top[row[2]]
    open_top = next((top.get(row[0]) for row in rows if row[1] == wanted), None)
    return [
        replace(node, is_open=top.get(row[0]) == open_top)
        for row, node in zip(rows, nodes, strict=True)
        if node.depth == 0 or top.get(row[0]) == open_top
    ]


def _nested(nodes: Iterable[Node]) -> list[Node]:
    """With the beginnings and ends of lists between neighbours; a missing level in between opens one list only."""
    shown = list(nodes)
    depths: list[int] = []
    found = []
    for n, node in enumerate(shown):
        if not depths:
            depths.append(node.depth)
        after = shown[n + 1].depth if n + 1 < len(shown) else depths[0]
        opens = n + 1 < len(shown) and after > node.depth
        ups = 0
        if opens:
            depths.append(after)
        else:
            while len(depths) > 1 and depths[-1] > after:
                depths.pop()
                ups += 1
        found.append(replace(node, opens=opens, ups=range(ups)))
    return found
