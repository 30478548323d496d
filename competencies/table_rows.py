"""A table of competencies: its rows, what is wrong with them, and what saving them would do."""

from dataclasses import dataclass, field
from hashlib import sha256

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
STATES = (DRAFT, ACTIVE, RETIRED)
ID = "id:"  # a cell that begins so names a competency by its public id, where the code is no name
OFFICIAL = frozenset({"code", "statement", "short_statement", "parent", "grades", "state", "item_type"})


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; None: the file says nothing about it. `key` is what parents and prerequisites of the file refer to."""

    number: int
    key: str
    code: str | None = None
    statement: str | None = None
    short_statement: str | None = None
    family_statement: str | None = None
    parent: str | None = None
    grades: tuple[str, ...] | None = None
    prerequisites: tuple[str, ...] | None = None
    state: str | None = None
    item_type: str | None = None
    identifier: str = ""  # of the competency, where the source has one of its own


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` None: the file as a whole. `message` says what is wrong and what to do."""

    row: int | None
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """`fields`: (name, old, new) as text; of a new row only what it will say. `parent` and `before`: node keys."""

    row: TableRow
    competency_id: int | None
    label: str
    fields: tuple[tuple[str, str, str], ...]
    parent: int | None = None
    before: tuple[int, ...] | None = None

    @property
    def node(self) -> int:
        """The competency's key, or less than nothing for a new one."""
        return self.competency_id or -self.row.number


@dataclass(slots=True)
class Plan:
    """What saving would do. `kept`: competencies of the framework that the file does not name."""

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    kept: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return len({fault.row for fault in self.faults if fault.row is not None})

    @property
    def good(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def needs_publishing(self) -> bool:
        """Something would come into use or go out of it."""
        states = (change.row.state for change in self.new)
        moved = any(name == "state" for change in self.changed for name, _, _ in change.fields)
        return moved or any(state in {ACTIVE, RETIRED} for state in states)

    @property
    def digest(self) -> str:
        """The same for the same effect: whoever saves says which preview was read."""
        told = [(c.node, c.fields, c.parent, c.before) for c in (*self.new, *self.changed)]
        return sha256(repr((told, [(f.row, f.code) for f in self.faults])).encode()).hexdigest()[:24]
