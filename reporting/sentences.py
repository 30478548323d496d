"""From the engine's explanation (data) to sentences in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.selectors import CriterionReason
from reporting.condition_words import condition_sentence, points_in_words
from reporting.kind_words import KINDS
from reporting.levels import WORDS
from reporting.policy_words import IGNORED, METHODS
from status_engine import level_from_name


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
        checks=checks_of(explanation),
        change=change_sentence(explanation["change"], scale),
        counted=len(explanation["counted"]),
        ignored=_ignored(explanation["ignored"]),
        explanation=explanation,
    )


def checks_of(explanation: dict[str, Any]) -> tuple[Check, ...]:
    """The conditions of the next level, with the figures of the explanation."""
    following, scale = explanation["next_level"], explanation["policy"]["scale"]
    return tuple(_check(c, scale) for c in explanation["conditions"] if following and c["level"] == following)


def _check(condition: dict[str, Any], scale: dict[str, Any]) -> Check:
    return Check(bool(condition["met"]), condition_sentence(condition, scale), condition["code"])


def change_sentence(change: dict[str, Any] | None, scale: dict[str, Any]) -> str:
    """What would change the level: the smallest next step that the engine found by trying it."""
    if change is None:
        return _("Nothing is missing: this is the highest level.")
    if change["code"] == "none_within":
        return _("Several more pieces at the goal are needed: five would not be enough yet.")
    if change["code"] == "prerequisites_first":
        return _prerequisites_first(change, scale)
    return _more_evidence(change, scale)


def _prerequisites_first(change: dict[str, Any], scale: dict[str, Any]) -> str:
    count = change["count"]
    if change["then"] is None:
        text = ngettext(
            "%(n)d prerequisite has to be met first; that moves this to %(level)s.",
            "%(n)d prerequisites have to be met first; that moves this to %(level)s.",
            count,
        )
        return text % {"n": count, "level": WORDS[int(level_from_name(change["to"]))].name}
    first = ngettext("%(n)d prerequisite has to be met first.", "%(n)d prerequisites have to be met first.", count) % {
        "n": count
    }
    then = change_sentence(change["then"], scale)
    return _("%(first)s After that: %(then)s") % {"first": first, "then": then}


def _more_evidence(change: dict[str, Any], scale: dict[str, Any]) -> str:
    level = WORDS[int(level_from_name(change["to"]))].name
    if change["at_least"] <= 0:
        return _("The first piece of evidence moves this to %(level)s.") % {"level": level}
    count = change["count"]
    values = {"n": count, "points": points_in_words(change["at_least"], scale), "level": level}
    values["source"] = _new_source(count, bool(change.get("new_form")))
    if change["kinds"]:
        values["kinds"] = ", ".join(KINDS[kind]() for kind in change["kinds"])
        text = ngettext(
            "%(n)d more piece at %(points)s or above from %(source)s (%(kinds)s) moves this to %(level)s.",
            "%(n)d more pieces at %(points)s or above from %(source)s (%(kinds)s) move this to %(level)s.",
            count,
        )
    else:
        text = ngettext(
            "%(n)d more piece at %(points)s or above from %(source)s moves this to %(level)s.",
            "%(n)d more pieces at %(points)s or above from %(source)s move this to %(level)s.",
            count,
        )
    return text % values


def _new_source(count: int, is_new_form: bool) -> str:
    if is_new_form:
        return ngettext("a new form or task", "new forms or tasks", count)
    return ngettext("a new task", "new tasks", count)


def _ignored(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    reasons = [row["reason"] for row in rows]
    return tuple(
        IGNORED[reason](reasons.count(reason)) % {"n": reasons.count(reason)} for reason in dict.fromkeys(reasons)
    )
