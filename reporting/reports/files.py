"""Reports as CSV: the same groups as on the page, with the same ones hidden, for whoever downloads them."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from reporting.csv_cells import csv_text
from reporting.levels import WORDS
from reporting.reports.fairness import fairness_of, without_grade
from reporting.reports.gaps import gaps_of
from reporting.reports.groups import Group, cells_of
from reporting.reports.page import mastery_report, stays_of
from reporting.reports.pilot_trend import trend_shown
from reporting.reports.scope import Scope
from tenancy.errors import NotFound


def report_file(scope: Scope, block: str) -> str:
    """Raises NotFound for a block that does not exist."""
    make = BLOCKS.get(block)
    if make is None:
        raise NotFound
    return make(scope)


def _groups(scope: Scope, groups: tuple[Group, ...]) -> str:
    levels = [str(WORDS[level].name) for level in range(5)]
    change = _("Points since %(day)s") % {"day": scope.before.isoformat()}
    head = [_("Group"), _("Heading"), _("Learners"), _("Percent at Meets or above"), change, *levels]
    return csv_text(head, cells_of(groups))


def _schools(scope: Scope) -> str:
    return _groups(scope, mastery_report(scope).schools)


def _grades(scope: Scope) -> str:
    return _groups(scope, mastery_report(scope).grades)


def _milestones(scope: Scope) -> str:
    return _groups(scope, tuple(gap.group for gap in gaps_of(scope).rows))


def _gaps(scope: Scope) -> str:
    rows = [
        [gap.group.title, str(gap.group.percent), str(gap.group.assessed), str(gap.group.sections), gap.reading]
        for gap in gaps_of(scope).rows
        if not gap.group.hidden and not gap.group.cap
    ]
    head = [_("Milestone"), _("Percent at Meets or above"), _("Classes with evidence"), _("Classes"), _("Reading")]
    return csv_text(head, rows)


def _trend(scope: Scope) -> str:
    lines = trend_shown(scope).lines
    points = [dict(line.points) for line in lines]
    days = sorted({day for known in points for day in known})
    rows = [[day.isoformat(), *(str(known[day]) if day in known else "" for known in points)] for day in days]
    return csv_text([_("Day"), *(line.name for line in lines)], rows)


def _stays(scope: Scope) -> str:
    head = [
        _("Level"),
        _("Stays"),
        _("Quarter, days"),
        _("Half, days"),
        _("Three quarters, days"),
        _("Nine tenths, days"),
    ]
    rows = [
        [str(WORDS[one.level].name), str(one.stays)]
        + [f"{days:.1f}" for days in (one.quarter, one.half, one.three_quarters, one.nine_tenths)]
        for one in stays_of(scope).boxes
    ]
    return csv_text(head, rows)


def _fairness(scope: Scope) -> str:
    fairness = fairness_of(without_grade(scope))
    levels = [str(WORDS[level].name) for level in range(5)]
    rows = [[fairness.label, one.title, *line[2:4], *line[5:]]
            for one, line in zip(fairness.groups, cells_of(fairness.groups), strict=True)]  # fmt: skip
    head = [_("Field"), _("Group"), _("Learners"), _("Percent at Meets or above"), *levels]
    return csv_text(head, rows)


BLOCKS: dict[str, Callable[[Scope], str]] = {
    "schools": _schools, "grades": _grades, "milestones": _milestones, "gaps": _gaps, "trend": _trend,
    "time-in-level": _stays, "fairness": _fairness,
}  # fmt: skip
