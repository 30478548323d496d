"""Do the same milestones work for everyone? Levels by a group of learners; the difference and never the cause.

Only groups that may be shown have rows (`reporting.summaries.groups`). Of a field with fixed values every value is
listed, whether or not there is anybody: that there is somebody is told of no small group either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from learners.demographics import kept_dimensions
from learners.models import Dimension, Ethnicity, Sex
from milestones.models import Milestone
from reporting.models import ALL_GRADES, CountRun, GroupCount
from reporting.reports.charts import share_chart
from reporting.reports.groups import Group, Row, group_of
from reporting.reports.page import milestones_of
from reporting.reports.scope import Scope
from reporting.suppression import CAP_BELOW

EITHER = "either"
MOST_MILESTONES = 10
COLUMNS = ("learners", "n0", "n1", "n2", "n3", "n4")
Found = dict[str, Row]  # by group


@dataclass(frozen=True, slots=True)
class Apart:
    """A milestone with the shown groups that lie furthest apart on it, of at least forty learners each."""

    public_id: UUID
    title: str
    high: Group
    low: Group

    @property
    def points(self) -> int:
        return (self.high.percent or 0) - (self.low.percent or 0)


@dataclass(frozen=True, slots=True)
class Fairness:
    """kept: (field, label) of each that the tenant keeps; none: nothing to show. high, low: None where not two can be
    compared. at: when the groups were counted."""

    kept: tuple[tuple[str, str], ...]
    dimension: str
    label: str
    groups: tuple[Group, ...]
    high: Group | None
    low: Group | None
    milestones: tuple[Apart, ...]
    chart: SafeString
    at: datetime | None

    @property
    def points(self) -> int:
        return (self.high.percent or 0) - (self.low.percent or 0) if self.high and self.low else 0

    @property
    def has_any(self) -> bool:
        return any(not one.hidden for one in self.groups)


def fairness_of(scope: Scope) -> Fairness:
    """Five queries at any size."""
    kept = kept_dimensions()
    dimension = scope.by if scope.by in kept else next(iter(kept), "")
    run = CountRun.objects.first()
    groups, milestones = _groups(scope, dimension), _milestones(scope, dimension)
    high, low = _furthest(groups)
    return Fairness(
        tuple((name, str(Dimension(name).label)) for name in kept), dimension,
        str(Dimension(dimension).label) if dimension else "", groups, high, low, milestones,
        share_chart("groups", _("Share at Meets or above"), groups), run.groups_at if run else None,
    )  # fmt: skip


def without_grade(scope: Scope) -> Scope:
    """Groups are over all grades: with grades as well too much would have to be hidden."""
    return replace(scope, grade=ALL_GRADES)


def _groups(scope: Scope, dimension: str) -> tuple[Group, ...]:
    if not dimension:
        return ()
    where = {**scope.topic, "dimension": dimension, "school__in": scope.keys, "learners__gte": scope.limit}
    rows = GroupCount.objects.filter(**where).values_list("value").annotate(*map(Sum, COLUMNS)).order_by("value")
    found = {value: _row(counts) for value, *counts in rows}
    return tuple(
        group_of(found[value], scope.limit, title) if value in found else Group(title, hidden=EITHER)
        for value, title in _titles(dimension, found)
    )


def _row(counts: Sequence[int]) -> Row:
    return Row(0, ALL_GRADES, 0, counts[0], tuple(counts[1:]), is_shown=True)


def _titles(dimension: str, found: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Every group that is listed."""
    if dimension == Dimension.LANGUAGE:
        named = [(value, language_name(value)) for value in found if value]
        named = [*sorted(named, key=lambda one: one[1]), ("…", _("Other languages"))]
    else:
        choices: Sequence[tuple[str, object]] = {
            Dimension.SEX.value: Sex.choices, Dimension.ETHNICITY.value: Ethnicity.choices,
        }.get(dimension, [("yes", _("Yes")), ("no", _("No"))])  # fmt: skip
        named = [(value, str(title)) for value, title in choices]
    return [*named, ("", _("Not known"))]


def language_name(code: str) -> str:
    """A code by its name; anything else as the roster writes it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code.capitalize()


def _furthest(groups: Sequence[Group]) -> tuple[Group, Group] | tuple[None, None]:
    """The highest and the lowest share among the groups of which one may be said."""
    named = [one for one in groups if not one.hidden and not one.cap]
    if len(named) < 2:
        return None, None
    return max(named, key=lambda one: one.percent or 0), min(named, key=lambda one: one.percent or 0)


def _milestones(scope: Scope, dimension: str) -> tuple[Apart, ...]:
    """Two queries."""
    known: dict[int, Milestone] = {one.pk: one for one in milestones_of(scope).filter(is_active=True)}
    rows = GroupCount.objects.filter(
        dimension=dimension, milestone__in=list(known), school__in=scope.keys, learners__gte=max(CAP_BELOW, scope.limit)
    )
    titles = dict(_titles(dimension, {}))
    by_milestone: dict[int, list[Group]] = {}
    for key, value, *counts in rows.values_list("milestone", "value").annotate(*map(Sum, COLUMNS)).order_by("value"):
        title = titles.get(value) or language_name(value)
        by_milestone.setdefault(key, []).append(group_of(_row(counts), scope.limit, title))
    found = []
    for key, groups in by_milestone.items():
        high, low = _furthest(groups)
        if high is not None and low is not None and high.percent != low.percent:
            found.append(Apart(known[key].public_id, f"{known[key].code} {known[key].title}".strip(), high, low))
    return tuple(sorted(found, key=lambda one: (-one.points, one.title))[:MOST_MILESTONES])
