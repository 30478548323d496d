"""What a gate asks for: how it is read from a policy, and how it is written back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .checks import as_whole, listed, quote
from .kinds import KIND_NAMES, Kind
from .levels import LEVEL_NAMES, Level
from .window import parse_days

MAX_NEEDED = 100
CUT_LEVELS = (Level.DEVELOPING, Level.MEETS, Level.MASTERY)


@dataclass(frozen=True)
class LastN:
    """k of the newest n pieces at a level's cut or above. level None: the cut of the level the gate belongs to."""

    k: int
    n: int
    level: Level | None = None


@dataclass(frozen=True)
class Days:
    """A piece that is at most so many days old."""

    days: int


class Prerequisites(Enum):
    """Whether open prerequisites keep the level back or are only shown."""

    GATE = True
    ADVICE = "advice"


Needed = int | tuple[Kind, ...] | LastN | Days | Prerequisites


def to_json(needed: Needed) -> object:
    """What `parse` functions read: a number, kind names, an object, true or "advice"."""
    if isinstance(needed, LastN):
        level = {} if needed.level is None else {"level": LEVEL_NAMES[needed.level]}
        return {"k": needed.k, "n": needed.n, **level}
    if isinstance(needed, Days):
        return needed.days
    if isinstance(needed, Prerequisites):
        return needed.value
    return needed if isinstance(needed, int) else [KIND_NAMES[kind] for kind in needed]


def parse_amount(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A whole number of pieces, tasks or forms."""
    number = as_whole(value)
    if number is None or not 1 <= number <= MAX_NEEDED:
        return f"was {quote(value)}. Use a whole number from 1 to {MAX_NEEDED}, or leave it out"
    return number


def parse_kind_amount(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A whole number of kinds, no more than can count."""
    number = as_whole(value)
    if number is None or not 1 <= number <= len(kinds):
        return f"was {quote(value)}. Use a whole number from 1 to {len(kinds)}, the kinds that count, or leave it out"
    return number


def parse_kinds(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A list of kinds that can count; order and repeats do not matter."""
    allowed = [KIND_NAMES[kind] for kind in kinds]
    names = list(value) if isinstance(value, (list, tuple)) else []
    if not names or any(name not in allowed for name in names):
        return f"was {quote(value)}. Use a list with at least one of: {listed(allowed)}"
    return tuple(sorted({Kind(KIND_NAMES.index(name)) for name in names}))


def parse_last_n(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """{"k": 2, "n": 3}, with a "level" if wanted."""
    names = tuple(LEVEL_NAMES[level] for level in CUT_LEVELS)
    fix = f'Use {{"k": 1 to n, "n": 1 to {MAX_NEEDED}}}, if wanted with "level", one of: {listed(names)}'
    if not isinstance(value, Mapping) or set(value) - {"k", "n", "level"}:
        return f"was {quote(value)}. {fix}"
    k, n, level = as_whole(value.get("k")), as_whole(value.get("n")), value.get("level")
    if k is None or n is None or not 1 <= k <= n <= MAX_NEEDED or (level is not None and level not in names):
        return f"was {quote(value)}. {fix}"
    return LastN(k, n, None if level is None else CUT_LEVELS[names.index(level)])


def parse_age(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """A whole number of days."""
    days = parse_days(value)
    return days if isinstance(days, str) else Days(days)


def parse_prerequisites(value: object, kinds: tuple[Kind, ...]) -> Needed | str:
    """true for a gate, "advice" for a condition that is shown and never blocks."""
    if value is True or value == "advice":
        return Prerequisites(value)
    return f'was {quote(value)}. Use true, or "advice" to show it without blocking, or leave it out'
