"""The parameters of methods: what each may be, and how a wrong one is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .checks import as_number, as_whole, quote
from .errors import Problem
from .methods import METHODS

MAX_TIMES = 100
TIES = ("latest", "highest")


@dataclass(frozen=True)
class Parameter:
    """read: -> the value, or None where it is none of the allowed; fix: what to use; default: where it is left out."""

    read: Callable[[object], float | str | None]
    fix: str
    default: float | str | None = None


def _weight(value: object) -> float | None:
    number = as_number(value)
    if number is not None and 1 < number < 100:
        return number / 100
    return number if number is not None and 0 < number < 1 else None


def _times(value: object) -> int | None:
    number = as_whole(value)
    return number if number is not None and 1 <= number <= MAX_TIMES else None


def _tie(value: object) -> str | None:
    return value if isinstance(value, str) and value in TIES else None


def _chance(low: float, high: float) -> Parameter:
    def read(value: object) -> float | None:
        number = as_number(value)
        return number if number is not None and low <= number <= high else None

    return Parameter(read, f"Use a number from {low:g} to {high:g}")


TIMES = Parameter(_times, f"Use a whole number from 1 to {MAX_TIMES}")
PARAMETERS: dict[str, Parameter] = {
    "weight": Parameter(_weight, "Use a number between 0 and 1, or a percent between 1 and 99", 0.65),
    "n": TIMES,
    "m": TIMES,
    "r": TIMES,
    "d": TIMES,
    "tie": Parameter(_tie, f"Use one of: {', '.join(TIES)}", TIES[0]),
    "p0": _chance(0.01, 0.99),
    "t": _chance(0.0, 0.99),
    "s": _chance(0.01, 0.98),
    "g": _chance(0.01, 0.98),
}
"""By name. bkt: p0 known before the first piece, t learned with each piece, s slipped, g guessed."""


def read_parameters(method: object, given: Mapping[str, object]) -> tuple[dict[str, float | str], list[Problem]]:
    """(the parameters the method takes, what is wrong with those given). An unknown method takes none."""
    known = METHODS.get(method) if isinstance(method, str) else None
    if known is None:
        return {}, []
    names = known.parameters + known.optional
    problems: list[Problem] = [
        (name, f"{name} is not used by {method}. Leave it out") for name in given if name not in names
    ]
    values: dict[str, float | str] = {}
    for name in names:
        if name in known.optional and name not in given:
            continue
        sent = given.get(name, PARAMETERS[name].default)
        value = PARAMETERS[name].read(sent)
        if value is None:
            found = f"was {quote(sent)}" if name in given else "is missing"
            problems.append((name, f"{name} {found}. {PARAMETERS[name].fix}"))
        else:
            values[name] = value
    return values, problems + _together(values)


def _together(values: Mapping[str, float | str]) -> list[Problem]:
    """What two parameters must be to each other, once each is right by itself."""
    m, n, s, g = (as_number(values.get(name)) for name in ("m", "n", "s", "g"))
    if m is not None and n is not None and m > n:
        return [("m", f"m was {m:g}. Use a whole number from 1 to n, {n:g}")]
    if s is not None and g is not None and s + g >= 1 - 1e-9:
        return [("s", f"s was {s:g} and g {g:g}. Use two numbers that are together below 1")]
    return []
