"""Policies as they come from a form or the API: read with every problem named, nothing guessed, nothing ignored."""

from collections.abc import Mapping

from .checks import as_number, as_whole, listed, quote
from .errors import PolicyErrors, Problem
from .gates import GATES, Gate, Gates
from .kinds import Kind
from .methods import METHODS
from .parameters import PARAMETERS, read_parameters
from .policy import ATTEMPTS, ORDERS, Policy, choice_problems, countable_kinds, expiry_problems, stalled_problems
from .scale import Scale, cut_problems, cuts_from_ratings, rating_problems
from .window import Window, parse_window

SCALE_KEYS = ("points_possible", "meets_at", "developing_at", "mastery_at", "ratings")
KEYS = (
    "method", *PARAMETERS, *SCALE_KEYS, "gates", "attempts", "order_by", "count_self_assessment",
    "window", "expires_after", "hold_at_mastery", "stalled_after", "version",
)  # fmt: skip
GATE_LEVELS = ("meets", "mastery")


def parse_policy(data: Mapping[str, object]) -> Policy:
    """The policy a mapping describes.

    data: {"method": "ewma", "weight": 0.65, "points_possible": 5, "meets_at": 3} plus, where wanted, `developing_at`,
    `mastery_at` or `ratings` to derive them from (a cut that is given wins), other parameters, `gates`, `attempts`,
    `order_by`, `count_self_assessment`, `window` ({"term": true}, {"days": N} or {"pieces": N}), `expires_after`,
    `hold_at_mastery`, `stalled_after`, `version`. Raises PolicyErrors with every problem.
    """
    if not isinstance(data, Mapping):
        raise PolicyErrors([("policy", f"policy was {quote(data)}. Use an object with the keys: {listed(KEYS)}")])
    problems: list[Problem] = [
        (str(key), f"{quote(key)} is not a key of a policy. Use only: {listed(KEYS)}")
        for key in data
        if key not in KEYS
    ]
    method = data.get("method")
    problems += _required("method", data) or choice_problems("method", method, tuple(METHODS))
    given = {name: data[name] for name in PARAMETERS if data.get(name) is not None}
    parameters, wrong = read_parameters(method, given)
    problems += wrong
    scale = _scale(data, problems)
    attempts, order_by = data.get("attempts", ATTEMPTS[0]), data.get("order_by", ORDERS[0])
    problems += choice_problems("attempts", attempts, ATTEMPTS) + choice_problems("order_by", order_by, ORDERS)
    counts_self = _yes_or_no("count_self_assessment", data, problems)
    holds = _yes_or_no("hold_at_mastery", data, problems)
    window = _window(data.get("window"), problems)
    expires_after = data.get("expires_after")
    problems += expiry_problems(expires_after) + stalled_problems(data.get("stalled_after"))
    gates = _gates(data.get("gates"), countable_kinds(counts_self), problems)
    version = data.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, (str, int))):
        problems.append(("version", f"version was {quote(version)}. Use text or a whole number, or leave it out"))
    if problems or scale is None:
        raise PolicyErrors(problems)
    return Policy(
        method=str(method), scale=scale, parameters=parameters, gates=gates, attempts=str(attempts),
        order_by=str(order_by), count_self_assessment=counts_self, hold_at_mastery=holds,
        window=window, expires_after=as_whole(expires_after), stalled_after=as_whole(data.get("stalled_after")),
        version=version if isinstance(version, (str, int)) else None,
    )  # fmt: skip


def _required(name: str, data: Mapping[str, object]) -> list[Problem]:
    return [] if data.get(name) is not None else [(name, f"{name} is missing. Give {name}")]


def _yes_or_no(name: str, data: Mapping[str, object], problems: list[Problem]) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        problems.append((name, f"{name} was {quote(value)}. Use true or false"))
    return value is True


def _window(data: object, problems: list[Problem]) -> Window | None:
    window = None if data is None else parse_window(data)
    if isinstance(window, str):
        problems.append(("window", window))
        return None
    return window


def _scale(data: Mapping[str, object], problems: list[Problem]) -> Scale | None:
    """The scale, or None with the problems added."""
    missing = _required("points_possible", data) + _required("meets_at", data)
    possible, meets_at, ratings = (data.get(name) for name in ("points_possible", "meets_at", "ratings"))
    wrong = rating_problems(ratings, possible) if ratings is not None else []
    numbers = [as_number(rating) for rating in ratings] if isinstance(ratings, (list, tuple)) and not wrong else []
    developing_at, mastery_at = data.get("developing_at"), data.get("mastery_at")
    meets = as_number(meets_at)
    if meets is not None:
        derived = cuts_from_ratings([number for number in numbers if number is not None], meets)
        developing_at = derived[0] if developing_at is None else developing_at
        mastery_at = derived[1] if mastery_at is None else mastery_at
    absent = {name for name, _ in missing}
    wrong = missing + wrong + [one for one in cut_problems(possible, meets_at, developing_at, mastery_at)
                               if one[0] not in absent]  # fmt: skip
    problems += wrong
    cuts = [as_number(value) for value in (possible, meets_at, developing_at)]
    if wrong or cuts[0] is None or cuts[1] is None or cuts[2] is None:
        return None
    return Scale(cuts[0], cuts[1], cuts[2], as_number(mastery_at))


def _gates(data: object, kinds: tuple[Kind, ...], problems: list[Problem]) -> Gates:
    """The gates; a level that is given replaces its default whole, so `{}` means none."""
    if data is None:
        return Gates()
    if not isinstance(data, Mapping):
        problems.append(("gates", f"gates was {quote(data)}. Use an object with the keys: {listed(GATE_LEVELS)}"))
        return Gates()
    read = {"meets": Gates().meets, "mastery": Gates().mastery}
    for level, wanted in data.items():
        name = f"gates.{level}"
        if level not in GATE_LEVELS:
            problems.append((name, f"{quote(level)} has no gates. Use only: {listed(GATE_LEVELS)}"))
        elif not isinstance(wanted, Mapping):
            problems.append((name, f"{name} was {quote(wanted)}. Use an object with any of: {listed(tuple(GATES))}"))
        else:
            read[str(level)] = _level_gates(name, wanted, kinds, problems)
    return Gates(meets=read["meets"], mastery=read["mastery"])


def _level_gates(
    name: str, data: Mapping[str, object], kinds: tuple[Kind, ...], problems: list[Problem]
) -> tuple[Gate, ...]:
    """One level's gates in the order of the table, so that equal policies are equal however they were written."""
    problems += [(f"{name}.{code}", f"{quote(code)} is not a gate. Use only: {listed(tuple(GATES))}")
                 for code in data if code not in GATES]  # fmt: skip
    gates: list[Gate] = []
    for code, rule in GATES.items():
        if code not in data:
            continue
        needed = rule.parse(data[code], kinds)
        if isinstance(needed, str):
            problems.append((f"{name}.{code}", f"{code} {needed}"))
        else:
            gates.append(Gate(code, needed))
    return tuple(gates)
