"""From the counted cells to everything that is published: sums per place and topic, and what of it may be shown.

Arrays in, arrays out; no database. A cell is a grade of a school on one milestone. See `reporting.suppression`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from reporting.models import ALL_GRADES
from reporting.suppression import Bools, Ints, Shown, decide

Texts = npt.NDArray[np.str_]
Topic = tuple[int, str]  # framework, kind
ANY: Topic = (0, "")


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of LevelCount as columns; levels: int64[n, 5]."""

    school: Ints
    grade: Texts
    framework: Ints
    kind: Texts
    milestone: Ints
    learners: Ints
    levels: Ints
    stalled: Ints
    sections: Ints
    assessed: Ints
    is_shown: Bools

    def __len__(self) -> int:
        return len(self.school)

    def rows(self, chosen: Bools | Ints) -> "Rows":
        return Rows(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    @classmethod
    def of(cls, table: Sequence[tuple[Any, ...]]) -> "Rows":
        """Rows as `sql.CUBE` reads them."""
        if not table:
            return cls.new(np.zeros(0, np.int64), np.zeros(0, "U1"))
        columns = list(zip(*table, strict=True))
        whole = [np.array(columns[n], np.int64) for n in (0, 2, 4, 5, 11, 12, 13)]
        levels = np.array(columns[6:11], np.int64).T
        return cls(
            whole[0], np.array(columns[1], np.str_), whole[1], np.array(columns[3], np.str_), whole[2], whole[3],
            levels, whole[4], whole[5], whole[6], np.array(columns[14], np.bool_),
        )  # fmt: skip

    @classmethod
    def new(cls, school: Ints, grade: Texts, **given: Any) -> "Rows":
        """Rows with nothing in them but what is given."""
        zero = np.zeros(len(school), np.int64)
        columns: dict[str, Any] = {
            "framework": zero, "kind": np.full(len(school), "", "U16"), "milestone": zero, "learners": zero,
            "levels": np.zeros((len(school), 5), np.int64), "stalled": zero, "sections": zero, "assessed": zero,
            "is_shown": zero.astype(np.bool_),
        }  # fmt: skip
        return cls(school, grade, **(columns | given))

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        return cls(**{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is not in the cells: each milestone's topic, its classes by (school, milestone), and the smallest group."""

    topics: Mapping[int, Topic]
    classes: Mapping[tuple[int, int], tuple[int, int]]
    limit: int


def publish(cells: Rows, heads: Rows, facts: Facts) -> Rows:
    """Every row that there should be. heads: learners of topics in grades of schools; cells: levels on milestones."""
    of_milestones = _of_milestones(cells, facts)
    return Rows.joined([of_milestones, *_of_topics(of_milestones, heads, facts)])


def _of_milestones(cells: Rows, facts: Facts) -> Rows:
    there = cells.learners > 0
    known = cells.rows(there)
    shown = decide(known.milestone, known.school, known.learners, facts.limit)
    flags = np.zeros(len(cells), np.bool_)
    flags[there] = shown.cell
    base = replace(cells, is_shown=flags)
    pairs = _summed(base, ("school", "milestone"), {"grade": ALL_GRADES})
    sections, assessed = _classes(pairs, facts)
    schools = replace(pairs, is_shown=_flags_of_pairs(pairs, shown), sections=sections, assessed=assessed)
    topics = _summed(schools, ("milestone",), {"grade": ALL_GRADES, "school": 0})
    whole = replace(topics, is_shown=np.isin(topics.milestone, shown.topics[shown.of_topic]))
    across = _summed(_only_shown(base), ("grade", "milestone"), {"school": 0})
    return Rows.joined([base, schools, whole, replace(across, is_shown=across.learners > 0)])


def _of_topics(of_milestones: Rows, heads: Rows, facts: Facts) -> list[Rows]:
    """Sums over the milestones of each topic, of what is shown; learners are those of the heads."""
    wanted = sorted({(int(f), str(k)) for f, k in zip(heads.framework, heads.kind, strict=True)} | {ANY})
    found = []
    for topic in wanted:
        keys = np.array([key for key, own in facts.topics.items() if _is_of(own, topic)], np.int64)
        inside = _only_shown(of_milestones.rows(np.isin(of_milestones.milestone, keys)))
        given = {"framework": topic[0], "kind": topic[1], "milestone": 0}
        levels = _summed(inside, ("school", "grade"), given)
        people = _people(heads.rows((heads.framework == topic[0]) & (heads.kind == topic[1])), facts.limit)
        found.append(_together(people, levels))
    return found


def _is_of(own: Topic, topic: Topic) -> bool:
    return topic[0] in {0, own[0]} and topic[1] in {"", own[1]}


def _people(heads: Rows, limit: int) -> Rows:
    """Learners of one topic: by grade of a school, by school, by grade over all schools, and all."""
    there = heads.learners > 0
    known = heads.rows(there)
    shown = decide(np.zeros(len(known), np.int64), known.school, known.learners, limit)
    flags = np.zeros(len(heads), np.bool_)
    flags[there] = shown.cell
    base = replace(heads, is_shown=flags)
    pairs = _summed(base, ("school",), {"grade": ALL_GRADES})
    schools = replace(pairs, is_shown=_flags_of_pairs(pairs, shown))
    whole = _summed(schools, (), {"grade": ALL_GRADES, "school": 0})
    across = _summed(_only_shown(base), ("grade",), {"school": 0})
    return Rows.joined(
        [base, schools, replace(whole, is_shown=whole.learners >= limit), replace(across, is_shown=across.learners > 0)]
    )


def _together(people: Rows, levels: Rows) -> Rows:
    """The rows of people with the levels of the same place; none is shown without levels."""
    at = {place: n for n, place in enumerate(zip(levels.school.tolist(), levels.grade.tolist(), strict=True))}
    place = np.array([at.get(one, -1) for one in zip(people.school.tolist(), people.grade.tolist(), strict=True)])
    place = place.astype(np.int64)
    table = np.vstack((levels.levels, np.zeros((1, 5), np.int64)))[place]
    return replace(people, levels=table, is_shown=people.is_shown & (table.sum(axis=1) > 0))


def _summed(rows: Rows, by: tuple[str, ...], given: Mapping[str, Any]) -> Rows:
    """Rows added up over everything but `by`; columns of the key that are `given` say so."""
    if not len(rows):
        return rows
    codes = [np.unique(getattr(rows, name), return_inverse=True)[1].reshape(-1) for name in by]
    group = np.zeros(len(rows), np.int64)
    for code in codes:
        group = group * (int(code.max()) + 1) + code
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    number = number.reshape(-1)

    def total(column: Ints) -> Ints:
        return np.bincount(number, column, minlength=len(first)).astype(np.int64)

    totals = ("learners", "stalled", "sections", "assessed")
    summed: dict[str, Any] = {name: total(getattr(rows, name)) for name in totals}
    summed["levels"] = np.stack([total(rows.levels[:, n]) for n in range(5)], axis=1)
    for name in ("framework", "kind", "milestone"):
        summed[name] = getattr(rows, name)[first]
    for name, value in given.items():
        summed[name] = np.full(len(first), value)
    school, grade = summed.pop("school", rows.school[first]), summed.pop("grade", rows.grade[first])
    return Rows.new(school, grade, **summed)


def _only_shown(rows: Rows) -> Rows:
    """The same rows with nothing in those that are hidden, so that sums know nothing of them."""
    keep = rows.is_shown.astype(np.int64)
    return replace(rows, learners=rows.learners * keep, levels=rows.levels * keep[:, None], stalled=rows.stalled * keep)


def _flags_of_pairs(pairs: Rows, shown: Shown) -> Bools:
    seen = set(zip(shown.pair_topic[shown.of_pair].tolist(), shown.pair_school[shown.of_pair].tolist(), strict=True))
    topic = pairs.milestone
    return np.array([key in seen for key in zip(topic.tolist(), pairs.school.tolist(), strict=True)], np.bool_)


def _classes(pairs: Rows, facts: Facts) -> tuple[Ints, Ints]:
    keys = zip(pairs.school.tolist(), pairs.milestone.tolist(), strict=True)
    table = np.array([facts.classes.get(key, (0, 0)) for key in keys], np.int64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()
