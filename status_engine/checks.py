"""Reading single values that came from outside: what is a number, what is a whole number, how to quote a wrong one."""

import math
from decimal import Decimal

QUOTE_AT_MOST = 60


def as_number(value: object) -> float | None:
    """The finite float a number stands for, or None. True, strings, NaN, infinities and overflow are not numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def as_whole(value: object) -> int | None:
    """The whole number a value stands for, or None. 3 and 3.0 are whole, True and "3" are not."""
    number = as_number(value)
    return int(number) if number is not None and number == int(number) else None


def quote(value: object) -> str:
    """A value as a message shows it: short, and readable when it is not what was asked for."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= QUOTE_AT_MOST else text[: QUOTE_AT_MOST - 1] + "…"


def listed(names: object) -> str:
    """`a, b, c` for messages that name what is allowed."""
    return ", ".join(str(name) for name in names) if isinstance(names, (list, tuple)) else str(names)
