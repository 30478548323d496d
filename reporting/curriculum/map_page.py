"""What a prerequisite map shows: at most 60 competencies, with a learner's levels if one is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from competencies.models import Framework, Prerequisite
from learners.models import Learner
from milestones.models import CompetencyStatus
from reporting.curriculum.grades import grade_key, has_grade
from reporting.curriculum.map_layout import Spots, layered
from reporting.curriculum.pathway import FIELDS, Item
from reporting.curriculum.rights import LEVELS, competencies_for, visible_framework
from reporting.reach import visible_learner
from tenancy.actor import Actor
from tenancy.errors import NotFound

MOST = 60


@dataclass(frozen=True, slots=True)
class Box:
    """`level` is None without a learner. `before` and `after` name every neighbour, in the picture or not."""

    key: int
    public_id: UUID
    code: str
    text: str
    state: str
    level: int | None
    column: int
    row: int
    before: tuple["Name", ...] = ()
    after: tuple["Name", ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    public_id: UUID
    code: str
    text: str
    level: int | None
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the framework to choose; `number`: competencies with links in it."""

    public_id: UUID
    text: str
    number: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class MapPage:
    framework: Framework
    learner: Learner | None
    root: "Part | None"
    grade: str
    boxes: tuple[Box, ...]
    edges: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]
    inner_parts: tuple[Part, ...]
    grades: tuple[str, ...]
    total: int  # competencies with links in what was asked for
    has_links: bool  # anywhere in the framework


@dataclass(frozen=True, slots=True)
class Asked:
    root: UUID | None = None
    grade: str = ""
    learner: UUID | None = None


def map_page(actor: Actor, framework_id: UUID, asked: Asked) -> MapPage:
    """Five queries at most. Raises NotFound for what is out of reach, the learner included."""
    framework = visible_framework(actor, framework_id)
    learner = visible_learner(actor, asked.learner, *LEVELS) if asked.learner else None
    shown = competencies_for(actor).filter(framework_id=framework.pk).order_by("tree_order", "id")
    rows = {row[0]: Item(*row) for row in shown.values_list(*FIELDS)}
    graph = _Graph(rows)
    levels = _levels(actor, learner, graph.linked)
    root = next((row for row in rows.values() if row.public_id == asked.root), None)
    if asked.root is not None and root is None:
        raise NotFound
    tops = [row for row in rows.values() if row.parent not in rows]
    if root is None and not asked.grade and len(graph.linked) > MOST:
        root = next((row for row in tops if graph.numbers.get(row.id, 0)), None)
    wanted = graph.near(root) if root else list(rows)
    wanted = [key for key in wanted if not asked.grade or has_grade(rows[key].grades, asked.grade)]
    keys = graph.with_links(wanted)
    shown_keys = sorted(keys[:MOST], key=graph.order.__getitem__)
    inside = set(shown_keys)
    edges = tuple(edge for edge in graph.edges if edge[0] in inside and edge[1] in inside)
    return MapPage(
        framework=framework,
        learner=learner,
        root=_part(root, graph, root) if root else None,
        grade=asked.grade,
        boxes=tuple(_boxes(graph, shown_keys, layered(shown_keys, edges), levels)),
        edges=edges,
        parts=tuple(_part(row, graph, root) for row in tops if graph.numbers.get(row.id, 0)),
        inner_parts=tuple(_inner_parts(graph, root)),
        grades=tuple(sorted({grade for key in graph.linked for grade in rows[key].grades}, key=grade_key)),
        total=len(keys),
        has_links=bool(graph.edges),
    )


class _Graph:
    """The tree and the prerequisites of one framework, in memory."""

    def __init__(self, rows: dict[int, Item]) -> None:
        self.rows = rows
        self.order = {key: n for n, key in enumerate(rows)}
        found = Prerequisite.objects.filter(after_id__in=rows.keys(), is_in_cycle=False)
        pairs = found.values_list("before_id", "after_id")
        self.edges = sorted(
            (edge for edge in pairs if edge[0] in rows), key=lambda edge: (self.order[edge[0]], self.order[edge[1]])
        )
        self.before: dict[int, list[int]] = {}
        self.after: dict[int, list[int]] = {}
        for first, then in self.edges:
            self.before.setdefault(then, []).append(first)
            self.after.setdefault(first, []).append(then)
        self.linked = {key for edge in self.edges for key in edge}
        self.children: dict[int | None, list[int]] = {}
        for row in rows.values():
            self.children.setdefault(row.parent if row.parent in rows else None, []).append(row.id)
        self.numbers = self._numbers()

    def _numbers(self) -> dict[int, int]:
        """{key: competencies with links at or below it}."""
        numbers = dict.fromkeys(self.linked, 1)
        for row in reversed(self.rows.values()):
            if row.parent in self.rows and row.id in numbers:
                numbers[row.parent] = numbers.get(row.parent, 0) + numbers[row.id]
        return numbers

    def near(self, root: Item) -> list[int]:
        """All below a branch; of a single competency what it needs and opens, step by step, nearest first."""
        if root.id not in self.children:
            return self._around(root.id)
        found, open_ones = [], [root.id]
        while open_ones:
            key = open_ones.pop()
            found.append(key)
            open_ones += reversed(self.children.get(key, []))
        return found

    def _around(self, key: int) -> list[int]:
        found = {key: None}
        back, forth = [key], [key]
        while back or forth:
            back = [one for step in back for one in self.before.get(step, ()) if one not in found]
            forth = [one for step in forth for one in self.after.get(step, ()) if one not in found]
            found.update(dict.fromkeys([*back, *forth]))
            back, forth = list(dict.fromkeys(back)), list(dict.fromkeys(forth))
        return list(found)

    def with_links(self, wanted: list[int]) -> list[int]:
        """Those with a link among each other."""
        inside = set(wanted)
        here = {key for edge in self.edges if edge[0] in inside and edge[1] in inside for key in edge}
        return [key for key in wanted if key in here]


def _levels(actor: Actor, learner: Learner | None, keys: Iterable[int]) -> dict[int, int] | None:
    if learner is None:
        return None
    rows = CompetencyStatus.objects.visible_to(actor, *LEVELS).filter(learner_id=learner.pk, competency_id__in=keys)
    return dict(rows.values_list("competency_id", "level"))


def _boxes(graph: _Graph, keys: list[int], spots: Spots, levels: dict[int, int] | None) -> Iterable[Box]:
    inside = set(keys)

    def level(key: int) -> int | None:
        return None if levels is None else levels.get(key, 0)

    def names(of: list[int]) -> tuple[Name, ...]:
        rows = [graph.rows[key] for key in sorted(of, key=graph.order.__getitem__)]
        return tuple(Name(row.public_id, row.code, row.text, level(row.id), row.id not in inside) for row in rows)

    for key in keys:
        row = graph.rows[key]
        yield Box(
            key, row.public_id, row.code, row.text, row.state, level(key), *spots[key],
            names(graph.before.get(key, [])), names(graph.after.get(key, [])),
        )  # fmt: skip


def _part(row: Item, graph: _Graph, here: Item | None) -> Part:
    text = row.text if not row.code else f"{row.code} {row.text}"
    return Part(row.public_id, text, graph.numbers.get(row.id, 0), here is not None and here.id == row.id)


def _inner_parts(graph: _Graph, root: Item | None) -> Iterable[Part]:
    """The branches below the one that is shown."""
    for key in graph.children.get(root.id, []) if root else []:
        if key in graph.children and graph.numbers.get(key, 0):
            yield _part(graph.rows[key], graph, root)
