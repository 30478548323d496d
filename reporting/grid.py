"""Heads and cells of the class grid as HTML, built in one go: a template node per cell costs fifty times as much.

Everything that comes from people is escaped; the tests throw hostile names at it.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from milestones.flags import DROPPED, PAST_TARGET, SET_BY_TEACHER, STALLED
from reporting.board import Board, Column
from reporting.levels import ALL_WORDS

ICONS = {DROPPED: "trending-down", STALLED: "clock", PAST_TARGET: "flag", SET_BY_TEACHER: "pin"}
PLACE = "00000000-0000-0000-0000-000000000000"


@lru_cache(maxsize=32)
def _words(language: str | None) -> tuple[tuple[str, str, str], ...]:
    """(key, letter, name) per level, escaped. Asking gettext for each of 1,200 cells would be a third of the page."""
    # str first: escaping a lazy text gives a lazy text.
    return tuple((word.key, escape(str(word.letter)), escape(str(word.name))) for word in ALL_WORDS)


def grid_body(board: Board, past: str = "") -> SafeString:
    """All rows of the grid: `<tr>` with one link per cell, one tab stop in the whole grid.

    `past`: the part of the query string that says as of when, for every link; empty for now.
    """
    words = _words(get_language())
    said = {DROPPED: _("dropped"), STALLED: _("stalled"), PAST_TARGET: _("past its target date")}
    # The mark in words is part of the cell's name; that a teacher set the level is said beside any other mark.
    marks = {"": ("", "")} | {
        mark: (f", {escape(said[mark])}" if mark in said else "", _mark(icon)) for mark, icon in ICONS.items()
    }
    pinned = f", {escape(_('set by teacher or met under an earlier goal'))}"
    prefix, suffix = reverse("learner_milestone", args=[PLACE, PLACE]).split(f"{PLACE}/milestones/{PLACE}")
    query = escape(f"?section={board.section_id}{past}")
    columns = [
        (_starts_group(board.columns, i), f"{column.public_id}{suffix}{query}", escape(column.title))
        for i, column in enumerate(board.columns)
    ]
    total = len(columns)
    of_all = escape(ngettext("of %(n)d milestone", "of %(n)d milestones", total) % {"n": total})
    parts: list[str] = []
    stop = "0"
    for row in board.rows:
        name, address = escape(row.name), f"{prefix}{row.public_id}/"
        parts.append(
            f'<tr><th scope="row"><span class="who"><a href="{address}{query}" tabindex="-1">{name}</a>'
            f'<span class="muted tiny">{row.at_meets}<span class="vh"> {of_all}</span></span></span></th>'
        )
        for cell, (new, rest, title) in zip(row.cells, columns, strict=True):
            key, letter, level = words[cell.level]
            mark, shape = marks[cell.mark]
            parts.append(
                f'<td{new}><a class="cell" href="{address}milestones/{rest}" data-level="{key}" tabindex="{stop}"'
                f' aria-label="{letter} {level}{mark}{pinned if cell.is_set else ""}: {title}, {name}">'
                f"{letter}{shape}</a></td>"
            )
            stop = "-1"
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - names and titles are escaped above


def grid_head(columns: Sequence[Column]) -> SafeString:
    """The cells of the second head row: code, title, target date, spread of the class."""
    parts = []
    for column in columns:
        title, css = escape(column.title), ' class="future"' if column.is_future else ""
        due = f'<br><span class="due">{escape(date_format(column.due_on, "j M"))}</span>' if column.due_on else ""
        gone = escape(" ".join(column.retired))
        if gone:
            due += f'<br><span class="due">{escape(_("retired"))}<span class="vh">: {gone}</span></span>'
        hint = f"{title}. {gone}" if gone else title
        parts.append(
            f'<th scope="col"{css} title="{hint}"><b>{escape(column.code)}</b><span class="title">{title}</span>{due}'
            f"{spread_bar(column.counts)}</th>"
        )
    return mark_safe("".join(parts))  # noqa: S308 - codes, titles and dates are escaped above


def _mark(icon: str) -> str:
    address = f"{static('img/icons.svg')}#i-{icon}"
    css = "mk pin" if icon == "pin" else "mk"
    return f'<span class="{css}"><svg class="i" aria-hidden="true"><use href="{address}"/></svg></span>'


def _starts_group(columns: Sequence[Column], index: int) -> str:
    return ' class="new"' if index == 0 or columns[index].heading != columns[index - 1].heading else ""


def column_groups(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """(heading, number of columns) for the first header row."""
    return [(heading, len(list(group))) for heading, group in groupby(columns, key=lambda column: column.heading)]


def spread_bar(counts: Sequence[int], css: str = "bar") -> SafeString:
    """A stacked bar of learners per level as inline SVG, with its numbers as its name."""
    total = sum(counts) or 1
    words = _words(get_language())
    named, parts, x = [], [], 0.0
    last = max((index for index, count in enumerate(counts) if count), default=0)
    for index, ((key, _letter, name), count) in enumerate(zip(words, counts, strict=True)):
        if count:
            named.append(f"{name} {count}")
            width, gap = 100 * count / total, 0.0 if index == last else 0.5
            parts.append(
                f'<rect class="seg" data-level="{key}" x="{x:.2f}" y="0"'
                f' width="{max(width - gap, 0.5):.2f}" height="10"/>'
            )
            x += width
    label = ", ".join(named) or escape(_("nobody yet"))
    return mark_safe(  # noqa: S308 - numbers and escaped words only
        f'<svg class="{escape(css)}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
