"""What a teacher may want to look at in attempts. A note in neutral words: nothing here touches a level."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TRIES, WITHIN = 3, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Handed:
    """One attempt that was handed in."""

    key: int
    learner_id: int
    learner: str
    form: str
    handed_in_at: datetime | None
    digest: str
    hints: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """`code`: many_tries (n tries within minutes), same_answers (as `others`, on `form`) or hints (n)."""

    code: str
    learner: str
    n: int = 0
    minutes: int = 0
    form: str = ""
    others: tuple[str, ...] = ()


def patterns(
    attempts: Iterable[Handed], tries: int = TRIES, within: timedelta = WITHIN
) -> dict[int, tuple[Pattern, ...]]:
    """{attempt: what stands out}; attempts without anything are left out.

    many_tries: at least `tries` attempts of one learner handed in within `within`. same_answers: another learner's
    attempt at the same form has equal answers. hints: the learner used some.
    """
    rows = list(attempts)
    found: dict[int, list[Pattern]] = defaultdict(list)
    for key, pattern in [*_many_tries(rows, tries, within), *_same_answers(rows), *_hints(rows)]:
        found[key].append(pattern)
    return {key: tuple(each) for key, each in found.items()}


def _many_tries(rows: list[Handed], tries: int, within: timedelta) -> list[tuple[int, Pattern]]:
    by_learner: dict[int, list[tuple[datetime, Handed]]] = defaultdict(list)
    for row in rows:
        if row.handed_in_at is not None:
            by_learner[row.learner_id].append((row.handed_in_at, row))
    found: dict[int, Pattern] = {}
    for each in by_learner.values():
        each.sort(key=lambda pair: (pair[0], pair[1].key))
        for start in range(len(each) - tries + 1):
            run = [row for moment, row in each[start:] if moment - each[start][0] <= within]
            if len(run) >= tries:
                minutes = int(within.total_seconds() // 60)
                for row in run:
                    found.setdefault(row.key, Pattern("many_tries", row.learner, len(run), minutes))
    return sorted(found.items())


def _same_answers(rows: list[Handed]) -> list[tuple[int, Pattern]]:
    alike: dict[tuple[str, str], list[Handed]] = defaultdict(list)
    for row in rows:
        if row.digest:
            alike[row.form, row.digest].append(row)
    found = []
    for group in alike.values():
        for row in group:
            others = {one.learner_id: one.learner for one in group if one.learner_id != row.learner_id}
            if others:
                names = tuple(sorted(others.values()))
                found.append((row.key, Pattern("same_answers", row.learner, len(names), form=row.form, others=names)))
    return found


def _hints(rows: list[Handed]) -> list[tuple[int, Pattern]]:
    return [(row.key, Pattern("hints", row.learner, row.hints)) for row in rows if row.hints]
