"""Filters of the family's pages."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(values: Mapping[str, Any], key: str) -> Any:
    """What stands under the key, or nothing."""
    return values.get(key)
