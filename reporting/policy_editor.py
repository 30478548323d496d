"""The editor as the template draws it: sentences with boxes, each box with its value and its message."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from competencies.content import MOST_RATINGS
from reporting import policy_boxes as boxes
from reporting import policy_sentences as words
from reporting.kind_words import KINDS
from reporting.policy_boxes import Box
from reporting.policy_form import ON, Problems, Values, parameters_of
from status_engine import GATES, KIND_NAMES, METHODS, Level
from status_engine.policy_parse import GATE_LEVELS

BLANK_RATINGS = 2
# Shown at once; the others, and those still to come, stand behind "More ways".
USUAL = ("highest", "latest", "mean", "weighted_mean", "last_vs_rest", "ewma", "n_times", "m_of_n")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One box. `choices`: (value, words) of a select, empty for text."""

    name: str
    label: str
    value: str
    error: str
    is_wide: bool = False
    is_checked: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    field: FieldView | None


@dataclass(frozen=True, slots=True)
class SentenceView:
    """`value`, `is_chosen`: where the sentence is one choice of several. `checks`: boxes to tick after it."""

    value: str
    is_chosen: bool
    parts: tuple[Part, ...]
    checks: tuple[FieldView, ...] = ()

    @property
    def errors(self) -> list[FieldView]:
        fields = [*(part.field for part in self.parts if part.field), *self.checks]
        return [field for field in fields if field.error]


@dataclass(frozen=True, slots=True)
class RatingRow:
    index: int
    points: FieldView
    word: FieldView
    is_meeting: bool


@dataclass(frozen=True, slots=True)
class GateGroup:
    level: int
    sentences: tuple[SentenceView, ...]


@dataclass(frozen=True, slots=True)
class Editor:
    methods: tuple[SentenceView, ...]
    more_methods: tuple[SentenceView, ...]
    ratings: tuple[RatingRow, ...]
    points_possible: FieldView
    developing_at: FieldView
    mastery_at: FieldView
    gates: tuple[GateGroup, ...]
    attempts: FieldView
    order_by: FieldView
    windows: tuple[SentenceView, ...]
    count_self_assessment: FieldView
    hold_at_mastery: FieldView
    expires_after: FieldView
    stalled_after: FieldView
    problems: tuple[tuple[str, str], ...]
    choice_errors: dict[str, str]

    @property
    def is_more_open(self) -> bool:
        return any(one.is_chosen or one.errors for one in self.more_methods)


def editor_of(values: Values, problems: Problems) -> Editor:
    view = _View(values, problems)
    attempts = tuple((value, str(text)) for value, text in words.ATTEMPTS.items())
    orders = tuple((value, str(text)) for value, text in words.ORDERS.items())
    return Editor(
        methods=tuple(view.method(method) for method in METHODS if method in USUAL),
        more_methods=tuple(view.method(method) for method in METHODS if method not in USUAL),
        ratings=tuple(view.ratings()),
        points_possible=view.field("points_possible", boxes.SCORE, _("Points possible")),
        developing_at=view.field("developing_at", boxes.CUT, _("Developing begins at")),
        mastery_at=view.field("mastery_at", boxes.CUT, _("Mastery begins at")),
        gates=tuple(view.gates(level) for level in GATE_LEVELS),
        attempts=view.select("attempts", _("Attempts"), attempts),
        order_by=view.select("order_by", _("Order"), orders),
        windows=tuple(view.window(unit) for unit in words.WINDOWS),
        count_self_assessment=view.switch("count_self_assessment", _("Self-assessment counts like other evidence")),
        hold_at_mastery=view.switch("hold_at_mastery", _("Mastery once shown is kept, even when newer work is below")),
        expires_after=view.field("expires_after", boxes.EXPIRES),
        stalled_after=view.field("stalled_after", boxes.STALLED),
        problems=tuple(problems.items()),
        choice_errors={name: problems[name] for name in ("method", "meeting", "window") if name in problems},
    )


class _View:
    def __init__(self, values: Values, problems: Problems) -> None:
        self.values, self.problems = values, problems

    def field(self, name: str, box: Box, label: str = "") -> FieldView:
        choices = tuple((value, str(text)) for value, text in box.choices)
        return FieldView(
            name, label or str(box.label), self.values.get(name, ""), self.problems.get(name, ""), choices=choices
        )

    def select(self, name: str, label: str, choices: tuple[tuple[str, str], ...]) -> FieldView:
        return FieldView(name, label, self.values.get(name, ""), self.problems.get(name, ""), choices=choices)

    def switch(self, name: str, label: str) -> FieldView:
        return FieldView(name, label, ON, self.problems.get(name, ""), is_checked=self.values.get(name) == ON)

    def method(self, method: str) -> SentenceView:
        fields = {name: self.field(f"method.{method}.{name}", box) for name, box in parameters_of(method)}
        return self._sentence(words.METHODS[method](2), fields, method, self.values.get("method") == method)

    def window(self, unit: str) -> SentenceView:
        fields = {unit: self.field(f"window.{unit}", boxes.WINDOWS[unit])} if unit in boxes.WINDOWS else {}
        return self._sentence(words.WINDOWS[unit](2), fields, unit, self.values.get("window", "all") == unit)

    def gates(self, level: str) -> GateGroup:
        sentences = tuple(self._gate(f"gates.{level}.{code}", code) for code in GATES)
        return GateGroup(int(Level[level.upper()]), sentences)

    def _gate(self, prefix: str, code: str) -> SentenceView:
        if code == "required_kinds":
            checks = tuple(self.switch(f"{prefix}.{kind}", KINDS[kind]()) for kind in KIND_NAMES)
            text = words.filled(words.GATES[code](2), {"needed": ""})
            return SentenceView("", False, (Part(text, None),), checks)
        fields = {name: self.field(f"{prefix}.{name}", box) for name, box in boxes.GATES[code].items()}
        return self._sentence(words.GATES[code](2), fields)

    def _sentence(
        self, text: str, fields: dict[str, FieldView], value: str = "", is_chosen: bool = False
    ) -> SentenceView:
        parts = tuple(Part(before, fields.get(name)) for before, name in words.parts(text))
        return SentenceView(value, is_chosen, parts)

    def ratings(self) -> Iterator[RatingRow]:
        names = [n for n in range(MOST_RATINGS) if self._is_filled(n)]
        shown = min(MOST_RATINGS, (max(names) + 1 if names else 0) + BLANK_RATINGS)
        for n in range(shown):
            points = self.field(f"ratings.{n}.points", boxes.SCORE, _("Points of rating %(n)d") % {"n": n + 1})
            name = f"ratings.{n}.word"
            label = _("Word of rating %(n)d") % {"n": n + 1}
            word = FieldView(name, label, self.values.get(name, ""), self.problems.get(name, ""), is_wide=True)
            yield RatingRow(n, points, word, self.values.get("meeting") == str(n))

    def _is_filled(self, n: int) -> bool:
        return any(self.values.get(f"ratings.{n}.{part}", "").strip() for part in ("points", "word"))
