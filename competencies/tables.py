"""A table of competencies against what is here: what is new, what changes, what is wrong. Nothing is written here."""

import re
from collections.abc import Callable, Iterable, Sequence

from competencies.models import Competency, Framework, Prerequisite
from competencies.prerequisites import path_between
from competencies.table_faults import MESSAGES, text_faults
from competencies.table_rows import DRAFT, ID, OFFICIAL, Change, Fault, Plan, TableRow

Names = Callable[[TableRow], tuple[str, ...] | None]


def make_plan(framework: Framework | None, rows: Sequence[TableRow], faults: Iterable[Fault] = ()) -> Plan:
    """Three queries at most. `faults`: what was wrong with cells already; their rows are left out."""
    return _Planning(framework, rows, faults).plan()


class _Planning:
    def __init__(self, framework: Framework | None, rows: Sequence[TableRow], faults: Iterable[Fault]) -> None:
        self.framework, self.rows = framework, rows
        self.result = Plan(faults=list(faults))
        self.bad = {fault.row for fault in self.result.faults}
        known = Competency.objects.filter(framework_id=framework.pk).order_by("id") if framework else ()
        self.known: dict[int, Competency] = {row.pk: row for row in known}
        self.by_name: dict[str, list[int]] = {}
        for one in self.known.values():
            for name in {one.code, f"{ID}{one.public_id}"} - {""}:
                self.by_name.setdefault(name, []).append(one.pk)
        self.by_identifier = {one.identifier_key: one.pk for one in self.known.values()}
        # What comes from other frameworks is not in the table: it stays.
        edges = Prerequisite.objects.filter(after__framework=framework, before__framework=framework)
        edges = edges.order_by("before__tree_order", "before_id")
        self.before: dict[int, list[int]] = {}
        for before, after in edges.values_list("before_id", "after_id"):
            self.before.setdefault(after, []).append(before)
        self.node_of: dict[str, int] = {}  # key of the file → node
        self.row_of: dict[int, TableRow] = {}  # node → row

    def plan(self) -> Plan:
        for row in self.rows:
            self._match(row)
        for row in self._good():
            for column, value, code, message in text_faults(row, self.known.get(self.node_of[row.key])):
                self._wrong(row, column, value, code, message)
        for _turn in range(2):  # what a circle leaves out may be referred to
            self._check_references()
            self._check_circles()
        self._check_references()
        for row in self._good():
            self._compare(row)
        self.result.kept = len(self.known.keys() - self.row_of.keys())
        self.result.faults.sort(key=lambda fault: (fault.row or 0, fault.column))
        return self.result

    def _good(self) -> list[TableRow]:
        return [row for row in self.row_of.values() if row.number not in self.bad]

    def _wrong(self, row: TableRow, column: str, value: str, code: str, message: object) -> None:
        self.bad.add(row.number)
        self.result.faults.append(Fault(row.number, column, value[:80], code, str(message)))

    def _match(self, row: TableRow) -> None:
        if row.key in self.node_of:
            first = self.row_of.get(self.node_of[row.key])
            self._wrong(row, "code", row.key, "repeated", MESSAGES["repeated"] % {"row": first.number if first else 0})
            return
        hits = self.by_name.get(row.key, [])
        if row.identifier:
            hits = [self.by_identifier[row.identifier]] if row.identifier in self.by_identifier else []
        if len(hits) > 1:
            self._wrong(row, "code", row.key, "ambiguous", MESSAGES["ambiguous"])
            return
        if not hits and row.key.startswith(ID):
            self._wrong(row, "code", row.key, "unknown_id", MESSAGES["unknown_id"])
            return
        node = hits[0] if hits else -row.number
        self.node_of[row.key] = node
        self.row_of[node] = row

    def _node(self, key: str) -> int | None:
        """What a cell names: a row of the file, else a competency of the framework."""
        if key in self.node_of:
            return self.node_of[key]
        hits = self.by_name.get(key, [])
        return hits[0] if len(hits) == 1 else None

    def _check_references(self) -> None:
        """Until nothing more is left out: what names a new row that is left out cannot be saved either."""
        before = -1
        while before != len(self.bad):
            before = len(self.bad)
            for row in self._good():
                for column, names in (("parent", (row.parent or "",)), ("prerequisites", row.prerequisites or ())):
                    for name in filter(None, names):
                        self._check_reference(row, column, name)

    def _check_reference(self, row: TableRow, column: str, name: str) -> None:
        node = self._node(name)
        if node is None:
            self._wrong(row, column, name, "unknown_reference", MESSAGES["unknown_reference"])
        elif node == self.node_of[row.key]:
            self._wrong(row, column, name, "itself", MESSAGES["itself"])
        elif node < 0 and -node in self.bad:
            self._wrong(row, column, name, "left_out", MESSAGES["left_out"] % {"row": -node})

    def _check_circles(self) -> None:
        """Of places and of prerequisites, with what stays as it is. What is left out keeps what it had."""
        parents = {key: [one.parent_id] for key, one in self.known.items() if one.parent_id}
        while self._has_circle("parent", dict(parents), lambda row: None if row.parent is None else (row.parent,)):
            pass
        while self._has_circle("prerequisites", dict(self.before), lambda row: row.prerequisites):
            pass

    def _has_circle(self, column: str, above: dict[int, list[int]], names: Names) -> bool:
        """Whether a row was left out for one. `above`: what stands over, or comes before, each node."""
        wanted = []
        for row in self._good():
            given = names(row)
            if given is not None:
                nodes = (self._node(name) for name in given if name)
                wanted.append((row, self.node_of[row.key], [node for node in nodes if node is not None]))
        for _, node, _ in wanted:
            above.pop(node, None)
        if _has_no_circle({**above, **{node: over for _, node, over in wanted}}):
            return False
        edges, is_found = {key: set(over) for key, over in above.items()}, False
        for row, node, over in wanted:  # one by one, to name the rows that close it
            path = next((found for one in over if (found := path_between(edges, one, node))), None)
            if path:
                steps = " → ".join(self._label(one) for one in [*path[::-1], path[-1]])
                self._wrong(row, column, self._label(path[0]), "circle", MESSAGES["circle"] % {"steps": steps})
                is_found = True
            else:
                edges[node] = set(over)
        return is_found

    def _label(self, node: int) -> str:
        row = self.row_of.get(node)
        return (row.code or row.key) if row else str(self.known[node])

    def _compare(self, row: TableRow) -> None:
        node = self.node_of[row.key]
        old = self.known.get(node)
        fields = tuple(self._fields(row, old))
        if old is not None and not fields:
            self.result.same += 1
            return
        if self.framework is not None and self.framework.is_from_elsewhere:
            named = {name for name, _, _ in fields}
            if old is None or named & OFFICIAL:
                column = "code" if old is None else sorted(named & OFFICIAL)[0]
                self._wrong(row, column, row.key, "owned_elsewhere", MESSAGES["owned_elsewhere"])
                return
        parent = old.parent_id if old else None
        if row.parent is not None:
            parent = self._node(row.parent) if row.parent else None
        before = None
        if row.prerequisites is not None:
            before = tuple(found for name in row.prerequisites if (found := self._node(name)) is not None)
        change = Change(row, old.pk if old else None, row.code or row.key, fields, parent, before)
        (self.result.changed if old else self.result.new).append(change)

    def _fields(self, row: TableRow, old: Competency | None) -> Iterable[tuple[str, str, str]]:
        """(name, old, new) of what differs."""
        is_by_id = row.key.startswith(ID)
        texts = {
            "code": None if is_by_id else row.code, "statement": row.statement, "short_statement": row.short_statement,
            "family_statement": row.family_statement, "item_type": row.item_type,
        }  # fmt: skip
        for name, text in texts.items():
            was = getattr(old, name) if old else ""
            if text is not None and text != _tidy(was):
                yield name, was, text
        if row.parent is not None:
            was = self._name(old.parent_id) if old and old.parent_id else ""
            parent = self._node(row.parent) if row.parent else None
            if parent != (old.parent_id if old else None):
                yield "parent", was, self._label(parent) if parent else ""
        if row.grades is not None and row.grades != _parts(old.education_levels if old else []):
            yield "grades", ", ".join(old.education_levels) if old else "", ", ".join(row.grades)
        if row.prerequisites is not None:
            have = self.before.get(old.pk, []) if old else []
            nodes = {self._node(name) for name in row.prerequisites}
            if nodes != set(have):
                yield "prerequisites", "; ".join(map(self._name, have)), "; ".join(map(self._shown, row.prerequisites))
        if row.state is not None and row.state != (old.state if old else DRAFT):
            yield "state", old.state if old else "", row.state

    def _name(self, key: int) -> str:
        return str(self.known[key])

    def _shown(self, name: str) -> str:
        node = self._node(name)
        return self._label(node) if node is not None else name


def _tidy(text: str) -> str:
    """As a cell gives it back."""
    return text.replace("\r\n", "\n").strip()


def _parts(grades: Iterable[str]) -> tuple[str, ...]:
    """As a cell with commas gives them back."""
    parts = (part.strip() for grade in grades for part in re.split(r"[,;\n]", grade))
    return tuple(dict.fromkeys(part for part in parts if part))


def _has_no_circle(above: dict[int, list[int]]) -> bool:
    """Whether every node can be taken after all that stand over it (Kahn)."""
    waiting = {node: len(set(over)) for node, over in above.items()}
    below: dict[int, list[int]] = {}
    for node, over in above.items():
        for one in set(over):
            below.setdefault(one, []).append(node)
    free = [node for node in below if not waiting.get(node)]
    taken = 0
    while free:
        for node in below.get(free.pop(), ()):
            waiting[node] -= 1
            if not waiting[node]:
                taken += 1
                free.append(node)
    return taken == sum(1 for over in above.values() if over)
