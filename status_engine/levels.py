"""The five levels and the flags that stand beside them, never instead of them (design: status engine §1)."""

from enum import IntEnum, IntFlag


class Level(IntEnum):
    """How far a learner is on a competency or milestone. Stored as smallint."""

    NOT_STARTED = 0
    BEGINNING = 1
    DEVELOPING = 2
    MEETS = 3
    MASTERY = 4


LEVEL_NAMES: tuple[str, ...] = ("not-started", "beginning", "developing", "meets", "mastery")


def level_from_name(name: str) -> Level:
    """The level a machine name stands for. Raises ValueError that lists the five names."""
    try:
        return Level(LEVEL_NAMES.index(name))
    except ValueError:
        raise ValueError(f"level was {name!r}. Use one of: {', '.join(LEVEL_NAMES)}") from None


class Flag(IntFlag):
    """Bits of `RollUp.flags` (int16). The last two are set by callers, who know what was before and who judged."""

    NOT_ENOUGH_EVIDENCE = 1
    AWAITING_JUDGEMENT = 2
    MET_BEFORE = 4
    SET_BY_TEACHER = 8


def flag_names(mask: int) -> list[str]:
    """Machine names of the bits set, lowest bit first."""
    return [flag.name.lower() for flag in Flag if flag.name is not None and mask & flag]
