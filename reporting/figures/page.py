"""What the pages of figures show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from competencies.models import CURRICULUM, Indicator
from learners.models import CalendarDay, Learner, School
from milestones.indicator_marks import Figure, figures_of
from milestones.indicators import figures_so_far
from milestones.school_days import school_days
from status_engine import Measure
from tenancy.actor import Actor

RATES = {Indicator.Entry.DAY, Indicator.Entry.SHARE}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One learner on one day. `so_far`: percent of the term for marks and shares, else the sum of the term."""

    learner_id: UUID
    name: str
    value: str
    whole: str
    so_far: float | None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    indicator: Indicator
    day: date
    is_school_day: bool
    rows: tuple[FigureRow, ...]
    is_rate: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are the same."""

    school: str
    school_id: UUID | None
    first: date
    last: date
    kind: str
    title: str


def active_indicators(actor: Actor) -> list[Indicator]:
    return list(Indicator.objects.visible_to(actor, CURRICULUM, "read").filter(is_active=True).order_by("name", "id"))


def class_figures(
    indicator: Indicator, day: date, learners: list[Learner], typed: Mapping[str, str] | None = None
) -> ClassFigures:
    """A class on one day, as it is known, or as it was `typed` and not saved. A fixed number of queries."""
    ids = [one.pk for one in learners]
    known, is_rate = figures_of(indicator, day, ids), indicator.entry in RATES
    so_far = figures_so_far(ids, indicator.competency_id, Measure.RATE if is_rate else Measure.SUM)
    schools = {one.home_school_id for one in learners} if indicator.follows_calendar else set()
    return ClassFigures(
        indicator, day, not schools or any(school_days(day, day, school) for school in schools),
        tuple(_row(indicator, one, known.get(one.pk), so_far.get(one.pk), typed or {}) for one in learners), is_rate,
    )  # fmt: skip


def _row(
    indicator: Indicator, learner: Learner, figure: Figure | None, so_far: float | None, typed: Mapping[str, str]
) -> FigureRow:
    value = whole = ""
    if figure is not None and figure.score is not None:
        if indicator.entry == Indicator.Entry.DAY:
            value = "yes" if figure.score else "no"
        else:
            value, whole = f"{figure.score.normalize():f}", f"{figure.possible.normalize():f}"
    value = typed.get(f"figure-{learner.public_id}", value)
    whole = typed.get(f"of-{learner.public_id}", whole)
    return FigureRow(learner.public_id, learner.name, value, whole, so_far)


def schools_of(actor: Actor) -> list[School]:
    return list(School.objects.visible_to(actor).filter(is_active=True).order_by("name", "id"))


def spans(schools: Iterable[School]) -> list[Span]:
    """The calendar, entries that follow each other put together. One query."""
    names = {one.pk: (one.name, one.public_id) for one in schools}
    rows = CalendarDay.objects.order_by("school_id", "day")
    found = []
    for _key, group in groupby(enumerate(rows), key=lambda pair: _run(*pair)):
        days = [row for _n, row in group]
        school, public_id = names.get(days[0].school_id or 0, ("", None))
        found.append(
            Span(school, public_id, days[0].day, days[-1].day, days[0].get_kind_display(), days[0].title)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.first, one.school))


def _run(n: int, row: CalendarDay) -> tuple[int | None, str, str, int]:
    """The same for days in a row: place and date grow together."""
    return row.school_id, row.kind, row.title, row.day.toordinal() - n
