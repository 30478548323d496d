"""A policy as sentences to read, and two policies side by side where they differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.content import Content
from reporting import policy_boxes as boxes
from reporting import policy_sentences as words
from reporting.kind_words import KINDS
from reporting.policy_form import parameters_of
from status_engine import Level, policy_to_json

LEVELS = {"developing": Level.DEVELOPING, "meets": Level.MEETS, "mastery": Level.MASTERY}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a rule. `key` says what it is about; `level`: which level's chip stands before it, or None."""

    key: str
    text: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one rule says and the other says differently; "" where it says nothing about it."""

    level: int | None
    before: str
    after: str


def lines_of(content: Content) -> list[Line]:
    """The whole rule, in the order in which the editor has it."""
    full = policy_to_json(content.engine())
    return [
        Line("method", method_sentence(full["method"], full)),
        Line("scale", _scale(content)),
        *_levels(full),
        Line("attempts", str(words.ATTEMPTS[full["attempts"]])),
        Line("order_by", str(words.ORDERS[full["order_by"]])),
        Line("window", _window(full["window"])),
        *_switches(full),
    ]


def differences(before: Content, after: Content) -> list[Difference]:
    old = {line.key: line for line in lines_of(before)}
    new = {line.key: line for line in lines_of(after)}
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        one, other = old.get(key), new.get(key)
        texts = one.text if one else "", other.text if other else ""
        if texts[0] != texts[1]:
            level = (one or other or Line("", "")).level
            found.append(Difference(level, *texts))
    return found


def method_sentence(method: str, parameters: Mapping[str, Any]) -> str:
    shown = {name: _shown(box, parameters.get(name)) for name, box in parameters_of(method)}
    if method in words.WITHOUT and "" in shown.values():
        return str(words.WITHOUT[method])
    return words.filled(words.METHODS[method](int(parameters.get(words.COUNTED.get(method, ""), 2))), shown)


def gate_sentence(code: str, needed: Any) -> str:
    """One condition as it stands in a list."""
    if code == "required_kinds":
        return words.filled(words.GATES[code](len(needed)), {"needed": ", ".join(KINDS[kind]() for kind in needed)})
    if code == "prerequisites_met":
        needed = "gate" if needed is True else needed
    given = needed if isinstance(needed, Mapping) else {"needed": needed}
    shown = {name: _shown(box, given.get(name, "")) for name, box in boxes.GATES[code].items()}
    return words.filled(words.GATES[code](needed if isinstance(needed, int) else 2), shown)


def _shown(box: boxes.Box, value: Any) -> str:
    if box.kind == boxes.CHOICE:
        return str(dict(box.choices)[value or box.choices[0][0]])
    return box.show(value)


def _scale(content: Content) -> str:
    ratings = ", ".join(f"{boxes.SCORE.show(points)} {word}" for points, word, _meets in content.ratings)
    values = {"possible": boxes.SCORE.show(content.points_possible), "ratings": ratings}
    return _("Points from 0 to %(possible)s: %(ratings)s") % values


def _levels(full: Mapping[str, Any]) -> Iterator[Line]:
    """Level by level: where it begins, then what it asks for besides."""
    for name, level in LEVELS.items():
        points = full[f"{name}_at"]
        if points is None:
            text = _("begins where Meets does: the conditions below decide")
        else:
            text = _("begins at %(points)s points") % {"points": boxes.SCORE.show(points)}
        yield Line(f"{name}_at", text, int(level))
        for code, needed in full["gates"].get(name, {}).items():
            yield Line(f"gates.{name}.{code}", gate_sentence(code, needed), int(level))


def _window(window: Mapping[str, Any] | None) -> str:
    unit, size = next(iter(window.items())) if window else ("all", 0)
    return words.filled(words.WINDOWS[unit](int(size)), {unit: int(size)})


def _switches(full: Mapping[str, Any]) -> Iterator[Line]:
    counts = full["count_self_assessment"]
    yield Line("self", _("Self-assessment counts") if counts else _("Self-assessment is shown and does not count"))
    if full["expires_after"]:
        n = full["expires_after"]
        text = ngettext(
            "For the conditions a piece counts %(n)d day", "For the conditions a piece counts %(n)d days", n
        )
        yield Line("expires_after", text % {"n": n})
    holds = full["hold_at_mastery"]
    yield Line("hold", _("Mastery once shown is kept") if holds else _("A level may drop when newer work says so"))
    if full["stalled_after"]:
        n = full["stalled_after"]
        text = ngettext("“Stalled” after %(n)d day in one level", "“Stalled” after %(n)d days in one level", n)
        yield Line("stalled_after", text % {"n": n})
