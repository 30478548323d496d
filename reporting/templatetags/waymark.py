"""Template tags of the parts that every page uses: level, icon, spread, field."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reporting import grid
from reporting.chart import history_chart
from reporting.learner_page import LearnerMilestone
from reporting.levels import WORDS, LevelWords
from reporting.statement import statement_html
from tenancy.selectors import zone

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A decorative icon of the sprite."""
    address = f"{static('img/icons.svg')}#i-{name}"
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}"/></svg>', css, address)


@register.filter
def words(level: int) -> LevelWords:
    return WORDS[int(level)]


@register.simple_tag
def level(value: int) -> SafeString:
    """The chip with shape and word."""
    word = WORDS[int(value)]
    return format_html('<span class="level" data-level="{}">{}</span>', word.key, word.name)


@register.simple_tag
def pin() -> SafeString:
    """Beside a level that a teacher set."""
    return format_html('<span class="tag">{} {}</span>', icon("pin"), _("Set by teacher"))


@register.simple_tag
def dot(value: int) -> SafeString:
    """The small square with the shape; its word is for screen readers."""
    word = WORDS[int(value)]
    return format_html('<span class="dot" data-level="{}"><span class="vh">{}</span></span>', word.key, word.name)


@register.simple_tag
def spread(counts: Sequence[int], css: str = "bar") -> SafeString:
    return grid.spread_bar(counts, css)


@register.filter
def short_date(value: date | datetime | None, time_zone: str = "UTC") -> str:
    """ "19 Nov" in the reader's language; a moment is shown on the school's day."""
    if value is None:
        return ""
    day = value.astimezone(zone(time_zone)).date() if isinstance(value, datetime) else value
    return date_format(day, "j M")


@register.filter
def day_time(value: datetime | None, time_zone: str = "UTC") -> str:
    """ "19 Nov 2026, 09:30" in the reader's language, on the school's clock."""
    return date_format(value.astimezone(zone(time_zone)), "j M Y, H:i") if value else ""


@register.filter
def statement(text: str) -> SafeString:
    """The official text of a competency with its few harmless tags."""
    return statement_html(text)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some values changed, or taken out by None, so that every view can be linked."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = value
    return f"?{values.urlencode()}"


@register.simple_tag
def history(page: LearnerMilestone, time_zone: str = "UTC") -> SafeString:
    now = page.moment.at if page.moment else timezone.now()
    return history_chart(page.title, page.pieces, page.changes, page.level, now, zone(time_zone))
