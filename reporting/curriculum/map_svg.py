"""The prerequisite map as inline SVG: boxes are links, coloured by CSS classes. The list below holds the same facts."""

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.statements import cut
from reporting.curriculum.map_page import Box, MapPage
from reporting.levels import WORDS

WIDTH, HEIGHT, GAP_X, GAP_Y, EDGE = 168, 52, 46, 16, 8
# The shapes of the levels on 16 × 16 units, as in the style sheet's masks.
SHAPES = (
    '<circle cx="8" cy="8" r="5.6" class="ring" stroke-dasharray="2.2 2.2"/>',
    '<circle cx="8" cy="8" r="5.6" class="ring"/><path d="M8 8V2.4A5.6 5.6 0 0 1 13.6 8Z"/>',
    '<circle cx="8" cy="8" r="5.6" class="ring"/><path d="M8 2.4A5.6 5.6 0 0 1 8 13.6Z"/>',
    '<path fill-rule="evenodd" d="M8 1.4a6.6 6.6 0 1 1 0 13.2A6.6 6.6 0 0 1 8 1.4ZM4.5 8 7 11l5-5-1.5-1.2L7 8.3Z"/>',
    '<polygon points="8,1 9.8,5.9 14.9,6.2 11,9.4 12.2,14.2 8,11.5 3.8,14.2 5,9.4 1.1,6.2 6.2,5.9"/>',
)


def map_svg(page: MapPage) -> SafeString:
    """Empty without boxes."""
    if not page.boxes:
        return mark_safe("")
    spots = {box.key: (EDGE + box.column * (WIDTH + GAP_X), EDGE + box.row * (HEIGHT + GAP_Y)) for box in page.boxes}
    wide = max(x for x, _y in spots.values()) + WIDTH + EDGE
    high = max(y for _x, y in spots.values()) + HEIGHT + EDGE
    lines = "".join(_line(*spots[first], *spots[then]) for first, then in page.edges)
    boxes = "".join(_box(box, *spots[box.key]) for box in _reading_order(page.boxes))
    title = escape(_("Map of prerequisites: %(name)s") % {"name": page.framework.title})
    said = escape(
        ngettext("%(n)d competency; arrows go from what comes first to what comes after.",
                 "%(n)d competencies; arrows go from what comes first to what comes after.", len(page.boxes))
        % {"n": len(page.boxes)}
    )  # fmt: skip
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<svg class="map" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="group" '
        f'aria-labelledby="map-t" aria-describedby="map-d"><title id="map-t">{title}</title>'
        f'<desc id="map-d">{said}</desc>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path class="tip" d="M0 0 8 4 0 8Z"/></marker></defs>{lines}{boxes}</svg>'
    )


def _reading_order(boxes: tuple[Box, ...]) -> list[Box]:
    return sorted(boxes, key=lambda box: (box.column, box.row))


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    start, end = (x1 + WIDTH, y1 + HEIGHT // 2), (x2 - 1, y2 + HEIGHT // 2)
    bend = max((end[0] - start[0]) // 2, GAP_X // 2)
    path = f"M{start[0]} {start[1]}C{start[0] + bend} {start[1]} {end[0] - bend} {end[1]} {end[0]} {end[1]}"
    return f'<path class="edge" d="{path}" marker-end="url(#tip)"/>'


def _box(box: Box, x: int, y: int) -> str:
    word = WORDS[box.level] if box.level is not None else None
    address = reverse("curriculum_competency", args=[box.public_id])
    head = box.code or cut(box.text, 22)
    parts = (box.code, box.text, word.name if word else "", _("retired") if box.state == "retired" else "")
    name = ", ".join(str(part) for part in parts if part)
    level = ""
    if word is not None and box.level is not None:
        level = (
            f'<g class="shape" transform="translate({WIDTH - 44} 7)">{SHAPES[box.level]}</g>'
            f'<text class="letter" x="{WIDTH - 8}" y="20" text-anchor="end">{escape(word.letter)}</text>'
        )
    under = f'<text class="under" x="10" y="40">{escape(cut(box.text, 28))}</text>' if box.code else ""
    mark = f' data-level="{word.key}"' if word else ""
    retired = " is-retired" if box.state == "retired" else ""
    most = 14 if word else 20
    return (
        f'<a href="{escape(address)}" class="node{retired}"{mark} aria-label="{escape(name)}" '
        f'transform="translate({x} {y})"><title>{escape(name)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="7"/><text class="code-text" x="10" y="20">'
        f"{escape(cut(head, most))}</text>{under}{level}</a>"
    )
