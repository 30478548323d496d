"""Reading single values that came from outside: what is a number, what is a whole number, how to quote a wrong one."""

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Ints
from .errors import EvidenceErrors

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


Limit = tuple[str, npt.NDArray[np.generic], Bools, str]
"""(name of a column, the column, where it is wrong, what to use instead)."""


def check_columns(limits: Sequence[Limit]) -> None:
    """Raises EvidenceErrors with the first wrong value of every column, such as `level[3]`."""
    found = [(name, column, int(np.argmax(is_wrong)), fix) for name, column, is_wrong, fix in limits if is_wrong.any()]
    if found:
        raise EvidenceErrors([(f"{name}[{at}]", f"{name} was {column[at]}. {fix}") for name, column, at, fix in found])


def repeats(ids: Ints) -> Bools:
    """bool[n]: whether an ascending id is the one before it again."""
    repeated = np.zeros(len(ids), dtype=np.bool_)
    repeated[1:] = ids[1:] == ids[:-1]
    return repeated
