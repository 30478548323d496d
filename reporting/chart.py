"""The history of one level as inline SVG: circles are pieces, the line is the level, the band is Meets or above."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reporting.learner_pieces import Piece
from reporting.level_history import Change
from reporting.levels import WORDS

LEFT, RIGHT, TOP, STEP = 116, 744, 14, 41.5
TICKS = 5


def history_chart(
    title: str, pieces: Sequence[Piece], changes: Sequence[Change], level: int, now: datetime, zone: tzinfo
) -> SafeString:
    """760 × 210 units, coloured by CSS classes; days of the school. The evidence list below holds the same facts."""
    shown = sorted((piece for piece in pieces if not piece.is_withdrawn and piece.level), key=lambda p: p.occurred_at)
    moments = [piece.occurred_at for piece in shown] + [change.at for change in changes]
    start = min(min(moments, default=now) - timedelta(days=2), now - timedelta(days=21))
    span = max((now - start).total_seconds(), 86_400.0)

    def x(moment: datetime) -> float:
        return LEFT + (RIGHT - LEFT) * min(max((moment - start).total_seconds() / span, 0), 1)

    body = [f'<rect class="band" x="{LEFT}" y="2" width="{RIGHT - LEFT}" height="74"/>']
    for number, word in WORDS.items():
        body.append(f'<line class="grid-line" x1="{LEFT}" x2="{RIGHT}" y1="{y(number):.0f}" y2="{y(number):.0f}"/>')
        body.append(f'<text x="{LEFT - 12}" y="{y(number) + 4:.0f}" text-anchor="end">{escape(word.name)}</text>')
    for tick in range(TICKS):
        moment = start + timedelta(seconds=span * (tick + 0.5) / TICKS)
        day = escape(date_format(moment.astimezone(zone), "j M"))
        body.append(f'<text x="{x(moment):.0f}" y="204" text-anchor="middle">{day}</text>')
    body.append(f'<path class="step" d="{_path(changes, level, x, now)}"/>')
    for piece in shown:
        body.append(_mark(piece, x(piece.occurred_at)))
    said = _("Level over time. Now: %(level)s. Pieces of evidence: %(n)d.") % {
        "level": WORDS[level].name,
        "n": len(shown),
    }
    return mark_safe(  # noqa: S308 - every text above is escaped
        '<svg class="chart" viewBox="0 0 760 210" role="img" aria-labelledby="hist-t hist-d">'
        f'<title id="hist-t">{escape(title)}</title>'
        f'<desc id="hist-d">{escape(said)}</desc>{"".join(body)}</svg>'
    )


def y(level: int) -> float:
    return TOP + STEP * (4 - level)


def _path(changes: Sequence[Change], level: int, x: Callable[[datetime], float], now: datetime) -> str:
    at = changes[0].before if changes else level
    parts = [f"M{LEFT} {y(at):.0f}"]
    for change in changes:
        parts.append(f"H{x(change.at):.0f} V{y(change.after):.0f}")
    return " ".join([*parts, f"H{x(now):.0f}"])


def _mark(piece: Piece, x: float) -> str:
    word = WORDS[piece.level]
    return (
        f'<circle class="mark" data-level="{word.key}" cx="{x:.0f}" cy="{y(piece.level):.0f}" r="10"/>'
        f'<text class="on" data-level="{word.key}" x="{x:.0f}" y="{y(piece.level) + 4:.0f}" text-anchor="middle">'
        f"{escape(word.letter)}</text>"
    )
