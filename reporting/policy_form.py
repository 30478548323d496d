"""The editor's form: a policy as named text values, and named text values as a policy or as messages by name.

Names: `method`, `method.<method>.<parameter>`, `gates.<level>.<gate>.<box>`, `ratings.<n>.points`, …: what the engine
calls it, so that its own messages find their field.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from competencies.content import LONGEST_WORD, MOST_RATINGS, Content, check_content
from reporting import policy_boxes as boxes
from reporting.policy_boxes import Box, Wrong
from status_engine import GATES, KIND_NAMES, METHODS, policy_to_json
from status_engine.needed import MAX_NEEDED
from status_engine.policy import ATTEMPTS, ORDERS
from status_engine.policy_parse import GATE_LEVELS
from tenancy.errors import Invalid

Values = Mapping[str, str]
Problems = dict[str, str]
ON = "on"
CUTS = ("developing_at", "mastery_at")
SELF = "self_assessment"


def parameters_of(method: str) -> Iterator[tuple[str, Box]]:
    """(name, box) of what a method takes; an optional one may stay empty."""
    known = METHODS[method]
    for name in known.parameters:
        yield name, boxes.PARAMETERS[name]
    for name in known.optional:
        box = boxes.PARAMETERS[name]
        yield name, Box(box.label, box.kind, box.low, box.high, box.example, is_optional=True, choices=box.choices)


def values_of(content: Content) -> dict[str, str]:
    """What the form shows for a policy."""
    rule, full = content.rule, policy_to_json(content.engine())
    method = str(full["method"])
    values = {"method": method, "attempts": full["attempts"], "order_by": full["order_by"]}
    for name, box in parameters_of(method):
        values[f"method.{method}.{name}"] = box.show(full.get(name))
    for level in GATE_LEVELS:
        for code, needed in full["gates"][level].items():
            values |= {f"gates.{level}.{code}.{name}": text for name, text in _gate_values(code, needed).items()}
    for n, (points, word, is_meeting) in enumerate(content.ratings):
        values |= {f"ratings.{n}.points": boxes.SCORE.show(points), f"ratings.{n}.word": word}
        values |= {"meeting": str(n)} if is_meeting else {}
    values["points_possible"] = boxes.SCORE.show(content.points_possible)
    values |= {name: boxes.CUT.show(rule.get(name)) for name in CUTS}
    window = full["window"] or {}
    values["window"] = next(iter(window), "all")
    values |= {f"window.{unit}": boxes.WINDOWS[unit].show(size) for unit, size in window.items() if unit != "term"}
    values["expires_after"] = boxes.EXPIRES.show(full["expires_after"])
    values["stalled_after"] = boxes.STALLED.show(full["stalled_after"])
    switches = ("count_self_assessment", "hold_at_mastery")
    return values | {name: ON for name in switches if full[name]}


def _gate_values(code: str, needed: Any) -> dict[str, str]:
    if code == "required_kinds":
        return dict.fromkeys(needed, ON)
    if code == "prerequisites_met":
        return {"needed": "gate" if needed is True else str(needed)}
    given = needed if isinstance(needed, Mapping) else {"needed": needed}
    return {name: box.show(given.get(name)) for name, box in boxes.GATES[code].items() if given.get(name) is not None}


def read_form(values: Values) -> tuple[Content | None, Problems]:
    """(the policy, {}) or (None, what is wrong by name of the field)."""
    reader = _Reader(values)
    content = reader.content()
    if reader.problems or content is None:
        return None, reader.problems
    try:
        check_content(content)
    except Invalid as error:
        return None, {field_name(problem["field"], content): problem["message"] for problem in error.problems}
    return content, {}


def field_name(field: str, content: Content) -> str:
    """The form's name of a field of the engine."""
    method = str(content.rule["method"])
    if field in dict(parameters_of(method)):
        return f"method.{method}.{field}"
    if field.startswith("gates.") and field.rsplit(".", 1)[-1] in boxes.GATES:
        return f"{field}.{next(iter(boxes.GATES[field.rsplit('.', 1)[-1]]))}"
    return {"ratings": "ratings.0.points", "meets_at": "meeting", "window": "window"}.get(field, field)


class _Reader:
    """Reads field by field and collects what is wrong; a field that is wrong reads as None."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.problems: Problems = {}

    def content(self) -> Content | None:
        ratings = self._ratings()
        possible = self._points_possible(ratings)
        rule = {**self._method(), **self._choice("attempts", ATTEMPTS), **self._choice("order_by", ORDERS)}
        rule["gates"] = {level: dict(self._gates(level)) for level in GATE_LEVELS}
        rule |= self._cuts(ratings, possible)
        rule |= {name: self._is_on(name) for name in ("count_self_assessment", "hold_at_mastery")}
        given = {
            "window": self._window(),
            "expires_after": self._box("expires_after", boxes.EXPIRES),
            "stalled_after": self._box("stalled_after", boxes.STALLED),
        }
        rule |= {name: value for name, value in given.items() if value is not None}
        return None if self.problems or possible is None else Content(rule, possible, tuple(ratings))

    def _text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def _is_on(self, name: str) -> bool:
        return self._text(name) == ON

    def _box(self, name: str, box: Box) -> Any:
        try:
            return box.read(self._text(name))
        except Wrong as error:
            self.problems[name] = str(error)
            return None

    def _choice(self, name: str, allowed: tuple[str, ...]) -> dict[str, str]:
        if self._text(name) not in allowed:
            self.problems[name] = _("Choose one from the list")
        return {name: self._text(name)}

    def _method(self) -> dict[str, Any]:
        method = self._text("method")
        if method not in METHODS:
            self.problems["method"] = _("Choose how the pieces of evidence become one value")
            return {}
        found = {name: self._box(f"method.{method}.{name}", box) for name, box in parameters_of(method)}
        given = {name: value for name, value in found.items() if value is not None}
        if method == "m_of_n" and len(given) == 2 and given["m"] > given["n"]:
            self.problems["method.m_of_n.m"] = _("Enter a whole number from 1 to %(n)s") % {"n": given["n"]}
        if given.get("s", 0) + given.get("g", 0) >= 1:
            self.problems["method.bkt.s"] = _("Enter slips and lucky guesses that are together below 100 percent")
        return {"method": method, **given}

    def _gates(self, level: str) -> Iterator[tuple[str, Any]]:
        for code in GATES:
            prefix = f"gates.{level}.{code}"
            if code == "required_kinds":
                kinds = [kind for kind in KIND_NAMES if self._is_on(f"{prefix}.{kind}")]
                self._check_kinds(prefix, kinds)
                if kinds:
                    yield code, kinds
                continue
            read = {name: self._box(f"{prefix}.{name}", box) for name, box in boxes.GATES[code].items()}
            given = {name: value for name, value in read.items() if value is not None}
            if "needed" in boxes.GATES[code]:
                needed = given.get("needed")
                if code == "min_kinds" and needed is not None and needed > len(self._countable):
                    text = _("Enter a whole number from 1 to %(n)s") % {"n": len(self._countable)}
                    self.problems[f"{prefix}.needed"] = text
                if needed is not None:
                    yield code, True if needed == "gate" else needed
            elif "k" in given or "n" in given:
                missing = [name for name in ("k", "n") if name not in given and f"{prefix}.{name}" not in self.problems]
                self.problems |= {f"{prefix}.{name}": boxes.GATES[code][name].fix for name in missing}
                if given.get("k", 0) > given.get("n", MAX_NEEDED):
                    self.problems[f"{prefix}.k"] = _("Enter a whole number from 1 to %(n)s") % {"n": given["n"]}
                yield code, given

    @property
    def _countable(self) -> list[str]:
        """The kinds that can count under this rule."""
        return [kind for kind in KIND_NAMES if kind != SELF or self._is_on("count_self_assessment")]

    def _check_kinds(self, prefix: str, kinds: list[str]) -> None:
        if SELF in kinds and SELF not in self._countable:
            text = _("Self-assessment does not count under this rule. Let it count, or leave it out here")
            self.problems[f"{prefix}.{SELF}"] = text

    def _ratings(self) -> list[tuple[Decimal, str, bool]]:
        found: list[tuple[Decimal, str, bool]] = []
        for n in range(MOST_RATINGS):
            points, word = self._text(f"ratings.{n}.points"), self._text(f"ratings.{n}.word")
            if not points and not word:
                continue
            number = self._points(f"ratings.{n}.points")
            if not word or len(word) > LONGEST_WORD or not_storable(word):
                text = _("Enter a word of at most %(most)d characters for this rating, like Meets")
                self.problems[f"ratings.{n}.word"] = text % {"most": LONGEST_WORD}
            if number is not None and number in [row[0] for row in found]:
                self.problems[f"ratings.{n}.points"] = _("Another rating has these points. Give each its own")
            if number == 0 and self._text("meeting") == str(n):
                self.problems[f"ratings.{n}.points"] = _("Enter more than 0 points for the goal")
            if number is not None:
                found.append((number, word, self._text("meeting") == str(n)))
        if sum(row[2] for row in found) != 1 and not any(name.startswith("ratings.") for name in self.problems):
            self.problems["meeting"] = _("Choose the rating that is the goal: levels follow it")
        return sorted(found)

    def _points(self, name: str, box: Box = boxes.SCORE) -> Decimal | None:
        """A number of points with at most two decimals."""
        value = self._box(name, box)
        if value is None:
            return None
        number = Decimal(str(value))
        if number != round(number, 2):
            self.problems[name] = _("Enter a number with at most two decimals, like %(n)s") % {"n": round(number, 2)}
            return None
        return number

    def _points_possible(self, ratings: list[tuple[Decimal, str, bool]]) -> Decimal | None:
        possible = self._points("points_possible")
        top = max((points for points, _word, _meets in ratings), default=Decimal(0))
        if possible is not None and (possible < top or possible == 0):
            text = _("Enter a number that is at least the highest rating, %(top)s")
            self.problems["points_possible"] = text % {"top": boxes.SCORE.show(top)}
        return possible

    def _cuts(self, ratings: list[tuple[Decimal, str, bool]], possible: Decimal | None) -> dict[str, float]:
        goal = next((points for points, _word, is_meeting in ratings if is_meeting), None)
        found = {name: self._points(name, boxes.CUT) for name in CUTS}
        if goal is not None and possible is not None:
            below, above = found["developing_at"], found["mastery_at"]
            values = {"goal": boxes.SCORE.show(goal), "top": boxes.SCORE.show(possible)}
            if below is not None and not 0 < below < goal:
                self.problems["developing_at"] = _("Enter points above 0 and below the goal, %(goal)s") % values
            if above is not None and not goal < above <= possible:
                text = _("Enter points above the goal, %(goal)s, and at most %(top)s")
                self.problems["mastery_at"] = text % values
        return {name: float(value) for name, value in found.items() if value is not None}

    def _window(self) -> dict[str, Any] | None:
        unit = self._text("window") or "all"
        if unit in boxes.WINDOWS:
            return {unit: self._box(f"window.{unit}", boxes.WINDOWS[unit])}
        if unit not in {"all", "term"}:
            self.problems["window"] = _("Choose one from the list")
        return {"term": True} if unit == "term" else None
