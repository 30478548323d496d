"""Which stretch of the evidence a policy looks at: this term, the last days, the newest pieces (design: §2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from .checks import as_whole, quote
from .context import Context

MAX_DAYS = 3660
MAX_PIECES = 1000
TERM, DAYS, PIECES = "term", "days", "pieces"


@dataclass(frozen=True)
class Window:
    """unit: term | days | pieces; size: how many days or pieces, 1 for a term."""

    unit: str
    size: int = 1

    def since(self, context: Context) -> int | None:
        """First moment inside (microseconds), None where no moment is outside. Raises ValueError without a clock."""
        if self.unit == DAYS:
            return context.days_ago(self.size)
        return context.term_start if self.unit == TERM else None

    @property
    def newest(self) -> int | None:
        """How many of the newest pieces are inside, None where their number does not matter."""
        return self.size if self.unit == PIECES else None

    def to_json(self) -> dict[str, object]:
        """{"term": true}, {"days": N} or {"pieces": N}."""
        return {self.unit: True if self.unit == TERM else self.size}


def parse_window(data: object) -> Window | str:
    """The window a policy sent, or the message that says what is wrong."""
    fix = f'Use {{"term": true}}, {{"days": 1 to {MAX_DAYS}}} or {{"pieces": 1 to {MAX_PIECES}}}, or leave it out'
    if isinstance(data, Mapping) and len(data) == 1:
        ((unit, value),) = data.items()
        size = as_whole(value)
        if unit == TERM and value is True:
            return Window(TERM)
        if unit in (DAYS, PIECES) and size is not None and 1 <= size <= (MAX_DAYS if unit == DAYS else MAX_PIECES):
            return Window(unit, size)
    return f"window was {quote(data)}. {fix}"


def parse_days(value: object) -> int | str:
    """A number of days, or the message that says what is wrong."""
    days = as_whole(value)
    if days is None or not 1 <= days <= MAX_DAYS:
        return f"was {quote(value)}. Use a whole number of days from 1 to {MAX_DAYS}, or leave it out"
    return days
