"""Small charts: pieces as circles, the value after each piece as a line, the levels as bands. Light and dark."""

from html import escape

from status_engine import LEVEL_NAMES, Scale

from .story import SCALE, STORY, judged, story_rows, values_so_far
from .words import listed, points

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 78, 352, 12, 158
BANDS = (("beginning", 0, 2), ("developing", 2, 3), ("meets", 3, 4), ("mastery", 4, 5))
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#18212b}.bg{fill:#fff}.beginning{fill:#f6f6f3}.developing{fill:#fbeeda}"
    ".meets{fill:#dcefed}.mastery{fill:#b9dedb}.cut{stroke:#7d8794;stroke-dasharray:3 3}"
    ".piece{fill:#fff;stroke:#18212b;stroke-width:1.5}.value{fill:none;stroke:#4338a8;stroke-width:2.5}"
    ".dot,.end{fill:#4338a8}.end{font-weight:700}"
    "@media(prefers-color-scheme:dark){text{fill:#e8ebef}.bg{fill:#12171d}.beginning{fill:#1b222b}"
    ".developing{fill:#3a2c14}.meets{fill:#12383a}.mastery{fill:#0f4f52}.cut{stroke:#8d97a3}"
    ".piece{fill:#12171d;stroke:#e8ebef}.value{stroke:#b9b2ff}.dot,.end{fill:#b9b2ff}}"
)


def method_chart(method: str) -> str:
    """The story under a method as SVG."""
    values = values_so_far(method)
    final = judged(method, story_rows())
    body = [
        '<rect class="bg" width="100%" height="100%"/>',
        *_bands(),
        *(
            f'<circle class="piece" cx="{_x(n)}" cy="{_y(piece.score)}" r="5"/>'
            f'<text x="{_x(n)}" y="{BOTTOM + 16}" text-anchor="middle">{n + 1}</text>'
            for n, piece in enumerate(STORY)
        ),
        *_value_line(values),
    ]
    title = f"{method}: {points(final['value'])}, {final['level']}"
    return _svg(WIDTH, HEIGHT, title, description(method), body)


def description(method: str) -> str:
    """The chart in words, which also stand where it cannot be seen."""
    values = ", ".join(points(value) for value in values_so_far(method))
    final = judged(method, story_rows())
    return (
        f"Pieces {listed(piece.score for piece in STORY)}; value after each: {values}. "
        f"In the end {points(final['value'])}, {final['level']}."
    )


def levels_chart() -> str:
    """The five levels along a scale of five points."""
    cuts, level_names = _cuts(), LEVEL_NAMES
    start, unit = 130, 100
    body = [
        '<rect class="bg" width="100%" height="100%"/>',
        '<rect class="beginning" x="10" y="24" width="104" height="50" rx="6"/>',
        f'<text x="62" y="46" text-anchor="middle">{level_names[0].replace("-", " ")}</text>',
        '<text x="62" y="64" text-anchor="middle">no evidence</text>',
    ]
    for name, low, high in zip(level_names[1:], cuts, cuts[1:], strict=False):
        x, wide = start + low * unit, (high - low) * unit
        body.append(f'<rect class="{name}" x="{x:g}" y="24" width="{wide:g}" height="50"/>')
        body.append(f'<text x="{x + wide / 2:g}" y="54" text-anchor="middle">{name}</text>')
    for cut in cuts:
        x = start + cut * unit
        body.append(f'<path class="cut" d="M{x:g} 18V82"/><text x="{x:g}" y="98" text-anchor="middle">{cut:g}</text>')
    return _svg(650, 108, "The five levels on a scale of five points", levels_description(), body)


def levels_description() -> str:
    words = ", ".join(f"{name} from {low:g}" for name, low in zip(LEVEL_NAMES[1:], _cuts(), strict=False))
    return f"{LEVEL_NAMES[0]} without evidence, {words}."


def _cuts() -> list[float]:
    """Where each level after the first begins, and the end of the scale."""
    scale = Scale(**SCALE)
    return [0, scale.developing_at, scale.meets_at, scale.mastery_cut, scale.points_possible]


def _bands() -> list[str]:
    parts = []
    for name, low, high in BANDS:
        top, wide = _y(high), RIGHT - LEFT + 12
        parts.append(f'<rect class="{name}" x="{LEFT}" y="{top}" width="{wide}" height="{_y(low) - top:g}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{(top + _y(low)) / 2 + 4:g}" text-anchor="end">{name}</text>')
        if low:
            parts.append(f'<path class="cut" d="M{LEFT} {_y(low)}H{LEFT + wide}"/>')
    return parts


def _value_line(values: list[float | None]) -> list[str]:
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    path = "".join(f"{'ML'[step > 0]}{_x(n)} {_y(value)}" for step, (n, value) in enumerate(known))
    dots = "".join(f'<circle class="dot" cx="{_x(n)}" cy="{_y(value)}" r="2.5"/>' for n, value in known)
    last, value = known[-1]
    end = f'<text class="end" x="{_x(last) + 24}" y="{_y(value) + 4:g}">{points(value)}</text>'
    return [f'<path class="value" d="{path}"/>', dots, end]


def _x(place: int) -> float:
    return round(LEFT + 20 + place * (RIGHT - LEFT - 28) / (len(STORY) - 1), 1)


def _y(value: float) -> float:
    return round(BOTTOM - value / 5 * (BOTTOM - TOP), 1)


def _svg(width: int, height: int, title: str, words: str, body: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="t d">'
    )
    named = f'<title id="t">{escape(title)}</title><desc id="d">{escape(words)}</desc>'
    return "\n".join([head, named, f"<style>{STYLE}</style>", *body, "</svg>"]) + "\n"
