"""From the engine's explanation (data) to sentences in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.selectors import CriterionReason
from reporting.levels import WORDS
from status_engine import Level, level_from_name


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the next level, with the learner's own figures."""

    is_met: bool
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A criterion in words. `counted` and `ignored` say what went into the level and what did not."""

    code: str
    statement: str
    level: int
    required_level: int
    next_level: int | None
    method: str
    policy_name: str
    policy_number: int
    value: str
    checks: tuple[Check, ...]
    change: str
    counted: int
    ignored: tuple[str, ...]
    explanation: dict[str, Any]


KINDS: dict[str, Callable[[], str]] = {
    "formative": lambda: _("formative"),
    "summative": lambda: _("summative"),
    "performance": lambda: _("performance task"),
    "observation": lambda: _("observation"),
    "self_assessment": lambda: _("self-assessment"),
    "indicator": lambda: _("indicator"),
}
METHODS: dict[str, Callable[[dict[str, Any]], str]] = {
    "highest": lambda p: _("The best piece counts."),
    "latest": lambda p: _("The newest piece counts."),
    "mean": lambda p: _("The average of all pieces counts."),
    "weighted_mean": lambda p: _("The average of all pieces counts, each with its weight."),
    "ewma": lambda p: (
        _("Newer pieces count more: each new one makes %(share)d%% of the value.") % {"share": _percent(p)}
    ),
    "last_vs_rest": lambda p: (
        _("The newest piece makes %(share)d%% of the value, the average of all others the rest.")
        % {"share": _percent(p)}
    ),
    "n_times": lambda p: (
        ngettext("Meets has to be shown %(n)d time.", "Meets has to be shown %(n)d times.", int(p.get("n", 1)))
        % {"n": int(p.get("n", 1))}
    ),
}
IGNORED: dict[str, Callable[[int], str]] = {
    "withdrawn": lambda n: ngettext("%(n)d piece was withdrawn", "%(n)d pieces were withdrawn", n),
    "hidden": lambda n: ngettext("%(n)d piece is hidden", "%(n)d pieces are hidden", n),
    "not_judged": lambda n: ngettext("%(n)d piece waits to be judged", "%(n)d pieces wait to be judged", n),
    "null": lambda n: ngettext("%(n)d piece has no score", "%(n)d pieces have no score", n),
    "self_assessment": lambda n: ngettext(
        "%(n)d self-assessment is shown but does not count", "%(n)d self-assessments are shown but do not count", n
    ),
    "not_latest_attempt": lambda n: ngettext(
        "%(n)d earlier attempt does not count", "%(n)d earlier attempts do not count", n
    ),
    "not_best_attempt": lambda n: ngettext(
        "%(n)d weaker attempt does not count", "%(n)d weaker attempts do not count", n
    ),
    "duplicate": lambda n: ngettext("%(n)d piece came twice", "%(n)d pieces came twice", n),
}


def _percent(parameters: dict[str, Any]) -> int:
    return round(100 * float(parameters.get("weight", 0)))


def reason_of(reason: CriterionReason) -> Reason:
    explanation = reason.explanation
    following = explanation["next_level"]
    target = None if following is None else int(level_from_name(following))
    value, scale = explanation["value"], explanation["policy"]["scale"]
    return Reason(
        code=reason.code,
        statement=reason.statement,
        level=reason.level,
        required_level=reason.required_level,
        next_level=target,
        method=METHODS[explanation["policy"]["method"]](explanation["policy"]["parameters"]),
        policy_name=reason.policy.name,
        policy_number=reason.policy.number,
        value="" if value is None else f"{value:.2f}",
        checks=tuple(_check(c, scale) for c in explanation["conditions"] if following and c["level"] == following),
        change=change_sentence(explanation["change"], scale),
        counted=len(explanation["counted"]),
        ignored=_ignored(explanation["ignored"]),
        explanation=explanation,
    )


def _check(condition: dict[str, Any], scale: dict[str, Any]) -> Check:
    return Check(bool(condition["met"]), condition_sentence(condition, scale), condition["code"])


def condition_sentence(condition: dict[str, Any], scale: dict[str, Any]) -> str:
    """One condition with its figures: what is needed, what is there."""
    code, needed, has = condition["code"], condition["needed"], condition["has"]
    if code in FIGURES:
        values = {"needed": points_in_words(needed, scale), "has": _("none yet") if has is None else f"{has:g}"}
        return FIGURES[code]() % {**values, "n": f"{needed:g}"}
    if code == "required_kinds":
        wanted = ", ".join(KINDS[kind]() for kind in needed)
        return _("Work of these kinds: %(kinds)s") % {"kinds": wanted}
    text = AMOUNTS[code](int(needed)) % {"n": int(needed)}
    return _("%(condition)s. There: %(has)s") % {"condition": text, "has": int(has or 0)}


FIGURES: dict[str, Callable[[], str]] = {
    "value_at_or_above": lambda: _("The value is %(needed)s or above. Now: %(has)s"),
    "piece_at_or_above": lambda: _("One piece at %(needed)s or above. Best so far: %(has)s"),
    "times_at_or_above": lambda: _("Meets shown %(n)s times. So far: %(has)s"),
}
AMOUNTS: dict[str, Callable[[int], str]] = {
    "min_pieces": lambda n: ngettext("%(n)d piece of evidence or more", "%(n)d pieces of evidence or more", n),
    "min_tasks": lambda n: ngettext("%(n)d independent task or more", "%(n)d independent tasks or more", n),
    "min_kinds": lambda n: ngettext("%(n)d kind of work or more", "%(n)d kinds of work or more", n),
}


def points_in_words(points: float, scale: dict[str, Any]) -> str:
    """The level that these points are the cut of, with the points; else the points alone."""
    cuts = {"developing_at": Level.DEVELOPING, "meets_at": Level.MEETS, "mastery_at": Level.MASTERY}
    for name, level in cuts.items():
        if scale.get(name) == points:
            return _("%(level)s (%(points)s)") % {"level": WORDS[level].name, "points": f"{points:g}"}
    return _("%(points)s points") % {"points": f"{points:g}"}


def change_sentence(change: dict[str, Any] | None, scale: dict[str, Any]) -> str:
    """What would change the level: the smallest next step that the engine found by trying it."""
    if change is None:
        return _("Nothing is missing: this is the highest level.")
    if change["code"] == "none_within":
        return _("Several more pieces at the goal are needed: five would not be enough yet.")
    level = WORDS[int(level_from_name(change["to"]))].name
    if change["at_least"] <= 0:
        return _("The first piece of evidence moves this to %(level)s.") % {"level": level}
    values = {"n": change["count"], "points": points_in_words(change["at_least"], scale), "level": level}
    if change["kinds"]:
        values["kinds"] = ", ".join(KINDS[kind]() for kind in change["kinds"])
        text = ngettext(
            "%(n)d more piece at %(points)s or above from a new task (%(kinds)s) moves this to %(level)s.",
            "%(n)d more pieces at %(points)s or above from new tasks (%(kinds)s) move this to %(level)s.",
            change["count"],
        )
    else:
        text = ngettext(
            "%(n)d more piece at %(points)s or above from a new task moves this to %(level)s.",
            "%(n)d more pieces at %(points)s or above from new tasks move this to %(level)s.",
            change["count"],
        )
    return text % values


def _ignored(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    reasons = [row["reason"] for row in rows]
    return tuple(
        IGNORED[reason](reasons.count(reason)) % {"n": reasons.count(reason)} for reason in dict.fromkeys(reasons)
    )
