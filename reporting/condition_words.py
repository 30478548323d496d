"""Conditions of a level in words, each with its figures: what is needed, what is there."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.kind_words import KINDS
from reporting.levels import WORDS
from status_engine import Level, level_from_name


def condition_sentence(condition: dict[str, Any], scale: dict[str, Any]) -> str:
    """One condition with its figures: what is needed, what is there."""
    code, needed, has = condition["code"], condition["needed"], condition["has"]
    if code in GATES:
        return GATES[code](condition)
    if code in FIGURES:
        values = {"needed": points_in_words(needed, scale), "has": _("none yet") if has is None else f"{has:g}"}
        return FIGURES[code]() % {**values, "n": f"{needed:g}"}
    if code == "probability_at_or_above":
        values = {"needed": _in_hundred(needed), "has": _in_hundred(has)}
        return _("Known with a probability of %(needed)s or more. Now: %(has)s") % values
    text = AMOUNTS[code](int(needed)) % {"n": int(needed)}
    return _("%(condition)s. There: %(has)s") % {"condition": text, "has": int(has or 0)}


def _in_hundred(share: float) -> str:
    """A share as a percentage, rounded down: 94.99 % is not 95 %."""
    return _("%(percent)s %%") % {"percent": f"{int(share * 1000 + 1e-6) / 10:g}"}


def points_in_words(points: float, scale: dict[str, Any]) -> str:
    """The level that these points are the cut of, with the points; else the points alone."""
    cuts = {"developing_at": Level.DEVELOPING, "meets_at": Level.MEETS, "mastery_at": Level.MASTERY}
    for name, level in cuts.items():
        if scale.get(name) == points:
            return _("%(level)s (%(points)s)") % {"level": WORDS[level].name, "points": f"{points:g}"}
    return _("%(points)s points") % {"points": f"{points:g}"}


FIGURES: dict[str, Callable[[], str]] = {
    "value_at_or_above": lambda: _("The value is %(needed)s or above. Now: %(has)s"),
    "piece_at_or_above": lambda: _("One piece at %(needed)s or above. Best so far: %(has)s"),
    "times_at_or_above": lambda: _("Meets shown %(n)s times. So far: %(has)s"),
}
AMOUNTS: dict[str, Callable[[int], str]] = {
    "min_pieces": lambda n: ngettext("%(n)d piece of evidence or more", "%(n)d pieces of evidence or more", n),
    "min_tasks": lambda n: ngettext("%(n)d independent task or more", "%(n)d independent tasks or more", n),
    "min_forms": lambda n: ngettext("%(n)d form of a task or more", "%(n)d different forms or tasks or more", n),
    "min_kinds": lambda n: ngettext("%(n)d kind of work or more", "%(n)d kinds of work or more", n),
}


def _required_kinds(condition: dict[str, Any]) -> str:
    return _("Work of these kinds: %(kinds)s") % {"kinds": ", ".join(KINDS[kind]() for kind in condition["needed"])}


def _last_pieces(condition: dict[str, Any]) -> str:
    needed = condition["needed"]
    values = {"k": needed["k"], "n": needed["n"], "has": condition["has"]}
    values["level"] = WORDS[int(level_from_name(needed["level"]))].name
    text = ngettext(
        "%(k)d of the newest %(n)d piece at %(level)s or above. There: %(has)d",
        "%(k)d of the newest %(n)d pieces at %(level)s or above. There: %(has)d",
        needed["n"],
    )
    return text % values


def _recent_piece(condition: dict[str, Any]) -> str:
    days, age = condition["needed"], condition["has"]
    text = ngettext("A piece from the last %(n)d day.", "A piece from the last %(n)d days.", days) % {"n": days}
    if age is None:
        return _("%(condition)s There is none with a date.") % {"condition": text}
    if age == 0:
        return _("%(condition)s The newest is of today.") % {"condition": text}
    newest = ngettext("The newest is %(n)d day old.", "The newest is %(n)d days old.", age) % {"n": age}
    return _("%(condition)s %(newest)s") % {"condition": text, "newest": newest}


def _prerequisites(condition: dict[str, Any]) -> str:
    number = condition["has"]
    if not number:
        return _("All prerequisites are met.")
    if condition["blocks"]:
        text = ngettext("%(n)d prerequisite is not met yet.", "%(n)d prerequisites are not met yet.", number)
    else:
        text = ngettext(
            "%(n)d prerequisite is not met yet. This is advice, it does not hold the level back.",
            "%(n)d prerequisites are not met yet. This is advice, it does not hold the level back.",
            number,
        )
    return text % {"n": number}


GATES: dict[str, Callable[[dict[str, Any]], str]] = {
    "required_kinds": _required_kinds,
    "k_of_last_n_at_or_above": _last_pieces,
    "within_days": _recent_piece,
    "prerequisites_met": _prerequisites,
}
