"""Dates and numbers of the policy pages."""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format, number_format, time_format

from tenancy.selectors import zone

register = template.Library()


@register.filter
def full_date(value: datetime | date | None, time_zone: str = "UTC") -> str:
    """ "24 Aug 2026"; a moment is shown on the school's day."""
    if value is None:
        return ""
    day = value.astimezone(zone(time_zone)).date() if isinstance(value, datetime) else value
    return date_format(day, "j M Y")


@register.filter
def clock(value: datetime | None, time_zone: str = "UTC") -> str:
    """ "09:52" at the school."""
    return "" if value is None else time_format(value.astimezone(zone(time_zone)).time(), "H:i")


@register.filter
def thousands(value: int) -> str:
    """ "34,496" in the reader's language."""
    return number_format(value, force_grouping=True)
