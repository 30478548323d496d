"""The cells of the class grid as HTML, built in one go: a template node per cell costs fifty times as much.

Everything that comes from people is escaped; the tests throw hostile names at it.
"""

from collections.abc import Sequence
from itertools import groupby

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.board import DROPPED, PAST_TARGET, STALLED, Board, Cell, Column, Row
from reporting.levels import ALL_WORDS

ICONS = {DROPPED: "trending-down", STALLED: "clock", PAST_TARGET: "flag"}
PLACE = "00000000-0000-0000-0000-000000000000"


def grid_body(board: Board) -> SafeString:
    """All rows of the grid: `<tr>` with one link per cell, one tab stop in the whole grid."""
    words = [(word.key, str(word.letter), str(word.name)) for word in ALL_WORDS]
    marks = {mark: _mark(icon) for mark, icon in ICONS.items()} | {"": ""}
    columns = [
        (str(column.public_id), escape(column.title), _starts_group(board.columns, i))
        for i, column in enumerate(board.columns)
    ]
    prefix, suffix = reverse("learner_milestone", args=[PLACE, PLACE]).split(f"{PLACE}/milestones/{PLACE}")
    query = f"?section={board.section_id}"
    parts: list[str] = []
    for number, row in enumerate(board.rows):
        name, learner = escape(row.name), str(row.public_id)
        parts.append(_row_head(row, name, len(columns), reverse("learner", args=[row.public_id]) + query))
        for index, (cell, (milestone, title, new)) in enumerate(zip(row.cells, columns, strict=True)):
            key, letter, level = words[cell.level]
            stop = "0" if number == index == 0 else "-1"
            parts.append(
                f'<td{new}><a class="cell" href="{prefix}{learner}/milestones/{milestone}{suffix}{query}"'
                f' data-level="{key}" tabindex="{stop}" aria-label="{letter} {level}{_said(cell)}: {title}, {name}">'
                f"{letter}{marks[cell.mark]}</a></td>"
            )
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - names and titles are escaped above


def _row_head(row: Row, name: str, total: int, address: str) -> str:
    of_all = escape(ngettext("of %(n)d milestone", "of %(n)d milestones", total) % {"n": total})
    return (
        f'<tr><th scope="row"><span class="who"><a href="{address}" tabindex="-1">{name}</a>'
        f'<span class="muted tiny">{row.at_meets}<span class="vh"> {of_all}</span></span></span></th>'
    )


def _said(cell: Cell) -> str:
    """The mark in words, as part of the cell's name."""
    words = {DROPPED: _("dropped"), STALLED: _("stalled"), PAST_TARGET: _("past its target date")}
    return f", {words[cell.mark]}" if cell.mark else ""


def _mark(icon: str) -> str:
    address = f"{static('img/icons.svg')}#i-{icon}"
    return f'<span class="mk"><svg class="i" aria-hidden="true"><use href="{address}"/></svg></span>'


def _starts_group(columns: Sequence[Column], index: int) -> str:
    return ' class="new"' if index == 0 or columns[index].heading != columns[index - 1].heading else ""


def column_groups(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """(heading, number of columns) for the first header row."""
    return [(heading, len(list(group))) for heading, group in groupby(columns, key=lambda column: column.heading)]


def spread_bar(counts: Sequence[int], css: str = "bar") -> SafeString:
    """A stacked bar of learners per level as inline SVG, with its numbers as its name."""
    total = sum(counts) or 1
    named = [f"{word.name} {count}" for word, count in zip(ALL_WORDS, counts, strict=True) if count]
    parts, x = [], 0.0
    last = max((index for index, count in enumerate(counts) if count), default=0)
    for index, (word, count) in enumerate(zip(ALL_WORDS, counts, strict=True)):
        if count:
            width, gap = 100 * count / total, 0.0 if index == last else 0.5
            parts.append(
                f'<rect class="seg" data-level="{word.key}" x="{x:.2f}" y="0"'
                f' width="{max(width - gap, 0.5):.2f}" height="10"/>'
            )
            x += width
    label = escape(", ".join(named) or _("nobody yet"))
    return mark_safe(  # noqa: S308 - numbers and escaped words only
        f'<svg class="{escape(css)}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
