"""Note 13 of the access matrix: a school may make the tenant's rule stricter, never looser.

Stricter is defined, not guessed: the same way of calculating over the same choice of evidence, no cut lower, every gate
at least as demanding, nothing switched on that gives levels more easily.
"""

from collections.abc import Callable
from typing import Any

from status_engine import METHODS, Policy, policy_to_json
from tenancy.errors import problem

Json = dict[str, Any]
Problem = dict[str, str]

# Must be what the tenant's rule says: between two of these neither is the stricter one.
SAME = ("method", "points_possible", "attempts", "order_by", "window", "expires_after")
CUTS = ("developing_at", "meets_at", "mastery_at")
# Giving levels more easily when they are on.
EASIER_WHEN_ON = ("count_self_assessment", "hold_at_mastery")


def looser_problems(school: Policy, tenant: Policy) -> list[Problem]:
    """Where a school's rule is not at least as strict as the tenant's: {field, code, message}; none = it is."""
    ours, theirs = policy_to_json(school), policy_to_json(tenant)
    method = METHODS[tenant.method]
    names = (*SAME, *method.parameters, *method.optional)
    problems = [_problem(name, "same", theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)]
    problems += [_problem(name, "not_lower", theirs[name]) for name in CUTS if _cut(ours, name) < _cut(theirs, name)]
    problems += [_problem(name, "not_on", False) for name in EASIER_WHEN_ON if ours.get(name) and not theirs.get(name)]
    for level, gates in theirs["gates"].items():
        for code, needed in gates.items():
            if not _is_as_demanding(code, ours["gates"].get(level, {}).get(code), needed):
                problems.append(_problem(f"gates.{level}.{code}", "not_less", needed))
    return problems


def _cut(policy: Json, name: str) -> float:
    """Without a rating above meets, mastery begins where meets does."""
    value = policy[name]
    return float(policy["meets_at"] if value is None else value)


def _problem(field: str, code: str, value: Any) -> Problem:
    words = {
        "same": f"A school's policy keeps the district's {field.replace('_', ' ')}. Use {value}",
        "not_lower": f"A school's policy can be stricter, never looser. Use {value} or more",
        "not_on": "A school's policy can be stricter, never looser. Leave this off, as the district does",
        "not_less": f"A school's policy can be stricter, never looser. Ask for no less than the district: {value}",
    }
    return problem(field, words[code], f"looser_{code}")


def _is_as_demanding(code: str, ours: Any, theirs: Any) -> bool:
    """Whether a gate asks at least as much; a gate that is missing asks for nothing."""
    if ours is None:
        return False
    return DEMANDING.get(code, _at_least)(ours, theirs)


def _at_least(ours: Any, theirs: Any) -> bool:
    return bool(ours >= theirs)


def _all_of(ours: Any, theirs: Any) -> bool:
    return set(theirs) <= set(ours)


def _k_of_last(ours: Any, theirs: Any) -> bool:
    """More successes among at most as many pieces, at the same level."""
    same = {**ours, "k": 0, "n": 0} == {**theirs, "k": 0, "n": 0}
    return same and ours["k"] >= theirs["k"] and ours["n"] <= theirs["n"]


def _advice_or_gate(ours: Any, theirs: Any) -> bool:
    return ours is True or ours == theirs


def _at_most(ours: Any, theirs: Any) -> bool:
    """The pieces must lie within so many days: fewer days ask for more."""
    return bool(ours <= theirs)


DEMANDING: dict[str, Callable[[Any, Any], bool]] = {
    "required_kinds": _all_of,
    "k_of_last_n_at_or_above": _k_of_last,
    "prerequisites_met": _advice_or_gate,
    "within_days": _at_most,
}
