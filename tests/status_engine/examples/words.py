"""Figures and tables as the document writes them."""

from collections.abc import Iterable, Sequence

from .story import Json


def plain(value: float | None) -> str:
    """Up to four decimals, without zeros at the end."""
    if value is None:
        return "–"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def points(value: float | None) -> str:
    """A value as cells show it: two decimals."""
    return "no value" if value is None else f"{value:.2f}"


def listed(values: Iterable[float], between: str = ", ") -> str:
    return between.join(plain(value) for value in values)


def summed(values: Iterable[float]) -> str:
    return listed(values, " + ")


def level(found: Json) -> str:
    """The level in bold, flags after it."""
    flags = "".join(f", flag `{flag}`" for flag in found["flags"])
    return f"**{found['level']}**{flags}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def yes(holds: bool) -> str:
    return "yes" if holds else "no"
