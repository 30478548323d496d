"""Charts of the reports as SVG, coloured by classes; the same figures stand in a table beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reporting.levels import WORDS
from reporting.reports.groups import Group, share_words

LEFT, RIGHT, TOP, FOOT = 44, 500, 16, 226


@dataclass(frozen=True, slots=True)
class Line:
    """A series of percentages: (day, percent)."""

    name: str
    points: tuple[tuple[date, int], ...]

    @property
    def said(self) -> str:
        return said_of(self)


@dataclass(frozen=True, slots=True)
class Box:
    """Days in a level: the tenth, quarter, half, three quarters and nine tenths of those who moved up."""

    level: int
    stays: int
    tenth: float
    quarter: float
    half: float
    three_quarters: float
    nine_tenths: float

    @property
    def half_days(self) -> int:
        return round(self.half)

    @property
    def slow_days(self) -> int:
        return round(self.nine_tenths)


def trend_chart(name: str, title: str, lines: Sequence[Line], marks: Sequence[tuple[date, str]] = ()) -> SafeString:
    """640 × 260 units: one line, or two that differ by dash and marker. name: makes the ids of the page unique.

    marks: days with a number or letter at the top; those outside the lines' days are left out.
    """
    every = [point for line in lines for point in line.points]
    if len({day for day, _percent in every}) < 2:
        return SafeString("")
    low = max(10 * floor((min(p for _d, p in every) - 1) / 10), 0)
    high = min(max(10 * ceil((max(p for _d, p in every) + 1) / 10), low + 20), 100)
    first, last = min(d for d, _p in every), max(d for d, _p in every)

    def x(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - first).days / max((last - first).days, 1)

    def y(percent: int) -> float:
        return FOOT - (FOOT - TOP) * (percent - low) / (high - low)

    body = []
    step = 10 if high - low <= 50 else 20
    for mark in range(low, high + 1, step):
        body.append(f'<line class="grid-line" x1="{LEFT}" x2="{RIGHT}" y1="{y(mark):.0f}" y2="{y(mark):.0f}"/>')
        body.append(f'<text x="{LEFT - 8}" y="{y(mark) + 4:.0f}" text-anchor="end">{mark} %</text>')
    for tick in range(4):
        day = date.fromordinal(first.toordinal() + (last - first).days * tick // 3)
        said = escape(date_format(day, "j M"))
        body.append(f'<text x="{x(day):.0f}" y="250" text-anchor="middle">{said}</text>')
    for day, letter in marks:
        if first <= day <= last:
            body.append(f'<line class="event" x1="{x(day):.0f}" x2="{x(day):.0f}" y1="{TOP}" y2="{FOOT}"/>')
            body.append(f'<text class="label" x="{x(day) + 4:.0f}" y="{TOP + 4}">{escape(letter)}</text>')
    for number, line in enumerate(lines):
        body.append(_line([(x(day), y(percent)) for day, percent in line.points], is_second=number > 0))
        if line.points:
            _day, percent = line.points[-1]
            text = f"{percent} % {line.name}" if len(lines) > 1 else f"{percent} %"
            body.append(f'<text class="label" x="{RIGHT + 12}" y="{y(percent) + 4:.0f}">{escape(text)}</text>')
    return _svg(name, title, "640 260", body, " ".join(said_of(line) for line in lines))


def said_of(line: Line) -> str:
    """The line in a sentence."""
    if len(line.points) < 2:
        return ""
    (first, was), (last, now) = line.points[0], line.points[-1]
    values: dict[str, Any] = {"name": line.name, "was": was, "now": now}
    values |= {"first": date_format(first, "j M Y"), "last": date_format(last, "j M Y")}
    return _("%(name)s: %(was)d %% on %(first)s, %(now)d %% on %(last)s.") % values


def _line(points: list[tuple[float, float]], *, is_second: bool) -> str:
    css = " b" if is_second else ""
    path = " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    if is_second:
        marks = "".join(f'<rect class="pt b" x="{x - 4:.0f}" y="{y - 4:.0f}" width="8" height="8"/>' for x, y in points)
    else:
        marks = "".join(f'<circle class="pt" cx="{x:.0f}" cy="{y:.0f}" r="4"/>' for x, y in points)
    return f'<path class="line{css}" d="M{path}"/>{marks}'


def stays_chart(name: str, title: str, boxes: Sequence[Box]) -> SafeString:
    """A row for each level: box of the middle half, its median, a line for all but the fastest and slowest tenth."""
    if not boxes:
        return SafeString("")
    most = max(ceil(max(one.nine_tenths for one in boxes) / 20) * 20, 20)

    def x(days: float) -> float:
        return 116 + 500 * min(days, most) / most

    height = 12 + 36 * len(boxes)
    body = []
    for mark in range(5):
        days = most * mark // 4
        said = escape(_("%(n)d days") % {"n": days})
        body.append(f'<line class="grid-line" x1="{x(days):.0f}" x2="{x(days):.0f}" y1="6" y2="{height}"/>')
        body.append(f'<text x="{x(days):.0f}" y="{height + 20}" text-anchor="middle">{said}</text>')
    for number, one in enumerate(boxes):
        word, top = WORDS[one.level], 13 + 36 * number
        left, width = x(one.quarter), max(x(one.three_quarters) - x(one.quarter), 3)
        middle, mid = x(one.half), top + 11
        body += [
            f'<text x="104" y="{mid + 4}" text-anchor="end">{escape(word.name)}</text>',
            f'<line class="axis" x1="{x(one.tenth):.0f}" x2="{x(one.nine_tenths):.0f}" y1="{mid}" y2="{mid}"/>',
            (
                f'<rect class="mark" data-level="{word.key}" x="{left:.0f}" y="{top}" width="{width:.0f}" height="22"'
                ' rx="3"/>'
            ),
            (
                f'<line class="step" data-level="{word.key}" x1="{middle:.0f}" x2="{middle:.0f}" y1="{top}"'
                f' y2="{top + 22}"/>'
            ),
        ]
    sentences = [
        _("%(level)s: half of them %(half)d days or less, the slowest tenth %(slow)d or more.")
        % {"level": WORDS[one.level].name, "half": round(one.half), "slow": round(one.nine_tenths)}
        for one in boxes
    ]
    return _svg(name, title, f"640 {height + 28}", body, " ".join(sentences))


def share_chart(name: str, title: str, groups: Sequence[Group]) -> SafeString:
    """A bar for each group of which a share may be said; at the ends the words instead."""
    shown = [one for one in groups if not one.hidden]
    if not shown:
        return SafeString("")
    height, body = 12 + 36 * len(shown), []
    for mark in range(0, 101, 25):
        x = 216 + 3.6 * mark
        body.append(f'<line class="grid-line" x1="{x:.0f}" x2="{x:.0f}" y1="6" y2="{height}"/>')
        body.append(f'<text x="{x:.0f}" y="{height + 20}" text-anchor="middle">{mark} %</text>')
    for number, one in enumerate(shown):
        top = 13 + 36 * number
        short = one.title if len(one.title) < 30 else f"{one.title[:28]}…"
        body.append(f'<text x="204" y="{top + 15}" text-anchor="end">{escape(short)}</text>')
        width = 0.0 if one.cap else 3.6 * (one.percent or 0)
        if width:
            box = f'x="216" y="{top}" width="{width:.0f}" height="22" rx="3"'
            body.append(f'<rect class="mark" data-level="meets" {box}/>')
        said = escape(share_words(one) if one.cap else f"{one.percent} %")
        body.append(f'<text class="label" x="{224 + width:.0f}" y="{top + 15}">{said}</text>')
    sentences = [
        _("%(name)s: %(share)s.") % {"name": one.title, "share": share_words(one) if one.cap else f"{one.percent} %"}
        for one in shown
    ]
    return _svg(name, title, f"640 {height + 28}", body, " ".join(sentences))


def _svg(name: str, title: str, size: str, body: list[str], said: str) -> SafeString:
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<svg class="chart" viewBox="0 0 {size}" role="img" aria-labelledby="{escape(name)}-t {escape(name)}-d">'
        f'<title id="{escape(name)}-t">{escape(title)}</title><desc id="{escape(name)}-d">{escape(said)}</desc>'
        f"{''.join(body)}</svg>"
    )
