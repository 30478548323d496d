"""One learner's way through a framework: what is ready, what waits and for what, what is done. Pure once it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from competencies.statements import plain
from reporting.curriculum.browse import state_of
from reporting.curriculum.grades import has_grade
from status_engine import Level

FIELDS = (
    "id", "parent_id", "public_id", "code", "short_statement", "statement", "family_statement", "is_draft",
    "is_retired", "education_levels",
)  # fmt: skip
MOST_SHOWN, MOST_BLOCKERS = 60, 5
LAST = 10**6


@dataclass(frozen=True, slots=True)
class Item:
    """A competency of the framework, in its order."""

    id: int
    parent: int | None
    public_id: UUID
    code: str
    short: str
    statement: str
    family_statement: str
    is_draft: bool
    is_retired: bool
    grades: list[str]

    @property
    def text(self) -> str:
        return self.short or plain(self.statement)

    @property
    def family_text(self) -> str:
        return self.family_statement or plain(self.statement)

    @property
    def state(self) -> str:
        return state_of(self.is_draft, self.is_retired)


@dataclass(frozen=True, slots=True)
class Blocker:
    """`distance`: 1 comes directly before; `is_ready`: nothing stands before this one."""

    item: Item
    level: int
    distance: int
    is_ready: bool


@dataclass(frozen=True, slots=True)
class Step:
    """`place`: on the learner's own route, from 1; None where the curriculum's order holds."""

    item: Item
    level: int
    place: int | None
    blockers: tuple[Blocker, ...] = ()
    is_last: bool = False  # of the learner's own route


@dataclass(frozen=True, slots=True)
class Way:
    """Each list is cut at MOST_SHOWN; the numbers count all."""

    ready: tuple[Step, ...]
    blocked: tuple[Step, ...]
    done: tuple[Step, ...]
    n_ready: int
    n_blocked: int
    n_done: int


def way(
    items: Sequence[Item], edges: Sequence[tuple[int, int]], levels: Mapping[int, int], route: Sequence[int], grade: str
) -> Way:
    """`edges`: (before, after) that count; `levels`: what is not there is not started; `route`: keys in their order."""
    by_id = {item.id: item for item in items}
    order = {item.id: n for n, item in enumerate(items)}
    before: dict[int, list[int]] = {}
    for first, then in edges:
        if first in by_id and then in by_id:
            before.setdefault(then, []).append(first)
    parents, linked = {item.parent for item in items}, {key for edge in edges for key in edge}
    place = {key: n for n, key in enumerate((key for key in route if key in by_id), 1)}
    ready, blocked, done = [], [], []
    for item in items:
        level, is_mine = levels.get(item.id, 0), item.id in place
        counts = item.id not in parents or item.id in linked or level
        in_grade = is_mine or not grade or not item.grades or has_grade(item.grades, grade)
        if item.is_draft or not in_grade or not (counts or is_mine) or (item.is_retired and not level):
            continue
        step = Step(item, level, place.get(item.id), is_last=place.get(item.id) == len(place))
        open_ones = [key for key in before.get(item.id, ()) if levels.get(key, 0) < Level.MEETS]
        if level >= Level.MEETS:
            done.append(step)
        elif item.is_retired:
            continue
        elif open_ones:
            blockers = _blockers(item.id, before, levels, by_id, order)
            blocked.append((len(open_ones), Step(item, level, step.place, blockers, step.is_last)))
        else:
            ready.append(step)
    ready.sort(key=lambda one: (one.place or LAST, order[one.item.id]))
    blocked.sort(key=lambda pair: (pair[1].place or LAST, pair[0], order[pair[1].item.id]))
    return Way(
        tuple(ready[:MOST_SHOWN]), tuple(step for _, step in blocked[:MOST_SHOWN]), tuple(done[::-1][:MOST_SHOWN]),
        len(ready), len(blocked), len(done),
    )  # fmt: skip


def _blockers(
    key: int, before: Mapping[int, list[int]], levels: Mapping[int, int], by_id: Mapping[int, Item],
    order: Mapping[int, int],
) -> tuple[Blocker, ...]:  # fmt: skip
    """What is not met before it, nearest first."""
    found: list[Blocker] = []
    seen, row, distance = {key}, [key], 0
    while row and len(found) < MOST_BLOCKERS:
        distance += 1
        fresh = {one for step in row for one in before.get(step, ()) if levels.get(one, 0) < Level.MEETS} - seen
        row = sorted(fresh, key=order.__getitem__)
        seen |= fresh
        for one in row:
            is_ready = all(levels.get(other, 0) >= Level.MEETS for other in before.get(one, ()))
            found.append(Blocker(by_id[one], levels.get(one, 0), distance, is_ready))
    return tuple(found[:MOST_BLOCKERS])
