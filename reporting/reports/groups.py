"""Rows of the counters as what pages, files and charts show: hidden ones without any figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from reporting.models import LevelCount, LevelDay
from reporting.suppression import cap

KEY = ("school", "grade", "framework", "kind", "milestone")
COLUMNS = (*KEY, "learners", "n0", "n1", "n2", "n3", "n4", "is_shown")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the counters, whether or not it may be shown: never for a template."""

    school: int
    grade: str
    milestone: int
    learners: int
    counts: tuple[int, ...]
    is_shown: bool
    stalled: int = 0
    sections: int = 0
    assessed: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """What may be shown of a group. percent: at Meets or above; cap: low or high where it must not be said closer.

    change: percentage points since the day of comparison, None where there is none to say; gained: levels since then,
    of a hundred planned milestones. hidden: empty where it is
    shown, few where the group is too small, kept where it would give a smaller one away.
    """

    title: str
    subtitle: str = ""
    address: str = ""
    learners: int = 0
    counts: tuple[int, ...] = ()
    percent: int | None = None
    cap: str = ""
    change: int | None = None
    stalled: int = 0
    sections: int = 0
    assessed: int = 0
    hidden: str = ""
    gained: int | None = None

    @property
    def change_size(self) -> int:
        return abs(self.change or 0)

    @property
    def stalled_words(self) -> str:
        """How many are stalled on two or more; of a small group never exactly none, few or all."""
        capped = cap(self.learners, round(100 * self.stalled / self.learners)) if self.learners else ""
        if capped:
            return _("5 % or less") if capped == "low" else _("95 % or more")
        return f"{self.stalled:,}"

    @property
    def started(self) -> int:
        return sum(self.counts[1:])

    @property
    def untouched(self) -> int:
        """Percent without any evidence."""
        return round(100 * self.counts[0] / sum(self.counts)) if sum(self.counts) else 0


def rows_now(**where: Any) -> list[Row]:
    """One query."""
    columns = (*COLUMNS, "stalled", "sections", "assessed")
    return [_row(found) for found in LevelCount.objects.filter(**where).order_by(*KEY).values_list(*columns)]


def rows_on(day: date, **where: Any) -> dict[tuple[int, str, int], Row]:
    """{(school, grade, milestone): the row that held at the end of the day}. One query."""
    rows = LevelDay.objects.filter(day__lte=day, **where).order_by(*KEY, "-day").distinct(*KEY)
    found = [_row((*one, 0, 0, 0)) for one in rows.values_list(*COLUMNS)]
    return {(one.school, one.grade, one.milestone): one for one in found}


def _row(found: tuple[Any, ...]) -> Row:
    return Row(found[0], found[1], found[4], found[5], tuple(found[6:11]), *found[11:])


def added(rows: Sequence[Row], limit: int) -> Row | None:
    """The sum of those that may be shown; None where there are none at all."""
    shown = [one for one in rows if may_show(one, limit)]
    if len(rows) == 1 or not shown:
        return rows[0] if rows else None
    counts = tuple(sum(column) for column in zip(*(one.counts for one in shown), strict=True))
    first = shown[0]
    return Row(
        0, first.grade, first.milestone, sum(one.learners for one in shown), counts, is_shown=True,
        stalled=sum(one.stalled for one in shown), sections=sum(one.sections for one in shown),
        assessed=sum(one.assessed for one in shown),
    )  # fmt: skip


def may_show(row: Row, limit: int) -> bool:
    """The counters were worked out for a limit; where it was raised since, the new one holds already."""
    return row.is_shown and row.learners >= limit and sum(row.counts) > 0


def group_of(row: Row, limit: int, title: str, before: Row | None = None, **given: Any) -> Group:
    if not may_show(row, limit):
        return Group(title, hidden="few" if 0 < row.learners < limit else "kept", **given)
    percent = percent_of(row)
    capped = cap(row.learners, percent)
    change = gained = None
    if before is not None and may_show(before, limit) and not capped and not cap(before.learners, percent_of(before)):
        change = percent - percent_of(before)
        gained = round(100 * (_mean(row) - _mean(before)))
    return Group(
        title, learners=row.learners, counts=row.counts, percent=percent, cap=capped, change=change,
        stalled=row.stalled, sections=row.sections, assessed=row.assessed, gained=gained, **given,
    )  # fmt: skip


def _mean(row: Row) -> float:
    """The level of one planned milestone on average."""
    return sum(level * n for level, n in enumerate(row.counts)) / sum(row.counts)


def percent_of(row: Row) -> int:
    return round(100 * sum(row.counts[3:]) / sum(row.counts)) if sum(row.counts) else 0


def share_words(group: Group) -> str:
    """The share as it may be said, for files."""
    if group.hidden:
        return _("not shown")
    if group.cap:
        return _("5 % or less") if group.cap == "low" else _("95 % or more")
    return str(group.percent)


def cells_of(groups: Iterable[Group]) -> list[list[str]]:
    """Lines of a file: the same figures as on the page, none where it shows none."""
    lines = []
    for one in groups:
        counts = [str(n) for n in one.counts] if one.counts and not one.cap else [""] * 5
        learners = "" if one.hidden else str(one.learners)
        change = "" if one.change is None else f"{one.change:+d}"
        lines.append([one.title, one.subtitle, learners, share_words(one), change, *counts])
    return lines
