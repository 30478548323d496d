"""Filters of the pages of tasks and rubrics."""

from collections.abc import Mapping
from typing import Any

from django import template

from reporting.levels import WORDS

register = template.Library()


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that is not known to the template, or None."""
    return values.get(key)


@register.filter
def level_key(level: int) -> str:
    return WORDS[int(level)].key


@register.filter
def level_name(level: int) -> str:
    return str(WORDS[int(level)].name)
